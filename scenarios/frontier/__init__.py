"""The largest and smallest targets that the hard rules of a plan allow, and what stops them."""
