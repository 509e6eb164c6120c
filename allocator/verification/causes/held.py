"""What stays where it is when a rule moves something."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.causes.entries import Entries, row_entries
from allocator.verification.causes.pushes import NEAR, NOISE, Pushes, rows_of
from allocator.verification.company import Company
from allocator.verification.sides import Sides
from allocator.verification.stages import Point
from allocator.verification.trees import BoolArray, FloatArray, IntArray

DEPENDENT = 1e-8
MOST_ROWS, MOST_CELLS = 200, 4


@dataclass(frozen=True)
class Held:
    """Rows (the totals first) and cells that keep their amount, and how the rows take back."""

    sides: IntArray
    entries: Entries
    weight: FloatArray
    distance: FloatArray
    is_cell: BoolArray
    response: FloatArray

    @staticmethod
    def of(company: Company, sides: Sides, point: Point, pushes: Pushes) -> "Held":
        """Find them; `response` solves `A W A' y = what is short`, the totals before the others."""
        way = np.where(pushes.moves, point.x - point.anchor, 0.0)
        near = NEAR * np.maximum(point.weight, np.abs(point.x))
        at = np.where(pushes.bound > 0, point.x <= point.lower + near, point.x >= point.upper - near)
        is_cell = at & (pushes.bound * way > 0) & (np.abs(way) > NOISE * point.weight)
        weight = np.where(pushes.moves & ~is_cell, point.weight, 0.0)
        total, rest = _held_sides(company, sides, point, pushes, way)
        entries = row_entries(company, sides, np.concatenate([total, rest]), pushes.moves)
        inner = entries.inner(weight.ravel())
        t = len(total)
        of_totals = np.linalg.pinv(inner[:t, :t], rcond=DEPENDENT, hermitian=True)
        across = inner[t:, :t]
        left = inner[t:, t:] - across @ of_totals @ across.T
        size = np.sqrt(np.maximum(np.diag(left), 0.0))
        size = np.where(size > DEPENDENT * np.sqrt(np.diag(inner[t:, t:])), size, np.inf)
        of_rest = np.linalg.pinv(left / size[:, None] / size, rcond=DEPENDENT, hermitian=True)
        of_rest = of_rest / size[:, None] / size
        back = across @ of_totals
        response = np.block(
            [[of_totals + back.T @ of_rest @ back, -back.T @ of_rest], [-of_rest @ back, of_rest]]
        )
        return Held(
            np.concatenate([total, rest]),
            entries,
            weight.ravel(),
            entries.times(np.arange(way.size), way.ravel()),
            is_cell,
            response,
        )


def _held_sides(
    company: Company, sides: Sides, point: Point, pushes: Pushes, way: FloatArray
) -> tuple[IntArray, IntArray]:
    """Fixed totals, and the longest rows that push."""
    kind = sides.rules.table["kind"].to_numpy(object)[sides.entry]
    is_first = rows_of(sides) == np.arange(len(sides))
    fixed = np.isin(kind, ["total", "product_total", "frame"]) & sides.is_equality & is_first
    distance = sides.row(company.node_sums(way))
    reach = sides.size(company.node_sums(np.where(pushes.moves, point.weight, 0.0)))
    reps = (company.org.end_leaf - company.org.first_leaf)[sides.node]
    leaves = (company.products.end_leaf - company.products.first_leaf)[sides.product]
    push = (pushes.price * distance > 0) & (np.abs(distance) > NOISE * reach) & ~fixed & (kind != "fairness")
    found = np.flatnonzero(push)
    length = (reps * leaves)[found]
    order = np.argsort(-length, kind="stable")
    for count in range(len(order), -1, -1):
        splits = 0 < count < len(order) and length[order[count]] == length[order[count - 1]]
        if count <= MOST_ROWS and not splits and length[order[:count]].sum() <= MOST_CELLS * way.size:
            break
    return np.flatnonzero(fixed), np.sort(found[order[:count]])
