"""Files sent in, checked as part of a plan, and committed to it."""
