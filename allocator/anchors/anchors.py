"""The anchors of one measure and what they are made of."""

from dataclasses import dataclass

import pandas as pd

from allocator.anchors.observed import Observed
from solver_models.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Totals:
    """Company and product totals in whole units of `round_to`.

    Parameters
    ----------
    company
        X_root.
    product_lower, product_upper
        Bounds of X_root(q) for every position q of the product tree, shape (n_product_node,);
        equal where the total is fixed, 0 and `company` where nothing was said.
    is_stated
        True where plan.yaml names the product, shape (n_product_node,).
    """

    company: int
    product_lower: IntArray
    product_upper: IntArray
    is_stated: BoolArray


@dataclass(frozen=True)
class Anchors:
    """Anchor per cell and its sources; all arrays have shape (n_cell,) unless said otherwise.

    Parameters
    ----------
    last_year
        History of the last 12 months (same months of last year for shorter plans), as is.
    history
        Level of 1-3 years with trend, >= 0; new reps from ramp and peers.
    potential, commitment
        The other two sources on the scale of the history; NaN where there is none.
    weight
        Shape (3, n_cell): final weights of history, potential, commitment; each column sums
        to 1 where the baseline is positive.
    baseline
        sum of weight * source.
    anchor
        baseline scaled to the totals, in the measure's unit (street scale of the reps).
    totals
        The totals the anchors meet.
    bias
        One row per rep with a current commitment: node_id, periods, log_error, credibility, factor.
    weights
        The weights of the blend before caps: source -> weight.
    observed
        The history they were made from, for those who judge the outcome.
    outlook
        What the past (and the commitments) let expect of the plan's months, before growth: the baseline,
        or the history level where the anchors are targets in force.
    is_published
        The anchors are the targets in force (`history` and `baseline` hold them), not made from sources.
    """

    last_year: FloatArray
    history: FloatArray
    potential: FloatArray
    commitment: FloatArray
    weight: FloatArray
    baseline: FloatArray
    anchor: FloatArray
    totals: Totals
    bias: pd.DataFrame
    weights: dict[str, float]
    observed: Observed
    outlook: FloatArray
    is_published: bool = False
