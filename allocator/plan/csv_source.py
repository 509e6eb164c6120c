"""A csv file as a `Sheet`: fast when it is well formed, exact about rows when it is not."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from allocator.plan.encoding import UnreadableText, decode
from allocator.plan.faults import LISTED_PER_GROUP, FaultCollector
from allocator.plan.header import read_header
from allocator.plan.sheet import (
    Sheet,
    TextColumn,
    coded_column,
    empty_sheet,
    keep_filled_rows,
    strip,
    text_column,
)
from allocator.plan.tables import Table
from allocator.texts import worded
from solver_models.arrays import BoolArray, IntArray

COMMA, QUOTE, LINE_FEED, RETURN = (ord(mark) for mark in ',"\n\r')
FEW = 1000
LARGEST_BLOCK = 1 << 30
RAGGED = "ragged-row"
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars", "，": "wide_commas"}


@dataclass(frozen=True)
class _Records:
    """The cells of a csv file: one column per field of the header, and the rows they stand in."""

    header: list[str]
    columns: list[TextColumn]
    row: IntArray
    is_complete: bool = True


def read_csv_sheet(raw: bytes, table: Table, declared_encoding: str, faults: FaultCollector) -> Sheet:
    """Read one csv file; whatever is wrong with its form goes to `faults`.

    Returns
    -------
    The sheet; rows whose number of fields is wrong are left out and `is_complete` is False then.
    """
    nothing = empty_sheet(table, table.file, is_present=True, is_complete=False)
    try:
        text = decode(raw, declared_encoding)
    except UnreadableText as fault:
        faults.add(table.file, 0, "", fault.value, code=fault.code, message=fault.message, hint=fault.hint)
        return nothing
    if not _is_readable(text, table, faults):
        return nothing
    records = _fast_records(text, table.file, faults) or _exact_records(text, table.file, faults)
    if not records.header:
        return nothing
    header = read_header(records.header, table, table.file, faults)
    columns, row = keep_filled_rows(records.columns, records.row)
    return header.sheet(columns, row, is_complete=records.is_complete)


def _is_readable(text: str, table: Table, faults: FaultCollector) -> bool:
    """Tell whether the text can be a comma-separated table at all."""
    if not strip(text):
        faults.add(
            table.file,
            0,
            "",
            "",
            code="empty-file",
            message=worded("fault.file.empty"),
            hint=worded("fault.file.empty.hint", names=",".join(table.column_names)),
        )
        return False
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        faults.add(
            table.file,
            row,
            "",
            "",
            code="nul-byte",
            message=worded("fault.file.nul"),
            hint=worded("fault.file.nul.hint"),
        )
        return False
    head = text.lstrip("\r\n").split("\n", 1)[0]
    if "," not in head or head.casefold().startswith("sep="):
        for delimiter, name in OTHER_DELIMITERS.items():
            if delimiter in head:
                faults.add(
                    table.file,
                    1,
                    "",
                    head.strip(),
                    code="wrong-delimiter",
                    message=worded("fault.file.delimiter", name=worded(f"fault.delimiter.{name}")),
                    hint=worded("fault.file.delimiter.hint"),
                )
                return False
    return True


@dataclass(frozen=True)
class _Bounds:
    """Where each record starts and ends (before its line feed), and how many fields it has (0 = blank)."""

    start: IntArray
    end: IntArray
    n_field: IntArray


def _fast_records(text: str, file: str, faults: FaultCollector) -> _Records | None:
    """Read with Arrow what is well formed, leaving out a few ragged rows; None where that cannot be."""
    raw = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    records = _record_bounds(raw)
    if records is None or records.n_field[0] == 0:
        return None
    width = int(records.n_field[0])
    is_row = records.n_field == width
    ragged = np.flatnonzero(~is_row & (records.n_field > 0))
    told = [_record(raw, records, k) for k in ragged[: FEW + 1].tolist()]
    if len(ragged) > FEW or any(_fits(record, width) for record in told):
        return None
    columns = _columns(_without(raw, records.start[ragged], records.end[ragged] + 1), records, width)
    row = np.flatnonzero(is_row)[1:].astype(np.int64) + 1
    if any(len(column.code) != len(row) for column in columns):
        return None
    refused = [
        (k, record) for k, record in zip(ragged.tolist(), told, strict=True) if any(map(strip, record))
    ]
    for k, record in refused:
        _refuse_row(k + 1, record, width, file, faults)
    header = [strip(name) for name in _record(raw, records, 0)]
    return _Records(header, columns, row, is_complete=not refused)


def _columns(raw: NDArray[np.uint8], records: _Bounds, width: int) -> list[TextColumn]:
    """Read what stands below the header, blank lines left out; rows that are not as counted go missing."""
    body = raw[records.start[1] :] if len(records.start) > 1 else raw[:0]
    if not len(body):
        return [text_column(np.zeros(0, dtype=object)) for _ in range(width)]
    names = [str(place) for place in range(width)]
    table = arrow_csv.read_csv(
        pa.py_buffer(body),
        # one thread: a process with several cannot be forked safely
        arrow_csv.ReadOptions(
            use_threads=False, block_size=min(len(body) + 1, LARGEST_BLOCK), column_names=names
        ),
        arrow_csv.ParseOptions(
            newlines_in_values=bool((body == QUOTE).any()), invalid_row_handler=lambda row: "skip"
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())), null_values=[]
        ),
    )
    chunks = [pa.chunked_array(table[name].chunks).combine_chunks() for name in names]
    return [
        coded_column(chunk.indices.to_numpy(), np.array(chunk.dictionary.to_pylist(), dtype=object))
        for chunk in chunks
    ]


def _record(raw: NDArray[np.uint8], records: _Bounds, k: int) -> list[str]:
    """Return the fields of one record."""
    line = raw[records.start[k] : records.end[k]].tobytes().decode("utf-8")
    return next(csv.reader(io.StringIO(line, newline="")))


def _without(raw: NDArray[np.uint8], start: IntArray, end: IntArray) -> NDArray[np.uint8]:
    """Cut ranges of bytes out."""
    if len(start) == 0:
        return raw
    change = np.zeros(len(raw) + 2, dtype=np.int8)
    change[start] += 1
    change[end] -= 1
    kept: NDArray[np.uint8] = raw[np.cumsum(change[: len(raw)], dtype=np.int8) == 0]
    return kept


def _record_bounds(raw: NDArray[np.uint8]) -> _Bounds | None:
    """Find the records; None where quotes or line ends are unusual.

    A comma or line feed separates where the number of quotation marks before it is even.
    """
    outside = _outside_quotes(raw)
    if outside is None:
        return None
    returns = np.flatnonzero(raw == RETURN)
    if len(returns) and (returns[-1] == len(raw) - 1 or np.any(raw[returns + 1] != LINE_FEED)):
        return None
    end = np.flatnonzero((raw == LINE_FEED) & outside)
    if len(end) == 0 or end[-1] != len(raw) - 1:
        end = np.append(end, len(raw))
    start = np.concatenate(([0], end[:-1] + 1))
    comma = np.flatnonzero((raw == COMMA) & outside)
    # no comma stands between the end of a record and the start of the next one
    fields = np.diff(np.searchsorted(comma, end), prepend=0) + 1
    length = end - start
    ends_with_return = (length > 0) & (raw[np.maximum(end - 1, 0)] == RETURN)
    return _Bounds(start, end, np.where(length - ends_with_return == 0, 0, fields))


def _outside_quotes(raw: NDArray[np.uint8]) -> BoolArray | None:
    """Mask of the bytes outside quotation marks; None where quotes do not enclose whole fields."""
    mark = np.flatnonzero(raw == QUOTE)
    if len(mark) == 0:
        return np.ones(len(raw), dtype=bool)
    if len(mark) % 2:
        return None
    opening, closing = mark[::2], mark[1::2]
    before = raw[np.maximum(opening - 1, 0)]
    after = raw[np.minimum(closing + 1, len(raw) - 1)]
    opens_well = (opening == 0) | np.isin(before, (COMMA, LINE_FEED, QUOTE))
    closes_well = (closing == len(raw) - 1) | np.isin(after, (COMMA, LINE_FEED, RETURN, QUOTE))
    if not (opens_well.all() and closes_well.all()):
        return None
    change = np.zeros(len(raw) + 1, dtype=np.int8)
    change[opening] += 1
    change[closing] -= 1
    is_outside: BoolArray = np.cumsum(change[:-1], dtype=np.int8) == 0
    return is_outside


def _exact_records(text: str, file: str, faults: FaultCollector) -> _Records:
    """Read record by record and name every row whose form is wrong."""
    header: list[str] = []
    fields: list[list[str]] = []
    row: list[int] = []
    n_ragged = 0
    is_complete = True
    for number, record in _numbered(text):
        if record is None:
            _refuse_quote(number, file, faults)
            is_complete = False
        elif not any(map(strip, record)):
            continue
        elif not header:
            header = [strip(name) for name in record]
            fields = [[] for _ in header]
        elif _fits(record, len(header)):
            row.append(number)
            for column, field in zip(fields, record, strict=False):
                column.append(field)
        else:
            n_ragged += 1
            if n_ragged <= LISTED_PER_GROUP + 1:
                _refuse_row(number, record, len(header), file, faults)
    faults.count_unlisted(file, "", RAGGED, n_ragged - LISTED_PER_GROUP - 1)
    return _Records(
        header,
        [text_column(np.array(column, dtype=object)) for column in fields],
        np.array(row, dtype=np.int64),
        is_complete=is_complete and n_ragged == 0 and bool(header),
    )


def _numbered(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record with its row number; None (and the end) where its quotes cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, None
            return
        yield number, record


def _fits(record: list[str], width: int) -> bool:
    """Tell whether a record has the fields of the header; empty ones too many do no harm."""
    return len(record) >= width and not any(map(strip, record[width:]))


def _refuse_quote(number: int, file: str, faults: FaultCollector) -> None:
    faults.add(
        file,
        number,
        "",
        "",
        code="unbalanced-quote",
        message=worded("fault.row.quote"),
        hint=worded("fault.row.quote.hint"),
    )


def _refuse_row(number: int, record: list[str], width: int, file: str, faults: FaultCollector) -> None:
    faults.add(
        file,
        number,
        "",
        ",".join(record),
        code=RAGGED,
        message=worded("fault.row.ragged", count=len(record), width=width),
        hint=worded("fault.row.long.hint" if len(record) > width else "fault.row.short.hint"),
    )
