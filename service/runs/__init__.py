"""Runs: the table that is the truth about them, and the work itself."""
