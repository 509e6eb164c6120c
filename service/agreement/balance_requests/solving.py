"""From a run and pins to a proposal, and from a proposal that was accepted to the files of a run."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import numpy as np
import pandas as pd

from allocator.allocation import Allocation
from allocator.errors import InfeasiblePlan, RunStopped
from allocator.model.labels import Labels, label_plan
from allocator.pipeline import allocate
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import sheet_of
from allocator.plan.source import input_hash
from allocator.plan.tables import PINS
from allocator.results.columns_of_text import decimals
from allocator.results.folder import write_results
from allocator.subtree.reallocate import reallocate_subtree
from allocator.subtree.rebalance import rebalance_subtree
from allocator.texts import worded
from scenarios.family import PlanFamily
from service.agreement.amounts import decimal_text
from service.agreement.balance_requests.ground import Ground
from service.agreement.balance_requests.key_figures import solution_of
from service.agreement.balance_requests.schemas import ProposedLine
from service.problems.problem import FieldError, Problem
from service.runs.job import FRAME, read_chain
from service.runs.outcome import Outcome
from service.runs.work import kpis_of, nodes_file
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine

SECONDS = 60.0
"""A request that takes longer is refused; the frame of a subtree is small."""
_AT_ONCE = BoundedSemaphore(2)


def propose(
    ground: Ground,
    step: Mapping[str, Any],
    targets: Mapping[str, pd.DataFrame],
    cells: Mapping[str, pd.DataFrame],
) -> tuple[list[ProposedLine], list[str]]:
    """Solve a request inside its frame.

    Parameters
    ----------
    targets, cells
        Measure -> what the run left behind.

    Returns
    -------
    The lines, and the soft tiers that cannot be met below the node.

    Raises
    ------
    InputFaults
        If the pins cannot be laid over the plan.
    Problem
        `frame-too-tight` with the least change of the frame that would help.
    """
    engine, options = choose_engine(ground.engine), EngineOptions(time_limit=SECONDS)
    family = PlanFamily(engine, options, rounded=True, base=ground.plan)
    plan = family.changed(ground.plan, read_chain(json.dumps([*ground.chain, step])))
    labels = label_plan(plan)
    node_id = step[FRAME]["node_id"]
    lines: list[ProposedLine] = []
    missed: list[str] = []
    for measure in step[FRAME]["measures"]:
        round_to = plan.spec.measures[measure].round_to
        present = _units_of(targets[measure], labels, round_to)
        unrounded = unrounded_of(cells[measure], labels)
        try:
            with _AT_ONCE:
                found = rebalance_subtree(plan, measure, node_id, present, engine, options, unrounded)
        except InfeasiblePlan as infeasible:
            raise _too_tight(infeasible) from infeasible
        except RunStopped as stopped:
            raise Problem("too-slow", seconds=SECONDS) from stopped
        lines += lines_of(labels, measure, round_to, found.node, present, found.units)
        missed += [f"{measure}: tier {tier}" for tier, _ in found.relaxed_tiers]
    return lines, missed


def unrounded_of(table: pd.DataFrame, labels: Labels) -> FloatArray:
    """Return the unrounded cells of a run in the order of the labels, shape (n_cell,)."""
    grid = labels.grid
    rep = grid.org.leaf_start[labels.codes_of_nodes(table["node_id"])]
    product = grid.products.leaf_start[labels.codes_of_products(table["product_id"])]
    cells = np.full(grid.n_cell, np.nan)
    cells[rep * grid.n_product + product] = table["unrounded"].to_numpy(np.float64)
    if np.isnan(cells).any():
        raise ValueError("the cells do not name every rep and product")
    return cells


def lines_of(
    labels: Labels, measure: str, round_to: Decimal, node: int, before: IntArray, after: IntArray
) -> list[ProposedLine]:
    """Return the whole number of every node below, and every number that changes."""
    below = np.zeros(before.shape, bool)
    below[node + 1 : int(labels.grid.org.subtree_end[node])] = True
    shown = below & (before != after)
    shown[:, 0] |= below[:, 0]
    places = decimals(round_to)
    return [
        ProposedLine(
            measure=measure,
            node_id=labels.node_id[v],
            product_id=labels.product_id[q],
            before=decimal_text(int(before[v, q]) * round_to, places),
            after=decimal_text(int(after[v, q]) * round_to, places),
        )
        for v, q in zip(*(position.tolist() for position in np.nonzero(shown)), strict=True)
    ]


def settle(ground: Ground, step: Mapping[str, Any]) -> tuple[Outcome, list[ProposedLine]]:
    """Allocate what the run holds and the request on top of it; return the files of a run.

    Raises
    ------
    Problem
        `frame-too-tight`, `too-slow`.
    """
    engine, options = choose_engine(ground.engine), EngineOptions(time_limit=SECONDS)
    family = PlanFamily(engine, options, rounded=True, base=ground.plan)
    scenarios = [link for link in ground.chain if FRAME not in link]
    steps = [*(link for link in ground.chain if FRAME in link), step]
    try:
        with _AT_ONCE:
            base = allocate(family.changed(ground.plan, read_chain(json.dumps(scenarios))), engine, options)
            now = before = base
            for k, one in enumerate(steps):
                plan = family.changed(ground.plan, read_chain(json.dumps([*scenarios, *steps[: k + 1]])))
                before, frame = now, one[FRAME]
                now = reallocate_subtree(before, plan, frame["node_id"], frame["measures"], engine, options)
    except InfeasiblePlan as infeasible:
        raise _too_tight(infeasible) from infeasible
    except RunStopped as stopped:
        raise Problem("too-slow", seconds=SECONDS) from stopped
    pins = pins_csv(now.plan)
    if not scenarios:
        fingerprint = input_hash({**ground.files, PINS.file: pins}, now.plan.overrides)
        now = replace(now, plan=replace(now.plan, input_hash=fingerprint))
    kpis = kpis_of(solution_of(now, base), family, ground.lang)
    files, digest = _written(now, ground.lang)
    left = {**files, PINS.file: pins, "nodes.json": nodes_file(now.plan)}
    return Outcome("succeeded", "", left, kpis, digest), _lines(before, now, step)


def pins_csv(plan: Plan) -> bytes:
    """Return the pins of a plan as its table: with it the plan folder is the one of the result."""
    sheet = sheet_of(PINS, plan.pins)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(sheet.columns)
    writer.writerows(zip(*(column.texts().tolist() for column in sheet.columns.values()), strict=True))
    return written.getvalue().encode()


def _written(allocation: Allocation, lang: str) -> tuple[dict[str, bytes], str]:
    with tempfile.TemporaryDirectory(prefix="balance-") as folder:
        out = Path(folder) / "result"
        written = write_results(allocation, out, lang, with_workbook=False)
        return {name: (out / name).read_bytes() for name in written["files"]}, str(written["result_hash"])


def _lines(before: Allocation, now: Allocation, step: Mapping[str, Any]) -> list[ProposedLine]:
    labels, frame = now.labels, step[FRAME]
    node = labels.node_code[frame["node_id"]]
    pairs = zip(before.measures, now.measures, strict=True)
    return [
        line
        for old, new in pairs
        if old.measure in frame["measures"]
        for line in lines_of(
            labels,
            old.measure,
            now.plan.spec.measures[old.measure].round_to,
            node,
            old.target_units,
            new.target_units,
        )
    ]


def _too_tight(infeasible: InfeasiblePlan) -> Problem:
    diagnosis = infeasible.diagnosis
    errors = [
        FieldError(
            "/pins",
            worded(
                "fault.frame.moved",
                measure=diagnosis["measure"],
                product=row["product_id"],
                present=f"{row['present']:.12g}",
                needed=f"{row['needed']:.12g}",
            ),
        )
        for row in diagnosis.get("frame", [])
    ]
    reason = diagnosis.get("text") or str(infeasible)
    return Problem("frame-too-tight", errors=errors, reason=reason)


def _units_of(table: pd.DataFrame, labels: Labels, round_to: Decimal) -> IntArray:
    """Return the targets in multiples of `round_to`: shape (n_node, n_product_node), as `labels` orders them.

    Raises
    ------
    ValueError
        If the table is not one of these labels and this unit.
    """
    units = np.full((len(labels.node_id), len(labels.product_id)), -1, np.int64)
    node = labels.codes_of_nodes(table["node_id"])
    product = labels.codes_of_products(table["product_id"])
    distinct = {amount: Decimal(amount) / round_to for amount in table["target"].unique()}
    if any(value != value.to_integral_value() for value in distinct.values()):
        raise ValueError(f"the targets are no multiples of {round_to}")
    units[node, product] = table["target"].map({amount: int(value) for amount, value in distinct.items()})
    if (units < 0).any():
        raise ValueError("the targets do not name every node and product")
    return units
