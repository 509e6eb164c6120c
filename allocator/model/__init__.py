"""Labels to positions and back; business rules to rows of the model."""
