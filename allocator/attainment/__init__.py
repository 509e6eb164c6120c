"""How likely the targets are: noise learned from the plan's own past, chances, hedge, SMART check."""
