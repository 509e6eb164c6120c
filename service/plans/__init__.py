"""Plans with their revisions and tables."""
