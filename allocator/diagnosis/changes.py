"""Changes of totals, rule bounds and pins, applied to a plan that has been read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from allocator.plan.plan import Plan
from allocator.plan.spec import AmountRange, PlanSpec


@dataclass(frozen=True)
class PlanChange:
    """One number of the plan that changes.

    Parameters
    ----------
    path
        `measures.M.total`, `product_totals.M.P[.min|.max]`, `rules.R.min|max|tier`, `pins.M.N.P.amount`.
    old, new
        In the terms of the plan, as they are written there.
    amount
        How much it moves, in the measure's unit.
    owner
        Who owns the number.
    """

    path: str
    old: str
    new: str
    amount: float
    owner: str


def with_changes(plan: Plan, measure: str, changes: Sequence[PlanChange]) -> Plan:
    """Return a copy of the plan with the changes made.

    Raises
    ------
    KeyError
        If a path names nothing.
    """
    for change in changes:
        plan = _with_change(plan, measure, change)
    return plan


def _with_change(plan: Plan, measure: str, change: PlanChange) -> Plan:
    head = change.path.split(".", 1)[0]
    if head == "measures":
        return replace(plan, spec=_with_total(plan.spec, measure, Decimal(change.new)))
    if head == "product_totals":
        return replace(plan, spec=_with_product_total(plan.spec, measure, change))
    if head == "rules":
        rule_id, column = change.path.removeprefix("rules.").rsplit(".", 1)
        value = change.new if column == "tier" else float(change.new)
        return _with_cell(plan, "rules", {"rule_id": rule_id}, column, value)
    rest = change.path.removeprefix(f"pins.{measure}.").removesuffix(".amount")
    pins = plan.pins
    keys = pins["node_id"] + "." + pins["product_id"].replace("", "*")
    row = pins[(keys == rest) & (pins["measure"] == measure)].iloc[0]
    where = {"node_id": row["node_id"], "product_id": row["product_id"], "measure": measure}
    return _with_cell(plan, "pins", where, "amount", float(change.new))


def _with_total(spec: PlanSpec, measure: str, total: Decimal) -> PlanSpec:
    measures = {**spec.measures, measure: spec.measures[measure].model_copy(update={"total": total})}
    return spec.model_copy(update={"measures": measures})


def _with_product_total(spec: PlanSpec, measure: str, change: PlanChange) -> PlanSpec:
    stated = dict(spec.product_totals[measure])
    rest = change.path.removeprefix(f"product_totals.{measure}.")
    product, side = (rest, "") if rest in stated else rest.rsplit(".", 1)
    old = stated[product]
    new = Decimal(change.new)
    stated[product] = old.model_copy(update={side: new}) if isinstance(old, AmountRange) and side else new
    return spec.model_copy(update={"product_totals": {**spec.product_totals, measure: stated}})


def _with_cell(plan: Plan, table: str, where: Mapping[str, str], column: str, value: float | str) -> Plan:
    frame = getattr(plan, table).copy()
    chosen = frame.index >= 0
    for name, wanted in where.items():
        chosen = chosen & (frame[name] == wanted)
    if not chosen.any():
        raise KeyError(f"{table} has no row {dict(where)}")
    frame.loc[chosen, column] = value
    changed: dict[str, Any] = {table: frame}
    return replace(plan, **changed)
