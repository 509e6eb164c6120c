"""Example plans: a bundled demo company and a builder for Microsoft's sample company."""
