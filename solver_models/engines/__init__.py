"""Ways to solve a linear program; every engine gives the same kind of answer."""
