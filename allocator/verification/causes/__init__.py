"""Who pushes, and what that moves: the formulas of docs/explanation.md, from prices.csv and the plan.

1. *Prices on their own side.* y + sum over the stages of the tiers of s p with the least s >= 0, the last
   stage first, so that no row and no bound of a cell pulls against its side.
2. *What is held.* Fixed totals; rows whose amount the anchors have on the wrong side of a bound; cells at a
   bound of their own that the anchors are beyond.
3. *What a rule moves.* Held rows: their own amount, from the anchors to the bound. Others: price x weight.
   Either way what would change a held row is taken back, the totals first.
"""
