"""Scenarios: a parent and a list of changes, checked when they are written."""
