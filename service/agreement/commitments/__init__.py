"""What nodes commit to, and how far that is from the numbers from above."""
