"""How fast the product is, by phase, on plans of given size."""
