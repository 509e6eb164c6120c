"""Telling others what happened: signed, retried, and never into a private network."""
