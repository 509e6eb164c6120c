"""Changes to a plan: a closed list of kinds, applied in order to a plan that itself never changes."""
