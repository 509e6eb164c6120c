"""How fair the targets are: distributions, tests for bias, limits, the price of fairness, an audit."""
