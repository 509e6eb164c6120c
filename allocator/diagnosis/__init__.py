"""Why a plan is impossible, by how much, and what would make it possible."""
