"""Faults in scenarios, sweeps, comparisons and re-plans, and refusals of single fields over HTTP."""

TEXTS: dict[str, dict[str, str]] = {}
