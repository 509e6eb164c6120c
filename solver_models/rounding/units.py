"""How many units rounding can tell apart."""

MOST_UNITS = 2.0**50
"""Beyond this a float no longer tells the fraction of a unit."""
