"""Ways to change a result folder behind the certificate's back."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.allocator.verification.tiny import certify

Row = dict[str, str]


def rows_of(out: Path, table: str) -> list[Row]:
    with (out / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(out: Path, table: str, rows: list[Row], columns: list[str] | None = None) -> None:
    columns = columns or list(rows[0])
    with (out / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    certify(out)


def change(out: Path, table: str, where: Row, **changes: Any) -> None:
    """Set columns of the rows that match; a callable gets the old number."""
    rows = rows_of(out, table)
    chosen = [row for row in rows if all(row[column] == value for column, value in where.items())]
    assert chosen, f"no row of {table}.csv matches {where}"
    for row in chosen:
        for column, value in changes.items():
            row[column] = str(value(float(row[column])) if callable(value) else value)
    write_rows(out, table, rows)


def drop(out: Path, table: str, where: Row) -> None:
    """Leave rows out."""
    rows = rows_of(out, table)
    kept = [row for row in rows if not all(row[column] == value for column, value in where.items())]
    assert len(kept) < len(rows)
    write_rows(out, table, kept, list(rows[0]))


def repeat(out: Path, table: str, where: Row, **changes: str) -> None:
    """Write matching rows once more at the end, changed."""
    rows = rows_of(out, table)
    again = [row | changes for row in rows if all(row[column] == value for column, value in where.items())]
    assert again
    write_rows(out, table, rows + again)


def drop_column(out: Path, table: str, column: str) -> None:
    """Leave a column out."""
    rows = rows_of(out, table)
    write_rows(out, table, rows, [name for name in rows[0] if name != column])


def certificate(out: Path, **changes: Any) -> None:
    """Change keys of certificate.json."""
    path = out / "certificate.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def plus(amount: float) -> Callable[[float], str]:
    """Add to a number, whole numbers stay whole."""

    def added(value: float) -> str:
        changed = value + amount
        return str(int(changed)) if changed.is_integer() else repr(changed)

    return added
