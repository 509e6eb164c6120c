"""Scenario and sweep files: YAML or JSON in, checked records out."""
