"""One table as it was uploaded: which format it is, and its sheet."""

from typing import Any

from allocator.plan.csv_source import read_csv_sheet
from allocator.plan.faults import FaultCollector
from allocator.plan.sheet import Sheet
from allocator.plan.tables import Table
from service.plans.formulas import restored_sheet
from service.plans.table_reading import rows_sheet
from service.problems.problem import FieldError, Problem
from service.wire.media_types import CSV, JSON, NDJSON, OF_TABLES
from service.wire.strict_json import UnacceptableJson, read_strict_json
from service.wire.upload import Upload


def sheet_of_upload(
    upload: Upload, table: Table, encoding: str, faults: FaultCollector
) -> tuple[Sheet, bytes | None]:
    """Return the table and, where it can be kept byte for byte, its csv.

    Raises
    ------
    Problem
        `wrong-media-type`, or what the guards of files refuse.
    """
    if upload.media_type == CSV:
        raw = upload.content.read()
        sent = read_csv_sheet(raw, table, encoding, faults)
        sheet = restored_sheet(sent)
        return sheet, raw if sheet is sent else None
    if upload.media_type in (JSON, NDJSON):
        return rows_sheet(rows_of(upload), table, faults), None
    raise Problem("wrong-media-type", sent=repr(upload.media_type), accepted=", ".join(OF_TABLES))


def rows_of(upload: Upload) -> list[Any]:
    """Return the rows of `{"rows": [...]}`, of a list, or of one object per line."""
    raw = upload.content.read()
    try:
        if upload.media_type == NDJSON:
            return [read_strict_json(line) for line in raw.splitlines() if line.strip()]
        sent = read_strict_json(raw)
    except UnacceptableJson as fault:
        raise Problem("bad-json", reason=str(fault)) from fault
    rows = sent.get("rows") if isinstance(sent, dict) and set(sent) == {"rows"} else sent
    if not isinstance(rows, list):
        raise Problem("invalid", errors=[FieldError("/rows", "a list of rows is wanted")], count=1)
    return rows
