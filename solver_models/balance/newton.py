"""Proximal method of multipliers with semismooth Newton steps: slower than the polish, hard to defeat."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray
from solver_models.balance.system import ActiveRows, NormalForm, factorise
from solver_models.failures import largest_entry

OUTER, INNER = 80, 60


@dataclass(frozen=True)
class NewtonPoint:
    """Scaled prices and free columns near the optimum; `error` is the largest relative error."""

    price: FloatArray
    free: FloatArray
    error: float
    factorisations: int


@dataclass(frozen=True)
class _State:
    """A point of the dual function around a centre."""

    x: FloatArray
    s: FloatArray
    t: FloatArray
    gradient: FloatArray
    is_free_cell: BoolArray
    is_free_row: BoolArray


def newton(
    form: NormalForm,
    price: FloatArray,
    free: FloatArray,
    enough: float = 1e-6,
    sigma: float = 10.0,
    eta: float = 0.1,
) -> NewtonPoint:
    """Maximise the proximal dual around moving centres (y_k, s_k, t_k) until the error is small.

    For given prices y the cells are x = clip(a + w A'y), the row activities s = clip(s_k - eta y),
    the free columns t = t_k + eta B'y; the gradient is s - A x - B t - (y - y_k) / sigma.
    sigma and eta grow while the inner steps are few and shrink when they are many.

    Parameters
    ----------
    price, free
        Scaled start.
    enough
        Error at which to stop.
    sigma, eta
        Proximal parameters to start with; larger ones suit a start near the optimum.
    """
    y, t = price.copy(), free.copy()
    used = 0
    error = np.inf
    best = NewtonPoint(y, t, np.inf, 0)
    for _ in range(OUTER):
        x = _clip_cells(form, y)
        centre_s = np.clip(form.cells @ x + form.free @ t, form.lower, form.upper)
        centre_y, centre_t = y.copy(), t.copy()
        y, state, steps = _maximise(form, y, centre_y, centre_s, centre_t, sigma, eta)
        used += steps
        t = state.t
        error = _error(form, y, t)
        if error < best.error:
            best = NewtonPoint(y, t, error, used)
        if error < enough:
            return NewtonPoint(y, t, error, used)
        grow = 10.0 if steps <= 8 else 3.0 if steps <= 20 else 1.5 if steps < INNER else 0.1
        sigma, eta = min(max(sigma * grow, 1e-3), 1e9), min(max(eta * grow, 1e-4), 1e7)
    return NewtonPoint(best.price, best.free, best.error, used)


def _clip_cells(form: NormalForm, y: FloatArray) -> FloatArray:
    model = form.model
    x: FloatArray = np.clip(model.anchor + model.weight * (form.cells_t @ y), model.lower, model.upper)
    return x


def _error(form: NormalForm, y: FloatArray, t: FloatArray) -> float:
    """Largest relative error of rows, complementarity and free columns."""
    activity = form.cells @ _clip_cells(form, y) + form.free @ t
    natural = np.abs(activity - np.clip(activity - y * form.size, form.lower, form.upper)) / form.size
    slope = form.free.T @ y if form.model.n_free else np.zeros(0)
    return max(largest_entry(natural), largest_entry(slope))


def _maximise(
    form: NormalForm,
    y: FloatArray,
    centre_y: FloatArray,
    centre_s: FloatArray,
    centre_t: FloatArray,
    sigma: float,
    eta: float,
) -> tuple[FloatArray, _State, int]:
    """Newton steps with an exact line search on the slope until the gradient is small."""

    def at(price: FloatArray) -> _State:
        z = form.model.anchor + form.model.weight * (form.cells_t @ price)
        x = np.clip(z, form.model.lower, form.model.upper)
        raw = centre_s - eta * price
        s = np.clip(raw, form.lower, form.upper)
        t = centre_t + eta * (form.free.T @ price) if form.model.n_free else centre_t
        gradient = s - form.cells @ x - form.free @ t - (price - centre_y) / sigma
        return _State(
            x,
            s,
            t,
            gradient,
            (z > form.model.lower) & (z < form.model.upper),
            (raw > form.lower) & (raw < form.upper),
        )

    every_row = ActiveRows.of(form, np.arange(form.n_row))
    state = at(y)
    for step in range(INNER):
        moved = np.linalg.norm(y - centre_y) / sigma + np.linalg.norm(state.s - centre_s) / max(eta, 1.0)
        if np.linalg.norm(state.gradient / form.size) <= max(
            0.05 * moved / np.sqrt(form.size.max() + 1), 1e-10
        ):
            return y, state, step
        factor = factorise(
            form,
            every_row,
            state.is_free_cell,
            np.where(state.is_free_row, eta, 0.0) + 1.0 / sigma,
            np.full(form.model.n_free, 1.0 / eta),
        )
        rhs = np.concatenate([state.gradient, np.zeros(form.model.n_free)])
        direction = factor.solve(rhs)[: form.n_row]
        start = y

        def slope(a: float, start: FloatArray = start, direction: FloatArray = direction) -> float:
            return float(at(start + a * direction).gradient @ direction)

        length = _line_search(slope)
        y = y + length * direction
        state = at(y)
    return y, state, INNER


def _line_search(slope: Callable[[float], float]) -> float:
    """Return a step at which the concave function's slope is (nearly) zero."""
    first = slope(0.0)
    if first <= 0:
        return 0.0
    low, high = 0.0, 1.0
    at_high = slope(high)
    while at_high > 0.5 * first and high < 64:
        low, high = high, 2 * high
        at_high = slope(high)
    if at_high >= -1e-3 * first:
        return high
    at_low = slope(low)
    for _ in range(30):
        middle = high - at_high * (high - low) / (at_high - at_low)
        at_middle = slope(middle)
        if abs(at_middle) <= 1e-3 * first:
            return middle
        if at_middle > 0:
            low, at_low, at_high = middle, at_middle, 0.5 * at_high
        else:
            high, at_high, at_low = middle, at_middle, 0.5 * at_low
    return low if low > 0 else high
