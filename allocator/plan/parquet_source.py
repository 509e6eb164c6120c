"""A Parquet file as a `Sheet`: typed cells become the texts that the csv file would hold."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allocator.plan.faults import FaultCollector
from allocator.plan.header import read_header
from allocator.plan.sheet import Sheet, TextColumn, coded_column, empty_sheet, keep_filled_rows, strip
from allocator.plan.tables import Column, Table
from allocator.plan.typed_cells import exact_cell_text
from allocator.texts import worded

FIRST_ROW = 2
"""Rows are numbered as in the csv file: the header would be row 1."""


def read_parquet_sheet(raw: bytes, table: Table, file: str, faults: FaultCollector) -> Sheet:
    """Read one Parquet file; whatever is wrong with its form goes to `faults`.

    Nulls are empty cells. Dates in columns of months are their months; whole floats and integers
    are read as they are written, so that ids and amounts mean what they mean in the csv file.
    """
    try:
        # the file's own types count, not the pandas ones that may be noted in it
        content = pq.ParquetFile(pa.BufferReader(raw)).read(use_pandas_metadata=False)
    except (pa.ArrowException, OSError) as error:
        faults.add(
            file,
            0,
            "",
            "",
            code="damaged-file",
            message=worded("fault.parquet.unreadable", reason=str(error).splitlines()[0]),
            hint=worded("fault.parquet.unreadable.hint", file=table.file),
        )
        return empty_sheet(table, file, is_present=True, is_complete=False)
    names = [strip(name) for name in content.column_names]
    header = read_header(names, table, file, faults)
    types = {column.name: column for column in table.columns}
    columns = [
        _text_column(cells, types.get(name, Column(name, "amount", required=False)), file, faults)
        for name, cells in zip(names, content.columns, strict=True)
    ]
    is_complete = all(column is not None for column in columns)
    row = np.arange(FIRST_ROW, FIRST_ROW + content.num_rows, dtype=np.int64)
    nothing = TextColumn(np.zeros(len(row), np.int32), np.array([""], dtype=object))
    filled, row = keep_filled_rows([column or nothing for column in columns], row)
    return header.sheet(filled, row, is_complete=is_complete)


def _text_column(
    cells: pa.ChunkedArray, column: Column, file: str, faults: FaultCollector
) -> TextColumn | None:
    """Return the texts of a column; None where its type has no text, which is a fault."""
    try:
        distinct = pc.dictionary_encode(_plain(cells), null_encoding="encode")
        code, values = _unified(distinct)
        texts = np.array([exact_cell_text(value, column) for value in values.to_pylist()], dtype=object)
        return coded_column(code, texts)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        is_no_utf8 = isinstance(error, pa.ArrowInvalid | UnicodeDecodeError)
        faults.add(
            file,
            1,
            column.name,
            str(cells.type),
            code="unreadable-column",
            message=worded(f"fault.parquet.type{'_utf8' if is_no_utf8 else ''}", type=cells.type),
            hint=worded("fault.parquet.type.hint"),
        )
        return None


def _plain(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the values of a column of plain cells; texts as text whatever their encoding in the file.

    Raises
    ------
    ArrowException
        If cells are lists, records or bytes that are no text.
    """
    if pa.types.is_dictionary(cells.type):
        cells = pc.cast(cells, cells.type.value_type)
    if pa.types.is_nested(cells.type):
        raise pa.ArrowTypeError(f"{cells.type} is nested")
    if pa.types.is_binary(cells.type) or pa.types.is_large_binary(cells.type):
        return pc.cast(cells, pa.large_string())
    return cells


def _unified(distinct: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """Return codes and values of a dictionary-encoded column, its chunks under one dictionary."""
    whole = distinct.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], distinct.type)
    return whole.indices.to_numpy(zero_copy_only=False), whole.dictionary
