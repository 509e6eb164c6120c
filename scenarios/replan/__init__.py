"""Re-planning in mid-year: actuals to date locked, what remains allocated anew with least change."""
