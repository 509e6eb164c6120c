"""Sentences by subject; every key has the same placeholders in both languages."""
