"""The one unique answer: some route finds the neighbourhood, the polish finds the point."""

import time
from dataclasses import dataclass

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.balance.kkt import cells_at, residuals, row_size
from solver_models.balance.newton import NewtonPoint, newton
from solver_models.balance.piecewise import piecewise_program
from solver_models.balance.polish import PATIENCE, polish
from solver_models.balance.system import NormalForm, normal_form
from solver_models.engines.base import (
    BalanceEngine,
    BalancePoint,
    Engine,
    EngineError,
    EngineOptions,
)
from solver_models.failures import EngineStopped, ModelInfeasible, raise_unless_optimal
from solver_models.farkas import proves_infeasible
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.solution import Status

LINEAR_PASSES = 5
ACCEPTED = 1e-9
NEAR = 1e-4
AT_FIRST = 25
"""Factorisations to spend before a search."""


@dataclass(frozen=True)
class Start:
    """Prices and free columns of an earlier answer, from which a changed model is solved.

    Parameters
    ----------
    price
        Shape (n_row,), of the model's rows.
    free
        Shape (n_free,).
    form
        Normal form of a model with the same rows, where it is known already.
    """

    price: FloatArray
    free: FloatArray
    form: NormalForm | None = None


def solve_balance(
    model: BalanceModel, engine: Engine, options: EngineOptions, start: Start | None = None
) -> BalanceAnswer:
    """min sum (x - anchor)^2 / (2 weight) over the rows and bounds of a model without soft tiers.

    An engine with a search of its own (`BalanceEngine`) polishes from the start first, then from its
    interior point, then by Newton steps; if none of them ends in a proof it falls back. Other
    engines, and the fallback, give prices by linear passes which the polish makes exact. Nothing is
    returned that does not meet the optimality conditions to 1e-9.

    Parameters
    ----------
    model
        Scaled to numbers near 1 (`BalanceModel.scaled`).
    start
        Where to begin; nothing binding by default.

    Raises
    ------
    ModelInfeasible
        With a proof: crossed bounds, a Farkas ray, or the first linear pass.
    EngineStopped
        If the time limit cut the engine off and the Newton route found no answer either.
    EngineError
        If no point could be certified.
    """
    if model.is_crossed:
        raise ModelInfeasible("a lower bound lies above its upper bound")
    form = form_of(model, start)
    passes = _no_passes()
    if isinstance(engine, BalanceEngine):
        answer = _by_interior_point(form, engine, options, start, passes)
        if answer is not None:
            return answer
    return _by_linear_passes(form, engine, options, passes)


def _by_interior_point(
    form: NormalForm,
    engine: BalanceEngine,
    options: EngineOptions,
    start: Start | None,
    passes: dict[str, int],
) -> BalanceAnswer | None:
    """Polish from the start, else from the engine's own point; None if neither is certified in time."""
    model = form.model
    end = time.monotonic() + options.time_limit
    answer = _polished(form, start, passes)
    if answer is not None or time.monotonic() >= end:
        return answer
    point = engine.balance_point(model)
    passes["interior"] += 1
    if point.status is Status.INFEASIBLE:
        if proves_infeasible(model, point.row_price):
            raise ModelInfeasible("a weighted sum of the rows asks for more than the cells can give")
        return None
    if point.status is not Status.OPTIMAL or time.monotonic() >= end:
        return None
    price, free = form.price_in(_carried(form, point)), point.x[model.n_cell :] / form.free_scale
    answer = _certified(form, price, free, passes)
    return answer or _by_newton(form, NewtonPoint(price, free, np.inf, 0), passes, sigma=1e4, eta=1e2)


def polish_from(model: BalanceModel, start: Start | None) -> BalanceAnswer | None:
    """Return the answer if the polish alone finds it from a start (nothing binding by default)."""
    if model.is_crossed:
        return None
    return _polished(form_of(model, start), start, _no_passes())


def form_of(model: BalanceModel, start: Start | None = None) -> NormalForm:
    """Return the normal form of a model: that of the start, if it has the same rows, with its own bounds.

    Coefficients of free columns may differ: the form takes them over.
    """
    known = None if start is None else start.form
    if known is not None:
        if has_equal_rows(known.model, model):
            return known.moved_to(model)
        if has_equal_cells(known.model, model):
            return known.moved_to(model).with_free_of(model)
    return normal_form(model, row_size(model))


def has_equal_rows(one: BalanceModel, other: BalanceModel) -> bool:
    """True if two models have the same coefficients in the same places."""
    left, right = one.rows.matrix, other.rows.matrix
    return left is right or (
        left.shape == right.shape
        and left.nnz == right.nnz
        and np.array_equal(left.indptr, right.indptr)
        and np.array_equal(left.indices, right.indices)
        and np.array_equal(left.data, right.data)
    )


def has_equal_cells(one: BalanceModel, other: BalanceModel) -> bool:
    """True if two models have coefficients in the same places, and the same ones over the cells."""
    left, right = one.rows.matrix, other.rows.matrix
    if (
        left.shape != right.shape
        or one.n_cell != other.n_cell
        or not np.array_equal(left.indptr, right.indptr)
        or not np.array_equal(left.indices, right.indices)
    ):
        return False
    differs = np.flatnonzero(left.data != right.data)
    return bool(np.all(left.indices[differs] >= one.n_cell))


def _no_passes() -> dict[str, int]:
    return {"interior": 0, "linear": 0, "polish": 0, "newton": 0}


def _polished(form: NormalForm, start: Start | None, passes: dict[str, int]) -> BalanceAnswer | None:
    price, free = np.zeros(form.n_row), np.zeros(form.model.n_free)
    if start is not None:
        price, free = form.price_in(start.price), start.free / form.free_scale
    return _certified(form, price, free, passes, AT_FIRST)


def _carried(form: NormalForm, point: BalancePoint) -> FloatArray:
    """Keep the prices of rows that are nearer to their bound than their price is to zero."""
    rows = form.model.rows
    activity = rows.matrix @ point.x
    bound = np.where(point.row_price > 0, rows.lower, rows.upper)
    scale = np.zeros(form.n_row)
    scale[form.order] = form.row_scale
    slack = np.abs(activity - bound) / form.sizes()
    return np.where(np.abs(point.row_price) / scale > slack, point.row_price, 0.0)


def _by_linear_passes(
    form: NormalForm, engine: Engine, options: EngineOptions, passes: dict[str, int]
) -> BalanceAnswer:
    """Linear passes of the engine, the polish after each; then Newton steps."""
    model = form.model
    price, free = np.zeros(form.n_row), np.zeros(model.n_free)
    answer = _certified(form, price, free, passes) if _anchor_fits(model) else None
    stopped: EngineStopped | None = None
    center, width = np.zeros(model.n_cell), np.inf
    while answer is None and stopped is None and passes["linear"] < LINEAR_PASSES:
        pieces = piecewise_program(model, center, width)
        try:
            solution = raise_unless_optimal(engine.solve(pieces.program, options), engine.name)
        except EngineStopped as cut_off:
            stopped = cut_off
            break
        passes["linear"] += 1
        price = form.price_in(solution.row_price)
        free = solution.x[len(pieces.cell_of_piece) :] / form.free_scale
        answer = _certified(form, price, free, passes)
        center = (pieces.cells(solution.x) - model.anchor) / model.weight
        width = 0.08 if np.isinf(width) else width * 0.3
    if answer is None:
        answer = _by_newton(form, NewtonPoint(price, free, np.inf, 0), passes)
    if answer is None:
        raise stopped or EngineError(f"{engine.name}: no point could be certified")
    return answer


def _by_newton(
    form: NormalForm, point: NewtonPoint, passes: dict[str, int], sigma: float = 10.0, eta: float = 0.1
) -> BalanceAnswer | None:
    """Newton steps, then the polish; near a degenerate answer the Newton point itself."""
    point = newton(form, point.price, point.free, sigma=sigma, eta=eta)
    passes["newton"] += point.factorisations
    answer = _certified(form, point.price, point.free, passes)
    if answer is None and point.error < NEAR:
        point = newton(form, point.price, point.free, enough=1e-13, sigma=1e4, eta=1e2)
        passes["newton"] += point.factorisations
        answer = _without_polish(form, point, passes)
    return answer


def _without_polish(form: NormalForm, point: NewtonPoint, passes: dict[str, int]) -> BalanceAnswer | None:
    """Accept a Newton point of a degenerate model as it is, if it meets the conditions to 1e-9.

    Where more rows meet in the answer than it has degrees of freedom, prices are not unique and
    the active set need not settle; the cells are unique all the same.
    """
    model = form.model
    y, t = form.price_out(point.price), point.free * form.free_scale
    activity = model.rows.matrix @ np.concatenate([cells_at(model, y), t])
    bound = np.where(y > 0, model.rows.lower, model.rows.upper)
    y = np.where(np.abs(activity - bound) <= ACCEPTED * row_size(model), y, 0.0)
    x = cells_at(model, y)
    errors = residuals(model, x, t, y)
    return BalanceAnswer(x, t, y, errors, dict(passes)) if max(errors.values()) <= ACCEPTED else None


def _anchor_fits(model: BalanceModel) -> bool:
    """True if there are no free columns and the clipped anchor meets all rows to a ten-thousandth."""
    if model.n_free:
        return False
    x = np.clip(model.anchor, model.lower, model.upper)
    activity = model.rows.matrix @ x
    worst = np.maximum(model.rows.lower - activity, activity - model.rows.upper) / row_size(model)
    return bool(np.all(worst <= 1e-4))


def _certified(
    form: NormalForm,
    price: FloatArray,
    free: FloatArray,
    passes: dict[str, int],
    patience: int = PATIENCE,
) -> BalanceAnswer | None:
    """Polish and return the answer if the optimality conditions hold, else None."""
    point = polish(form, price, free, patience)
    if point is None:
        return None
    passes["polish"] += point.factorisations
    model = form.model
    y, t = form.price_out(point.price), point.free * form.free_scale
    x = cells_at(model, y)
    errors = residuals(model, x, t, y, form.sizes())
    if max(errors.values()) > ACCEPTED:
        return None
    return BalanceAnswer(x, t, y, errors, dict(passes))
