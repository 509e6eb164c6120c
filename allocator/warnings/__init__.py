"""Input that is improbable: what it is, what it does to the numbers, what to do (docs/warnings.md)."""
