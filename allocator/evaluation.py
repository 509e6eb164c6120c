"""Score targets that a person typed: which totals and rules they keep, and how far from balanced they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.anchors.build import build_anchors
from allocator.model.instances import spell_out
from allocator.model.labels import Labels
from allocator.model.outcomes import TIGHT, row_amounts, values_in_own_terms
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray


@dataclass(frozen=True)
class Evaluation:
    """What typed targets do to a measure's totals and rules.

    Parameters
    ----------
    totals
        One row per company and product total: product_id, target, min, max, short_by (0 = kept).
    rules
        One row per rule and node: rule_id, kind, tier, owner, node_id, product_id, value, min, max
        (the rule's own terms), status (holds, binding, relaxed for a missed wish, broken for a
        missed hard rule), short_by (amount).
    distance
        sum of (x - anchor)^2 / (2 weight) over the cells, in the measure's unit: what a run minimises.
    idle_cells
        Cells with a target where nobody can carry one: node_id, product_id, target.
    """

    totals: pd.DataFrame
    rules: pd.DataFrame
    distance: float
    idle_cells: pd.DataFrame

    @property
    def is_allowed(self) -> bool:
        """True if every total and every hard rule holds and no target lies where nobody can carry it."""
        kept = bool((self.totals["short_by"] == 0).all()) and not (self.rules["status"] == "broken").any()
        return kept and self.idle_cells.empty


def evaluate_targets(plan: Plan, labels: Labels, measure: str, cells: FloatArray) -> Evaluation:
    """Return what the given targets of the cells keep and miss; nothing is solved.

    With over-assignment every level of a run is rounded on its own, so totals and rules count as
    kept when they are missed by less than one `round_to`.

    Parameters
    ----------
    cells
        Shape (n_cell,): targets in the measure's unit, street scale of the reps.

    Raises
    ------
    ValueError
        If a target is negative or not finite, or the shape is wrong.
    """
    if cells.shape != (labels.grid.n_cell,) or not np.isfinite(cells).all() or (cells < 0).any():
        raise ValueError(f"expected {labels.grid.n_cell} finite targets of at least 0")
    anchors = build_anchors(plan, labels, measure)
    problem = build_problem(plan, labels, measure, anchors, spell_out(plan, labels, measure, anchors))
    nodes = labels.grid.roll_up(cells)
    unit = float(plan.spec.measures[measure].round_to)
    ledger_noise = unit if labels.grid.over_assignment.any() else 0.0
    return Evaluation(
        totals=_totals(labels, anchors, nodes[0], unit, ledger_noise),
        rules=_rules(plan, labels, problem, nodes, ledger_noise),
        distance=_distance(problem, cells),
        idle_cells=_idle_cells(labels, problem, cells),
    )


def _totals(
    labels: Labels, anchors: Anchors, company: FloatArray, unit: float, allowed: float
) -> pd.DataFrame:
    """Company and product totals against what plan.yaml says."""
    stated = np.concatenate([[0], np.flatnonzero(anchors.totals.is_stated)])
    low = anchors.totals.product_lower[stated] * unit
    high = anchors.totals.product_upper[stated] * unit
    target = company[stated]
    short = np.maximum(np.maximum(low - target, target - high), 0.0)
    return pd.DataFrame(
        {
            "product_id": np.array(labels.product_id, object)[stated],
            "target": target,
            "min": low,
            "max": high,
            "short_by": np.where(short > np.maximum(allowed, TIGHT * np.maximum(high, 1.0)), short, 0.0),
        }
    )


def _rules(
    plan: Plan, labels: Labels, problem: MeasureProblem, nodes: FloatArray, allowed: float
) -> pd.DataFrame:
    """Every rule and pin by node: its value in its own terms and what is missing."""
    table = problem.instances
    amount, low, high = row_amounts(plan, labels, problem.lines, nodes)
    size = np.maximum(np.abs(amount), 1.0)
    short = np.maximum(np.maximum(low - amount, amount - high), 0.0)
    short = np.where(short > np.maximum(allowed, TIGHT * size), short, 0.0)
    at_bound = np.minimum(np.abs(amount - low), np.abs(high - amount)) <= TIGHT * size
    missed = np.where(table["tier"].to_numpy() > 0, "relaxed", "broken")
    return pd.DataFrame(
        {
            "rule_id": table["rule_id"].to_numpy(),
            "kind": table["kind"].to_numpy(),
            "tier": table["tier"].to_numpy(),
            "owner": table["owner"].to_numpy(),
            "node_id": np.array(labels.node_id, object)[table["node"].to_numpy(np.int64)],
            "product_id": np.array(labels.product_id, object)[table["product"].to_numpy(np.int64)],
            "value": values_in_own_terms(problem.lines, amount, nodes),
            "min": table["min"].to_numpy(),
            "max": table["max"].to_numpy(),
            "status": np.where(short > 0, missed, np.where(at_bound, "binding", "holds")),
            "short_by": short,
        }
    )


def _distance(problem: MeasureProblem, cells: FloatArray) -> float:
    model = problem.model
    return float((((cells[problem.cell] - model.anchor) ** 2) / (2 * model.weight)).sum())


def _idle_cells(labels: Labels, problem: MeasureProblem, cells: FloatArray) -> pd.DataFrame:
    """Targets on cells that cannot move: nobody at work, or no anchor and no rule that opens them."""
    idle = np.flatnonzero((problem.upper <= 0) & (cells > 0))
    rep, product = idle // labels.grid.n_product, idle % labels.grid.n_product
    return pd.DataFrame(
        {
            "node_id": np.array(labels.rep_id, object)[rep],
            "product_id": np.array(labels.leaf_product_id, object)[product],
            "target": cells[idle],
        }
    )
