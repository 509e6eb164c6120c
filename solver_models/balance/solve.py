"""The one unique answer: linear passes find the neighbourhood, the polish finds the point."""

import numpy as np

from solver_models.arrays import FloatArray
from solver_models.balance.kkt import cells_at, residuals, row_size
from solver_models.balance.newton import NewtonPoint, newton
from solver_models.balance.piecewise import piecewise_program
from solver_models.balance.polish import polish
from solver_models.balance.system import NormalForm, normal_form
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible, raise_unless_optimal
from solver_models.model import BalanceAnswer, BalanceModel

LINEAR_PASSES = 5
ACCEPTED = 1e-9
NEAR = 1e-4


def solve_balance(model: BalanceModel, engine: Engine, options: EngineOptions) -> BalanceAnswer:
    """min sum (x - anchor)^2 / (2 weight) over the rows and bounds of a model without soft tiers.

    Linear passes of the engine give prices, the polish makes them exact; what does not settle
    within five passes (or is cut off by the time limit) goes to the Newton route. Nothing is
    returned that does not meet the optimality conditions to 1e-9.

    Parameters
    ----------
    model
        Scaled to numbers near 1 (`BalanceModel.scaled`).

    Raises
    ------
    ModelInfeasible
        From the first linear pass, or where bounds cross.
    EngineStopped
        If the time limit cut the engine off and the Newton route found no answer either.
    EngineError
        If no point could be certified.
    """
    if model.is_crossed:
        raise ModelInfeasible("a lower bound lies above its upper bound")
    form = normal_form(model, row_size(model))
    passes = {"linear": 0, "polish": 0, "newton": 0}
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
    point = NewtonPoint(price, free, np.inf, 0)
    if answer is None:
        point = newton(form, price, free)
        passes["newton"] += point.factorisations
        answer = _certified(form, point.price, point.free, passes)
    if answer is None and point.error < NEAR:
        point = newton(form, point.price, point.free, enough=1e-13, sigma=1e4, eta=1e2)
        passes["newton"] += point.factorisations
        answer = _without_polish(form, point, passes)
    if answer is None:
        raise stopped or EngineError(f"{engine.name}: no point could be certified")
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
    form: NormalForm, price: FloatArray, free: FloatArray, passes: dict[str, int]
) -> BalanceAnswer | None:
    """Polish and return the answer if the optimality conditions hold, else None."""
    point = polish(form, price, free)
    if point is None:
        return None
    passes["polish"] += point.factorisations
    model = form.model
    y, t = form.price_out(point.price), point.free * form.free_scale
    x = cells_at(model, y)
    errors = residuals(model, x, t, y)
    if max(errors.values()) > ACCEPTED:
        return None
    return BalanceAnswer(x, t, y, errors, dict(passes))
