"""The back-test: the plan's own past, foretold with nothing but what was known before each period."""
