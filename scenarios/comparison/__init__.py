"""Two and more results side by side: who moved, and what moved them."""
