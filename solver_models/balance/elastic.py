"""Which rows stand in each other's way: the balance with soft rows that give way like springs."""

import numpy as np

from solver_models.arrays import BoolArray, IntArray
from solver_models.balance.kkt import row_size
from solver_models.balance.polish import polish
from solver_models.balance.system import normal_form
from solver_models.model import BalanceModel

GIVE = 1e-3
MOST_FACTORISATIONS = 60


def rows_in_conflict(model: BalanceModel, is_soft: BoolArray) -> IntArray | None:
    """Return the sources of the rows with a price once soft rows give way by GIVE times theirs.

    The minimiser of the balance + sum of (violation)^2 / (2 GIVE) is found by the polish alone. Rows
    without a price there have nothing to do with what cannot hold together.

    Parameters
    ----------
    model
        With the soft rows as hard ones.
    is_soft
        Shape (n_row,).

    Returns
    -------
    Sorted sources; None if the polish does not settle.
    """
    form = normal_form(model, row_size(model))
    give = np.where(is_soft[form.order], GIVE, 0.0)
    point = polish(form, np.zeros(form.n_row), np.zeros(model.n_free), MOST_FACTORISATIONS, give)
    if point is None:
        return None
    return np.unique(model.rows.source[form.order][point.price != 0])
