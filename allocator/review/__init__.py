"""The history review: what the last one to three years say, before anything is planned."""
