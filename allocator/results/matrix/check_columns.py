"""Totals as checks: live formulas that compare children, products and periods with the target.

With over-assignment h of the children's level, children add up to (1 + h) times their parent
before rounding, so the sum of child / (1 + h) - parent is 0; both sides are rounded on their
own, which leaves less than two units (`_allowed`). Without over-assignment it is exactly 0.
"""

import numpy as np

from allocator.results.matrix.columns import Column
from allocator.results.matrix.view import MeasureView
from solver_models.arrays import FloatArray

SUBTREE = "{{{name}}}{{below}}:{{{name}}}{{last}}"


def check_columns(view: MeasureView) -> list[Column]:
    """Return the ledger of over-assignment, the differences, the verdict, and the folded columns they use."""
    return [
        *_ledger_columns(view),
        *_difference_columns(view),
        _verdict_column(view),
        *_support_columns(view),
    ]


def roll_up_tolerance(view: MeasureView) -> float:
    """The most by which the persons' targets, drawn back to the company's scale, may miss its target."""
    return float((_allowed(view) / view.street_factor).sum())


def column_differences(view: MeasureView, values: FloatArray) -> FloatArray:
    """Sum of the lowest shown nodes / street factor - company, for columns of shape (k, m)."""
    share = np.where(view.nodes.is_bottom, 1.0 / view.street_factor, 0.0)
    return np.asarray(np.round(share @ values - values[0], view.places))


def _ledger_columns(view: MeasureView) -> list[Column]:
    """Over-assignment of the own level, sum of the children and what they carry beyond the target."""
    inner = ~view.nodes.is_bottom
    children = _children_sum(view, view.target[:, 0])
    beyond = np.round(children - view.target[:, 0], view.places)
    parts = {name: SUBTREE.format(name=name) for name in ("parent_no", "target")}
    return [
        Column("over", "checks", view.text("matrix.over"), "share", view.over, width=10),
        Column(
            "children",
            "checks",
            view.text("matrix.children"),
            "amount",
            np.where(inner, children, np.nan),
            width=14,
            formula=f"=SUMIF({parts['parent_no']},{{no}}{{r}},{parts['target']})",
            calculated=inner,
        ),
        Column(
            "beyond",
            "checks",
            view.text("matrix.beyond"),
            "signed",
            np.where(inner, beyond, np.nan),
            formula=f"=ROUND({{children}}{{r}}-{{target}}{{r}},{view.places})",
            calculated=inner,
        ),
    ]


def _difference_columns(view: MeasureView) -> list[Column]:
    """What must be 0: children, products and periods against the target, lines against their products."""
    inner = ~view.nodes.is_bottom
    places = view.places
    parts = {name: SUBTREE.format(name=name) for name in ("parent_no", "target", "counts")}
    rolled = "SUMPRODUCT(({parent_no}={{no}}{{r}})*{target}*{counts})".format(**parts)
    columns = [
        Column(
            "children_gap",
            "checks",
            view.text("matrix.check_children"),
            "check",
            np.where(inner, _children_gap(view), np.nan),
            formula=f"=ROUND({rolled}-{{target}}{{r}},{places})",
            calculated=inner,
        )
    ]
    if len(view.products) > 1:
        columns += _product_differences(view)
    columns.append(
        Column(
            "year_gap",
            "checks",
            view.text("matrix.check_months"),
            "check",
            np.round(view.months.sum(axis=1) - view.target[:, 0], places),
            formula=f"=ROUND({{year}}{{r}}-{{target}}{{r}},{places})",
        )
    )
    return columns


def _product_differences(view: MeasureView) -> list[Column]:
    """Top product lines against the target; nested lines against their products."""
    products, places = view.products, view.places
    top = view.target[:, products.parent == 0].sum(axis=1)
    row = f"{{product1}}{{r}}:{{product{len(products) - 1}}}{{r}}"
    number, parent = (row.replace("{r}", f"${{{name}}}") for name in ("product_no_row", "product_parent_row"))
    columns = [
        Column(
            "product_gap",
            "checks",
            view.text("matrix.check_products"),
            "check",
            np.round(top - view.target[:, 0], places),
            formula=f"=ROUND(SUMIF({parent},0,{row})-{{target}}{{r}},{places})",
        )
    ]
    if products.depth.max() > 1:
        nested = f"SUMPRODUCT((COUNTIF({parent},{number})>0)*ABS(SUMIF({parent},{number},{row})-{row}))"
        columns.append(
            Column(
                "line_gap",
                "checks",
                view.text("matrix.check_lines"),
                "check",
                np.round(_line_gap(view), places),
                formula=f"=ROUND({nested},{places})",
            )
        )
    return columns


def _verdict_column(view: MeasureView) -> Column:
    """OK where every difference of the row is 0, or within what rounding allows with over-assignment."""
    names = [column.name for column in _difference_columns(view)]
    gaps = {column.name: np.nan_to_num(np.asarray(column.values)) for column in _difference_columns(view)}
    allowed = _allowed(view)
    fine = np.abs(gaps["children_gap"]) <= allowed
    for name in names[1:]:
        fine &= gaps[name] == 0
    zero = ",".join(f"{{{name}}}{{r}}=0" for name in names[1:])
    condition = f"AND(ABS({{children_gap}}{{r}})<={{allowed}}{{r}},{zero})"
    good, bad = view.text("matrix.all_ok"), view.text("matrix.not_ok")
    return Column(
        "verdict",
        "checks",
        view.text("matrix.checks"),
        "status",
        [good if is_fine else bad for is_fine in fine],
        width=12,
        formula=f'=IF({condition},"{good}","{bad}")',
    )


def _support_columns(view: MeasureView) -> list[Column]:
    """Row numbers, parents' row numbers and factors that the check formulas refer to; folded away."""
    count = len(view.nodes)
    values = {
        "no": np.arange(1, count + 1, dtype=np.float64),
        "parent_no": view.nodes.parent + 1.0,
        "counts": 1.0 / (1.0 + view.over),
        "allowed": _allowed(view),
        "bottom_share": np.where(view.nodes.is_bottom, 1.0 / view.street_factor, 0.0),
    }
    return [
        Column(
            name,
            "checks",
            view.text(f"matrix.{name}"),
            "support",
            column,
            width=10,
            level=1,
            is_hidden=True,
        )
        for name, column in values.items()
    ]


def _children_sum(view: MeasureView, values: FloatArray) -> FloatArray:
    """Sum over the shown children of each shown node, shape (k,)."""
    total = np.zeros(len(view.nodes))
    np.add.at(total, view.nodes.parent[1:], values[1:])
    return np.round(total, view.places)


def _children_gap(view: MeasureView) -> FloatArray:
    """Sum of child / (1 + h of the child) - target, shape (k,)."""
    total = np.zeros(len(view.nodes))
    np.add.at(total, view.nodes.parent[1:], (view.target[:, 0] / (1.0 + view.over))[1:])
    return np.round(total - view.target[:, 0], view.places)


def _line_gap(view: MeasureView) -> FloatArray:
    """Sum over nested lines of |sum of its products - line|, shape (k,)."""
    products = view.products
    total = np.zeros_like(view.target)
    np.add.at(total.T, products.parent[1:], view.target[:, 1:].T)
    is_line = ~products.is_bottom
    is_line[0] = False
    return np.asarray(np.abs(total - view.target)[:, is_line].sum(axis=1))


def _allowed(view: MeasureView) -> FloatArray:
    """What rounding may leave between children / (1 + h) and the target, shape (k,): 0 where h is 0.

    One unit for the target and one for the children's sum where all over-assigned children have
    one h; where they have several, one unit for each of them.
    """
    nodes, over = view.nodes, view.over
    has_over = over > 0
    count, low, high = np.zeros(len(nodes)), np.full(len(nodes), np.inf), np.zeros(len(nodes))
    np.add.at(count, nodes.parent[1:], has_over[1:])
    np.minimum.at(low, nodes.parent[1:], np.where(has_over, over, np.inf)[1:])
    np.maximum.at(high, nodes.parent[1:], over[1:])
    units = np.where(count == 0, 0.0, np.where(low == high, 2.0, count + 1.0))
    return np.asarray(units * float(view.round_to))
