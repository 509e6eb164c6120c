"""The least that the numbers behind rows must change before the rows can hold together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.row_session import RowSession
from solver_models.lumping import lumped
from solver_models.program import LinearProgram
from solver_models.sparse_rows import rows_at

ROOM = 1e-9
TIE = 1e-6


@dataclass(frozen=True)
class Promises:
    """lower + slope d <= row @ x <= upper + slope d, where d is the change of the number behind each side.

    Parameters
    ----------
    row
        Shape (n,): row of the program.
    lower, upper
        Shape (n,).
    number
        Shape (2, n): number behind the lower and the upper side, -1 = it stays as it is.
    slope
        Shape (2, n): what one unit of the number moves the bound.
    """

    row: IntArray
    lower: FloatArray
    upper: FloatArray
    number: IntArray
    slope: FloatArray

    def at(self, which: BoolArray | IntArray) -> Self:
        """Return some of them: those of a mask, or at positions."""
        return type(self)(*(getattr(self, field.name)[..., which] for field in fields(self)))


@dataclass(frozen=True)
class Reach:
    """How far numbers may go; arrays over the numbers.

    Parameters
    ----------
    size
        What counts as a change by 100 %, > 0.
    step
        The smallest change that can be written, > 0.
    down, up
        How far a number may fall and rise, >= 0; 0 = not at all.
    """

    size: FloatArray
    step: FloatArray
    down: FloatArray
    up: FloatArray


def least_changes(program: LinearProgram, promises: Promises, reach: Reach) -> FloatArray | None:
    """Return a point that the promises allow once numbers change as little as possible; None if none does.

    First the largest relative change |d| / size is made as small as possible, then the sum of them; of equal
    sums the one that leaves later numbers alone. A number that can only be written in steps larger than
    the largest change is left alone where the others can do without: a bound of 1 that moves by 1 has
    doubled, one of 3,000 has hardly moved.

    Returns
    -------
    Shape (n_column of the program,): amounts of columns that no promise tells apart are spread evenly.

    Raises
    ------
    EngineError
        If the engine proves neither.
    """
    row, place = np.unique(promises.row, return_inverse=True)
    part = lumped(
        LinearProgram(
            program.cost,
            rows_at(program.matrix, row),
            np.full(len(row), -np.inf),
            np.full(len(row), np.inf),
            program.lower,
            program.upper,
        )
    )
    search = _Search.of(part.program, _one_number_each(promises, place), reach)
    point = search.point()
    if point is None:
        return None
    members = np.bincount(part.column, minlength=part.program.n_column)
    spread: FloatArray = (point / members)[part.column]
    return spread


def at_full_reach(program: LinearProgram, promises: Promises, reach: Reach) -> LinearProgram:
    """Return the program with every number as far outwards as it may go: what fails here no change helps."""
    bounds = []
    for side, outwards in ((0, -1.0), (1, 1.0)):
        number, slope = promises.number[side], outwards * promises.slope[side]
        room = np.where(number >= 0, np.where(slope > 0, reach.up[number], reach.down[number]), 0.0)
        move = np.abs(slope, where=room > 0, out=np.zeros(len(room))) * np.where(room > 0, room, 1.0)
        bounds.append((promises.upper if side else promises.lower) + outwards * move)
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    lower[promises.row], upper[promises.row] = -np.inf, np.inf
    np.maximum.at(lower, promises.row, bounds[0])
    np.minimum.at(upper, promises.row, bounds[1])
    return replace(program, row_lower=lower, row_upper=upper)


def _one_number_each(promises: Promises, place: IntArray) -> Promises:
    """Split promises whose sides hang on different numbers; `row` becomes the place among the rows used."""
    here = Promises(place.ravel(), promises.lower, promises.upper, promises.number, promises.slope)
    alike = (here.number[0] == here.number[1]) & (here.slope[0] == here.slope[1])
    low = np.flatnonzero(~alike & np.isfinite(here.lower))
    high = np.flatnonzero(~alike & np.isfinite(here.upper))
    together, floors, ceilings = here.at(alike), here.at(low), here.at(high)
    return Promises(
        np.concatenate([together.row, floors.row, ceilings.row]),
        np.concatenate([together.lower, floors.lower, np.full(len(high), -np.inf)]),
        np.concatenate([together.upper, np.full(len(low), np.inf), ceilings.upper]),
        np.concatenate([together.number[0], floors.number[0], ceilings.number[1]])[None],
        np.concatenate([together.slope[0], floors.slope[0], ceilings.slope[1]])[None],
    )


@dataclass(frozen=True)
class _Search:
    """The program over (columns, relative changes, the largest of them)."""

    session: RowSession
    n_column: int
    step: FloatArray
    most: FloatArray

    @staticmethod
    def of(program: LinearProgram, promises: Promises, reach: Reach) -> "_Search":
        """Add one column per number and direction in which it may go."""
        number, slope = promises.number[0], promises.slope[0]
        used = np.unique(number[number >= 0])
        moved = np.concatenate([used[reach.up[used] > 0], used[reach.down[used] > 0]])
        sign = np.repeat([1.0, -1.0], [np.sum(reach.up[used] > 0), np.sum(reach.down[used] > 0)])
        most = np.where(sign > 0, reach.up[moved], reach.down[moved]) / reach.size[moved]
        n, k, m = program.n_column, len(moved), len(number)
        moves = _places(number, moved, -slope, reach.size, sign, m)
        within = csr_array(hstack([csr_array((k, n)), _identity(k), csr_array(-np.ones((k, 1)))]))
        matrix = vstack([hstack([rows_at(program.matrix, promises.row), moves, csr_array((m, 1))]), within])
        whole = LinearProgram(
            np.zeros(n + k + 1),
            csr_array(matrix.tocsr()),
            np.concatenate([promises.lower, np.full(k, -np.inf)]),
            np.concatenate([promises.upper, np.zeros(k)]),
            np.concatenate([program.lower, np.zeros(k + 1)]),
            np.concatenate([program.upper, most, [np.inf]]),
        )
        return _Search(RowSession(whole, costs_change=True), n, reach.step[moved] / reach.size[moved], most)

    def point(self) -> FloatArray | None:
        """Settle the largest change, then the sum."""
        free, n, k = np.ones(len(self.step), bool), self.n_column, len(self.step)
        level = self._level(free)
        if level is None:
            return None
        free, level = self._fine_enough(free, level)
        ceiling = np.array([level * (1 + ROOM) + ROOM * ROOM])
        self.session.bound_columns(np.array([n + k]), np.zeros(1), ceiling)
        order = 1.0 + TIE * np.arange(k) / max(k, 1)
        self.session.set_costs(np.concatenate([np.zeros(n), order, [0.0]]))
        point = self.session.solve()
        return None if point is None else point[:n]

    def _level(self, free: BoolArray) -> float | None:
        """The smallest largest change if only some numbers may move; None if they cannot do it."""
        n, k = self.n_column, len(self.step)
        self.session.bound_columns(n + np.arange(k), np.zeros(k), np.where(free, self.most, 0.0))
        self.session.set_costs(np.concatenate([np.zeros(n + k), [1.0]]))
        point = self.session.solve()
        return None if point is None else float(point[n + k])

    def _fine_enough(self, free: BoolArray, level: float) -> tuple[BoolArray, float]:
        """Leave out numbers whose step is coarser than the largest change needs to be."""
        steps = np.unique(self.step[self.step > level * (1 + ROOM)])
        if not len(steps):
            return free, level
        coarse = [level, *steps.tolist()]
        found: dict[int, float | None] = {len(coarse) - 1: level}

        def at(position: int) -> float:
            if position not in found:
                found[position] = self._level(self.step <= coarse[position] * (1 + ROOM))
            value = found[position]
            return np.inf if value is None else value

        first = _first_true(range(len(coarse)), lambda j: at(j) <= coarse[j] * (1 + ROOM))
        if first > 0 and at(first - 1) <= coarse[first]:
            first -= 1
        chosen: BoolArray = self.step <= coarse[first] * (1 + ROOM)
        exact = self._level(chosen)
        return (free, level) if exact is None else (chosen, exact)


def _first_true(positions: Sequence[int], holds: Callable[[int], bool]) -> int:
    """Bisection: the first position at which a condition holds that goes on holding; the last one holds."""
    low, high = 0, len(positions) - 1
    while low < high:
        middle = (low + high) // 2
        if holds(positions[middle]):
            high = middle
        else:
            low = middle + 1
    return positions[low]


def _identity(k: int) -> csr_array:
    return csr_array((np.ones(k), (np.arange(k), np.arange(k))), shape=(k, k))


def _places(
    number: IntArray, moved: IntArray, slope: FloatArray, size: FloatArray, sign: FloatArray, m: int
) -> csr_array:
    """Coefficients of the relative changes: one for each row and move of its number."""
    rows, columns, values = [], [], []
    for direction in (1.0, -1.0):
        own = np.flatnonzero(sign == direction)
        column_of = np.full(len(size), -1, np.int64)
        column_of[moved[own]] = own
        row = np.flatnonzero(number >= 0)
        row = row[column_of[number[row]] >= 0]
        rows.append(row)
        columns.append(column_of[number[row]])
        values.append(direction * slope[row] * size[number[row]])
    return csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(m, len(moved))
    )
