"""What every node owes its parent, up the tree."""
