"""Top-down meets bottom-up 上下结合: commitments, balance requests, submissions."""
