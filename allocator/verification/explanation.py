"""explanation.csv: the steps of every target add up to it, and each is what the plan and the prices say."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from allocator.verification.baseline.blend import Baseline, is_published
from allocator.verification.causes.held import Held
from allocator.verification.causes.moves import moves_of
from allocator.verification.causes.pushes import Pushes
from allocator.verification.causes.steps import steps_of
from allocator.verification.company import Company
from allocator.verification.measure_result import HEADER, MeasureResult, judge_nodes, shown
from allocator.verification.report import Check, list_faults, worded
from allocator.verification.result_tables import whole_units
from allocator.verification.stages import Stage
from allocator.verification.trees import BoolArray, FloatArray, IntArray, positions

STEPS = (
    "published",
    "last_year",
    "trend",
    "potential",
    "commitment",
    "company_growth",
    "own_rules",
    "team_and_region_rules",
    "fairness",
    "pins",
    "shared_load",
    "over_assignment",
    "rounding",
)
HALF = 0.5 + 3e-6
"""Running totals of the steps are rounded; what is within a millionth of a half may go either way."""


@dataclass(frozen=True)
class Explained:
    """explanation.csv of one measure: whole units by step, shape (n_step, n_node, n_product)."""

    units: IntArray

    def up_to(self, step: str) -> IntArray:
        """Sum of the steps from the first to this one."""
        return np.asarray(self.units[: STEPS.index(step) + 1].sum(axis=0))


def check_explanation(result: MeasureResult, table: pd.DataFrame) -> tuple[list[Check], Explained]:
    """Check that the steps of every node and product sum to its target, in exact units."""
    names = result.names
    unit = names.units[names.measures.index(result.measure)]
    of_measure = (table["measure"] == result.measure).to_numpy(bool)
    rows = table[of_measure]
    file_row = np.flatnonzero(of_measure) + HEADER
    node = np.asarray(pd.Index(names.nodes).get_indexer(pd.Index(rows["node_id"])), np.int64)
    product = np.asarray(pd.Index(names.products).get_indexer(pd.Index(rows["product_id"])), np.int64)
    step = np.asarray(pd.Index(STEPS).get_indexer(pd.Index(rows["step"])), np.int64)
    units, bad, ragged = whole_units(rows["amount"], unit)
    place = (step * len(names.nodes) + node) * len(names.products) + product
    odd = bad | ragged | (node < 0) | (product < 0) | (step < 0) | pd.Series(place).duplicated().to_numpy()
    faults = worded(
        positions(odd),
        lambda k: f"explanation.csv row {file_row[k]}: unknown, twice or no whole amount",
    )
    by_step = np.zeros((len(STEPS), *result.units.shape), np.int64)
    by_step.ravel()[place[~odd]] = units[~odd]
    sums = by_step.sum(axis=0)
    checks = [
        list_faults(
            "explanation_rows",
            result.measure,
            "every step of explanation.csv is a whole amount of a known node and product",
            len(rows),
            faults,
        ),
        judge_nodes(
            "explanation_sums",
            result,
            "the steps of every target add up to it exactly",
            np.abs(sums - result.units),
            0,
            lambda k: f"target {shown(result.targets, k)}, steps add up to {shown(sums * result.unit, k)}",
        ),
    ]
    return checks, Explained(by_step)


def check_steps(
    company: Company,
    result: MeasureResult,
    explained: Explained,
    baseline: Baseline,
    stage: Stage,
    pushes: Pushes,
    among: BoolArray,
) -> list[Check]:
    """Check what the steps say: last year, the sources, the anchor, the rules by their prices, the rest.

    The pull of a source is its weight x (source - history). What a rule moves: see `causes`.

    Parameters
    ----------
    among
        Shape (n_node,): nodes whose steps are checked; those outside a frame stand as before.
    """
    factor = company.factor[:, None]
    anchor = company.node_sums(result.cell_anchor) / factor
    first = ("last_year", "what was made in the same months of last year", company.last_year(result.measure))
    history = baseline.source[0]
    pulled = baseline.weight * (baseline.source - history)
    if is_published(company):
        history = history / factor[company.org.leaves]
        first = ("published", "the targets in force, on the company's scale", company.plain_sums(history))
    potential, commitment = (company.plain_sums(history + pulled[1 : k + 1].sum(axis=0)) for k in (1, 2))
    found = [
        first,
        ("trend", "the steps up to trend lead to the level of the history", company.plain_sums(history)),
        ("potential", "the step potential is its weight x (potential - history)", potential),
        ("commitment", "the steps up to commitment lead to the baseline", commitment),
        ("company_growth", "the steps up to company_growth lead to the anchor", anchor),
    ]
    running = anchor.copy()
    held = Held.of(company, stage.sides, stage.point, pushes)
    moves = list(moves_of(company, stage.sides, stage.point, pushes, held))
    by_step = steps_of(company, stage.point, pushes, held, moves)
    for step in STEPS[STEPS.index("own_rules") : STEPS.index("over_assignment")]:
        running = running + by_step[step]
        found.append((step, f"the rules of step {step} move what their prices say", running))
    found.append(
        (
            "over_assignment",
            "all steps but rounding lead to the unrounded number",
            company.node_sums(result.unrounded),
        )
    )
    checks = []
    for step, promise, amount in found:
        so_far, exact = explained.up_to(step), amount / result.unit
        off = np.where(among[:, None], np.abs(so_far - exact) - 1e-9 * np.abs(exact), 0.0)
        checks.append(
            judge_nodes(
                f"explanation.{step}",
                result,
                promise,
                off,
                HALF,
                partial(_step_words, np.asarray(so_far * result.unit, np.float64), amount),
            )
        )
    return checks


def _step_words(so_far: FloatArray, amount: FloatArray, k: int) -> str:
    return f"explanation.csv: steps so far add up to {shown(so_far, k)}, should be {shown(amount, k)}"
