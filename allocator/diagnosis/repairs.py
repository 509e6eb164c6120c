"""Cheapest ways out of an impossible plan, each proved by solving it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from allocator.anchors.build import build_anchors
from allocator.diagnosis.changes import PlanChange, with_changes
from allocator.diagnosis.conflict import Conflict, RowNames, name_rows
from allocator.diagnosis.terms import Bound, bound_in_own_terms
from allocator.model.instances import spell_out
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.plan import Plan
from allocator.texts import text
from solver_models.arrays import BoolArray
from solver_models.balance.solve import solve_balance
from solver_models.engines.base import EngineError, EngineOptions
from solver_models.engines.highs import HighsEngine, is_feasible
from solver_models.failures import ModelInfeasible
from solver_models.infeasibility import feasibility_program
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.tiers import settle_tiers

MOST_REPAIRS = 6
LANGUAGES = ("en", "zh")
TOTALS = ("total", "product_total")


@dataclass(frozen=True)
class Way:
    """A set of row sides that may give way: a name for the sentence and the sides."""

    name: str
    may_give: BoolArray  # (2, n_row)


def find_repairs(
    plan: Plan, labels: Labels, measure: str, problem: MeasureProblem, conflict: Conflict
) -> list[dict[str, Any]]:
    """Return repairs, cheapest relative change first, each solved again with its changes applied.

    Ways tried: the totals alone; all maxima; all minima; each rule of the conflict alone. In each
    way the largest relative change is minimised first, then the sum; bounds become rule by rule
    what the solution needs, drawn outwards to whole units or four digits.
    """
    names = name_rows(labels, problem)
    repairs, seen = [], set()
    for way in _ways(names, conflict):
        found = _repair(plan, labels, measure, problem, names, way)
        if found is None:
            continue
        changes, amount, relative = found
        key = tuple(sorted((change.path, str(change.new)) for change in changes))
        if key in seen or not _is_feasible_with(plan, labels, measure, changes):
            continue
        seen.add(key)
        repairs.append((relative, _described(plan, way, changes, amount)))
    repairs.sort(key=lambda repair: repair[0])
    return [repair for _, repair in repairs[:MOST_REPAIRS]]


def _ways(names: RowNames, conflict: Conflict) -> Iterable[Way]:
    """List what may give way, broad ways first."""
    is_total = np.isin(names.kind, TOTALS)
    is_rule = (names.instance >= 0) & (names.kind != "pin")
    side = np.array([[True], [False]])
    yield Way("totals", is_total)
    yield Way("maxima", is_rule & ~side)
    yield Way("minima", is_rule & side)
    yield Way("totals_and_minima", is_total | ((names.instance >= 0) & side))
    for rule_id in conflict.minimal:
        if rule_id not in TOTALS:
            yield Way("one_rule", names.rule_id == rule_id)


def _repair(
    plan: Plan, labels: Labels, measure: str, problem: MeasureProblem, names: RowNames, way: Way
) -> tuple[list[PlanChange], float, float] | None:
    """Solve the elastic model of one way; None if even then nothing is feasible."""
    model = _elastic(problem, way)
    engine, options = HighsEngine(), EngineOptions()
    try:
        settled, tiers = settle_tiers(model.scaled(), engine, options)
        answer = solve_balance(settled, engine, options)
    except (ModelInfeasible, EngineError):
        return None
    unrounded = np.zeros(labels.grid.n_cell)
    unrounded[problem.cell] = answer.x * settled.unit
    bounds = bound_in_own_terms(plan, labels, problem, labels.grid.roll_up(unrounded))
    changes = list(_changes(plan, measure, problem, names, way, bounds))
    amount = float(sum(change.amount for change in changes))
    return (changes, amount, tiers[0].largest) if changes else None


def _elastic(problem: MeasureProblem, way: Way) -> BalanceModel:
    """The hard model with the sides of a way made soft (one tier); soft rules are left out."""
    model = problem.model
    program = feasibility_program(model)
    matrix = csr_array(program.matrix)
    m = len(model.rows)
    soft_low = way.may_give[0] & np.isfinite(program.row_lower)
    soft_high = way.may_give[1] & np.isfinite(program.row_upper)
    low, high = np.flatnonzero(soft_low), np.flatnonzero(soft_high)
    which = np.concatenate([low, high])
    bound = np.concatenate([program.row_lower[low], program.row_upper[high]])
    own = abs(matrix[which][:, : model.n_cell]) @ model.anchor
    scale = np.where(np.abs(bound) > 0, np.abs(bound), np.where(own > 0, own, 1.0))
    hard_low = np.where(soft_low, -np.inf, program.row_lower)
    hard_high = np.where(soft_high, np.inf, program.row_upper)
    cell_low, cell_high = hard_low[m:], hard_high[m:]
    return replace(
        model,
        lower=np.where(np.isfinite(cell_low), cell_low, 0.0),
        upper=cell_high,
        rows=Rows(model.rows.matrix, hard_low[:m], hard_high[:m], model.rows.source, model.rows.part),
        soft=SoftRows(
            csr_array(matrix[which]),
            np.concatenate([program.row_lower[low], np.full(len(high), -np.inf)]),
            np.concatenate([np.full(len(low), np.inf), program.row_upper[high]]),
            np.ones(len(which), np.int64),
            scale,
            which.astype(np.int64),
        ),
    )


def _changes(
    plan: Plan, measure: str, problem: MeasureProblem, names: RowNames, way: Way, bounds: Bound
) -> Iterable[PlanChange]:
    """Turn what the solution needs into changes of totals and rules."""
    unit = plan.spec.measures[measure].round_to
    if way.name.startswith("totals"):
        yield from _total_changes(plan, measure, problem, bounds, unit)
    chosen = np.unique(names.instance[way.may_give & (names.instance >= 0)])
    table = problem.instances.loc[chosen].assign(value=bounds.value[chosen], amount=bounds.amount[chosen])
    for rule_id, rows in table[table["kind"] != "pin"].groupby("rule_id", sort=True):
        yield from _rule_changes(str(rule_id), rows, unit)
    for pin in table[table["kind"] == "pin"].itertuples():
        if abs(pin.amount - pin.min) > 1e-6 * max(1.0, abs(pin.min)):
            path = f"pins.{bounds.node_id[pin.node]}.{bounds.product_id[pin.product]}.amount"
            new = _whole(pin.amount, unit, ROUND_FLOOR if pin.amount < pin.min else ROUND_CEILING)
            yield PlanChange(path, _decimal(pin.min), new, abs(float(new) - pin.min), pin.owner)


def _rule_changes(rule_id: str, rows: Any, unit: Decimal) -> Iterable[PlanChange]:
    """Widen min and max of one rule to what its nodes need."""
    kind, owner = rows["kind"].iloc[0], rows["owner"].iloc[0]
    in_amounts = kind in ("range", "capacity", "link")
    for side, pick, direction in (("min", np.nanmin, ROUND_FLOOR), ("max", np.nanmax, ROUND_CEILING)):
        old = float(rows[side].iloc[0])
        if np.isnan(old):
            continue
        values = rows["value"].to_numpy(np.float64)
        if kind == "fairness":
            values = np.abs(values)
            if side == "min":
                continue
        need = float(pick(values))
        if (side == "min" and need >= old - 1e-9 * max(1, abs(old))) or (
            side == "max" and need <= old + 1e-9 * max(1, abs(old))
        ):
            continue
        new = _whole(need, unit, direction) if in_amounts else _digits(need, direction)
        miss = rows["amount"].to_numpy(np.float64)
        bound = rows["lower" if side == "min" else "upper"].to_numpy(np.float64)
        amount = np.maximum(bound - miss, 0) if side == "min" else np.maximum(miss - bound, 0)
        yield PlanChange(f"rules.{rule_id}.{side}", _decimal(old), new, float(amount.sum()), owner)


def _total_changes(
    plan: Plan, measure: str, problem: MeasureProblem, bounds: Bound, unit: Decimal
) -> Iterable[PlanChange]:
    """Company and product totals as the solution needs them, to whole units."""
    ledger = problem.ledger.iloc[problem.model.rows.source]
    stated = plan.spec.product_totals.get(measure, {})
    for line, low, high in zip(
        ledger.itertuples(), problem.model.rows.lower, problem.model.rows.upper, strict=True
    ):
        if line.kind not in TOTALS:
            continue
        need = bounds.company[line.product]
        if low - 1e-6 * max(1, abs(low)) <= need <= high + 1e-6 * max(1, abs(high)):
            continue
        is_low = need < low
        old = low if is_low else high
        new = _whole(need, unit, ROUND_FLOOR if is_low else ROUND_CEILING)
        path = f"measures.{measure}.total"
        if line.kind == "product_total":
            product_id = bounds.product_id[line.product]
            field = ("min" if is_low else "max") if low != high else ""
            path = ".".join(part for part in ("product_totals", measure, product_id, field) if part)
            if product_id not in stated:
                continue
        yield PlanChange(path, _decimal(old), new, abs(float(new) - old), "")


def _whole(value: float, unit: Decimal, rounding: str) -> Decimal:
    """Draw an amount outwards to a whole unit, forgiving noise."""
    nearest = (Decimal(repr(float(value))) / unit).quantize(Decimal(1))
    if abs(Decimal(repr(float(value))) / unit - nearest) < Decimal("1e-6"):
        return nearest * unit
    return (Decimal(repr(float(value))) / unit).quantize(Decimal(1), rounding=rounding) * unit


def _digits(value: float, rounding: str) -> Decimal:
    """Draw a ratio outwards to four digits."""
    return Decimal(repr(round(float(value), 9))).quantize(Decimal("0.0001"), rounding=rounding)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value))).normalize()


def _is_feasible_with(plan: Plan, labels: Labels, measure: str, changes: Sequence[PlanChange]) -> bool:
    """Apply the changes to the plan and solve its hard rules again."""
    changed = with_changes(plan, measure, changes)
    anchors = build_anchors(changed, labels, measure)
    problem = build_problem(changed, labels, measure, anchors, spell_out(changed, labels, measure, anchors))
    return is_feasible(feasibility_program(problem.model.scaled()))


def _described(plan: Plan, way: Way, changes: Sequence[PlanChange], amount: float) -> dict[str, Any]:
    """Return the repair as plain JSON types with its sentences."""
    owners = sorted({change.owner for change in changes if change.owner})
    listed = "; ".join(f"{change.path}: {change.old:f} -> {change.new:f}" for change in changes[:4])
    more = len(changes) - 4
    sentences = {
        lang: text(f"repair.{way.name}", lang, changes=listed)
        + (text("repair.more", lang, count=more) if more > 0 else "")
        for lang in LANGUAGES
    }
    return {
        "text": sentences,
        "owner": ", ".join(owners),
        "changes": [
            {"path": change.path, "old": f"{change.old:f}", "new": f"{change.new:f}", "owner": change.owner}
            for change in changes
        ],
        "amount": amount,
        "feasible": True,
    }
