"""The rows of the model: one small function per kind of promise."""
