"""The part of a measure's problem that one subtree may still decide, everything else held as it is."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, vstack

from allocator.model.instances import RATIO_KINDS
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.model import BalanceModel, Rows, SoftRows

FRAME = "frame"
"""`kind` in the ledger of the rows that hold the subtree's own targets."""


@dataclass(frozen=True)
class FramedProblem:
    """The balance model of the cells below one node, with that node's targets fixed.

    Parameters
    ----------
    problem
        The part of the measure's problem that is left: its model in the measure's unit, `cell` in the
        whole grid; the rows of kind `FRAME` say X[node, p] = its present target.
    grid
        The cells of the subtree alone; its root is the node.
    first_cell
        Position in the whole grid of the subtree's first cell.
    frame_product
        Rank of the product leaf of each frame row, in their order.
    """

    problem: MeasureProblem
    grid: Grid
    first_cell: int
    frame_product: IntArray

    @property
    def model(self) -> BalanceModel:
        """The balance model."""
        return self.problem.model

    @property
    def cell(self) -> IntArray:
        """Position in the whole grid of each cell of the model."""
        return self.problem.cell

    @property
    def of_frame(self) -> BoolArray:
        """The rows of the model that hold the node's targets."""
        kind = self.problem.ledger["kind"].to_numpy(object)
        held: BoolArray = kind[self.model.rows.source] == FRAME
        return held

    def with_frame(self, target: FloatArray) -> "FramedProblem":
        """Return the problem with other targets of the node, in the order of `frame_product`."""
        rows = self.model.rows
        lower, upper = rows.lower.copy(), rows.upper.copy()
        lower[self.of_frame] = upper[self.of_frame] = target
        model = replace(self.model, rows=replace(rows, lower=lower, upper=upper))
        return replace(self, problem=replace(self.problem, model=model))


def frame_problem(
    labels: Labels, problem: MeasureProblem, node: int, present: FloatArray, unit: float
) -> FramedProblem:
    """Hold everything outside the subtree of `node` at `present` and fix the node's own targets.

    Rows that speak of the node or its ancestors are constant inside the frame and fall away; rows
    of peer groups that reach outside keep what is outside as a number. Hard rows that the present
    targets miss by no more than rounding explains are widened to what these do, so the present
    targets of the subtree stay possible unless the plan asks for something new below the node.

    Parameters
    ----------
    problem
        Of the whole plan, with what was changed below the node already in it.
    node
        Position of the top of the subtree.
    present
        Shape (n_node, n_product_node): the targets that stand, in the measure's unit.
    unit
        `round_to` of the measure.
    """
    grid = labels.grid
    cells_of = slice(
        int(grid.org.leaf_start[node]) * grid.n_product, int(grid.org.leaf_end[node]) * grid.n_product
    )
    inside = (problem.cell >= cells_of.start) & (problem.cell < cells_of.stop)
    held = present[grid.org.leaf][:, grid.products.leaf].ravel()[problem.cell]
    below = _sub_grid(grid, node)
    view = _View(labels, problem, node, inside, held, unit)
    rows, free = view.hard_rows()
    soft = view.soft_rows(free)
    cell = problem.cell[inside]
    frame, product = _frame_rows(
        below, cell - cells_of.start, present[node, grid.products.leaf], rows.matrix.shape[1]
    )
    ledger = _with_frame_entries(problem.ledger, node, grid.products.leaf[product].astype(np.int64))
    frame = replace(frame, source=len(problem.ledger) + np.arange(len(frame)))
    model = BalanceModel(
        anchor=problem.model.anchor[inside],
        weight=problem.model.weight[inside],
        lower=problem.model.lower[inside],
        upper=problem.model.upper[inside],
        n_free=int(free.sum()),
        rows=_joined(frame, rows),
        soft=soft,
    )
    left = replace(problem, model=model, cell=cell, ledger=ledger)
    return FramedProblem(left, below, cells_of.start, product)


def _with_frame_entries(ledger: pd.DataFrame, node: int, product: IntArray) -> pd.DataFrame:
    """Say in the ledger what the rows of the frame mean."""
    entries = pd.DataFrame({"kind": FRAME, "instance": -1, "node": node, "product": product})
    return pd.concat([ledger, entries[list(ledger.columns)]], ignore_index=True)


def _sub_grid(grid: Grid, node: int) -> Grid:
    """Cells below a node as a grid of their own."""
    end = int(grid.org.subtree_end[node])
    parent = (grid.org.parent[node:end] - node).astype(np.int32)
    parent[0] = -1
    over = grid.over_assignment[node:end].copy()
    over[0] = 0.0
    return Grid(Hierarchy(parent), grid.products, over)


def _frame_rows(grid: Grid, cell: IntArray, target: FloatArray, n_column: int) -> tuple[Rows, IntArray]:
    """X[root, p] = target of every product leaf p that has cells or a target; and the ranks of these p."""
    root = np.zeros(grid.n_product, np.int64)
    indptr, column, coefficient = grid.rows(root, grid.products.leaf.astype(np.int64))
    whole = csr_array((coefficient, column, indptr), shape=(grid.n_product, grid.n_cell))
    moving = csr_array(whole.tocsc()[:, cell].tocsr())
    matrix = csr_array((moving.data, moving.indices, moving.indptr), shape=(grid.n_product, n_column))
    asks = (np.diff(matrix.indptr) > 0) | (target != 0)
    product = np.flatnonzero(asks)
    rows = Rows(
        csr_array(matrix[product]),
        target[product],
        target[product],
        np.zeros(len(product), np.int64),
        np.zeros(len(product), np.int64),
    )
    return rows, product


@dataclass(frozen=True)
class _View:
    """The rows of a problem as seen from inside a subtree."""

    labels: Labels
    problem: MeasureProblem
    node: int
    inside: BoolArray
    held: FloatArray
    unit: float

    def hard_rows(self) -> tuple[Rows, BoolArray]:
        """Return the hard rows that matter inside, and which free columns they keep."""
        model = self.problem.model
        rows = model.rows
        touches = self._touches(rows.matrix)
        free_part = csr_array(rows.matrix[:, model.n_cell :])
        free = np.asarray(abs(free_part[np.flatnonzero(touches)]).sum(axis=0)).ravel() > 0
        keep = touches | (abs(free_part) @ free.astype(np.float64) > 0)
        keep &= ~self._is_constant(rows.source)
        chosen = np.flatnonzero(keep)
        lower, upper = self._around_present(rows)
        shift = self._outside(rows.matrix)
        matrix = self._columns(rows.matrix, free)
        return (
            Rows(
                csr_array(matrix[chosen]),
                (lower - shift)[chosen],
                (upper - shift)[chosen],
                rows.source[chosen],
                rows.part[chosen],
            ),
            free,
        )

    def soft_rows(self, free: BoolArray) -> SoftRows:
        """Return the soft rows that matter inside."""
        soft = self.problem.model.soft
        chosen = np.flatnonzero(self._touches(soft.matrix) & ~self._is_constant(soft.source))
        shift = self._outside(soft.matrix)
        return SoftRows(
            csr_array(self._columns(soft.matrix, free)[chosen]),
            (soft.lower - shift)[chosen],
            (soft.upper - shift)[chosen],
            soft.tier[chosen],
            soft.scale[chosen],
            soft.source[chosen],
        )

    def _touches(self, matrix: csr_array) -> BoolArray:
        """Rows with a cell of the subtree."""
        weight = np.concatenate([self.inside.astype(np.float64), np.zeros(self.problem.model.n_free)])
        touches: BoolArray = abs(matrix) @ weight > 0
        return touches

    def _is_constant(self, source: IntArray) -> BoolArray:
        """Rows about the node itself or its ancestors: they depend on the frame alone."""
        top = self.problem.ledger["node"].to_numpy(np.int64)[source]
        end = self.labels.grid.org.subtree_end
        above = (top <= self.node) & (end[top] > self.node)
        among_peers = np.isin(self.problem.ledger["kind"].to_numpy()[source], ("fairness", "group"))
        constant: BoolArray = above & ~among_peers
        return constant

    def _outside(self, matrix: csr_array) -> FloatArray:
        """What the cells outside add to each row."""
        fixed = np.where(self.inside, 0.0, self.held)
        amount: FloatArray = matrix @ np.concatenate([fixed, np.zeros(self.problem.model.n_free)])
        return amount

    def _around_present(self, rows: Rows) -> tuple[FloatArray, FloatArray]:
        """Widen the hard rows that the present targets miss by no more than rounding explains."""
        n = self.problem.model.n_cell
        defines = np.flatnonzero(self.problem.ledger["kind"].to_numpy()[rows.source] == "group")
        free = np.zeros(self.problem.model.n_free)
        for_group = csr_array(rows.matrix[defines][:, n:])
        free[for_group.indices] = (rows.matrix[defines][:, :n] @ self.held) / -for_group.data
        activity = rows.matrix @ np.concatenate([self.held, free])
        rounding = abs(rows.matrix) @ np.full(rows.matrix.shape[1], self.unit)
        missing = np.maximum(rows.lower - activity, activity - rows.upper)
        near = (missing <= rounding) & self._may_give_way(rows.source)
        return (
            np.where(near, np.minimum(rows.lower, activity), rows.lower),
            np.where(near, np.maximum(rows.upper, activity), rows.upper),
        )

    def _may_give_way(self, source: IntArray) -> BoolArray:
        """Rows that rounding need not keep: ratios, efforts and amounts of product lines; never pins."""
        ledger = self.problem.ledger
        kind, product = ledger["kind"].to_numpy()[source], ledger["product"].to_numpy(np.int64)[source]
        instance = ledger["instance"].to_numpy(np.int64)[source]
        of_rule = instance >= 0
        effort = np.zeros(len(source), bool)
        basis = self.problem.instances["basis"].to_numpy()
        effort[of_rule] = basis[instance[of_rule]] == "effort"
        products = self.labels.grid.products
        is_line = ~products.is_leaf[product] & (product > 0)
        gives: BoolArray = np.isin(kind, RATIO_KINDS) | effort | (is_line & (kind != "pin"))
        return gives

    def _columns(self, matrix: csr_array, free: BoolArray) -> csr_array:
        """Keep the subtree's cells and the free columns that matter."""
        column = np.flatnonzero(np.concatenate([self.inside, free]))
        return csr_array(matrix.tocsc()[:, column].tocsr())


def _joined(first: Rows, second: Rows) -> Rows:
    """Stack two sets of rows over the same columns."""
    return replace(
        first,
        matrix=csr_array(vstack([first.matrix, second.matrix], format="csr")),
        lower=np.concatenate([first.lower, second.lower]),
        upper=np.concatenate([first.upper, second.upper]),
        source=np.concatenate([first.source, second.source]),
        part=np.concatenate([first.part, second.part]),
    )
