"""A strictly convex quadratic program with a diagonal, in 256-bit arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat, ctx
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray
from solver_models.failures import EngineStopped
from solver_models.sparse_rows import absolute

PRECISION = 256
"""Bits of every number; what double precision leaves open is settled with 150 bits to spare."""
NOISE = 1e-14
"""A row that is missed by less, relative to the numbers it adds up, is met: coefficients are rounded."""
BOUND_NOISE = 1e-26
"""The same for bounds of columns, which no coefficient rounds."""
STRICT = 2.0**-100
"""Curvature of columns that have none of their own; what it moves is 10^-30."""
TIGHT = 1e-12
"""A row within this share of its size of a bound is at it."""
SMALL = 4_000
"""Rows x columns of a program that ends in a few hundredths of a second."""
SLOTS = 12
"""Room for held constraints at first; it doubles when it is full."""
DEPENDENT = 1e-26
"""A row with less of its squared length outside the span of the rows held is a sum of them."""


@dataclass(frozen=True)
class DiagonalProgram:
    """min sum curvature (z - centre)^2 / 2 + cost z over row_lower <= A z <= row_upper, lower <= z <= upper.

    Parameters
    ----------
    curvature, centre, cost, lower, upper
        Shape (n_column,); curvature > 0.
    matrix
        Shape (n_row, n_column).
    row_lower, row_upper, row_size
        Shape (n_row,); `row_size` is what a row's miss is measured against.
    column_size
        Shape (n_column,): what the worst miss of a bound is chosen by.
    is_real
        Shape (n_column,): false for columns whose curvature is there only to make the program strict;
        whether rows depend on each other is judged without them.
    """

    curvature: FloatArray
    centre: FloatArray
    cost: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    row_size: FloatArray
    lower: FloatArray
    upper: FloatArray
    column_size: FloatArray
    is_real: BoolArray


@dataclass(frozen=True)
class ActiveSetPoint:
    """The minimiser, or the proof that there is no point.

    Parameters
    ----------
    x
        Shape (n_column,).
    row_price, reduced_cost
        Shapes (n_row,), (n_column,): multipliers of rows and bounds, >= 0 at the lower side, exactly 0 where
        nothing is held; of a proof of impossibility: the weights of the rows and bounds that contradict
        each other.
    is_feasible
        Whether there is a point.
    steps
        Rows taken in or let go.
    """

    x: FloatArray
    row_price: FloatArray
    reduced_cost: FloatArray
    is_feasible: bool
    steps: int


def minimise(program: DiagonalProgram, is_over: Callable[[], bool] = lambda: False) -> ActiveSetPoint:
    """Dual active-set method: from the free minimum, take in the row that is missed most until none is.

    Every step keeps the prices' signs right and raises the value, so it ends: at the one minimiser, or
    at rows that contradict each other. A row that depends on those held and is missed by no more than
    the rounding of its coefficients explains is left alone.

    Source: Goldfarb and Idnani, Mathematical Programming 27 (1983), 1-33.

    Parameters
    ----------
    is_over
        Asked before each row whether the time is up.

    Raises
    ------
    EngineStopped
        If it is.
    """
    before = ctx.prec
    ctx.prec = PRECISION
    try:
        search = _Search(program)
        search.take_in_definitions()
        while search.contradiction is None and search.take_in_the_worst():
            if is_over():
                raise EngineStopped("exact arithmetic ran out of time")
        return search.point()
    finally:
        ctx.prec = before


class _Search:
    """The state of one search; constraints are numbered rows first, then columns (their bounds)."""

    def __init__(self, program: DiagonalProgram) -> None:
        self.program = program
        m, n = program.matrix.shape
        self.m, self.n = m, n
        dense = program.matrix.toarray()
        self.rows = arb_mat(m, n, dense.ravel().tolist())
        self.rows_t = self.rows.transpose()
        self.inverse_curvature = [1 / arb(value) for value in program.curvature.tolist()]
        self.low = _exact(np.concatenate([program.row_lower, program.lower]))
        self.high = _exact(np.concatenate([program.row_upper, program.upper]))
        self.size = np.concatenate([program.row_size, program.column_size])
        self.tolerance = self.size * np.repeat([NOISE, BOUND_NOISE], [m, n])
        self.is_equal = np.array(
            [one is not None and one == two for one, two in zip(self.low, self.high, strict=True)], bool
        )
        self.z = [
            arb(centre) - arb(cost) * inverse
            for centre, cost, inverse in zip(
                program.centre.tolist(), program.cost.tolist(), self.inverse_curvature, strict=True
            )
        ]
        # held constraints stand in slots; the inverse of their products is 0 outside the slots in use
        self.held: dict[int, tuple[int, int]] = {}
        self.unused = list(range(SLOTS))
        self.price = [arb(0)] * SLOTS
        self.inverse = arb_mat(SLOTS, SLOTS)
        self.left_alone: set[int] = set()
        self.contradiction: tuple[int, int, list[arb]] | None = None
        self.steps = 0

    def take_in_the_worst(self) -> bool:
        """Take in the constraint that is missed most; False if none is, or nothing can mend it."""
        if self.m + self.n == 0:
            return False
        activity = self._activity()
        miss, sign = self._misses(activity)
        relative = np.where(self._is_open() & (miss > self.tolerance), miss / self.size, 0.0)
        worst = int(relative.argmax())
        if relative[worst] <= 0:
            return False
        return self._take_in(worst, int(sign[worst]), activity)

    def take_in_definitions(self) -> None:
        """Hold the equations of the columns without a curvature of their own, before anything moves these."""
        entries = self.program.matrix.tocoo()
        defines = np.unique(entries.row[~self.program.is_real[entries.col]])
        for row in defines[self.is_equal[defines]].tolist():
            self._take_in(row, 1, self._activity())

    def _is_open(self) -> BoolArray:
        """True for constraints that may be taken in."""
        is_open = np.ones(self.m + self.n, bool)
        is_open[[which for which, _ in self.held.values()]] = False
        is_open[list(self.left_alone)] = False
        return is_open

    def _activity(self) -> list[arb]:
        """Values of all rows and columns at the point."""
        return [*(self.rows * arb_mat(self.n, 1, self.z)).entries(), *self.z]

    def _misses(self, activity: list[arb]) -> tuple[FloatArray, FloatArray]:
        """How far each constraint is missed (negative: its slack), and which side: 1 lower, -1 upper."""
        below = np.array(
            [
                -np.inf if low is None else float(low - value)
                for low, value in zip(self.low, activity, strict=True)
            ]
        )
        above = np.array(
            [
                -np.inf if high is None else float(value - high)
                for high, value in zip(self.high, activity, strict=True)
            ]
        )
        return np.maximum(below, above), np.where(below >= above, 1.0, -1.0)

    def _normal(self, which: int) -> list[arb]:
        """Coefficients of a constraint."""
        if which < self.m:
            return [self.rows[which, j] for j in range(self.n)]
        normal = [arb(0)] * self.n
        normal[which - self.m] = arb(1)
        return normal

    def _take_in(self, which: int, sign: int, activity: list[arb]) -> bool:
        bound = self.low[which] if sign > 0 else self.high[which]
        if bound is None:
            raise AssertionError("a side without a bound is never missed")
        normal = [sign * value for value in self._normal(which)]
        weighted = [one * other for one, other in zip(self.inverse_curvature, normal, strict=True)]
        squared = _dot(normal, weighted)
        real = [
            w if is_real else arb(0)
            for w, is_real in zip(weighted, self.program.is_real.tolist(), strict=True)
        ]
        reach = _dot(normal, real)
        reach = reach if reach > 0 else squared
        of_rows = (self.rows * arb_mat(self.n, 1, weighted)).entries()
        both = [*of_rows, *weighted]
        price = arb(0)
        missing = sign * (bound - activity[which])
        while True:
            self.steps += 1
            v = [arb(0)] * len(self.price)
            for slot, (i, s) in self.held.items():
                v[slot] = s * both[i]
            r = (self.inverse * arb_mat(len(v), 1, v)).mid().entries()
            outside = squared - _dot(v, r)
            depends = not outside > DEPENDENT * reach
            if depends and float(missing) <= NOISE * self._terms(which, r):
                self.left_alone.add(which)
                return True
            leaving, longest = self._first_to_leave(r)
            if depends and leaving is None:
                self.contradiction = (which, sign, r)
                return False
            whole = None if depends else missing / outside
            is_whole = whole is not None and (longest is None or not longest < whole)
            step = whole if is_whole else longest
            if step is None:
                raise AssertionError("a step without a length")
            for slot in self.held:
                self.price[slot] = (self.price[slot] - step * r[slot]).mid()
            price = (price + step).mid()
            if not depends:
                self._move(weighted, r, step)
                missing = (missing - step * outside).mid()
            if is_whole:
                self._hold(which, sign, price, r, outside)
                return True
            if leaving is not None:
                self._let_go(leaving)

    def _terms(self, which: int, r: list[arb]) -> float:
        """What the contradiction of a row with those held is a sum of."""
        own = sum(abs(float(r[slot])) * self.size[i] for slot, (i, _) in self.held.items())
        return float(self.size[which] + own)

    def _first_to_leave(self, r: list[arb]) -> tuple[int | None, arb | None]:
        """The slot whose price first falls to zero, and the step at which it does."""
        leaving, longest = None, None
        for slot, (which, _) in self.held.items():
            if self.is_equal[which] or not r[slot] > 0:
                continue
            step = self.price[slot] / r[slot]
            if longest is None or step < longest:
                leaving, longest = slot, step
        return leaving, longest

    def _move(self, weighted: list[arb], r: list[arb], step: arb) -> None:
        """Move the point along the constraint's normal within the span that the held ones leave."""
        of_row, of_column = [arb(0)] * self.m, [arb(0)] * self.n
        for slot, (which, sign) in self.held.items():
            if which < self.m:
                of_row[which] = sign * r[slot]
            else:
                of_column[which - self.m] = sign * r[slot]
        pull = (self.rows_t * arb_mat(self.m, 1, of_row)).entries() if self.m else [arb(0)] * self.n
        self.z = [
            (z + step * (w - inverse * (one + other))).mid()
            for z, w, inverse, one, other in zip(
                self.z, weighted, self.inverse_curvature, pull, of_column, strict=True
            )
        ]

    def _hold(self, which: int, sign: int, price: arb, r: list[arb], outside: arb) -> None:
        """Hold one more constraint; the inverse of the held ones' products grows by a border."""
        border = [-value for value in r]
        if not self.unused:
            self._make_room()
            border += [arb(0)] * len(border)
        slot = self.unused.pop()
        border[slot] = arb(1)
        edge = arb_mat(len(border), 1, border)
        self.inverse = (self.inverse + (edge * edge.transpose()) * (1 / outside)).mid()
        self.held[slot] = (which, sign)
        self.price[slot] = price

    def _make_room(self) -> None:
        """Double the slots."""
        size = len(self.price)
        none = [arb(0)] * size
        self.inverse = arb_mat([row + none for row in self.inverse.tolist()] + [none + none] * size)
        self.price += none
        self.unused = list(range(size, 2 * size))

    def _let_go(self, slot: int) -> None:
        """Let a held constraint go."""
        size = len(self.price)
        edge = arb_mat(size, 1, [self.inverse[i, slot] for i in range(size)])
        self.inverse = (self.inverse - (edge * edge.transpose()) * (1 / self.inverse[slot, slot])).mid()
        del self.held[slot]
        self.unused.append(slot)
        self.price[slot] = arb(0)
        self.left_alone.clear()

    def point(self) -> ActiveSetPoint:
        """Return where the search ended."""
        price = np.zeros(self.m + self.n)
        weights = self.price
        if self.contradiction is not None:
            which, sign, r = self.contradiction
            weights = [-value for value in r]
            price[which] = sign
        for slot, (which, sign) in self.held.items():
            price[which] = sign * float(weights[slot])
        return ActiveSetPoint(
            np.array([float(value) for value in self.z]),
            price[: self.m],
            price[self.m :],
            self.contradiction is None,
            self.steps,
        )


def _exact(bounds: FloatArray) -> list[arb | None]:
    """Bounds as exact numbers, None where there is none."""
    return [arb(value) if np.isfinite(value) else None for value in bounds.tolist()]


def _dot(one: list[arb], other: list[arb]) -> arb:
    return sum((a * b for a, b in zip(one, other, strict=True)), arb(0)).mid()


def sizes_of_rows(matrix: csr_array, lower: FloatArray, upper: FloatArray, amount: FloatArray) -> FloatArray:
    """max(|bounds|, |A| amount) of each row, never 0."""
    low = np.where(np.isfinite(lower), np.abs(lower), 0.0)
    high = np.where(np.isfinite(upper), np.abs(upper), 0.0)
    size: FloatArray = np.maximum(np.maximum(low, high), absolute(matrix) @ amount)
    return np.where(size > 0, size, 1.0)
