"""How the past became a baseline, recomputed from the plan's tables (docs/anchors.md)."""
