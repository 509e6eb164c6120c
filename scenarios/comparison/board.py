"""Targets of several results laid on one list of cells, in one unit, with the parts that they add up from."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

import numpy as np
import pandas as pd

from scenarios.comparison.names import Names
from solver_models.arrays import BoolArray, FloatArray, IntArray

NO_NAMES = Names()
KEY = ["node_id", "product_id"]
NEW, GONE, UNCHANGED = "new", "gone", "unchanged"


@dataclass(frozen=True)
class MeasureSide:
    """One measure of one result.

    Parameters
    ----------
    cells
        Columns node_id, product_id, level, is_rep, last_year, anchor: every node and product once, in
        tree order.
    units
        Shape (n,): targets of those rows, in multiples of `round_to`.
    parts
        Shape (n_part, n): what each target adds up from, in the same multiples; sums to `units`.
    """

    cells: pd.DataFrame
    units: IntArray
    parts: IntArray
    round_to: Decimal


@dataclass(frozen=True)
class Board:
    """One measure of several results on common cells.

    Parameters
    ----------
    cells
        Columns node_id, product_id, level, is_rep: the cells of all results, those of the first one first.
    units, present
        Shape (n_result, n_cell): targets in multiples of `round_to` (0 where absent), and who has the cell.
    last_year, anchor
        Shape (n_result, n_cell): 0 where absent.
    parts
        Shape (n_result, n_part, n_cell).
    """

    measure: str
    cells: pd.DataFrame
    units: IntArray
    present: BoolArray
    last_year: FloatArray
    anchor: FloatArray
    parts: IntArray
    part_names: tuple[str, ...]
    round_to: Decimal
    names: Names = NO_NAMES


@dataclass(frozen=True)
class Causes:
    """What moved every cell from the base to another result.

    Parameters
    ----------
    delta
        Shape (n_cell,).
    amount
        Shape (n_cause, n_cell): sums over the causes to `delta`, exactly.
    """

    names: tuple[str, ...]
    delta: IntArray
    amount: IntArray


def common_unit(units: Sequence[Decimal]) -> Decimal:
    """Return the largest unit of which all these units are multiples."""
    places = max(0, *(-int(unit.normalize().as_tuple().exponent) for unit in units))
    return Decimal(gcd(*(int(unit.scaleb(places)) for unit in units))).scaleb(-places)


def lay_out(
    measure: str, sides: Sequence[MeasureSide | None], part_names: Sequence[str], names: Names = NO_NAMES
) -> Board:
    """Lay the results of a measure on common cells; None where a result lacks the measure."""
    given = [side for side in sides if side is not None]
    unit = common_unit([side.round_to for side in given])
    columns = [*KEY, "level", "is_rep"]
    cells = pd.concat([side.cells[columns] for side in given], ignore_index=True).drop_duplicates(KEY)
    index = pd.MultiIndex.from_frame(cells[KEY])
    shape = (len(sides), len(cells))
    units, present = np.zeros(shape, np.int64), np.zeros(shape, bool)
    last_year, anchor = np.zeros(shape), np.zeros(shape)
    parts = np.zeros((len(sides), len(part_names), len(cells)), np.int64)
    for k, side in enumerate(sides):
        if side is None:
            continue
        at = index.get_indexer(pd.MultiIndex.from_frame(side.cells[KEY]))
        factor = int(side.round_to / unit)
        units[k, at], present[k, at] = side.units * factor, True
        last_year[k, at] = np.nan_to_num(side.cells["last_year"].to_numpy(np.float64))
        anchor[k, at] = np.nan_to_num(side.cells["anchor"].to_numpy(np.float64))
        parts[k][:, at] = side.parts * factor
    cells = cells.reset_index(drop=True)
    return Board(measure, cells, units, present, last_year, anchor, parts, tuple(part_names), unit, names)


def causes_by_step(board: Board, base: int, other: int) -> Causes:
    """Return the differences of the two waterfalls, step by step; `new` and `gone` take whole cells."""
    delta = board.units[other] - board.units[base]
    both = board.present[base] & board.present[other]
    steps = np.where(both, board.parts[other] - board.parts[base], 0)
    new = np.where(board.present[other] & ~board.present[base], delta, 0)
    gone = np.where(board.present[base] & ~board.present[other], delta, 0)
    return Causes((*board.part_names, NEW, GONE), delta, np.concatenate([steps, new[None], gone[None]]))


def causes_by_change(board: Board, changes: Sequence[str]) -> Causes:
    """Return what each change of a list did, from the results of its first 0, 1, 2, ... changes.

    The k-th cause is result k - result k-1, so the causes add up to last - first exactly, whatever
    the changes do together. Their order counts: a change is what it adds to those before it.
    """
    if len(changes) != len(board.units) - 1:
        raise ValueError(f"{len(board.units)} results speak of {len(board.units) - 1} changes")
    return Causes(tuple(changes), board.units[-1] - board.units[0], np.diff(board.units, axis=0))
