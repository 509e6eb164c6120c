"""Totals and stated amounts against the history: growth out of the common, units that do not match."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from allocator.plan.spec import AmountRange, Growth
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import TOTAL_STEP, Facts
from allocator.warnings.history import factor_text
from solver_models.arrays import BoolArray, FloatArray, IntArray

LEAST_GROWTH, MOST_GROWTH = -0.5, 1.0
"""Growth of a total outside of this is improbable."""
ROW_STEP = 2.0
"""The same for one row among others of its table."""
FEWEST_ROWS = 5


def totals_against_history(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of the totals of the company and of products that the history makes improbable."""
    for sales in facts.comparable():
        measure, last_year = sales.measure, facts.last_year(sales.measure)[0]
        total = facts.plan.spec.measures[measure].total
        path: tuple[str, ...] = ("measures", measure, "total")
        if isinstance(total, Growth):
            yield from _judged(
                facts, (*path, "growth"), measure, "", last_year[0], (1 + total.growth) * last_year[0]
            )
        else:
            yield from _judged(facts, path, measure, "", last_year[0], float(total))
        for product, stated in facts.plan.spec.product_totals.get(measure, {}).items():
            path = ("product_totals", measure, product)
            last = float(last_year[facts.labels.product_code[product]])
            if isinstance(stated, Growth):
                yield from _judged(
                    facts, (*path, "growth"), measure, product, last, (1 + stated.growth) * last
                )
            elif isinstance(stated, AmountRange):
                if stated.min is not None and float(stated.min) > (1 + MOST_GROWTH) * last:
                    yield from _judged(facts, (*path, "min"), measure, product, last, float(stated.min))
                if stated.max is not None and float(stated.max) < (1 + LEAST_GROWTH) * last:
                    yield from _judged(facts, (*path, "max"), measure, product, last, float(stated.max))
            else:
                yield from _judged(facts, path, measure, product, last, float(stated))


def _judged(
    facts: Facts, path: tuple[str, ...], measure: str, product: str, last: float, total: float
) -> Iterator[PlanWarning]:
    if last <= 0 or LEAST_GROWTH <= total / last - 1 <= MOST_GROWTH:
        return
    step = np.log10(total / last) if total > 0 else 0.0
    code = "total-in-another-unit" if abs(step) >= TOTAL_STEP else "growth-improbable"
    yield warning(
        code,
        facts.plan.places.setting(path),
        ".".join(path),
        f"{total:.15g}",
        kind="product" if product else "company",
        measure=measure,
        product=product,
        total=f"{total:,.15g}",
        last=f"{last:,.15g}",
        growth=f"{total / last - 1:+,.0%}",
        factor=factor_text(int(np.rint(step))),
    )


def stated_against_history(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of commitments, potential, pins and amounts of rules in another unit than the history."""
    for sales in facts.comparable():
        for table in ("commitments", "potential", "pins"):
            yield from _table(facts, sales.measure, table)
        yield from _rule_amounts(facts, sales.measure)


def _table(facts: Facts, measure: str, table: str) -> Iterator[PlanWarning]:
    """All rows of a table shifted against the history, or some rows against the others."""
    frame: pd.DataFrame = getattr(facts.plan, table)
    chosen = frame["measure"] == measure
    if table == "commitments":
        chosen &= frame["actual"].isna()
    row = np.flatnonzero(chosen.to_numpy(bool))
    node = facts.labels.codes_of_nodes(frame["node_id"].iloc[row])
    product = facts.labels.codes_of_products(frame["product_id"].iloc[row])
    amount = frame["amount"].to_numpy(np.float64)[row]
    step, known = _steps(amount, facts.last_year(measure)[node, product])
    for top, _ in facts.shifted_nodes(measure):
        known &= (node < top) | (node >= facts.labels.grid.org.subtree_end[top])
    if not known.any():
        return
    middle = float(np.median(step[known]))
    # a potential is in the scale of a market, which may be any
    if table != "potential" and abs(middle) >= TOTAL_STEP and known.sum() >= min(FEWEST_ROWS, len(row)):
        yield _in_another_unit(facts, table, int(row[known][0]), measure, middle, "table", amount[known][0])
        return
    if known.sum() < FEWEST_ROWS:
        return
    noise = 1.4826 * float(np.median(np.abs(step[known] - middle)))
    far = known & (np.abs(step - middle) >= np.maximum(ROW_STEP, 6.0 * noise))
    for k in np.flatnonzero(far).tolist():
        name = facts.labels.node_id[node[k]]
        yield warning(
            "unit-switch",
            facts.plan.places.of(table, int(row[k])),
            "amount",
            f"{amount[k]:.15g}",
            node_id=name,
            kind="row",
            measure=measure,
            node=name,
            amount=f"{amount[k]:,.15g}",
            factor=factor_text(int(np.rint(step[k] - middle))),
        )


def _steps(amount: FloatArray, last: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Distance of amounts to the history in powers of ten, and where both are above 0."""
    known: BoolArray = (amount > 0) & (last > 0)
    step = np.zeros(len(amount))
    step[known] = np.log10(amount[known] / last[known])
    return step, known


def _in_another_unit(
    facts: Facts,
    table: str,
    row: int,
    measure: str,
    step: float,
    kind: str,
    amount: float,
    column: str = "amount",
) -> PlanWarning:
    place = facts.plan.places.of(table, row)
    return warning(
        "total-in-another-unit",
        place,
        column,
        f"{amount:.15g}",
        kind=kind,
        measure=measure,
        table=place[0],
        factor=factor_text(int(np.rint(step))),
        total=f"{amount:,.15g}",
    )


def _rule_amounts(facts: Facts, measure: str) -> Iterator[PlanWarning]:
    """Ceilings a hundredth of the history or less, floors a hundred times the history or more."""
    reach = facts.reach(measure, "range", "capacity")
    frame = facts.plan.rules
    is_amount = (frame["basis"].isin(["", "amount"])).to_numpy(bool)[reach.rule]
    last = facts.last_year(measure)[reach.node, reach.product]
    for column, sign in (("max", -1.0), ("min", 1.0)):
        bound = frame[column].to_numpy(np.float64)[reach.rule]
        step, known = _steps(np.nan_to_num(bound), last)
        known &= is_amount
        for rule in _rules_beyond(reach.rule[known], sign * step[known]):
            own = known & (reach.rule == rule)
            middle, amount = float(np.median(step[own])), float(bound[own][0])
            yield _in_another_unit(facts, "rules", rule, measure, middle, "rule", amount, column)


def _rules_beyond(rule: IntArray, step: FloatArray) -> list[int]:
    """Return the rules whose median step is at least `ROW_STEP`."""
    if not len(rule):
        return []
    middle = pd.Series(step).groupby(rule).median()
    return [int(one) for one in middle.index[middle >= ROW_STEP]]
