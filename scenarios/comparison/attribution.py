"""Which change of a list moved whom: the differences of the runs after its first 0, 1, 2, ... changes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.explanation.waterfall import STEPS
from allocator.pipeline import allocate
from allocator.plan.plan import Plan
from scenarios.changes.apply import apply_changes
from scenarios.changes.change import Change
from scenarios.changes.plan_texts import Reference
from scenarios.comparison.board import MeasureSide, causes_by_change, lay_out
from scenarios.comparison.names import joined_names, plan_names
from scenarios.comparison.tidy import COMPARISON, comparison_table, joined
from solver_models.engines.base import Engine, EngineOptions


def attribute_changes(
    allocations: Sequence[Allocation], changes: Sequence[str], scenario: str
) -> pd.DataFrame:
    """Return the table of a comparison (see `comparison_table`) whose causes are changes.

    The k-th cause is allocation k - allocation k-1 in whole units, so the causes of every node and
    product add up to last - first exactly. A change is what it adds to those before it.

    Parameters
    ----------
    allocations
        Of the plan with its first 0, 1, 2, ... changes.
    changes
        One sentence per change.
    """
    measures = dict.fromkeys(one.measure for allocation in allocations for one in allocation.measures)
    tables = []
    names = joined_names(plan_names(allocation.plan) for allocation in allocations)
    for measure in measures:
        board = lay_out(measure, [_side(allocation, measure) for allocation in allocations], STEPS, names)
        causes = causes_by_change(board, changes)
        tables.append(comparison_table(board, 0, len(changes), causes, scenario))
    return joined(tables, COMPARISON)


def solve_and_attribute(
    plan: Plan,
    changes: Sequence[Change],
    engine: Engine,
    lang: str,
    scenario: str,
    options: EngineOptions | None = None,
    reference: Reference | None = None,
) -> pd.DataFrame:
    """Run the plan with its first 0, 1, 2, ... changes and say which of them moved whom.

    Raises
    ------
    InputFaults
        If changes do not fit the plan.
    InfeasiblePlan, RunStopped, EngineFailure
        As `allocate` does, for any of the runs.
    """
    plans = [apply_changes(plan, changes[:k], reference).plan for k in range(len(changes) + 1)]
    allocations = [allocate(one, engine, options) for one in plans]
    return attribute_changes(allocations, [change.sentence(lang) for change in changes], scenario)


def _side(allocation: Allocation, measure: str) -> MeasureSide | None:
    result = next((one for one in allocation.measures if one.measure == measure), None)
    return None if result is None else side_of(allocation, result)


def side_of(allocation: Allocation, result: MeasureAllocation) -> MeasureSide:
    """Return a measure of an allocation as a comparison lays it out."""
    labels = allocation.labels
    n_node, n_product = len(labels.node_id), len(labels.product_id)
    cells = pd.DataFrame(
        {
            "node_id": np.repeat(np.array(labels.node_id, object), n_product),
            "product_id": np.tile(np.array(labels.product_id, object), n_node),
            "level": np.repeat(np.array(labels.level, object), n_product),
            "is_rep": np.repeat(labels.grid.org.is_leaf, n_product),
            "last_year": labels.grid.roll_up_plain(result.anchors.last_year).ravel(),
            "anchor": labels.grid.roll_up(result.anchors.anchor).ravel(),
        }
    )
    parts = result.waterfall.units.reshape(len(STEPS), -1)
    unit = allocation.plan.spec.measures[result.measure].round_to
    return MeasureSide(cells, result.target_units.ravel(), parts, unit)
