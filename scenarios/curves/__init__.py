"""What a sweep shows: tables, breakpoints, the Pareto front, curves."""
