"""Cheapest ways out of an impossible plan, each proved by solving it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from allocator.anchors.build import build_anchors
from allocator.diagnosis.changes import PlanChange, with_changes
from allocator.diagnosis.conflict import TOTALS, Conflict, RowNames, name_rows
from allocator.diagnosis.terms import Bound, bound_in_own_terms
from allocator.errors import InputFaults
from allocator.model.instances import spell_out
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.plan import Plan
from allocator.plan.spec import AmountRange
from allocator.texts import text
from solver_models.arrays import BoolArray
from solver_models.engines.base import EngineError, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.failures import ModelInfeasible
from solver_models.infeasibility import feasibility_program
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.solve import solve_model, without_wishes

MOST_REPAIRS = 6
LANGUAGES = ("en", "zh")
FEWEST_REPAIRS = 2
NOISE = 1e-6


@dataclass(frozen=True)
class Way:
    """A set of row sides that may give way: a name for the sentence and the sides."""

    name: str
    may_give: BoolArray  # (2, n_row)


def find_repairs(
    plan: Plan, labels: Labels, measure: str, problem: MeasureProblem, conflict: Conflict
) -> list[dict[str, Any]]:
    """Return repairs, cheapest relative change first, each solved again with its changes applied.

    Ways tried: the totals alone; all maxima; all minima; totals and minima; rules and pins on both
    sides; each rule, pin and product total of the conflict alone. In each way the largest relative
    change is minimised first, then the sum; bounds become rule by rule what the solution needs,
    drawn outwards to whole units or four digits. Where that gives fewer than two, rules of the
    conflict become wishes (tier 1).
    """
    names = name_rows(labels, problem)
    repairs, seen = [], set()
    for way in _ways(names, conflict):
        found = _repair(plan, labels, measure, problem, names, way)
        if found is None:
            continue
        changes, relative = found
        key = tuple(sorted((change.path, change.new) for change in changes))
        if key in seen or not _is_feasible_with(plan, labels, measure, changes):
            continue
        seen.add(key)
        repairs.append((relative, _described(way.name, changes)))
    repairs.sort(key=lambda repair: repair[0])
    described = [repair for _, repair in repairs[:MOST_REPAIRS]]
    missing = FEWEST_REPAIRS - len(described)
    return described + (_softened(plan, labels, measure, conflict)[:missing] if missing > 0 else [])


def _ways(names: RowNames, conflict: Conflict) -> Iterable[Way]:
    """List what may give way, broad ways first."""
    is_total = np.isin(names.kind, TOTALS)
    is_rule = (names.instance >= 0) & (names.kind != "pin")
    side = np.array([[True], [False]])
    yield Way("totals", is_total)
    yield Way("maxima", is_rule & ~side)
    yield Way("minima", is_rule & side)
    yield Way("totals_and_minima", is_total | (is_rule & side))
    yield Way("rules", is_rule | (names.kind == "pin"))
    for name in conflict.minimal:
        yield Way("one_rule", names.name == name)


def _softened(plan: Plan, labels: Labels, measure: str, conflict: Conflict) -> list[dict[str, Any]]:
    """Repairs that turn hard rules of the conflict into wishes of the first tier: one of them, else all."""
    rule_ids = [name for name in conflict.minimal if name in set(plan.rules["rule_id"])]
    owners = dict(zip(plan.rules["rule_id"], plan.rules["owner"], strict=True))
    tried = [[rule_id] for rule_id in rule_ids] + ([rule_ids] if len(rule_ids) > 1 else [])
    found = []
    for chosen in tried:
        changes = [PlanChange(f"rules.{r}.tier", "hard", "1", 0.0, str(owners[r])) for r in chosen]
        if _is_feasible_with(plan, labels, measure, changes):
            found.append(_described("soften", changes))
    return found


def _repair(
    plan: Plan, labels: Labels, measure: str, problem: MeasureProblem, names: RowNames, way: Way
) -> tuple[list[PlanChange], float] | None:
    """Solve the elastic model of one way; None if even then nothing is feasible."""
    if not way.may_give.any():
        return None
    model = _elastic(problem, way)
    try:
        found = solve_model(model.scaled(), choose_engine("auto"), EngineOptions())
    except (ModelInfeasible, EngineError):
        return None
    unrounded = np.zeros(labels.grid.n_cell)
    unrounded[problem.cell] = found.answer.x * found.balanced.unit
    bounds = bound_in_own_terms(plan, labels, problem, labels.grid.roll_up(unrounded))
    changes = list(_changes(plan, measure, problem, names, way, bounds))
    return (changes, found.tiers[0].largest) if changes else None


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
) -> Iterator[PlanChange]:
    """Turn what the solution needs into changes of totals, rules and pins."""
    unit = plan.spec.measures[measure].round_to
    yield from _total_changes(plan, measure, problem, names, way, bounds, unit)
    chosen = np.unique(names.instance[way.may_give & (names.instance >= 0)])
    table = problem.instances.loc[chosen].assign(value=bounds.value[chosen], amount=bounds.amount[chosen])
    for rule_id, rows in table[table["kind"] != "pin"].groupby("rule_id", sort=True):
        yield from _rule_changes(str(rule_id), rows, unit)
    for pin in table[table["kind"] == "pin"].to_dict("records"):
        old, need = float(pin["min"]), float(pin["amount"])
        if abs(need - old) > NOISE * max(1.0, abs(old)):
            place = f"{bounds.node_id[int(pin['node'])]}.{bounds.product_id[int(pin['product'])]}"
            path = f"pins.{measure}.{place}.amount"
            new = _whole(need, unit, ROUND_FLOOR if need < old else ROUND_CEILING)
            yield PlanChange(path, _plain(old), f"{new:f}", abs(float(new) - old), str(pin["owner"]))


def _rule_changes(rule_id: str, rows: pd.DataFrame, unit: Decimal) -> Iterator[PlanChange]:
    """Widen min and max of one rule to what its nodes need."""
    kind, owner = str(rows["kind"].iloc[0]), str(rows["owner"].iloc[0])
    low, high = float(rows["min"].iloc[0]), float(rows["max"].iloc[0])
    least, most = _needed(rows, unit)
    if kind == "fairness" and np.isnan(low):
        most = max(most, -least)
        least = np.nan
    amount = rows["amount"].to_numpy(np.float64)
    for side, old, need in (("min", low, least), ("max", high, most)):
        sign = 1.0 if side == "min" else -1.0
        if np.isnan(old) or np.isnan(need) or sign * (old - need) <= NOISE * max(1.0, abs(old)):
            continue
        direction = ROUND_FLOOR if side == "min" else ROUND_CEILING
        is_amount = kind in ("range", "capacity") and not (rows["basis"] == "effort").all()
        new = _whole(need, unit, direction) if is_amount else _digits(need, direction)
        bound = rows["lower" if side == "min" else "upper"].to_numpy(np.float64)
        moved = np.maximum(sign * (bound - amount), 0.0) if kind not in ("mix", "fairness") else 0.0 * amount
        yield PlanChange(f"rules.{rule_id}.{side}", _plain(old), f"{new:f}", float(moved.sum()), owner)


def _needed(rows: pd.DataFrame, unit: Decimal) -> tuple[float, float]:
    """Smallest and largest value of a rule over its nodes, in its own terms.

    Amounts of growth and commitment rules are drawn outwards to whole units first, for that is
    how the rule will be read again.
    """
    kind = rows["kind"].iloc[0]
    value = rows["value"].to_numpy(np.float64)
    if kind not in ("growth", "commitment"):
        return float(np.nanmin(value)), float(np.nanmax(value))
    base, step = rows["base"].to_numpy(np.float64), float(unit)
    units = rows["amount"].to_numpy(np.float64) / step
    shift = 1.0 if kind == "growth" else 0.0
    low = np.floor(units + NOISE) * step / base - shift
    high = np.ceil(units - NOISE) * step / base - shift
    return float(low.min()), float(high.max())


def _total_changes(
    plan: Plan,
    measure: str,
    problem: MeasureProblem,
    names: RowNames,
    way: Way,
    bounds: Bound,
    unit: Decimal,
) -> Iterator[PlanChange]:
    """Company and product totals that may give way, as the solution needs them, to whole units."""
    rows = problem.model.rows
    stated = plan.spec.product_totals.get(measure, {})
    may = way.may_give[:, : len(rows)].any(axis=0)
    for row in np.flatnonzero(may & np.isin(names.kind[0, : len(rows)], TOTALS)).tolist():
        low, high, product = float(rows.lower[row]), float(rows.upper[row]), int(names.product[row])
        need = float(bounds.company[product])
        if low - NOISE * max(1, abs(low)) <= need <= high + NOISE * max(1, abs(high)):
            continue
        is_low = need < low
        old = low if is_low else high
        new = _whole(need, unit, ROUND_FLOOR if is_low else ROUND_CEILING)
        path = f"measures.{measure}.total"
        if names.kind[0, row] == "product_total":
            product_id = bounds.product_id[product]
            if product_id not in stated:
                continue
            given = stated[product_id]
            side = ("min" if is_low else "max") if isinstance(given, AmountRange) and low != high else ""
            path = ".".join(part for part in ("product_totals", measure, product_id, side) if part)
        yield PlanChange(path, _plain(old), f"{new:f}", abs(float(new) - old), "")


def _whole(value: float, unit: Decimal, rounding: str) -> Decimal:
    """Draw an amount outwards to a whole unit, forgiving noise."""
    units = Decimal(repr(float(value))) / unit
    nearest = units.quantize(Decimal(1))
    if abs(units - nearest) < Decimal("1e-6"):
        return nearest * unit
    return units.quantize(Decimal(1), rounding=rounding) * unit


def _digits(value: float, rounding: str) -> Decimal:
    """Draw a ratio outwards to four digits."""
    return Decimal(repr(round(float(value), 9))).quantize(Decimal("0.0001"), rounding=rounding)


def _plain(value: float) -> str:
    """Write a number of the plan without an exponent."""
    return f"{Decimal(repr(float(value))).normalize():f}"


def _is_feasible_with(plan: Plan, labels: Labels, measure: str, changes: Sequence[PlanChange]) -> bool:
    """Apply the changes to the plan and solve its hard rules again; what cannot be read is no repair."""
    changed = with_changes(plan, measure, changes)
    try:
        anchors = build_anchors(changed, labels, measure)
    except InputFaults:
        return False
    problem = build_problem(changed, labels, measure, anchors, spell_out(changed, labels, measure, anchors))
    try:
        solve_model(without_wishes(problem.model).scaled(), choose_engine("auto"), EngineOptions())
    except ModelInfeasible:
        return False
    return True


def _described(way: str, changes: Sequence[PlanChange]) -> dict[str, Any]:
    """Return the repair as plain JSON types with its sentences."""
    owners = sorted({change.owner for change in changes if change.owner})
    listed = "; ".join(f"{change.path}: {change.old} -> {change.new}" for change in changes[:4])
    more = len(changes) - 4
    sentences = {
        lang: text(f"repair.{way}", lang, changes=listed)
        + (text("repair.more", lang, count=more) if more > 0 else "")
        for lang in LANGUAGES
    }
    return {
        "text": sentences,
        "owner": ", ".join(owners),
        "changes": [
            {"path": change.path, "old": change.old, "new": change.new, "owner": change.owner}
            for change in changes
        ],
        "amount": float(sum(change.amount for change in changes)),
        "feasible": True,
    }
