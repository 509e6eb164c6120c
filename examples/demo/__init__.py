"""The bundled demo company: a seeded generator of a whole plan folder."""
