"""The same plan, written and solved with other modelling libraries."""
