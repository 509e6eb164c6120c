"""Manners of HTTP: bodies, limits, versions, pages."""
