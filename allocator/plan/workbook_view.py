"""What a workbook shows to people: hidden sheets and rows, and the zeros in front of numbers."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from allocator.plan.faults import FaultCollector, bare_name
from allocator.plan.sheet import strip
from allocator.plan.tables import Table
from allocator.plan.typed_cells import LARGEST_EXACT, plain_text
from allocator.plan.warning import warning
from allocator.texts import worded

Rows = list[tuple[int, list[Any]]]
BLOCK = 1 << 20
LONGEST_TAG = 1000
_LITERALS = r'((?:"[^"]*"|\\.)*)'
_ZEROS = re.compile(_LITERALS + "(0+)" + _LITERALS)
"""Number formats that show a number as digits with zeros in front, such as `0000` or `"E"0000`."""
_HIDDEN_ROW = re.compile(rb'<row\b[^>]*?\br="([0-9]+)"[^>]*?\bhidden="(?:1|true)"[^>]*>')


def seen_sheets(book: Any, names: Sequence[str], faults: FaultCollector) -> list[str] | None:
    """Return the titles of the sheets that a person sees; None where a table stands on a hidden one alone.

    Parameters
    ----------
    names
        Tables looked for. A hidden sheet of such a name is a fault, beside a visible one a warning.
    """
    shown = [title for title in book.sheetnames if book[title].sheet_state == "visible"]
    seen = {bare_name(title) for title in shown}
    is_hidden_alone = False
    for title in book.sheetnames:
        if title in shown or bare_name(title) not in names:
            continue
        if bare_name(title) in seen:
            faults.warnings.append(warning("hidden-sheet", (title, 0), "", title, title=title))
            continue
        is_hidden_alone = True
        faults.add(
            title,
            0,
            "",
            title,
            code="hidden-sheet",
            message=worded("fault.sheet.hidden", title=title),
            hint=worded("fault.sheet.hidden.hint"),
        )
        # that it is missing would only follow from this
        shown.append(title)
    return None if is_hidden_alone and len(names) == 1 else shown


def warn_of_hidden_rows(raw: bytes, sheet: Any, faults: FaultCollector) -> None:
    """Warn of rows that are hidden or filtered out; they are read all the same."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        rows = list(_hidden_rows(archive, sheet._worksheet_path))
    if rows:
        place = (sheet.title, rows[0])
        faults.warnings.append(
            warning("hidden-rows", place, "", rows[0], title=sheet.title, count=len(rows), row=rows[0])
        )


def _hidden_rows(archive: zipfile.ZipFile, path: str) -> Iterator[int]:
    """Yield the numbers of hidden rows below the header; the sheet is not unpacked as a whole."""
    last = 0
    with archive.open(path) as stream:
        end = b""
        while block := stream.read(BLOCK):
            part = end + block
            for found in _HIDDEN_ROW.finditer(part):
                # what stood at the end of the block before is seen twice
                if (row := int(found[1])) > max(last, 1):
                    last = row
                    yield row
            end = part[-LONGEST_TAG:]


def with_shown_zeros(sheet: Any, rows: Rows, table: Table) -> Rows:
    """Return the rows with numbers in columns of ids and texts as the sheet shows them: 7 as `0007`.

    Formats are looked at where such a column holds numbers and the workbook has a format of this kind.
    """
    formats = sheet.parent._number_formats
    if not rows or not any(_ZEROS.fullmatch(_shown(one)) for one in formats):
        return rows
    types = {column.name: column.type for column in table.columns}
    names = [strip(plain_text(value)) for value in rows[0][1]]
    texts = [place for place, name in enumerate(names) if types.get(name) in ("id", "text")]
    at = dict(rows[1:])
    for place in texts:
        if not any(place < len(values) and _is_whole(values[place]) for values in at.values()):
            continue
        for number, (cell,) in enumerate(sheet.iter_rows(min_col=place + 1, max_col=place + 1), start=1):
            shape = _ZEROS.fullmatch(_shown(getattr(cell, "number_format", None) or ""))
            if shape and number in at and _is_whole(cell.value):
                before, zeros, behind = (re.sub(r'"|\\(?=.)', "", part) for part in shape.groups())
                at[number][place] = f"{before}{int(cell.value):0{len(zeros)}d}{behind}"
    return rows


def _shown(number_format: str) -> str:
    """Return the part of a format that is for positive numbers."""
    return number_format.split(";")[0].strip()


def _is_whole(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value < LARGEST_EXACT and value == int(value)  # type: ignore[operator, call-overload]
