"""The one answer of a problem: soft tiers in order, then the nearest point, its certificate checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import nnls

from tests.exact.equations import Exact, dot
from tests.exact.linear import Optimum, Program, minimum
from tests.exact.nearest import Limit, Nearest, nearest_point
from tests.exact.problem import Bound, Problem, Row

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Tier:
    """What a tier reached: the smallest largest relative violation, then the smallest sum."""

    tier: int
    largest: Fraction
    total: Fraction


@dataclass(frozen=True)
class ExactAnswer:
    """Cells and tiers, exactly."""

    x: list[Fraction]
    tiers: tuple[Tier, ...]


def answer(
    problem: Problem, near: Sequence[float] | None = None, noise: Fraction = ZERO
) -> ExactAnswer | None:
    """Solve; None if the hard rows cannot hold together.

    Parameters
    ----------
    near
        Where the answer is thought to lie: it saves time and decides nothing.
    noise
        Prices of a tier up to this share of its largest one count as 0. Anchors are floats, so what is a tie
        in the plan may be decided in its 17th digit here; with some noise it is a tie again.
    """
    rows = list(problem.hard)
    tiers: list[Tier] = []
    if not all(_can_hold(row) for row in rows):
        return None
    for tier in sorted({row.tier for row in problem.soft}):
        settled = _settle(problem, rows, [row for row in problem.soft if row.tier == tier], noise)
        if settled is None:
            return None
        rows, largest, total = settled
        tiers.append(Tier(tier, largest, total))
    limits = [limit for row in rows for limit in _limits(row)]
    limits += [Limit({k: ONE}, ZERO) for k in range(len(problem.cells))]
    guess = [] if near is None else guessed(problem, limits, np.asarray(near))
    found = nearest_point(problem.anchor, problem.weight, limits, guess)
    if found is None:
        assert not tiers, "the tiers have a point, so the balance has one"
        return None
    assert found.proves_itself(problem.anchor, problem.weight, limits)
    _check_tiers(problem, found, tiers, noise)
    return ExactAnswer(found.x, tuple(tiers))


def _can_hold(row: Row) -> bool:
    """A row without cells is 0."""
    crossed = row.lower is not None and row.upper is not None and row.lower > row.upper
    empty_low = row.lower is not None and row.lower > 0
    empty_high = row.upper is not None and row.upper < 0
    return not crossed and (bool(row.row) or not (empty_low or empty_high))


def _limits(row: Row) -> list[Limit]:
    if not row.row:
        return []
    if row.lower is not None and row.lower == row.upper:
        return [Limit(row.row, row.lower, is_equal=True)]
    found = [] if row.lower is None else [Limit(row.row, row.lower)]
    if row.upper is not None:
        found.append(Limit({k: -value for k, value in row.row.items()}, -row.upper))
    return found


@dataclass(frozen=True)
class _Goal:
    """row . x + e >= bound with e >= 0: a soft side, relative to its scale."""

    name: str
    row: Exact
    bound: Fraction


def _goals(soft: Sequence[Row]) -> list[_Goal]:
    goals = []
    for row in soft:
        sign = 1 if row.lower is not None else -1
        bound = row.lower if row.lower is not None else row.upper
        assert bound is not None
        scaled = {k: sign * value / row.scale for k, value in row.row.items()}
        goals.append(_Goal(row.name, scaled, sign * bound / row.scale))
    return goals


def _settle(
    problem: Problem, rows: list[Row], soft: Sequence[Row], noise: Fraction
) -> tuple[list[Row], Fraction, Fraction] | None:
    """Settle one tier: the rows that its optimal points keep, and what it reached."""
    n, goals = len(problem.cells), _goals(soft)
    k = len(goals)
    theta = {n: ONE}
    sizes = [_size(problem, row.row) for row in rows]
    first = minimum(_program(rows, n, [({**goal.row, **theta}, goal.bound) for goal in goals], theta, [None]))
    if first is None:
        return None
    largest = first.value
    if largest == 0:
        return [*rows, *(Row(goal.name, goal.row, goal.bound, None) for goal in goals)], ZERO, ZERO
    prices = [first.price.get(len(rows) + j, ZERO) for j in range(k)]
    rows = _on_face(problem, rows, sizes, first, noise)
    for goal, price in zip(goals, prices, strict=True):
        if price > noise:
            rows.append(Row(goal.name, goal.row, goal.bound - largest, goal.bound - largest))
    goals = [goal for goal, price in zip(goals, prices, strict=True) if price <= noise]
    sizes = [_size(problem, row.row) for row in rows]
    most = largest * (1 + noise)
    shares = [({**goal.row, n + j: ONE}, goal.bound) for j, goal in enumerate(goals)]
    cost = {n + j: ONE for j in range(len(goals))}
    second = minimum(_program(rows, n, shares, cost, [most] * len(goals)))
    assert second is not None
    kept = _on_face(problem, rows, sizes, second, noise)
    for j, goal in enumerate(goals):
        kept.append(_face(goal, second.price.get(len(rows) + j, ZERO), most, noise))
    return kept, largest, second.value + largest * (k - len(goals))


def _size(problem: Problem, row: Exact) -> Fraction:
    """What a row amounts to at the anchors (cells without an anchor by their weight)."""
    return sum((abs(value) * problem.weight[cell] for cell, value in row.items()), ZERO)


def _on_face(
    problem: Problem, rows: list[Row], sizes: Sequence[Fraction], found: Optimum, noise: Fraction
) -> list[Row]:
    """Rows made tight where they have a price, and cells held at 0 where they have a reduced cost."""
    weights = [abs(found.price.get(i, ZERO)) * size for i, size in enumerate(sizes)]
    least = noise * max([ONE, *weights])
    kept = [
        _tight(row, found.price.get(i, ZERO) if weights[i] > least else ZERO) for i, row in enumerate(rows)
    ]
    for cell, weight in enumerate(problem.weight):
        if abs(found.reduced.get(cell, ZERO)) * weight > least:
            kept.append(Row(f"cell {cell}", {cell: ONE}, ZERO, ZERO))
    return kept


def _tight(row: Row, price: Fraction) -> Row:
    if price == 0:
        return row
    bound = row.lower if price > 0 else row.upper
    assert bound is not None
    return Row(row.name, row.row, bound, bound)


def _face(goal: _Goal, price: Fraction, largest: Fraction, noise: Fraction) -> Row:
    """What the optimal points of min sum e, 0 <= e <= largest, have of a goal with this price."""
    low = goal.bound - largest
    if price <= noise:
        return Row(goal.name, goal.row, goal.bound, None)
    if price < 1 - noise:
        return Row(goal.name, goal.row, goal.bound, goal.bound)
    return Row(goal.name, goal.row, low, goal.bound if price <= 1 + noise else low)


def _program(
    rows: Sequence[Row],
    n: int,
    goals: Sequence[tuple[Exact, Fraction]],
    cost: Exact,
    upper: Sequence[Bound],
) -> Program:
    return Program(
        cost=cost,
        lower=[ZERO] * (n + len(upper)),
        upper=[*([None] * n), *upper],
        rows=[*(row.row for row in rows), *(row for row, _ in goals)],
        row_lower=[*(row.lower for row in rows), *(bound for _, bound in goals)],
        row_upper=[*(row.upper for row in rows), *([None] * len(goals))],
    )


def guessed(problem: Problem, limits: Sequence[Limit], near: np.ndarray) -> list[int]:
    """Limits that look tight at a point, those that hold the cells where they are first."""
    weight = np.array([float(value) for value in problem.weight])
    anchor = np.array([float(value) for value in problem.anchor])
    active = []
    for k, limit in enumerate(limits):
        terms = np.array([float(value) * near[cell] for cell, value in limit.row.items()])
        size = max(np.abs(terms).max(initial=0.0), abs(float(limit.bound)), 1e-7 * weight.mean())
        if limit.is_equal or abs(terms.sum() - float(limit.bound)) <= 1e-7 * size:
            active.append(k)
    if not active:
        return []
    return _supporting(limits, active, weight, (near - anchor) / weight)


def _supporting(
    limits: Sequence[Limit], active: Sequence[int], weight: np.ndarray, pull: np.ndarray
) -> list[int]:
    """Active limits that carry a price in some least-squares fit of the pull, then the other equations."""
    columns, owner = [], []
    root = np.sqrt(weight)
    for k in active:
        column = np.zeros(len(weight))
        for cell, value in limits[k].row.items():
            column[cell] = float(value)
        column *= root
        column /= max(np.linalg.norm(column), 1e-300)
        columns += [column, -column] if limits[k].is_equal else [column]
        owner += [k, k] if limits[k].is_equal else [k]
    try:
        price, _ = nnls(np.array(columns).T, pull * root, maxiter=50 * len(columns))
    except RuntimeError:
        return [k for k in active if limits[k].is_equal]
    chosen = [owner[j] for j in np.argsort(-price, kind="stable") if price[j] > 0]
    return [*chosen, *(k for k in active if limits[k].is_equal)]


def _check_tiers(problem: Problem, found: Nearest, tiers: Sequence[Tier], noise: Fraction) -> None:
    """The answer has the violations that the tiers reached, exactly but for the noise."""
    x = dict(enumerate(found.x))
    for tier in tiers:
        goals = _goals([row for row in problem.soft if row.tier == tier.tier])
        misses = [max(ZERO, goal.bound - dot(goal.row, x)) for goal in goals]
        room = 1000 * noise
        assert abs(max(misses) - tier.largest) <= room
        assert abs(sum(misses, ZERO) - tier.total) <= room * len(misses)
