"""An empty plan as one workbook: the sheets of the contract with notes, formats and choices."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from allocator.plan.tables import CONFIDENCE, REQUIRED_TABLES, RULE_KINDS, TABLES, Column, Table
from allocator.plan.template.columns import COLUMN_MEANINGS
from allocator.plan.template.guide import Section, guide
from allocator.plan.template.keys import KEYS
from allocator.plan.template.wording import Wording as W

# A fixed date, so that the same call writes the same bytes.
CREATED = datetime(2000, 1, 1)
GUIDE_SHEET = W("readme", "说明")
LAST_ROW = 1_048_575
_MEANING = W("meaning", "含义")
_NUMBER_FORMATS = {"amount": "#,##0.##########", "date": "yyyy-mm-dd"}
_CHOICES = {
    ("rules", "kind"): RULE_KINDS,
    ("commitments", "confidence"): CONFIDENCE,
}
_WIDE = {"name": 24, "email": 26, "note": 40, "reason": 40, "rule_id": 20}
_PLAN_CHOICES = {
    "measures.revenue.kind": ("outcome", "activity"),
    "seasonality": ("history", "even", "table"),
}


def write_workbook(path: Path, lang: str) -> list[Path]:
    """Write an empty plan as one workbook and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": CREATED})
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#DDEBF7", "bottom": 1}),
            "need": book.add_format({"bold": True, "bg_color": "#BDD7EE", "bottom": 1}),
            "title": book.add_format({"bold": True, "font_size": 13}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "text": book.add_format({"num_format": "@"}),
            **{name: book.add_format({"num_format": code}) for name, code in _NUMBER_FORMATS.items()},
        }
        _write_guide(book.add_worksheet(GUIDE_SHEET.spoken(lang)), guide(lang, is_workbook=True), formats)
        _write_settings(book.add_worksheet("plan"), formats, lang)
        for table in TABLES:
            _write_table(book.add_worksheet(table.name), table, formats, lang)
    return [path]


def _write_guide(sheet: Any, sections: Iterable[Section], formats: dict[str, Any]) -> None:
    """Write the guide below each other, tables as cells."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 90)
    row = 0
    for section in sections:
        sheet.write_string(row, 0, section.title, formats["title"])
        for sentence in section.sentences:
            row += 1
            sheet.write_string(row, 0, sentence)
        for number, cells in enumerate(section.rows):
            row += 1
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell, formats["head" if number == 0 else "wrap"])
        row += 2


def _write_settings(sheet: Any, formats: dict[str, Any], lang: str) -> None:
    """Write the sheet of keys and values, with the meaning of each key beside it."""
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 28, formats["text"])
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 80)
    for place, name in enumerate(("key", "value", _MEANING.spoken(lang))):
        sheet.write_string(0, place, name, formats["need" if place < 2 else "head"])
    row = 0
    for key in KEYS:
        if key.is_branch or key.is_example:
            continue
        row += 1
        sheet.write_string(row, 0, key.path, formats["text"])
        if key.value.replace(".", "", 1).isdigit():
            sheet.write_number(row, 1, float(key.value))
        elif key.value:
            sheet.write_string(row, 1, key.value)
        elif key.path in ("plan", "start"):
            # As text, so that `2026-01` does not turn into a date.
            sheet.write_blank(row, 1, None, formats["text"])
        sheet.write_string(row, 2, key.meaning.spoken(lang))
        if key.path in _PLAN_CHOICES:
            sheet.data_validation(
                row, 1, row, 1, {"validate": "list", "source": list(_PLAN_CHOICES[key.path])}
            )


def _write_table(sheet: Any, table: Table, formats: dict[str, Any], lang: str) -> None:
    """Write the header of a table with a note on each column, and the formats of its cells."""
    sheet.freeze_panes(1, 0)
    if table.name in REQUIRED_TABLES:
        sheet.set_tab_color("#2F75B5")
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _WIDE.get(column.name, 14), formats[_format_of(column)])
        sheet.write_string(0, place, column.name, formats["need" if column.required else "head"])
        note = COLUMN_MEANINGS[table.name][column.name].spoken(lang)
        sheet.write_comment(0, place, note, {"author": "", "x_scale": 2})
        choice = _CHOICES.get((table.name, column.name))
        if choice:
            sheet.data_validation(1, place, LAST_ROW, place, {"validate": "list", "source": list(choice)})


def _format_of(column: Column) -> str:
    """Return the format of a column: everything that is no amount and no date is text."""
    return column.type if column.type in _NUMBER_FORMATS else "text"
