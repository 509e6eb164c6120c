"""Releases: published targets, numbered and immutable, and the pull that incentive systems make."""
