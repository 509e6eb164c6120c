"""The exact polish: from nearly right prices to the minimiser in full double precision."""

from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray
from solver_models.balance.system import ActiveRows, NormalForm, factorise
from solver_models.failures import largest_entry

SETTLED = 1e-13
NATURAL = 4e-12
SIDE_PASSES = 25
NEWTON_PASSES = 20
REGULARISATION = 1e-9
PATIENCE = 500


@dataclass(frozen=True)
class PolishedPoint:
    """Scaled prices and free columns at which the active set has settled."""

    price: FloatArray
    free: FloatArray
    factorisations: int


def polish(
    form: NormalForm,
    price: FloatArray,
    free: FloatArray,
    patience: int = PATIENCE,
    give: FloatArray | None = None,
) -> PolishedPoint | None:
    """Active-set Newton from given prices; None if the active set does not settle.

    A row is active while it is an equality or carries a price; which side it is held at is
    frozen inside a pass. Cells follow x = clip(a + w A'y). The regularisation is removed by
    refinement, so dependent and repeated rows are harmless.

    Parameters
    ----------
    price
        Scaled prices, shape (n_row,).
    free
        Scaled free columns, shape (n_free,).
    patience
        Most factorisations to spend.
    give
        Shape (n_row,): how far a row gives way per unit of its price, A x + give * y = bound; 0
        (the default) for a row that holds.
    """
    give = np.zeros(form.n_row) if give is None else give
    is_equal = form.lower == form.upper
    y = np.where(is_equal | (price != 0), price, 0.0)
    y = np.where((y > 0) & np.isneginf(form.lower), 0.0, np.where((y < 0) & np.isposinf(form.upper), 0.0, y))
    active = is_equal | (y != 0)
    side_high = y < 0
    t = free.copy()
    count = 0
    best = np.inf
    stalls = 0
    for _ in range(SIDE_PASSES):
        target = np.where(is_equal, form.lower, np.where(side_high, form.upper, form.lower))
        solved = _solve_equalities(form, y, t, active, target, give)
        y, t, is_solved = solved.price, solved.free, solved.is_solved
        count += solved.factorisations
        activity = form.cells @ solved.cells + form.free @ t
        wrong = active & ~is_equal & np.where(side_high, y > 0, y < 0)
        error = np.maximum(form.lower - activity, activity - form.upper) / form.size
        violated = ~active & (error > NATURAL)
        if is_solved and not wrong.any() and not violated.any():
            return PolishedPoint(y, t, count)
        measure = float(wrong.sum() + violated.sum())
        stalls = 0 if measure < best else stalls + 1
        best = min(best, measure)
        if stalls > 8 or count > patience or not np.all(np.isfinite(y)):
            return None
        if not is_solved and not wrong.any() and not violated.any():
            return None
        y = np.where(wrong, 0.0, y)
        active = (active & ~wrong) | violated
        side_high = np.where(violated, activity > form.upper, side_high)
    return None


@dataclass(frozen=True)
class _Equalities:
    """Prices, cells and free columns at which the active rows hold, as far as `is_solved` says."""

    price: FloatArray
    cells: FloatArray
    free: FloatArray
    factorisations: int
    is_solved: bool


def _solve_equalities(
    form: NormalForm,
    y: FloatArray,
    t: FloatArray,
    active: BoolArray,
    target: FloatArray,
    give: FloatArray,
) -> _Equalities:
    """Newton on `active rows = target, free columns stationary` with the cells clipped.

    Only the active rows are touched: in a large plan they are a small part of all.
    """
    model = form.model
    part = ActiveRows.of(form, np.flatnonzero(active))
    rows = part.rows
    price, aim, soft, size = y[rows], target[rows], give[rows], form.size[rows]
    free_t = part.free.T
    factor, key, used, extra = None, None, 0, 0
    is_solved = False
    last = np.inf
    for _ in range(NEWTON_PASSES):
        z = model.anchor + model.weight * (part.cells_t @ price)
        is_free = (z > model.lower) & (z < model.upper)
        gap = aim - part.cells @ np.minimum(np.maximum(z, model.lower), model.upper)
        gap = (gap - part.free @ t if model.n_free else gap) - soft * price
        slope = -(free_t @ price) if model.n_free else np.zeros(0)
        error = max(largest_entry(gap / size), largest_entry(slope) * 1e-2)
        if error <= SETTLED:
            extra += 1
            if extra > 1:
                is_solved = True
                break
        if factor is None or key is None or not np.array_equal(key, is_free):
            try:
                factor = factorise(
                    form, part, is_free, soft + REGULARISATION, np.full(model.n_free, REGULARISATION)
                )
            except RuntimeError:
                break
            key, used = is_free, used + 1
        elif error >= 0.5 * last and error <= NATURAL:
            is_solved = True
            break
        last = error
        step = factor.solve(np.concatenate([gap, slope]))
        price = price + step[: len(rows)]
        t = t + step[len(rows) :]
        if not np.all(np.isfinite(step)):
            break
    else:
        is_solved = error <= NATURAL
    full = np.zeros(form.n_row)
    full[rows] = price
    x = np.clip(model.anchor + model.weight * (part.cells_t @ price), model.lower, model.upper)
    return _Equalities(full, x, t, used, is_solved)
