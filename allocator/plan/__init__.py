"""The plan: its contract, its reading, its checks."""
