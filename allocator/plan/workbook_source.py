"""One .xlsx workbook as a plan: typed cells become the texts that the csv files would hold."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from allocator.plan.faults import FaultCollector, bare_name
from allocator.plan.header import read_header
from allocator.plan.paths import split_path
from allocator.plan.setting_keys import expected_at
from allocator.plan.sheet import Sheet, empty_sheet, keep_filled_rows, strip, text_column
from allocator.plan.source import Source, absent_sheet, near_table
from allocator.plan.tables import TABLES, TRACKING_TABLES, Column, Table
from allocator.plan.typed_cells import cell_text, plain_text
from allocator.plan.workbook_view import Rows, seen_sheets, warn_of_hidden_rows, with_shown_zeros
from allocator.plan.yaml_source import Branch, Place, Scalar, read_yaml_value
from allocator.texts import worded

WORKBOOK_NAME = "plan.xlsx"
BLOCK = 1 << 20
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_FORMULA = re.compile(rb"<f[ >/]")


def read_workbook(path: Path, faults: FaultCollector) -> Source:
    """Read a workbook whose sheets bear the names of the tables; faults of form go to `faults`."""
    return read_workbook_bytes(path.read_bytes(), path.name, faults)


def read_workbook_bytes(raw: bytes, name: str, faults: FaultCollector) -> Source:
    """Read the content of a workbook; `name` is the file that faults are told of."""
    with warnings.catch_warnings():
        # openpyxl warns about styles and extensions that it leaves out; no cell is concerned.
        warnings.simplefilter("ignore", UserWarning)
        return _read_workbook(raw, name, faults)


def read_workbook_table(raw: bytes, name: str, table: Table, faults: FaultCollector) -> Sheet:
    """Read one table: the sheet of its name, or the only sheet of the workbook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        books = _open(raw, name, faults)
        if books is None:
            return empty_sheet(table, table.name, is_present=True, is_complete=False)
        book, formulas = books
        shown = seen_sheets(book, [table.name], faults)
        if shown is None:
            return empty_sheet(table, table.name, is_present=True, is_complete=False)
        titles = [title for title in shown if bare_name(title) == table.name]
        titles = titles or shown if len(shown) == 1 else titles
        if not titles:
            faults.add(
                name,
                0,
                "",
                ", ".join(shown),
                code="missing-sheet",
                message=worded("fault.sheet.missing", name=table.name),
                hint=worded("fault.sheet.missing.hint", name=table.name),
            )
            return empty_sheet(table, table.name, is_present=True, is_complete=False)
        warn_of_hidden_rows(raw, book[titles[0]], faults)
        rows = _rows(book[titles[0]], formulas[titles[0]] if formulas else None, titles[0], faults)
        sheet = _sheet(with_shown_zeros(book[titles[0]], rows, table), table, titles[0], faults)
        _close(book, formulas)
        return sheet


def _close(book: Any, formulas: Any) -> None:
    book.close()
    if formulas:
        formulas.close()


def _read_workbook(raw: bytes, name: str, faults: FaultCollector) -> Source:
    files = {WORKBOOK_NAME: raw}
    books = _open(raw, name, faults)
    if books is None:
        empty = {
            table.name: empty_sheet(table, table.name, is_present=False, is_complete=False)
            for table in TABLES
        }
        return Source("plan", None, empty, files)
    book, formulas = books
    shown = seen_sheets(book, ["plan", *(table.name for table in TABLES)], faults) or []
    titles = _sheet_titles(shown, faults)
    tree = _read_plan_sheet(titles.get("plan"), book, formulas, faults)
    sheets: dict[str, Sheet] = {}
    for table in TABLES:
        title = titles.get(table.name)
        if title is None:
            sheets[table.name] = absent_sheet(table, table.name, faults)
        else:
            warn_of_hidden_rows(raw, book[title], faults)
            rows = _rows(book[title], formulas[title] if formulas else None, title, faults)
            sheets[table.name] = _sheet(with_shown_zeros(book[title], rows, table), table, title, faults)
    _close(book, formulas)
    return Source("plan", tree, sheets, files)


def _open(raw: bytes, name: str, faults: FaultCollector) -> tuple[Any, Any] | None:
    """Open the workbook twice if it holds formulas: for their values, and to see where they are."""
    # loaded by those who bring a workbook only
    load_workbook = import_module("openpyxl").load_workbook
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            has_formulas = _has_formulas(archive)
        values = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(raw), read_only=True) if has_formulas else None
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        faults.add(
            name,
            0,
            "",
            type(error).__name__,
            code="unreadable-workbook",
            message=worded("fault.workbook.unreadable"),
            hint=worded("fault.workbook.unreadable.hint"),
        )
        return None
    return values, formulas


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    """Look for a formula in the sheets without unpacking them as a whole."""
    for part in archive.namelist():
        if not part.startswith("xl/worksheets/"):
            continue
        with archive.open(part) as stream:
            end = b""
            while block := stream.read(BLOCK):
                if _FORMULA.search(end + block):
                    return True
                end = block[-8:]
    return False


def _sheet_titles(present: list[str], faults: FaultCollector) -> dict[str, str]:
    """Return the title of the sheet for each table; nearly right titles and doubles are faults."""
    known = ["plan", *(table.name for table in TABLES)]
    titles: dict[str, str] = {}
    for title in present:
        name = bare_name(title)
        if name in titles:
            faults.add(
                title,
                0,
                "",
                title,
                code="duplicate-sheet",
                message=worded("fault.sheet.twice", name=name, one=titles[name], other=title),
                hint=worded("fault.sheet.twice.hint"),
            )
        elif name in known:
            titles[name] = title
    absent = [name for name in known if name not in titles]
    for title in present:
        name = bare_name(title).casefold()
        if bare_name(title) in known or name in TRACKING_TABLES:
            continue
        near = near_table(name, absent)
        if near:
            faults.add(
                title,
                0,
                "",
                title,
                code="misspelled-file",
                message=worded("fault.sheet.misspelled", title=title),
                hint=worded("fault.sheet.misspelled.hint", near=near),
            )
    return titles


def _rows(sheet: Any, formulas: Any, title: str, faults: FaultCollector) -> Rows:
    """Return the non-empty rows with their numbers; formulas that were never calculated are faults."""
    rows: Rows = []
    sheet.reset_dimensions()
    cells = sheet.iter_rows(values_only=True)
    formula_rows: Iterator[Any] = iter(())
    if formulas:
        formulas.reset_dimensions()
        formula_rows = formulas.iter_rows(values_only=True)
    for number, values in enumerate(cells, start=1):
        written = next(formula_rows, ())
        for place, formula in enumerate(written):
            has_value = place < len(values) and values[place] is not None
            if isinstance(formula, str) and formula.startswith("=") and not has_value:
                faults.add(
                    title,
                    number,
                    _letter(place),
                    formula,
                    code="formula-without-value",
                    message=worded("fault.sheet.formula"),
                    hint=worded("fault.sheet.formula.hint"),
                )
        if any(value is not None and value != "" for value in values):
            rows.append((number, list(values)))
    return rows


def _letter(place: int) -> str:
    """Return the column letter of a place (0 = A)."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheet(rows: Rows, table: Table, title: str, faults: FaultCollector) -> Sheet:
    if not rows:
        faults.add(
            title,
            0,
            "",
            "",
            code="empty-file",
            message=worded("fault.sheet.empty"),
            hint=worded("fault.sheet.empty.hint", names=", ".join(table.column_names)),
        )
        return empty_sheet(table, title, is_present=True, is_complete=False)
    width = max(len(values) for _, values in rows)
    names = [strip(plain_text(value)) for value in rows[0][1]]
    names += [""] * (width - len(names))
    header = read_header(names, table, title, faults)
    types = {column.name: column for column in table.columns}
    row = np.array([number for number, _ in rows[1:]], dtype=np.int64)
    columns = []
    for place, name in enumerate(names):
        column = types.get(name, Column(name, "amount", required=False))
        texts = [cell_text(values[place] if place < len(values) else None, column) for _, values in rows[1:]]
        columns.append(text_column(np.array(texts, dtype=object)))
    columns, row = keep_filled_rows(columns, row)
    return header.sheet(columns, row, is_complete=True)


def _read_plan_sheet(title: str | None, book: Any, formulas: Any, faults: FaultCollector) -> Branch | None:
    """Read the sheet of dotted keys and values."""
    if title is None:
        faults.add(
            "plan",
            0,
            "",
            "",
            code="missing-file",
            message=worded("fault.sheet.missing", name="plan"),
            hint=worded("fault.sheet.plan.hint"),
        )
        return None
    rows = _rows(book[title], formulas[title] if formulas else None, title, faults)
    if rows and [strip(plain_text(value)).casefold() for value in rows[0][1][:2]] == ["key", "value"]:
        rows = rows[1:]
    pairs = [(number, strip(plain_text(values[0])), values) for number, values in rows]
    measures = _measures_of([key for _, key, _ in pairs])
    tree = Branch({}, Place(title, 0))
    seen: Mapping[str, int] = {}
    for number, key, values in pairs:
        value = values[1] if len(values) > 1 else None
        if not key:
            faults.add(
                title,
                number,
                "",
                value,
                code="missing-key",
                message=worded("fault.key.no_key"),
                hint=worded("fault.key.no_key.hint"),
            )
            continue
        if key in seen:
            faults.add(
                title,
                number,
                key,
                key,
                code="duplicate-key",
                message=worded("fault.key.twice_in_rows", key=key, row=seen[key]),
                hint=worded("fault.keep_one_entry"),
            )
            continue
        seen = {**seen, key: number}
        tree = _with_cell(tree, split_path(key, measures), value, Place(title, number), key, faults)
    return tree


def _measures_of(keys: list[str]) -> set[str]:
    """Return the measure ids that the keys of the sheet define."""
    return {split_path(key, ())[1] for key in keys if key.startswith("measures.") and len(key.split(".")) > 2}


def _with_cell(
    tree: Branch, path: tuple[str, ...], value: Any, place: Place, key: str, faults: FaultCollector
) -> Branch:
    """Put one cell into the tree of settings."""
    text = strip(f"{value:%Y-%m}" if isinstance(value, datetime | date) else plain_text(value))
    if text.startswith("{"):
        node = read_yaml_value(text, place, faults, key)
        return tree if node is None else tree.with_value(path, node)
    if value is None or text == "":
        return tree.with_value(path, Scalar("", "null", place))
    wants_number = "number" in (expected_at(path) or "")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_number = is_number or (wants_number and bool(_NUMBER.fullmatch(text)))
    tag = "bool" if isinstance(value, bool) else "number" if is_number else "text"
    return tree.with_value(path, Scalar(text, tag, place))  # type: ignore[arg-type]
