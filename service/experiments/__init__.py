"""Grids of scenarios and options, and rules that their key figures must meet."""
