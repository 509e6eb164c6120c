"""The org and the product tree: one root, no cycles, every parent known, and somebody to carry targets."""

import numpy as np

from allocator.plan.checks.cells import check_filled
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import NO_DATE
from allocator.plan.ramp import parse_ramp
from allocator.plan.sheet import Sheet
from allocator.plan.tables import ALL_PRODUCTS
from allocator.plan.tree import IdTree
from allocator.texts import worded


def check_org(draft: Draft, faults: FaultCollector) -> bool:
    """Check org.csv; return True if it is one tree that other tables can be checked against."""
    sheet = draft.sheets["org"]
    before = len(faults)
    _check_tree(sheet, "node_id", draft.org, faults)
    _check_root(draft, sheet, faults)
    is_tree = len(faults) == before and sheet.vouches_for("node_id") and sheet.vouches_for("parent_id")
    check_filled(draft, "org", "level", faults, worded("fault.org.level.hint"))
    _check_dates(draft, sheet, faults)
    _check_ramps(sheet, faults)
    if is_tree and len(sheet):
        _check_reps(draft, sheet, faults)
    return is_tree


def check_products(draft: Draft, faults: FaultCollector) -> bool:
    """Check products.csv; return True if it is a forest that other tables can be checked against."""
    sheet = draft.sheets["products"]
    before = len(faults)
    _check_tree(sheet, "product_id", draft.products, faults)
    return len(faults) == before and sheet.vouches_for("product_id") and sheet.vouches_for("parent_id")


def _check_tree(sheet: Sheet, id_column: str, tree: IdTree, faults: FaultCollector) -> None:
    """Ids given, unique and not reserved; parents known; no cycles."""
    what = worded(f"fault.row_of.{sheet.table.name}")
    if len(sheet) == 0:
        if sheet.is_complete:
            faults.add(
                sheet.file,
                0,
                "",
                "",
                code="no-rows",
                message=worded("fault.tree.no_rows"),
                hint=worded("fault.tree.no_rows.hint", row=what),
            )
        return
    ids = sheet.columns[id_column].texts()
    parents = sheet.columns["parent_id"].texts()
    faults.cells(
        sheet,
        id_column,
        ids == "",
        code="missing-value",
        message=worded("fault.tree.no_id", column=id_column),
        hint=worded("fault.tree.no_id.hint", row=what),
    )
    faults.cells(
        sheet,
        id_column,
        ids == ALL_PRODUCTS,
        code="reserved-id",
        message=worded("fault.tree.reserved"),
        hint=worded("fault.tree.reserved.hint"),
    )
    is_again = np.array([name != "" and tree.index[name] != row for row, name in enumerate(ids)], dtype=bool)
    faults.rows(
        sheet,
        id_column,
        (
            (int(row), worded("fault.tree.twice", id=ids[row], row=sheet.row[tree.index[ids[row]]]))
            for row in np.flatnonzero(is_again)
        ),
        code="duplicate-id",
        hint=worded("fault.tree.twice.hint"),
    )
    if not sheet.is_complete or id_column in sheet.missing:
        return
    is_unknown = np.array([name != "" and name not in tree.index for name in parents], dtype=bool)
    faults.cells(
        sheet,
        "parent_id",
        is_unknown,
        code="unknown-parent",
        message=lambda value: worded("fault.tree.no_parent", column=id_column, id=value),
        hint=NearMatches(ids, worded("fault.tree.no_parent.hint", file=sheet.file)),
    )
    faults.rows(
        sheet,
        "parent_id",
        (
            (
                cycle[0],
                worded("fault.tree.cycle", path=" -> ".join(ids[row] for row in [*cycle, cycle[0]])),
            )
            for cycle in tree.cycles()
        ),
        code="cycle",
        hint=worded("fault.tree.cycle.hint"),
    )


def _check_root(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    """Exactly one row has no parent."""
    if len(sheet) == 0 or not sheet.is_complete:
        return
    roots = np.flatnonzero(draft.texts("org", "parent_id") == "")
    ids = draft.texts("org", "node_id")
    if len(roots) == 0:
        faults.add(
            sheet.file,
            0,
            "parent_id",
            "",
            code="no-root",
            message=worded("fault.org.no_root"),
            hint=worded("fault.org.no_root.hint"),
        )
    faults.rows(
        sheet,
        "parent_id",
        ((int(row), worded("fault.org.two_roots", node=ids[row], first=ids[roots[0]])) for row in roots[1:]),
        code="two-roots",
        hint=worded("fault.org.two_roots.hint", first=ids[roots[0]]) if len(roots) else "",
    )


def _check_dates(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    start = draft.frames["org"]["start"].to_numpy(np.int64)
    end = draft.frames["org"]["end"].to_numpy(np.int64)
    faults.cells(
        sheet,
        "end",
        (start != NO_DATE) & (end != NO_DATE) & (end < start),
        code="end-before-start",
        message=worded("fault.org.dates"),
        hint=worded("fault.org.dates.hint"),
    )


def _check_ramps(sheet: Sheet, faults: FaultCollector) -> None:
    """Every ramp can be read."""
    column = sheet.columns["ramp"]
    problems: dict[str, str] = {}
    for text in column.values:
        try:
            parse_ramp(text)
        except ValueError as error:
            problems[text] = error.args[0]  # str() would leave only the English of a wording
    is_bad = np.array([text in problems for text in column.values], dtype=bool)
    if is_bad.any():
        faults.cells(
            sheet,
            "ramp",
            is_bad[column.code],
            code="bad-ramp",
            message=lambda value: problems[value],
            hint=worded("fault.org.ramp.hint"),
        )


def _check_reps(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    """Somebody below the root can carry a target."""
    root = int(np.flatnonzero(draft.org.parent < 0)[0])
    if draft.org.is_leaf[root]:
        faults.rows(
            sheet,
            "node_id",
            [(root, worded("fault.org.root_alone"))],
            code="no-reps",
            hint=worded("fault.org.root_alone.hint"),
        )
    elif draft.knows_months and draft.has_left[draft.org.is_leaf].all():
        faults.add(
            sheet.file,
            0,
            "end",
            "",
            code="no-reps",
            message=worded("fault.org.all_away"),
            hint=worded("fault.org.all_away.hint"),
        )
