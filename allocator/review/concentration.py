"""How much of the sales hangs on few."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray

TOP = 0.2
"""The share of the largest that `top_fifth` adds up."""


@dataclass(frozen=True)
class Concentration:
    """Concentration of one year over the reps, products or segments that sold in it.

    Parameters
    ----------
    count
        Number of those with sales above 0.
    largest, top_fifth
        Share of the largest one, and of the largest fifth (rounded up).
    hhi
        Herfindahl-Hirschman index: sum of squared shares, 1 / count .. 1.
    gini
        sum over i, j of |x_i - x_j| / (2 count^2 mean), 0 = all equal.
    """

    count: int
    largest: float
    top_fifth: float
    hhi: float
    gini: float


def concentration(amounts: FloatArray) -> Concentration | None:
    """Measure concentration over the positive amounts; None where there is none.

    Parameters
    ----------
    amounts
        Shape (n,); amounts of 0 and below did not sell and are left out.
    """
    sold = np.sort(amounts[amounts > 0])
    count = len(sold)
    if not count:
        return None
    share = sold / sold.sum()
    rank = np.arange(1, count + 1)
    return Concentration(
        count=count,
        largest=float(share[-1]),
        top_fifth=float(share[-int(np.ceil(TOP * count)) :].sum()),
        hhi=float(share @ share),
        gini=max(0.0, float((2 * rank - count - 1) @ share) / count),
    )
