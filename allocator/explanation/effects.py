"""What every rule moved at every node and product that it covers, what others give back included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from allocator.explanation.moves import Move, held_by, rule_moves
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.held_rows import HeldRows
from solver_models.hierarchy import Hierarchy
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.sparse_rows import times_columns

MANY = 4
"""Places that are more than one in so many are read off the whole table."""


@dataclass(frozen=True)
class Effect:
    """What a move did at the nodes and products above the cells it covers.

    Parameters
    ----------
    place
        Shape (k,): node * n_product_node + product, each once.
    amount
        Shape (k,): in the measure's unit on the company's scale.
    """

    move: Move
    place: IntArray
    amount: FloatArray


def rule_effects(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, held: HeldRows, moves: Sequence[Move]
) -> Iterator[Effect]:
    """Give the effect of every move: what it moves directly and what the held rows give or take for it."""
    grid = labels.grid
    places = _Places.of(grid)
    of_rows = _of_held_rows(grid, places, problem, held)
    taken = held.taken_back(*_own_and_moved(grid, problem, balanced, held, moves))
    for number, move in enumerate(moves):
        every, which = places.of_cells(move.cell)
        place, line = np.unique(every, return_inverse=True)
        amount = np.bincount(line, (move.value / grid.cell_factor[move.cell])[which], len(place))
        if MANY * len(place) > of_rows.shape[0]:
            given = (of_rows @ taken[:, number])[place]
        else:
            given = of_rows[place] @ taken[:, number]
        yield Effect(move, place, amount + given)


def effects_at(
    labels: Labels, problem: MeasureProblem, balanced: BalanceModel, answer: BalanceAnswer, place: int
) -> dict[str, float]:
    """Return what each rule moves at one place (node * n_product_node + product), covered by it or not."""
    held = held_by(labels, problem, balanced, answer)
    moves = rule_moves(labels, problem, balanced, answer, held)
    grid = labels.grid
    of_row = _of_held_rows(grid, _Places.of(grid), problem, held)[[place]].todense()
    given = np.ravel(of_row @ held.taken_back(*_own_and_moved(grid, problem, balanced, held, moves)))
    _, below, _ = grid.rows(*(np.array([code]) for code in divmod(place, len(grid.products))))
    is_below = np.zeros(grid.n_cell, bool)
    is_below[below] = True
    found: dict[str, float] = {}
    for move, back in zip(moves, given.tolist(), strict=True):
        direct = float((move.value / grid.cell_factor[move.cell])[is_below[move.cell]].sum())
        found[move.rule_id] = found.get(move.rule_id, 0.0) + direct + back
    return {rule_id: amount for rule_id, amount in found.items() if rule_id}


def _of_held_rows(grid: Grid, places: "_Places", problem: MeasureProblem, held: HeldRows) -> csr_array:
    """What a price of 1 on each held row moves at every place, on the company's scale."""
    place, which = places.of_cells(problem.cell)
    share = 1.0 / grid.cell_factor[problem.cell]
    shape = (len(grid.org) * len(grid.products), len(problem.cell))
    above = csr_array((share[which], (place, which)), shape=shape)
    return csr_array(above @ csr_array(times_columns(held.matrix, held.weight).T))


def _own_and_moved(
    grid: Grid, problem: MeasureProblem, balanced: BalanceModel, held: HeldRows, moves: Sequence[Move]
) -> tuple[FloatArray, FloatArray]:
    """What each move may change of the held rows, and what it changes directly. Shape (n_held, n_move)."""
    own = np.zeros((len(held.row), len(moves)))
    in_model = np.zeros(grid.n_cell, np.int64)
    in_model[problem.cell] = np.arange(len(problem.cell))
    for number, move in enumerate(moves):
        own[move.line, number] = held.distance[move.line] * balanced.unit
    counts = [len(move.cell) for move in moves]
    direct = csc_array(
        (
            np.concatenate([move.value for move in moves]),
            in_model[np.concatenate([move.cell for move in moves])],
            np.concatenate([[0], np.cumsum(counts)]),
        ),
        shape=(len(problem.cell), len(moves)),
    )
    return own, np.asarray((held.matrix @ direct).todense())


@dataclass(frozen=True)
class _Places:
    """Where a cell counts: the nodes above each rep, the products above each leaf, -1 behind the last.

    Parameters
    ----------
    nodes
        Shape (n_rep, depth of the org), the rep itself included.
    products
        Shape (n_product, depth of the products).
    n_product_node
        A place is node * n_product_node + product.
    """

    nodes: IntArray
    products: IntArray
    n_product_node: int

    @staticmethod
    def of(grid: Grid) -> "_Places":
        """Follow the parents of both trees."""
        return _Places(_upwards(grid.org), _upwards(grid.products), len(grid.products))

    def of_cells(self, cell: IntArray) -> tuple[IntArray, IntArray]:
        """Places of some cells, and which of the cells each belongs to."""
        rep, product = np.divmod(cell, len(self.products))
        node, line = self.nodes[rep][:, :, None], self.products[product][:, None, :]
        place = np.where((node >= 0) & (line >= 0), node * self.n_product_node + line, -1)
        place = place.reshape(len(cell), self.nodes.shape[1] * self.products.shape[1])
        which = np.broadcast_to(np.arange(len(cell))[:, None], place.shape)
        return place[place >= 0], which[place >= 0]


def _upwards(tree: Hierarchy) -> IntArray:
    """Return each leaf and all above it, shape (n_leaf, depth), -1 behind the root."""
    levels = [tree.leaf.astype(np.int64)]
    while (levels[-1] > 0).any():
        levels.append(np.where(levels[-1] >= 0, tree.parent[levels[-1]], -1).astype(np.int64))
    return np.stack(levels, axis=1)
