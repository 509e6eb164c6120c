"""Accounts, their passwords and their API keys."""
