"""The steps of rules at every node and product."""

import numpy as np

from allocator.verification.causes.held import Held
from allocator.verification.causes.moves import Move
from allocator.verification.causes.pushes import Pushes
from allocator.verification.company import Company
from allocator.verification.stages import Point
from allocator.verification.trees import FloatArray, IntArray


def steps_of(
    company: Company, point: Point, pushes: Pushes, held: Held, moves: list[Move]
) -> dict[str, FloatArray]:
    """Sum the moves by step, at every node and product, on the company's scale.

    A move counts under its step where it covers a cell; elsewhere what is given back for it is
    `shared_load`, as is what the fixed totals themselves moved.
    """
    n_product, n_leaf = len(company.products), len(company.products.leaves)
    shape = (len(company.org), n_product)
    share = 1.0 / np.repeat(company.factor[company.org.leaves], n_leaf)
    above = [_upwards(company.org.parent, company.org.leaves)]
    above.append(_upwards(company.products.parent, company.products.leaves))
    of_held = np.zeros((len(company.org) * n_product, len(held.sides)))
    for k in range(len(held.sides)):
        of_held[:, k] = _back(company, held, share, k)
    step = {name: np.zeros(shape) for name in ("own_rules", "team_and_region_rules", "fairness", "pins")}
    way = np.where(pushes.moves, point.x - point.anchor, 0.0).ravel()
    rest = company.plain_sums((way * share).reshape(point.x.shape)).ravel()
    for move in moves:
        short = np.zeros(len(held.sides))
        short[move.own] = held.distance[move.own]
        short -= held.entries.times(move.cells, move.value)
        rep, leaf = np.divmod(move.cells, n_leaf)
        node, product = above[0][rep][:, :, None], above[1][leaf][:, None, :]
        every = np.where((node >= 0) & (product >= 0), node * n_product + product, -1).reshape(len(rep), -1)
        amount = np.broadcast_to((move.value * share[move.cells])[:, None], every.shape)
        place, line = np.unique(every[every >= 0], return_inverse=True)
        moved = np.bincount(line, amount[every >= 0], len(place)) + of_held[place] @ (held.response @ short)
        rest[place] -= moved
        own = company.org.depth[place // n_product] <= move.depth
        names = {"fairness": "fairness", "pin": "pins"}
        for name, chosen in (
            [(names[move.kind], np.ones(len(place), bool))]
            if move.kind in names
            else [("own_rules", own), ("team_and_region_rules", ~own)]
        ):
            step[name].ravel()[place[chosen]] += moved[chosen]
    return {**step, "shared_load": rest.reshape(shape)}


def _back(company: Company, held: Held, share: FloatArray, k: int) -> FloatArray:
    """What a price of 1 on a held row moves at every place."""
    _, cell, value = held.entries.of_rows(np.array([k]))
    cells = np.zeros(len(share))
    cells[cell] = value * held.weight[cell] * share[cell]
    return company.plain_sums(cells.reshape(len(company.org.leaves), -1)).ravel()


def _upwards(parent: IntArray, leaves: IntArray) -> IntArray:
    """Each leaf and all above it, -1 behind the root. Shape (n_leaf, depth)."""
    levels = [leaves]
    while (levels[-1] > 0).any():
        levels.append(np.where(levels[-1] >= 0, parent[levels[-1]], -1))
    return np.stack(levels, axis=1)
