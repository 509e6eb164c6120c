"""Smallest sets of rules that cannot hold together."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.row_session import RowSession
from solver_models.infeasibility import NOTHING, rows_only
from solver_models.program import LinearProgram

ALWAYS = -1
"""Group of the sides that are nobody's rule and always hold."""
MISSED = 1e-9


def smallest_conflict(
    program: LinearProgram, group: IntArray, used: BoolArray, candidates: Iterable[int]
) -> list[int]:
    """Deletion filter: groups that cannot hold together although any of them left out would let the others.

    Groups are left out in order. What is left is solved from the last basis, over the rows that were
    needed so far; the rows of a group join when a point misses one of them. Where a smaller set turns out to
    be impossible, its ray tells which groups to go on with.

    Parameters
    ----------
    group
        Shape (2, n_row): group of the lower and of the upper side of each row; `ALWAYS` = always there.
    used
        Shape (n_row,): rows that prove the conflict.
    candidates
        Groups that certainly contain a conflict, those to leave out first.

    Raises
    ------
    EngineError
        If the engine proves neither for some set.
    """
    search = _Search(_sides(program, group, used, candidates))
    left = list(dict.fromkeys(candidates))
    for one in tuple(left):
        if one not in left:
            continue
        rest = [other for other in left if other != one]
        if search.can_hold(rest):
            continue
        in_ray = search.groups_of_ray()
        heavy = [other for other in rest if other in in_ray]
        left = rest if len(heavy) < len(rest) and search.can_hold(heavy) else heavy
    return left


@dataclass(frozen=True)
class _Sides:
    """The sides of the groups in question as rows; both sides of a row of one group stay together."""

    program: LinearProgram
    group: IntArray
    used: BoolArray


def _sides(program: LinearProgram, group: IntArray, used: BoolArray, candidates: Iterable[int]) -> _Sides:
    wanted = np.isin(group, [*candidates, ALWAYS])
    low = wanted[0] & np.isfinite(program.row_lower)
    high = wanted[1] & np.isfinite(program.row_upper)
    both = low & high & (group[0] == group[1]) & (program.row_lower <= program.row_upper)
    parts = [np.flatnonzero(both), np.flatnonzero(low & ~both), np.flatnonzero(high & ~both)]
    row = np.concatenate(parts)
    side = np.repeat([0, 0, 1], [len(part) for part in parts])
    has_low = np.repeat([True, True, False], [len(part) for part in parts])
    has_high = np.repeat([True, False, True], [len(part) for part in parts])
    part = rows_only(program, row)
    sided = LinearProgram(
        part.cost,
        part.matrix,
        np.where(has_low, part.row_lower, -np.inf),
        np.where(has_high, part.row_upper, np.inf),
        part.lower,
        part.upper,
    )
    return _Sides(sided, group[side, row], used[row])


class _Search:
    """One program whose rows are switched on and off."""

    def __init__(self, sides: _Sides) -> None:
        self._program, self._group = sides.program, sides.group
        self._needed = sides.used | (sides.group == ALWAYS)
        self._on = np.zeros(sides.program.n_row, bool)
        nothing = np.full(sides.program.n_row, np.inf)
        program = sides.program
        self._session = RowSession(
            LinearProgram(program.cost, program.matrix, -nothing, nothing, program.lower, program.upper)
        )

    def can_hold(self, groups: Iterable[int]) -> bool:
        """Whether all sides of these groups can hold together."""
        wanted = np.isin(self._group, [*groups, ALWAYS])
        while True:
            self._switch(wanted & self._needed)
            point = self._session.solve()
            if point is None:
                return False
            missed = wanted & ~self._on & self._is_missed(point)
            if not missed.any():
                return True
            # a point that leaves one row of a rule goes on to miss the next one: all of them join
            self._needed = self._needed | np.isin(self._group, self._group[missed])

    def groups_of_ray(self) -> frozenset[int]:
        """Groups with a side in the ray that the last solve ended with."""
        ray = np.abs(self._session.ray())
        in_ray = self._on & (ray > NOTHING * ray.max(initial=0.0))
        return frozenset(self._group[in_ray].tolist())

    def _switch(self, on: BoolArray) -> None:
        changed = np.flatnonzero(on != self._on)
        if len(changed):
            lower = np.where(on[changed], self._program.row_lower[changed], -np.inf)
            upper = np.where(on[changed], self._program.row_upper[changed], np.inf)
            self._session.bound_rows(changed, lower, upper)
            self._on = on

    def _is_missed(self, point: FloatArray) -> BoolArray:
        activity = self._program.matrix @ point
        size = np.maximum(1.0, np.abs(activity))
        missed: BoolArray = (activity < self._program.row_lower - MISSED * size) | (
            activity > self._program.row_upper + MISSED * size
        )
        return missed
