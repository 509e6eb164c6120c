"""An independent solver for small plans: exact rational arithmetic, no code of the product's solver."""
