"""Checks across a plan, by subject; each adds what it finds to the faults."""
