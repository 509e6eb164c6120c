"""The balance objective: piecewise-linear passes with any LP engine, then the exact polish."""
