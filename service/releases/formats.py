"""Targets as JSON, NDJSON, CSV and Parquet: the same rows give the same bytes."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

Format = Literal["json", "ndjson", "csv", "parquet"]
LineFormat = Literal["json", "ndjson", "csv"]
"""Formats in which a row is written for itself."""
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
KEPT_COLUMNS = (
    "employee_id",
    "email",
    "node_id",
    "org_path",
    "position",
    "measure",
    "unit",
    "currency",
    "product_id",
    "period",
    "period_start",
    "period_end",
    "amount",
    "previous_amount",
    "change_reason",
    "effective_from",
    "row_hash",
)
"""Columns of a row as they are kept, in the order in which rows are handed over here."""
NUMBERS = ("version", "amount", "previous_amount")
LIVE = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula."""
COMPRESSION = 9
_QUOTED = json.encoder.encode_basestring
Row = Sequence[Any]
"""One value per kept column."""


@dataclass(frozen=True)
class Head:
    """What all rows of one answer share, and what stands around them."""

    release_id: str
    version: int
    status: str
    effective_to: str | None
    sha256: str

    @property
    def per_row(self) -> dict[str, Any]:
        """The columns of a row that follow from its release."""
        return {
            "release_id": self.release_id,
            "version": self.version,
            "status": self.status,
            "effective_to": self.effective_to,
        }


def render(form: Format, head: Head, rows: Sequence[Row], following: str | None = None) -> bytes:
    """Return the rows in a format; `following` is the cursor of the next page."""
    if form == "parquet":
        return _parquet(head, rows)
    return around(form, head, lines(form, head, rows), following)


def lines(form: LineFormat, head: Head, rows: Sequence[Row]) -> list[bytes]:
    """Return one JSON object per row, or one line of CSV."""
    if form == "csv":
        return _csv_lines(head, rows)
    return [one.encode() for one in objects(KEPT_COLUMNS, rows, head.per_row)]


def around(form: LineFormat, head: Head, written: Sequence[bytes], following: str | None) -> bytes:
    """Return the answer around rows that are written already."""
    if form == "csv":
        names = ",".join([*head.per_row, *KEPT_COLUMNS])
        return b"".join((names.encode(), b"\r\n", *written))
    if form == "ndjson":
        return b"".join([one + b"\n" for one in written])
    release = {"release_id": head.release_id, "version": head.version, "status": head.status}
    start = f'{_plain({**release, "sha256": head.sha256})[:-1]},"next":{_plain(following)},"items":[\n'
    return b"".join((start.encode(), b",\n".join(written), b"\n]}\n"))


def objects(columns: Sequence[str], rows: Sequence[Row], shared: Mapping[str, Any]) -> list[str]:
    """Return one JSON object per row, its columns first; values that recur are written once."""
    head = "".join(f"{_plain(name)}:{_plain(value)}," for name, value in shared.items())
    slots = ",".join(f"{_plain(name)}:%s" for name in columns)
    template = "{" + head.replace("%", "%%") + slots + "}"
    written = [_column(values) for values in zip(*rows, strict=True)]
    return [template % values for values in zip(*written, strict=True)]


def packed(content: bytes) -> bytes:
    """Return gzip without name and time, so that the same content gives the same bytes."""
    return gzip.compress(content, COMPRESSION, mtime=0)


def harmless(value: Any) -> Any:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what it would."""
    return f"'{value}" if isinstance(value, str) and value.startswith(LIVE) else value


def _csv_lines(head: Head, rows: Sequence[Row]) -> list[bytes]:
    first = list(head.per_row.values())
    text = [k for k, name in enumerate(KEPT_COLUMNS) if name not in NUMBERS]
    stream, ends = io.StringIO(newline=""), [0]
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in rows:
        cells = list(row)
        for k in text:
            cells[k] = harmless(cells[k])
        writer.writerow(first + cells)
        ends.append(stream.tell())
    written = stream.getvalue()
    return [written[start:end].encode() for start, end in pairwise(ends)]


def _parquet(head: Head, rows: Sequence[Row]) -> bytes:
    columns = list(zip(*rows, strict=True)) or [()] * len(KEPT_COLUMNS)
    arrays = {
        name: pa.array([value] * len(rows), pa.int32() if name == "version" else pa.string())
        for name, value in head.per_row.items()
    }
    kept = zip(KEPT_COLUMNS, columns, strict=True)
    arrays |= {name: pa.array(values, pa.string()) for name, values in kept}
    sink = io.BytesIO()
    table = pa.table(arrays).replace_schema_metadata({"release_sha256": head.sha256})
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _column(values: Sequence[Any]) -> list[str]:
    known = {value: _QUOTED(value) if isinstance(value, str) else _plain(value) for value in set(values)}
    return [known[value] for value in values]


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
