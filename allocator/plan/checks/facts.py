"""History, commitments and potential: known ids, sensible amounts, one row per key."""

from collections import defaultdict

import numpy as np

from allocator.plan.checks.cells import (
    check_filled,
    check_measures,
    check_nodes,
    check_not_negative,
    check_product_ids,
    check_unique,
)
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import month_number, month_text
from allocator.plan.tables import ALL_PRODUCTS
from allocator.texts import worded
from solver_models.arrays import BoolArray

CENT = 1e-6


def check_history(
    draft: Draft, faults: FaultCollector, *, org_is_tree: bool, products_are_tree: bool
) -> None:
    """History names reps and leaf products, lies before the plan and stands once; it may be negative."""
    sheet = draft.sheets["history"]
    for column in ("period", "node_id", "product_id", "measure"):
        check_filled(draft, "history", column, faults, worded("fault.history.cell.hint", column=column))
    check_filled(draft, "history", "amount", faults, worded("fault.history.amount.hint"))
    check_nodes(draft, "history", faults)
    check_product_ids(draft, "history", faults, all_products=True)
    check_measures(draft, "history", faults)
    check_unique(draft, "history", faults, optional=("segment",))
    if org_is_tree:
        node = draft.nodes("history")
        faults.cells(
            sheet,
            "node_id",
            (node >= 0) & ~draft.org.is_leaf[node] if len(draft.org.is_leaf) else node >= 0,
            code="not-a-rep",
            message=lambda value: worded("fault.history.manager", node=value),
            hint=worded("fault.history.manager.hint"),
        )
    if products_are_tree:
        product = draft.product_rows("history")
        is_line = (
            (product >= 0) & ~draft.products.is_leaf[product] if len(draft.products.is_leaf) else product >= 0
        )
        faults.cells(
            sheet,
            "product_id",
            is_line | (draft.texts("history", "product_id") == ALL_PRODUCTS),
            code="not-a-leaf-product",
            message=lambda value: worded("fault.history.line", product=value),
            hint=worded("fault.history.line.hint"),
        )
    if draft.knows_months:
        start = draft.months.start
        faults.cells(
            sheet,
            "period",
            draft.frames["history"]["period"].to_numpy(np.int64) >= start,
            code="history-after-start",
            message=lambda value: worded("fault.history.late", month=value, start=month_text(start)),
            hint=worded("fault.history.late.hint"),
        )


def check_potential(draft: Draft, faults: FaultCollector) -> None:
    """Potential names known ids and is not negative."""
    check_filled(draft, "potential", "node_id", faults, worded("fault.potential.node.hint"))
    check_filled(draft, "potential", "measure", faults, worded("fault.potential.measure.hint"))
    check_filled(draft, "potential", "amount", faults, worded("fault.amount_or_delete"))
    check_nodes(draft, "potential", faults)
    check_product_ids(draft, "potential", faults, all_products=True)
    check_measures(draft, "potential", faults)
    check_not_negative(draft, "potential", "amount", faults, worded("fault.a_potential"))
    check_unique(draft, "potential", faults, optional=("product_id",))


def check_commitments(draft: Draft, faults: FaultCollector) -> None:
    """Commitments: past ones have an actual, each node has one for this plan, parts fit the whole."""
    for column, hint in (
        ("node_id", worded("fault.commitments.node.hint")),
        ("measure", worded("fault.commitments.measure.hint")),
        ("amount", worded("fault.amount_or_delete")),
    ):
        check_filled(draft, "commitments", column, faults, hint)
    check_nodes(draft, "commitments", faults)
    check_product_ids(draft, "commitments", faults, all_products=True)
    check_measures(draft, "commitments", faults)
    check_not_negative(draft, "commitments", "amount", faults, worded("fault.a_commitment"))
    if draft.knows_months and draft.settings.is_sure("plan"):
        is_current = current_rows(draft)
        _check_periods(draft, is_current, faults)
        period = np.where(is_current, "", draft.texts("commitments", "period"))
        check_unique(
            draft,
            "commitments",
            faults,
            replaced={"period": period.astype(object)},
            optional=("product_id", "period"),
            hint=worded("fault.commitments.twice.hint"),
        )
        _check_parts(draft, is_current, faults)


def current_rows(draft: Draft) -> BoolArray:
    """Mask of the commitments for this plan: period empty, the plan's id, or a month of the plan."""
    found = draft.sheets["commitments"].columns["period"]
    months = {month_text(month) for month in draft.months}
    current = {"", draft.settings.spec.plan} | months
    is_current = np.array([value in current for value in found.values], dtype=bool)
    return is_current[found.code] if len(found.values) else np.zeros(0, dtype=bool)


def _check_periods(draft: Draft, is_current: BoolArray, faults: FaultCollector) -> None:
    """A past period has its actual, the plan's own period has none, nothing lies after the plan."""
    sheet = draft.sheets["commitments"]
    has_actual = draft.is_given("commitments", "actual")
    period = sheet.columns["period"]
    after = np.array([_is_month_from(value, draft.months.stop) for value in period.values], dtype=bool)
    is_after = after[period.code] if len(after) else np.zeros(0, dtype=bool)
    last = month_text(draft.months.stop - 1)
    faults.cells(
        sheet,
        "period",
        is_after,
        code="period-outside-plan",
        message=lambda value: worded("fault.commitments.after", month=value, last=last),
        hint=worded("fault.commitments.after.hint"),
    )
    faults.cells(
        sheet,
        "actual",
        ~is_current & ~is_after & ~has_actual,
        code="past-without-actual",
        message=worded("fault.commitments.no_actual"),
        hint=worded("fault.commitments.no_actual.hint", plan=draft.settings.spec.plan),
    )
    faults.cells(
        sheet,
        "period",
        is_current & has_actual,
        code="actual-in-current-period",
        message=worded("fault.commitments.early_actual"),
        hint=worded("fault.commitments.early_actual.hint"),
    )


def _is_month_from(text: str, first: int) -> bool:
    parts = text.split("-")
    is_month = (
        len(text) == 7 and len(parts) == 2 and all(part.isdecimal() and part.isascii() for part in parts)
    )
    return is_month and 1 <= int(parts[1]) <= 12 and len(parts[0]) == 4 and month_number(text) >= first


def _check_parts(draft: Draft, is_current: BoolArray, faults: FaultCollector) -> None:
    """What a node commits to by product does not exceed what it commits to for the line or for all."""
    amount = draft.amounts("commitments")
    product = draft.product_rows("commitments")
    rows = np.flatnonzero(is_current & np.isfinite(amount) & (product >= -1))
    node, measure = draft.texts("commitments", "node_id"), draft.texts("commitments", "measure")
    place = {(node[k], measure[k], int(product[k])): int(k) for k in rows[::-1]}
    parts: dict[int, float] = defaultdict(float)
    for (who, what, item), k in place.items():
        whole = _nearest_whole(draft, place, who, what, item)
        if whole is not None:
            parts[whole] += amount[k]
    too_much = sorted((k, total) for k, total in parts.items() if total > amount[k] * (1 + 1e-12) + CENT)
    faults.rows(
        draft.sheets["commitments"],
        "amount",
        (
            (
                k,
                worded(
                    "fault.commitments.parts",
                    node=node[k],
                    whole=f"{amount[k]:,.10g}",
                    total=f"{total:,.10g}",
                ),
            )
            for k, total in too_much
        ),
        code="commitments-do-not-add-up",
        hint=worded("fault.commitments.parts.hint"),
    )


def _nearest_whole(
    draft: Draft, place: dict[tuple[str, str, int], int], node: str, measure: str, product: int
) -> int | None:
    """Return the row of the nearest line above a product to which the same node commits."""
    if product == -1:
        return None
    steps = len(draft.products.parent)
    while product >= 0 and steps:
        product, steps = int(draft.products.parent[product]), steps - 1
        found = place.get((node, measure, product))
        if found is not None:
            return found
    return None
