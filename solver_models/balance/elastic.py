"""Which rows stand in each other's way: the balance with soft rows that give way like springs."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.balance.kkt import row_size
from solver_models.balance.polish import polish
from solver_models.balance.system import NormalForm, normal_form
from solver_models.engines.base import BalanceEngine
from solver_models.model import BalanceModel
from solver_models.solution import Status

GIVE = 1e-3
MOST_FACTORISATIONS = 40
CLEAR = 1e-7


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


def elastic_balance(
    model: BalanceModel, is_soft: BoolArray, engine: BalanceEngine | None
) -> ElasticBalance | None:
    """Find the balance with soft rows that give way by GIVE times their price.

    The polish alone mostly finds it; where it does not settle, the engine's interior point does, if one
    is given.

    Parameters
    ----------
    model
        With the soft rows as hard ones.
    is_soft
        Shape (n_row,).

    Returns
    -------
    None if neither finds it, which is so where the hard rows cannot hold together.
    """
    form = normal_form(model, row_size(model))
    give = np.where(is_soft[form.order], GIVE, 0.0)
    point = polish(form, np.zeros(form.n_row), np.zeros(model.n_free), MOST_FACTORISATIONS, give)
    if point is None:
        return None if engine is None else _by_interior_point(form, give, engine)
    return _outcome(form, point.price, point.free, give)


def _by_interior_point(form: NormalForm, give: FloatArray, engine: BalanceEngine) -> ElasticBalance | None:
    """The springs as cells of their own: weight GIVE around 0, no bounds, one row each."""
    model = form.model
    springs = np.flatnonzero(give > 0)
    row = form.order[springs]
    k = len(springs)
    of_spring = csr_array((np.ones(k), (row, np.arange(k))), shape=(len(model.rows), k))
    cells, free = model.rows.matrix[:, : model.n_cell], model.rows.matrix[:, model.n_cell :]
    weight = give[springs] / form.row_scale[springs] ** 2
    sprung = replace(
        model,
        anchor=np.concatenate([model.anchor, np.zeros(k)]),
        weight=np.concatenate([model.weight, weight]),
        lower=np.concatenate([model.lower, np.full(k, -np.inf)]),
        upper=np.concatenate([model.upper, np.full(k, np.inf)]),
        rows=replace(model.rows, matrix=csr_array(hstack([cells, of_spring, free], format="csr"))),
    )
    point = engine.balance_point(sprung)
    if point.status is not Status.OPTIMAL:
        return None
    price = form.price_in(point.row_price)
    price = np.where(np.abs(price) > CLEAR * np.abs(price).max(initial=0.0), price, 0.0)
    return _outcome(form, price, point.x[len(sprung.anchor) :] / form.free_scale, give)


def _outcome(form: NormalForm, price: FloatArray, free: FloatArray, give: FloatArray) -> ElasticBalance:
    violation = np.abs(give * price) / form.size
    return ElasticBalance(
        form.price_out(price),
        free * form.free_scale,
        np.unique(form.model.rows.source[form.order][price != 0]),
        float(violation.max(initial=0.0)),
    )
