"""Months: whole units along time that stay within one unit at every node and company product."""
