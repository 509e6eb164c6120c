"""Many scenarios: what is run, where it runs, what is kept."""
