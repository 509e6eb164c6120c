"""Months that are missing in the base year: of the company, of a part of it, of a product that grows."""

from collections.abc import Iterator

import numpy as np

from allocator.plan.base_year import base_months, expected_months, quiet_by_chance
from allocator.plan.plan import month_text
from allocator.plan.spec import Growth
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts, Sales
from solver_models.arrays import BoolArray, CodeArray

CODE = "incomplete-base-year"
BY_CHANCE_IN_A_PART = 1e-4
"""As `BY_CHANCE`, for a part of the company: there are many of them."""
FEWEST_REPS = 3
SHOWN_MONTHS = 12


def base_year_complete(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of months without sales of the company, of whole nodes, and of products whose total grows."""
    for sales in facts.with_history():
        if sales.missing:
            yield warning(
                CODE,
                facts.plan.places.of("history"),
                "period",
                month_text(sales.missing[0]),
                kind="company",
                measure=sales.measure,
                months=_months(sales.missing),
                count=len(sales.missing),
                of=sales.n_month,
            )
        yield from _nodes(facts, sales)
        yield from _young_products(facts, sales)


def _months(months: list[int]) -> str:
    return ", ".join(month_text(month) for month in months[:SHOWN_MONTHS])


def _nodes(facts: Facts, sales: Sales) -> Iterator[PlanWarning]:
    """Nodes of three reps or more that sold nothing in a month in which the company sold."""
    org = facts.labels.grid.org
    base = base_months(sales.start, sales.n_month)
    expected = expected_months(sales.sold)
    reps = org.roll_up(np.any(sales.sold[:, base], axis=1).astype(np.int64))
    silent = org.roll_up(sales.sold[:, base].astype(np.int64)) == 0
    silent &= (expected[base] & sales.sold[:, base].any(axis=0))[None, :]
    log_quiet = org.roll_up(quiet_by_chance(sales.sold, base, expected))
    is_gap: BoolArray = silent.any(axis=1) & (reps >= FEWEST_REPS) & (log_quiet < np.log(BY_CHANCE_IN_A_PART))
    is_gap[0] = False
    for node in _topmost(is_gap, org.parent):
        months = [sales.start - 12 + int(k) for k in np.flatnonzero(silent[node])]
        yield warning(
            CODE,
            facts.org_place(node),
            "node_id",
            facts.labels.node_id[node],
            node_id=facts.labels.node_id[node],
            kind="node",
            measure=sales.measure,
            node=facts.labels.node_id[node],
            months=_months(months),
            count=len(months),
            of=sales.n_month,
        )


def _topmost(marked: BoolArray, parent: CodeArray) -> list[int]:
    """Return the marked nodes with no marked node above them (parents come first)."""
    covered = marked.copy()
    top = []
    for node in range(1, len(marked)):
        above = bool(covered[parent[node]])
        if marked[node] and not above:
            top.append(node)
        covered[node] = marked[node] or above
    return top


def _young_products(facts: Facts, sales: Sales) -> Iterator[PlanWarning]:
    """Products whose total grows from a base year in which they were first sold."""
    labels = facts.labels
    sold = (sales.by_cell != 0).reshape(labels.grid.n_rep, labels.grid.n_product, -1).any(axis=0)
    base = base_months(sales.start, sales.n_month)
    expected = expected_months(sales.sold)
    for product, stated in facts.plan.spec.product_totals.get(sales.measure, {}).items():
        if not isinstance(stated, Growth):
            continue
        q = labels.product_code[product]
        first, end = labels.grid.products.leaf_start[q], labels.grid.products.leaf_end[q]
        months = sold[first:end].any(axis=0)
        if not months[base].any() or months[: base.start].any():
            continue
        late = np.flatnonzero(expected[base] & sales.sold[:, base].any(axis=0))
        late = late[late < int(np.flatnonzero(months[base])[0])]
        if len(late):
            path = ("product_totals", sales.measure, product, "growth")
            yield warning(
                CODE,
                facts.plan.places.setting(path),
                ".".join(path),
                stated.growth,
                kind="product",
                measure=sales.measure,
                product=product,
                months=_months([sales.start - 12 + int(k) for k in late]),
                count=len(late),
                of=sales.n_month,
            )
