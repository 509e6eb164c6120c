"""What each rule covers and moves there directly."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.verification.causes.entries import row_entries
from allocator.verification.causes.held import Held
from allocator.verification.causes.pushes import NEAR, Pushes
from allocator.verification.company import Company
from allocator.verification.sides import Sides
from allocator.verification.stages import Point
from allocator.verification.trees import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Move:
    """What one rule, at one depth of the org, covers (`cells`) and moves there directly (`value`)."""

    kind: str
    depth: int
    cells: IntArray
    value: FloatArray
    own: IntArray


def moves_of(company: Company, sides: Sides, point: Point, pushes: Pushes, held: Held) -> Iterator[Move]:
    """Give the moves of all rules with a price, then those of the bounds of cells."""
    kind = sides.rules.table["kind"].to_numpy(object)[sides.entry]
    rule = sides.rules.table["rule_id"].to_numpy(object)[sides.entry]
    rule = np.where(
        np.isin(kind, ["total", "product_total", "frame"]), "", np.where(kind == "pin", "pin", rule)
    )
    line = np.full(len(sides), -1)
    line[held.sides] = np.arange(len(held.sides))
    fixed = np.isin(kind, ["total", "product_total", "frame"]) & (line >= 0)
    priced = np.flatnonzero((pushes.price != 0) & ~fixed)
    step = np.where(np.isin(kind, ["fairness", "pin"]), kind, "rule")
    depth = np.where(step == "rule", company.org.depth[sides.node], 0)
    groups: dict[tuple[str, str, int], list[int]] = {}
    for k in priced.tolist():
        groups.setdefault((str(step[k]), str(rule[k]), int(depth[k])), []).append(k)
    plain = priced[kind[priced] != "fairness"]
    entries = row_entries(company, sides, plain, pushes.moves)
    place = np.full(len(sides), -1)
    place[plain] = np.arange(len(plain))
    for (of_step, _, at), which in groups.items():
        chosen = np.array(which)
        price = np.where(line[chosen] < 0, pushes.price[chosen], 0.0)
        if of_step == "fairness":
            terms = np.where(pushes.moves, sides.pull_size(chosen, np.abs(pushes.price[chosen])), 0.0).ravel()
            cells = np.flatnonzero(terms)
            moved = sides.pull(chosen, price).ravel()[cells]
        else:
            number, every, value = entries.of_rows(place[chosen])
            cells, index = np.unique(every, return_inverse=True)
            moved = np.bincount(index, value * price[number], len(cells)).astype(np.float64)
        yield Move(of_step, at, cells, held.weight[cells] * moved, line[chosen][line[chosen] >= 0])
    yield from _bound_moves(company, sides, point, pushes, held)


def _bound_moves(company: Company, sides: Sides, point: Point, pushes: Pushes, held: Held) -> Iterator[Move]:
    """Moves of the cells' own bounds: by rule where a rule or a pin sets them, the rest together."""
    way = np.where(pushes.moves, point.x - point.anchor, 0.0)
    away = np.where(held.is_cell, way, np.where(pushes.moves, point.weight * pushes.bound, 0.0)).ravel()
    by, is_pin = _holders(company, sides, point, pushes)
    deepest, none = int(company.org.depth.max()), np.zeros(0, np.int64)
    for name in sorted(set(by[away != 0])):
        cells = np.flatnonzero((by == name) & (away != 0))
        for pins in (False, True):
            mine = cells[is_pin[cells] == pins]
            if len(mine):
                yield Move("pin" if pins else "rule", deepest, mine, away[mine], none)


def _holders(company: Company, sides: Sides, point: Point, pushes: Pushes) -> tuple[NDArray[Any], BoolArray]:
    """Rule that sets the bound which holds each cell ("" = none), and whether it is a pin."""
    rules = sides.rules
    on_cell = np.flatnonzero(rules.table["on_cell"].to_numpy(bool))
    n_leaf = len(company.products.leaves)
    rep = company.org.first_leaf[rules.ints("node")[on_cell]]
    cell = rep * n_leaf + company.products.first_leaf[rules.ints("product")[on_cell]]
    name = np.full(point.x.size, "", object)
    is_pin = np.zeros(point.x.size, bool)
    up = pushes.bound.ravel()[cell] > 0
    bound = np.where(up, rules.floats("lower")[on_cell], rules.floats("upper")[on_cell])
    x = point.x.ravel()[cell]
    near = np.abs(x - bound) <= NEAR * np.maximum(1.0, np.abs(x))
    sets = near & (pushes.bound.ravel()[cell] != 0) & ~(up & (bound == 0))
    pins = rules.is_kind("pin")[on_cell]
    ids = np.where(pins, "pin", rules.table["rule_id"].to_numpy(object)[on_cell])
    # of equal bounds the last one stands
    for k in np.flatnonzero(sets).tolist():
        name[cell[k]], is_pin[cell[k]] = ids[k], pins[k]
    return name, is_pin
