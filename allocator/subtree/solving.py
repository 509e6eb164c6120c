"""Solving inside a frame: the balance, the rounding to the node's own targets."""

from dataclasses import dataclass

import numpy as np

from allocator.errors import EngineFailure, InfeasiblePlan, RunStopped
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from allocator.model.side_rows import side_rows
from allocator.plan.plan import Plan
from allocator.subtree.frame import FramedProblem, frame_problem
from allocator.subtree.impossible import FrameGap, frame_diagnosis, least_change
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import EngineStopped, ModelInfeasible
from solver_models.rounding.rounding import RoundedTargets, round_targets
from solver_models.rounding.side_rows import SideRows
from solver_models.solve import SolvedModel, solve_model

NOISE = 1e-9
"""A frame missed by less than this share is met."""
NEAR_ONE = 1.0 - 1e-7
HARDLY = 1e-6
"""Units by which a bound in whole units may seem to be missed."""


@dataclass(frozen=True)
class FrameAnswer:
    """What was found inside a frame.

    Parameters
    ----------
    framed
        The problem that was solved.
    solved
        Its answer with prices.
    cells
        Shape (n_cell of the subtree,): unrounded, in the measure's unit.
    rounded
        Of the subtree; its root carries the node's own targets.
    """

    framed: FramedProblem
    solved: SolvedModel
    cells: FloatArray
    rounded: RoundedTargets


@dataclass(frozen=True)
class Standing:
    """The targets that stand around a node.

    Parameters
    ----------
    node
        Position of the node.
    units
        Shape (n_node, n_product_node): in multiples of `unit`.
    unrounded
        Shape (n_cell,): before rounding; None where only the targets are known.
    unit
        `round_to` of the measure.
    """

    node: int
    units: IntArray
    unrounded: FloatArray | None
    unit: float

    def frame(self, labels: Labels, problem: MeasureProblem) -> FramedProblem:
        """Fix the node's own targets, and what is outside at what is known of it."""
        grid = labels.grid
        targets = self.units.astype(np.float64) * self.unit
        if self.unrounded is None:
            return frame_problem(labels, problem, self.node, targets, self.unit)
        framed = frame_problem(labels, problem, self.node, grid.roll_up(self.unrounded), self.unit)
        return framed.with_frame(targets[self.node, grid.products.leaf[framed.frame_product]])

    def units_with(self, below: IntArray, labels: Labels) -> IntArray:
        """Return the targets of the whole org with other ones below the node."""
        units = self.units.copy()
        units[self.node : int(labels.grid.org.subtree_end[self.node])] = below
        return units

    def cells_with(self, found: FrameAnswer, labels: Labels) -> FloatArray:
        """Return the unrounded cells of the whole org with other ones below the node."""
        grid = labels.grid
        if self.unrounded is None:
            targets = self.units.astype(np.float64) * self.unit
            cells = targets[grid.org.leaf][:, grid.products.leaf].ravel()
        else:
            cells = self.unrounded.copy()
        cells[found.framed.first_cell : found.framed.first_cell + len(found.cells)] = found.cells
        return cells


def solve_frame(
    plan: Plan,
    labels: Labels,
    problem: MeasureProblem,
    measure: str,
    standing: Standing,
    engine: Engine,
    options: EngineOptions,
) -> FrameAnswer:
    """Balance below a node and round so that the node's own targets are met.

    Raises
    ------
    InfeasiblePlan, RunStopped, EngineFailure
        As `rebalance_subtree` does.
    """
    node, unit = standing.node, standing.unit
    framed, solved, gap = _within_rounding(
        labels, measure, node, standing.frame(labels, problem), unit, engine, options
    )
    cells = np.zeros(framed.grid.n_cell)
    cells[framed.cell - framed.first_cell] = solved.answer.x * solved.balanced.unit
    own = standing.units[node]
    before = np.zeros(standing.units.shape)
    before[node : labels.grid.org.subtree_end[node]] = framed.grid.roll_up(cells)
    rounded = round_targets(
        framed.grid,
        _meeting(framed, cells / unit, own[labels.grid.products.leaf]),
        _rows_below(side_rows(plan, labels, problem.instances, unit, before), labels, node),
    )
    if not np.array_equal(rounded.units[0], own):
        name = labels.node_id[node]
        raise EngineFailure(f"{measure}: no rounding of the targets below {name} keeps its own targets")
    if gap is not None and not _keeps(labels, problem, standing, cells, rounded.units):
        raise InfeasiblePlan(frame_diagnosis(labels, measure, node, gap))
    return FrameAnswer(framed, solved, cells, rounded)


def _keeps(
    labels: Labels, problem: MeasureProblem, standing: Standing, cells: FloatArray, units: IntArray
) -> bool:
    """Whether whole units below the node are near their numbers and keep hard amounts and pins.

    A frame that had to give way by part of a unit may leave no such units.
    """
    grid, top, unit = labels.grid, standing.node, standing.unit
    leaves = grid.org.leaf[(grid.org.leaf > top) & (grid.org.leaf < grid.org.subtree_end[top])]
    own = units[leaves - top][:, grid.products.leaf].ravel()
    if np.abs(own - cells / unit).max(initial=0.0) >= NEAR_ONE:
        return False
    table = problem.instances
    node = table["node"].to_numpy(np.int64)
    below = (node > top) & (node < grid.org.subtree_end[top])
    chosen = table[below & (table["tier"] == 0).to_numpy(bool) & table["is_whole"].to_numpy(bool)]
    amount = units[chosen["node"].to_numpy(np.int64) - top, chosen["product"].to_numpy(np.int64)]
    low, high = (chosen[side].to_numpy(np.float64) / unit for side in ("lower", "upper"))
    return bool(((amount >= low - HARDLY) & (amount <= high + HARDLY)).all())


def _rows_below(rows: SideRows, labels: Labels, node: int) -> SideRows:
    """Keep the rows of nodes below a node, with positions of its own grid."""
    below = np.flatnonzero((rows.node > node) & (rows.node < labels.grid.org.subtree_end[node]))
    is_soft = None if rows.is_soft is None else rows.is_soft[below]
    return SideRows(
        rows.node[below] - node, rows.weight[below], rows.lower[below], rows.upper[below], is_soft
    )


def _within_rounding(
    labels: Labels,
    measure: str,
    node: int,
    framed: FramedProblem,
    unit: float,
    engine: Engine,
    options: EngineOptions,
) -> tuple[FramedProblem, SolvedModel, FrameGap | None]:
    """Balance inside the frame; the frame itself was rounded, by less than a unit."""
    try:
        return framed, _balance(framed, engine, options), None
    except ModelInfeasible as infeasible:
        gap = least_change(framed, engine, options)
        if gap is None or np.abs(gap.change).max(initial=0.0) >= unit:
            raise InfeasiblePlan(frame_diagnosis(labels, measure, node, gap)) from infeasible
        near = framed.with_frame(gap.present + gap.change)
        try:
            return near, _balance(near, engine, options), gap
        except ModelInfeasible:
            # so tight that it holds in exact numbers only
            raise InfeasiblePlan(frame_diagnosis(labels, measure, node, gap)) from infeasible


def _meeting(framed: FramedProblem, cells: FloatArray, target: IntArray) -> FloatArray:
    """Scale each product's cells so that the node's targets are whole; by less than a unit in all."""
    table = cells.reshape(framed.grid.n_rep, framed.grid.n_product)
    carried = framed.grid.roll_up(cells)[0, framed.grid.products.leaf]
    factor = np.where(carried > 0, target / np.where(carried > 0, carried, 1.0), 1.0)
    met: FloatArray = (table * np.where(np.abs(factor - 1.0) > NOISE, factor, 1.0)).ravel()
    return met


def _balance(framed: FramedProblem, engine: Engine, options: EngineOptions) -> SolvedModel:
    """Solve the framed model."""
    try:
        return solve_model(framed.model.scaled(), engine, options)
    except EngineStopped as stopped:
        raise RunStopped(str(stopped)) from stopped
    except EngineError as failure:
        raise EngineFailure(str(failure)) from failure
