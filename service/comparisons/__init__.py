"""Runs side by side: who moved, and what moved them."""
