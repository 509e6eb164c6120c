"""Parquet files are measured before they are unfolded: a few bytes can stand for billions of cells."""

from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allocator.texts import worded
from service.files.archives import MEGABYTE, MOST_RATIO, MOST_UNPACKED
from service.problems.problem import Problem

MOST_ROWS = 5_000_000
MOST_COLUMNS = 200
ROWS_AT_ONCE = 1 << 16
CELL_BYTES = 8


def check_parquet(content: IO[bytes]) -> None:
    """Refuse what is no Parquet of plain columns, or unfolds to too much.

    Raises
    ------
    Problem
        `unreadable-file` or `file-too-large`.
    """
    size = content.seek(0, 2)
    content.seek(0)
    try:
        file = pq.ParquetFile(content)
        names = file.schema_arrow.names
        _check_declared(file, size)
        _check_real(pq.ParquetFile(content, read_dictionary=names), size)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise Problem("unreadable-file", format="parquet") from error
    content.seek(0)


def _check_declared(file: pq.ParquetFile, size: int) -> None:
    groups = [file.metadata.row_group(k) for k in range(file.metadata.num_row_groups)]
    rows = max(file.metadata.num_rows, sum(group.num_rows for group in groups))
    if rows > MOST_ROWS:
        raise Problem("file-too-large", limit=worded("fault.upload.rows", count=MOST_ROWS))
    if file.metadata.num_columns > MOST_COLUMNS:
        raise Problem("file-too-large", limit=worded("fault.upload.columns", count=MOST_COLUMNS))
    if any(pa.types.is_nested(field.type) for field in file.schema_arrow):
        raise Problem("unreadable-file", format="parquet")
    _check_bytes(sum(group.total_byte_size for group in groups), size)


def _check_real(file: pq.ParquetFile, size: int) -> None:
    """Count the bytes of the texts as they would be unfolded, without unfolding them."""
    total = 0
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
        for column in batch.columns:
            total += _unfolded(column)
        # dictionaries repeat one text in many rows, which is what they are for: no ratio here
        if total > MOST_UNPACKED:
            raise Problem("file-too-large", limit=worded("fault.upload.bytes", count=MOST_UNPACKED))


def _unfolded(column: pa.Array) -> int:
    if not pa.types.is_dictionary(column.type):
        return len(column) * CELL_BYTES
    lengths = pc.binary_length(column.dictionary)
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)


def _check_bytes(total: int, size: int) -> None:
    limit = min(MOST_UNPACKED, max(MEGABYTE, size * MOST_RATIO))
    if total > limit:
        raise Problem("file-too-large", limit=worded("fault.upload.bytes", count=limit))
