"""Bytes kept once, under their hash."""
