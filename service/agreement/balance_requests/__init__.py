"""A manager balances his own subtree inside the frame of a run."""
