"""One sheet per measure: the tree down, targets and their parts across, checks at the right and below."""

from itertools import groupby
from typing import Any

import numpy as np
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from allocator.results.matrix.cell_columns import CellColumn
from allocator.results.matrix.check_columns import check_columns, column_differences, roll_up_tolerance
from allocator.results.matrix.columns import (
    Column,
    identity_columns,
    period_columns,
    product_columns,
    source_columns,
    stretch_columns,
    target_columns,
)
from allocator.results.matrix.grid_places import (
    BAND,
    FIRST,
    FROZEN_COLUMNS,
    HEAD,
    KEY,
    PRODUCT_NO,
    PRODUCT_PARENT,
    SUBTITLE,
    TITLE,
    VERDICT,
    GridPlaces,
)
from allocator.results.matrix.styles import BAD, GOOD, Styles
from allocator.results.matrix.view import MeasureView
from allocator.results.matrix.worksheet import MatrixSheet
from solver_models.arrays import IntArray

DEEPEST_OUTLINE = 7
DEEPEST_INDENT = 15
A3 = 8
PRINT_SCALE = 62
PRINTED_CHARACTERS = 285
"""Width of an A3 page in characters at that scale."""


def measure_places(view: MeasureView, sheet_name: str) -> GridPlaces:
    """Lay out the columns of a measure's sheet."""
    columns = [
        *identity_columns(view),
        *target_columns(view),
        *stretch_columns(view),
        *product_columns(view),
        *period_columns(view),
        *source_columns(view),
        *check_columns(view),
    ]
    return GridPlaces(sheet_name, view, tuple(columns))


def write_measure_sheet(sheet: MatrixSheet, places: GridPlaces, styles: Styles) -> None:
    """Write the sheet of one measure."""
    _write_heading(sheet, places, styles)
    _write_headers(sheet, places, styles)
    _write_rows(sheet, places, styles)
    _write_sums(sheet, places, styles)
    _shape_columns(sheet, places)
    _mark_verdicts(sheet, places, styles)
    _set_up_print(sheet, places)
    sheet.freeze_panes(FIRST, FROZEN_COLUMNS)
    sheet.autofilter(KEY, 0, places.last_row, len(places.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{places.letters['owner']}{places.last_row + 1}"})


def _write_heading(sheet: Worksheet, places: GridPlaces, styles: Styles) -> None:
    view = places.view
    spec = view.allocation.plan.spec
    sheet.set_row(TITLE, 26)
    sheet.write_string(TITLE, 0, f"{spec.name or spec.plan} · {view.text('matrix.title')}", styles.title())
    facts = view.text(
        "matrix.facts",
        measure=view.measure,
        unit=view.unit,
        first=view.periods[0],
        last=view.periods[-1],
        round_to=f"{view.round_to:,f}",
    )
    sheet.write_string(SUBTITLE, 0, facts, styles.subtitle())
    sheet.write_string(VERDICT, 0, view.text("matrix.checks"), styles.get(bold=True, align="right"))
    sheet.write_string(VERDICT, FROZEN_COLUMNS, " ".join(_notes(view)), styles.subtitle())


def _notes(view: MeasureView) -> list[str]:
    """How to read the sheet, and what is left out of it."""
    notes = [view.text("matrix.legend")] if view.has_months else [view.text("matrix.no_months")]
    if not view.nodes.is_complete:
        notes.append(view.text("matrix.no_reps"))
    if not view.products.is_complete:
        notes.append(view.text("matrix.no_products"))
    return notes


def _write_headers(sheet: Worksheet, places: GridPlaces, styles: Styles) -> None:
    """Bands, headings and ids of the columns, and the folded rows that say how product columns nest."""
    number = 0
    for band, group in groupby(places.columns, key=lambda column: column.band):
        columns = list(group)
        _write_band(sheet, number, columns, places.view.text(f"band.{band}"), styles.band(band))
        for offset, column in enumerate(columns):
            first = offset == 0 and number > 0
            align = "left" if column.band == "identity" else "center"
            sheet.write_string(
                HEAD,
                number + offset,
                column.head,
                styles.head(band, align, first=first, bold=column.level == 0),
            )
            sheet.write_string(KEY, number + offset, column.key, styles.key(band, align, first=first))
        number += len(columns)
    products = places.view.products
    for at in range(1, len(products)):
        column_number = places.number[f"product{at}"]
        sheet.write_number(PRODUCT_NO, column_number, at, styles.subtitle())
        sheet.write_number(PRODUCT_PARENT, column_number, int(products.parent[at]), styles.subtitle())
    sheet.set_row(PRODUCT_NO, None, None, {"hidden": True})
    sheet.set_row(PRODUCT_PARENT, None, None, {"hidden": True})
    sheet.set_row(BAND, 18)
    sheet.set_row(HEAD, 15 * max(_lines(column) for column in places.columns) + 4)


def _write_band(sheet: Worksheet, number: int, columns: list[Column], title: str, style: Format) -> None:
    """Fill the band over its columns and write its title once, where it is seen."""
    for offset in range(len(columns)):
        sheet.write_blank(BAND, number + offset, None, style)
    sheet.write_string(BAND, number, title, style)


def _lines(column: Column) -> int:
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in column.head)
    return min(max(1, int(np.ceil(1.05 * wide / column.width))), 4)


def _write_rows(sheet: MatrixSheet, places: GridPlaces, styles: Styles) -> None:
    nodes = places.view.nodes
    for at, depth in enumerate(nodes.depth.tolist()):
        sheet.set_row(FIRST + at, None, None, {"level": min(depth, DEEPEST_OUTLINE)})
    kinds, kind_of_row = _kinds_of_rows(places.view)
    cells, band = [], ""
    for number, column in enumerate(places.columns):
        formats, look = _looks(styles, places, column, kinds, kind_of_row, is_first=number == 0, band=band)
        formulas = places.formulas(column) if column.formula else None
        cells.append(CellColumn(column.values, formats, look, formulas, column.calculated))
        band = column.band
    sheet.put_columns(FIRST, cells)


def _kinds_of_rows(view: MeasureView) -> tuple[list[tuple[int, bool]], IntArray]:
    """Kinds of rows by depth and by whether something is below them, and the kind of each row."""
    nodes = view.nodes
    codes, kind_of_row = np.unique(2 * nodes.depth + ~nodes.is_bottom, return_inverse=True)
    return [(code // 2, bool(code % 2)) for code in codes.tolist()], kind_of_row


def _looks(
    styles: Styles,
    places: GridPlaces,
    column: Column,
    kinds: list[tuple[int, bool]],
    kind_of_row: IntArray,
    *,
    is_first: bool,
    band: str,
) -> tuple[list[Format], IntArray]:
    """Formats of a column by kind of row and by pins, and which one each cell has.

    `band` is that of the column to the left: a new band begins with a line.
    """

    def made(depth: int, has_children: bool, pinned: bool) -> Format:
        return styles.cell(
            column.kind,
            places.view.places,
            depth=depth,
            has_children=has_children,
            first=column.band != band and not is_first,
            pinned=pinned,
            indent=min(depth, DEEPEST_INDENT) if is_first else int(column.band != "identity"),
        )

    if column.pinned is None or not column.pinned.any():
        return [made(*kind, False) for kind in kinds], kind_of_row
    formats = [made(*kind, pinned) for kind in kinds for pinned in (False, True)]
    return formats, 2 * kind_of_row + column.pinned


def _write_sums(sheet: Worksheet, places: GridPlaces, styles: Styles) -> None:
    """Below the tree: sums of the persons, their difference to the company, and the sheet's verdict."""
    view, row = places.view, places.sum_row
    checked = _checked_columns(places)
    values = np.column_stack([np.asarray(column.values, np.float64) for column, _ in checked])
    persons = np.round(values[view.nodes.is_bottom].sum(axis=0), view.places)
    gaps = column_differences(view, values)
    label = styles.get(bold=True, top=1, font_color="#1F3864")
    names = (
        ("matrix.street", "matrix.street_gap")
        if view.nodes.is_complete
        else ("matrix.lowest", "matrix.street_gap")
    )
    sheet.write_string(row, 0, view.text(names[0]), label)
    sheet.write_string(row + 1, 0, view.text(names[1]), styles.get(font_color="#1F3864"))
    sheet.set_row(row + 2, None, None, {"hidden": True})
    share = places.down("bottom_share")
    for (column, allowed), total, gap in zip(checked, persons.tolist(), gaps.tolist(), strict=True):
        number, letter = places.number[column.name], places.letters[column.name]
        own = f"{letter}${FIRST + 1}:{letter}${places.last_row + 1}"
        sheet.write_formula(
            row,
            number,
            f"=ROUND(SUMPRODUCT(({share}>0)*{own}),{view.places})",
            _sum_style(styles, view),
            total,
        )
        compared = f"=ROUND(SUMPRODUCT({share}*{own})-{letter}${FIRST + 1},{view.places})"
        sheet.write_formula(row + 1, number, compared, _sum_style(styles, view, "check"), gap)
        sheet.write_number(row + 2, number, allowed, styles.subtitle())
    _write_verdict(sheet, places, styles, bool(np.all(np.abs(gaps) <= [allowed for _, allowed in checked])))


def _sum_style(styles: Styles, view: MeasureView, kind: str = "amount") -> Format:
    extra: dict[str, Any] = {"bold": True, "top": 1} if kind == "amount" else {}
    return styles.number(kind, view.places, font_color="#1F3864", **extra)


def _checked_columns(places: GridPlaces) -> list[tuple[Column, float]]:
    """Columns whose persons' sums are compared with the company, with what rounding may leave.

    A product line is a sum of separately rounded products. Months are spread level by level
    where levels are over-assigned, so they are compared only without over-assignment.
    """
    view = places.view
    allowed = roll_up_tolerance(view)
    products = view.allocation.labels.grid.products
    checked = []
    for column in places.columns:
        if column.name == "target":
            checked.append((column, allowed))
        elif column.band == "products":
            position = view.products.position[int(column.name.removeprefix("product"))]
            leaves = int(products.leaf_end[position] - products.leaf_start[position])
            checked.append((column, allowed * leaves))
        elif column.band == "periods" and allowed == 0:
            checked.append((column, 0.0))
    return checked


def _write_verdict(sheet: Worksheet, places: GridPlaces, styles: Styles, sums_fit: bool) -> None:
    """Write the verdict at the top: every row OK and every column's sum within what is allowed."""
    view, row = places.view, places.sum_row + 2
    good, bad = view.text("matrix.all_ok"), view.text("matrix.not_ok")
    first, last = places.summed
    failing = f'COUNTIF({places.down("verdict")},"{bad}")'
    missed = f"SUMPRODUCT(--(ABS({first}{row}:{last}{row})>{first}{row + 1}:{last}{row + 1}))"
    fine = sums_fit and bad not in places.columns[places.number["verdict"]].values
    sheet.write_formula(
        VERDICT,
        1,
        f'=IF({failing}+{missed}=0,"{good}","{bad}")',
        styles.get(bold=True, align="center"),
        good if fine else bad,
    )


def _shape_columns(sheet: Worksheet, places: GridPlaces) -> None:
    """Widths, outline levels, folded columns; the mark to unfold stands at the left of what it unfolds."""
    sheet.outline_settings(True, False, False, False)
    sheet.set_default_row(16)
    for number, column in enumerate(places.columns):
        following = places.columns[number + 1] if number + 1 < len(places.columns) else None
        options: dict[str, Any] = {"level": column.level, "hidden": column.is_hidden}
        if following is not None and following.is_hidden and not column.is_hidden:
            options["collapsed"] = True
        sheet.set_column(number, number, fitting_width(column, places.view.places), None, options)


def fitting_width(column: Column, places: int) -> float:
    """Width that shows the longest number of a column of amounts."""
    if column.kind not in ("amount", "signed", "check") or not isinstance(column.values, np.ndarray):
        return column.width
    known = column.values[~np.isnan(column.values)]
    longest = len(f"{-np.abs(known).max():,.{places}f}") if len(known) else 0
    return max(column.width, 1.15 * longest + 2.5)


def _mark_verdicts(sheet: Worksheet, places: GridPlaces, styles: Styles) -> None:
    """Green for what ties out, red for what does not."""
    view = places.view
    letter, row = places.letters["verdict"], places.sum_row + 1
    for area in (f"B{VERDICT + 1}", f"{letter}{FIRST + 1}:{letter}{places.last_row + 1}"):
        for key, look in (("matrix.all_ok", GOOD), ("matrix.not_ok", BAD)):
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{view.text(key)}"',
                "format": styles.differing(look),
            }
            sheet.conditional_format(area, rule)
    first, last = places.summed
    condition = f"=AND(ISNUMBER({first}{row + 1}),ABS({first}{row + 1}){{}}{first}{row + 2})"
    for sign, look in (("<=", GOOD), (">", BAD)):
        rule = {"type": "formula", "criteria": condition.format(sign), "format": styles.differing(look)}
        sheet.conditional_format(f"{first}{row + 1}:{last}{row + 1}", rule)


def _set_up_print(sheet: Worksheet, places: GridPlaces) -> None:
    """Landscape, as many pages wide as legible print needs, broken between bands, headings repeated."""
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.set_print_scale(PRINT_SCALE)
    sheet.set_v_pagebreaks(_page_breaks(places))
    sheet.print_across()
    sheet.repeat_rows(BAND, KEY)
    sheet.repeat_columns(0, FROZEN_COLUMNS - 1)
    sheet.print_area(0, 0, places.sum_row + 1, places.number["verdict"])
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    plan = places.view.allocation.plan.spec.plan.replace("&", "&&")
    sheet.set_footer(f"&L{plan} · &A&R&P / &N")


def _page_breaks(places: GridPlaces) -> list[int]:
    """Columns that begin a new page: a band that does not fit beside the ones before it."""
    widths = [
        0.0 if column.is_hidden else fitting_width(column, places.view.places) for column in places.columns
    ]
    room = PRINTED_CHARACTERS - sum(widths[:FROZEN_COLUMNS])
    breaks, used, number = [], 0.0, 0
    for _, group in groupby(places.columns, key=lambda column: column.band):
        count = len(list(group))
        wide = sum(widths[max(number, FROZEN_COLUMNS) : number + count])
        if number and used and used + wide > room:
            breaks.append(number)
            used = 0.0
        used += wide
        number += count
    return breaks
