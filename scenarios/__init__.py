"""Changes on top of a plan: overrides, scenarios, comparisons."""
