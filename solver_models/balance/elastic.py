"""Which rows stand in each other's way: the balance with soft rows that give way like springs."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.balance.kkt import row_size
from solver_models.balance.polish import polish
from solver_models.balance.system import normal_form
from solver_models.model import BalanceModel

GIVE = 1e-3
MOST_FACTORISATIONS = 60


@dataclass(frozen=True)
class ElasticBalance:
    """The minimiser of the balance + sum of (violation)^2 / (2 GIVE) over the soft rows.

    Parameters
    ----------
    price, free
        Shapes (n_row,), (n_free,): a start for the rows as hard ones.
    sources
        Sorted sources of the rows with a price; the others have nothing to do with what cannot
        hold together.
    violation
        Largest violation of a soft row relative to the row's size.
    """

    price: FloatArray
    free: FloatArray
    sources: IntArray
    violation: float


def elastic_balance(model: BalanceModel, is_soft: BoolArray) -> ElasticBalance | None:
    """Find the balance with soft rows that give way by GIVE times their price, by the polish alone.

    Parameters
    ----------
    model
        With the soft rows as hard ones.
    is_soft
        Shape (n_row,).

    Returns
    -------
    None if the polish does not settle.
    """
    form = normal_form(model, row_size(model))
    give = np.where(is_soft[form.order], GIVE, 0.0)
    point = polish(form, np.zeros(form.n_row), np.zeros(model.n_free), MOST_FACTORISATIONS, give)
    if point is None:
        return None
    violation = np.abs(give * point.price) / form.size
    return ElasticBalance(
        form.price_out(point.price),
        point.free * form.free_scale,
        np.unique(model.rows.source[form.order][point.price != 0]),
        float(violation.max(initial=0.0)),
    )
