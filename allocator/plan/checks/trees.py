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


def check_org(draft: Draft, faults: FaultCollector) -> bool:
    """Check org.csv; return True if it is one tree that other tables can be checked against."""
    sheet = draft.sheets["org"]
    before = len(faults)
    _check_tree(sheet, "node_id", draft.org, faults)
    _check_root(draft, sheet, faults)
    is_tree = len(faults) == before and sheet.vouches_for("node_id") and sheet.vouches_for("parent_id")
    check_filled(draft, "org", "level", faults, "name the level of the node (region, team, rep ...)")
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
    if len(sheet) == 0:
        if sheet.is_complete:
            faults.add(
                sheet.file,
                0,
                "",
                "",
                code="no-rows",
                message="the table has a header but no rows",
                hint=f"add one row per {sheet.table.row}",
            )
        return
    ids = sheet.columns[id_column].texts()
    parents = sheet.columns["parent_id"].texts()
    faults.cells(
        sheet,
        id_column,
        ids == "",
        code="missing-value",
        message=f"the {id_column} is empty",
        hint=f"give every {sheet.table.row} an id",
    )
    faults.cells(
        sheet,
        id_column,
        ids == ALL_PRODUCTS,
        code="reserved-id",
        message="the id `*` is reserved for all products together",
        hint="choose another id",
    )
    is_again = np.array([name != "" and tree.index[name] != row for row, name in enumerate(ids)], dtype=bool)
    faults.rows(
        sheet,
        id_column,
        (
            (int(row), f"the id `{ids[row]}` stands already in row {sheet.row[tree.index[ids[row]]]}")
            for row in np.flatnonzero(is_again)
        ),
        code="duplicate-id",
        hint="give each row an id of its own, or delete one of the rows",
    )
    if not sheet.is_complete or id_column in sheet.missing:
        return
    is_unknown = np.array([name != "" and name not in tree.index for name in parents], dtype=bool)
    faults.cells(
        sheet,
        "parent_id",
        is_unknown,
        code="unknown-parent",
        message=lambda value: f"there is no row with the {id_column} `{value}`",
        hint=NearMatches(ids, f"add the parent as a row of {sheet.file} or correct the id"),
    )
    faults.rows(
        sheet,
        "parent_id",
        (
            (
                cycle[0],
                f"the parents go round in a circle: {' -> '.join(ids[row] for row in [*cycle, cycle[0]])}",
            )
            for cycle in tree.cycles()
        ),
        code="cycle",
        hint="give one of them a parent outside the circle",
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
            message="no row has an empty parent_id, so the company itself is missing",
            hint="leave parent_id empty for the one node at the top",
        )
    faults.rows(
        sheet,
        "parent_id",
        (
            (int(row), f"`{ids[row]}` is a second node without a parent (the first is `{ids[roots[0]]}`)")
            for row in roots[1:]
        ),
        code="two-roots",
        hint=f"give it a parent, `{ids[roots[0]]}` for example" if len(roots) else "",
    )


def _check_dates(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    start = draft.frames["org"]["start"].to_numpy(np.int64)
    end = draft.frames["org"]["end"].to_numpy(np.int64)
    faults.cells(
        sheet,
        "end",
        (start != NO_DATE) & (end != NO_DATE) & (end < start),
        code="end-before-start",
        message="the last day at work is before the first",
        hint="exchange start and end, or correct the year",
    )


def _check_ramps(sheet: Sheet, faults: FaultCollector) -> None:
    """Every ramp can be read."""
    column = sheet.columns["ramp"]
    problems: dict[str, str] = {}
    for text in column.values:
        try:
            parse_ramp(text)
        except ValueError as error:
            problems[text] = str(error)
    is_bad = np.array([text in problems for text in column.values], dtype=bool)
    if is_bad.any():
        faults.cells(
            sheet,
            "ramp",
            is_bad[column.code],
            code="bad-ramp",
            message=lambda value: problems[value],
            hint="write shares such as 0/0.25/0.5, whole months such as 3, or one share such as 0.5",
        )


def _check_reps(draft: Draft, sheet: Sheet, faults: FaultCollector) -> None:
    """Somebody below the root can carry a target."""
    root = int(np.flatnonzero(draft.org.parent < 0)[0])
    if draft.org.is_leaf[root]:
        faults.rows(
            sheet,
            "node_id",
            [(root, "the root has no nodes below it, so there are no reps")],
            code="no-reps",
            hint="add the regions, teams and reps below it",
        )
    elif draft.knows_months and draft.has_left[draft.org.is_leaf].all():
        faults.add(
            sheet.file,
            0,
            "end",
            "",
            code="no-reps",
            message="no rep is at work in any month of the plan",
            hint="correct start and end of the reps, or `start` in plan.yaml",
        )
