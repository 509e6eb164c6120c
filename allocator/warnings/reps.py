"""Reps without a past, without sales in the base year, and with returns above sales."""

from collections.abc import Iterator

import numpy as np

from allocator.plan.base_year import base_months
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts, Sales
from solver_models.arrays import BoolArray

USUAL = 0.8
"""A rep without history is improbable where this share of the others has one."""


def reps_have_a_past(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of reps at work whose history is empty, ends before the base year, or is negative in sum there."""
    for code, of_whom in (("rep-without-history", _without_history), ("rep-without-actuals", _silent)):
        measures: dict[int, list[str]] = {}
        for sales in facts.with_history():
            for rep in np.flatnonzero(of_whom(facts, sales)).tolist():
                measures.setdefault(rep, []).append(sales.measure)
        for rep in sorted(measures):
            yield _of_rep(facts, code, rep, ", ".join(measures[rep]))
    for sales in facts.with_history():
        net = sales.by_rep[:, base_months(sales.start, sales.n_month)].sum(axis=1)
        for rep in np.flatnonzero(facts.at_work & (net < 0)).tolist():
            amount = f"{net[rep]:,.15g}"
            yield _of_rep(facts, "rep-with-negative-sales", rep, sales.measure, amount=amount)


def _without_history(facts: Facts, sales: Sales) -> BoolArray:
    """Mark who should have a history and has none, where nearly all others have one."""
    expected = facts.at_work & ~facts.is_open & ~facts.is_new
    is_usual = bool(expected.any() and sales.ever[expected].mean() >= USUAL)
    return expected & ~sales.ever & is_usual


def _silent(facts: Facts, sales: Sales) -> BoolArray:
    """Mark who sold before the base year and not in it, where anybody did."""
    in_base_year = sales.sold[:, base_months(sales.start, sales.n_month)].any(axis=1)
    is_judged = bool(in_base_year.any())
    return facts.at_work & ~facts.is_open & sales.ever & ~in_base_year & is_judged


def _of_rep(facts: Facts, code: str, rep: int, measure: str, **values: str) -> PlanWarning:
    node = facts.rep_node(rep)
    name = facts.labels.node_id[node]
    return warning(
        code,
        facts.org_place(node),
        "node_id",
        name,
        node_id=name,
        node=name,
        measure=measure,
        **values,
    )
