"""The report for the board."""

TEXTS: dict[str, dict[str, str]] = {}
