"""One table as it was uploaded: which format it is, and its sheet."""

from typing import Any

from allocator.plan.csv_source import read_csv_sheet
from allocator.plan.faults import FaultCollector
from allocator.plan.parquet_source import read_parquet_sheet
from allocator.plan.sheet import Sheet
from allocator.plan.tables import Table
from allocator.plan.workbook_source import read_workbook_table
from allocator.texts import worded
from service.files.kinds import Kind, kind_of
from service.files.parquets import check_parquet
from service.files.workbooks import check_workbook, refusing_damage
from service.plans.formulas import restored_sheet
from service.plans.table_reading import rows_sheet
from service.problems.problem import FieldError, Problem
from service.wire.strict_json import UnacceptableJson, read_strict_json
from service.wire.upload import Upload

KINDS_OF_TABLE: tuple[Kind, ...] = ("csv", "xlsx", "json", "ndjson", "parquet")


def sheet_of_upload(
    upload: Upload, table: Table, encoding: str, faults: FaultCollector
) -> tuple[Sheet, bytes | None]:
    """Return the table and, where it can be kept byte for byte, its csv.

    Raises
    ------
    Problem
        `wrong-media-type`, or what the guards of files refuse.
    """
    kind = kind_of(upload, *KINDS_OF_TABLE)
    if kind == "csv":
        raw = upload.content.read()
        sent = read_csv_sheet(raw, table, encoding, faults)
        sheet = restored_sheet(sent)
        return sheet, raw if sheet is sent else None
    if kind in ("json", "ndjson"):
        return rows_sheet(rows_of(upload, kind), table, faults), None
    if kind == "parquet":
        check_parquet(upload.content)
        return read_parquet_sheet(upload.content.read(), table, table.parquet_file, faults), None
    check_workbook(upload.content)
    with refusing_damage():
        sheet = read_workbook_table(upload.content.read(), upload.name or "workbook.xlsx", table, faults)
    return restored_sheet(sheet), None


def rows_of(upload: Upload, kind: Kind) -> list[Any]:
    """Return the rows of `{"rows": [...]}`, of a list, or of one object per line."""
    raw = upload.content.read()
    try:
        if kind == "ndjson":
            return [read_strict_json(line) for line in raw.splitlines() if line.strip()]
        sent = read_strict_json(raw)
    except UnacceptableJson as fault:
        raise Problem("bad-json", reason=fault.args[0]) from fault
    rows = sent.get("rows") if isinstance(sent, dict) and set(sent) == {"rows"} else sent
    if not isinstance(rows, list):
        raise Problem("invalid", errors=[FieldError("/rows", worded("fault.table.rows_wanted"))], count=1)
    return rows
