"""Numbers that let a point be, as they are written: in whole units or four digits, drawn outwards."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from allocator.diagnosis.changes import PlanChange
from allocator.diagnosis.numbers import AMOUNT, MAX, MIN, RATES, Number, Numbers, step_of
from allocator.diagnosis.row_names import TOTALS
from allocator.diagnosis.terms import Bound, bound_in_own_terms
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

NOISE = 1e-6
"""What a whole number of units may be off by, as the engine gives it."""
MOST_NOISE = 0.25
PRECISION = 1e-8
"""Relative precision of a point of the engine; of rates it is what counts as none."""


def written_changes(
    plan: Plan,
    labels: Labels,
    measure: str,
    problem: MeasureProblem,
    numbers: Numbers,
    may: BoolArray,
    chosen: IntArray,
    point: FloatArray,
) -> tuple[list[PlanChange], float]:
    """Return the changes that let a point be, as they are printed, and the largest relative one.

    Parameters
    ----------
    may
        Shape (2, n_number): numbers that may fall, that may rise.
    chosen
        Positions of the promises that the point was made for.
    point
        Shape (n_column,), on the scale of the model's feasibility program.
    """
    cells = np.zeros(labels.grid.n_cell)
    scale = float(problem.model.weight.mean()) if problem.model.n_cell else 1.0
    cells[problem.cell] = point[: len(problem.cell)] * scale
    bound = bound_in_own_terms(plan, labels, problem, labels.grid.roll_up(cells))
    unit = plan.spec.measures[measure].round_to
    noise = min(MOST_NOISE, NOISE + PRECISION * scale / float(unit))
    pen = _Pen(problem, numbers, bound, unit, noise)
    changes, largest = [], 0.0
    for at, number, places in _touched(numbers, may, chosen):
        new = pen.written(number, places)
        if new is None:
            continue
        old = Decimal(repr(number.old))
        largest = max(largest, float(abs(new - old)) / float(numbers.reach.size[at]))
        changes.append(PlanChange(number.path, plain(old), plain(new), number.owner))
    return changes, largest


def _touched(numbers: Numbers, may: BoolArray, chosen: IntArray) -> Iterator[tuple[int, Number, IntArray]]:
    """Numbers that may change and stand behind one of the chosen promises, with the promises of each."""
    number = numbers.promises.number[:, chosen]
    is_free = np.logical_or(may[0], may[1])
    side, place = np.nonzero((number >= 0) & is_free[number])
    of = number[side, place]
    order = np.argsort(of, kind="stable")
    cuts = np.flatnonzero(np.diff(of[order])) + 1
    for places in np.split(order, cuts) if len(order) else ():
        at = int(of[places[0]])
        yield at, numbers.listed[at], np.unique(chosen[place[places]])


class _Pen:
    """Writes numbers outwards, as coarsely as they are read."""

    def __init__(
        self, problem: MeasureProblem, numbers: Numbers, bound: Bound, unit: Decimal, noise: float
    ) -> None:
        self.problem, self.numbers, self.bound = problem, numbers, bound
        self.unit, self.noise = unit, noise

    def written(self, number: Number, places: IntArray) -> Decimal | None:
        """Return the number that the point needs at these promises; None where it may stay as it is."""
        old = Decimal(repr(number.old))
        if number.kind in TOTALS:
            product = self._product(places)
            need = self._whole(
                float(self.bound.company[product]), up=float(self.bound.company[product]) > number.old
            )
        elif number.side == AMOUNT:
            value = float(self.bound.amount[self.numbers.instance[places]][0])
            need = self._whole(value, up=value > number.old)
        else:
            need = self._of_rule(number, places)
        if number.side == MIN:
            return need if need < old else None
        if number.side == MAX:
            return need if need > old else None
        return need if need != old else None

    def _product(self, places: IntArray) -> int:
        row = int(self.numbers.promises.row[places[0]])
        source = int(self.problem.model.rows.source[row])
        return int(self.problem.ledger["product"].to_numpy(np.int64)[source])

    def _of_rule(self, number: Number, places: IntArray) -> Decimal:
        """Min or max of a rule, the smallest or largest value over its nodes."""
        is_max = number.side == MAX
        promises, instance = self.numbers.promises, self.numbers.instance[places]
        lines, kind = self.problem.lines, number.kind
        if kind in ("growth", "commitment"):
            # the rule is read in whole units, so the units it must admit are drawn outwards first
            units = self.bound.amount[instance] / float(self.unit)
            nearest = np.round(units)
            drawn = np.ceil(units) if is_max else np.floor(units)
            drawn = np.where(np.abs(units - nearest) <= self.noise, nearest, drawn)
            values = drawn * float(self.unit) / lines.base[instance] - (1.0 if kind == "growth" else 0.0)
        elif kind in ("range", "capacity") and not lines.shape.is_effort[instance].all():
            amount = self.bound.amount[instance]
            return self._whole(float(amount.max() if is_max else amount.min()), up=is_max)
        else:
            values = self.bound.value[instance]
        if kind == "fairness" and is_max and np.isnan(lines.min[instance[0]]):
            is_floor, is_ceiling = np.isfinite(promises.lower[places]), np.isfinite(promises.upper[places])
            values = np.maximum(np.where(is_floor, -values, -np.inf), np.where(is_ceiling, values, -np.inf))
        values = values[np.isfinite(values)]
        if not len(values):
            return Decimal(repr(number.old))
        value = float(values.max() if is_max else values.min())
        step = step_of(kind, kind == "capacity", max(abs(number.old), abs(value)), float(self.unit))
        near = PRECISION * (1.0 if kind in (*RATES, "commitment") else max(abs(number.old), abs(value)))
        return self._digits(value, step, near, number.old, up=is_max)

    def _whole(self, value: float, *, up: bool) -> Decimal:
        """Draw an amount to a whole unit, up or down, forgiving noise."""
        units = Decimal(repr(value)) / self.unit
        nearest = units.quantize(Decimal(1))
        if abs(units - nearest) <= Decimal(repr(self.noise)):
            return nearest * self.unit
        return units.quantize(Decimal(1), rounding=ROUND_CEILING if up else ROUND_FLOOR) * self.unit

    @staticmethod
    def _digits(value: float, step: float, near: float, old: float, *, up: bool) -> Decimal:
        """Draw a ratio to its last digit, up or down; what is as it was but for noise stays as written."""
        if abs(value - old) <= near:
            return Decimal(repr(old))
        inwards = value - near if up else value + near
        exponent = Decimal(1).scaleb(int(np.floor(np.log10(step) + 1e-9)))
        return Decimal(repr(inwards)).quantize(exponent, rounding=ROUND_CEILING if up else ROUND_FLOOR)


def plain(value: Decimal) -> str:
    """Write a number of the plan without an exponent."""
    return f"{value.normalize():f}"
