"""Faults in the form of a plan: files, headers, settings, cells that cannot be read."""

TEXTS: dict[str, dict[str, str]] = {}
