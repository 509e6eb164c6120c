"""How far the totals of a plan can go, and the rules that stop them."""
