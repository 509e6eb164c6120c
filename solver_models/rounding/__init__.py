"""Controlled rounding: whole units with exact sums on both trees at once."""
