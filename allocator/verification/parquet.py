"""The auditor's own reader of Parquet files: cells as the texts that the csv file would hold."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DAY_COLUMNS = ("start", "end")
LARGEST_EXACT = 10**15


def read_texts(content: bytes, *, whole_floats_as_integers: bool = True) -> pd.DataFrame:
    """Return the rows of a Parquet file as texts, nulls as "".

    Parameters
    ----------
    whole_floats_as_integers
        7.0 reads "7", as ids and amounts of a plan mean it; False for result tables, where it reads "7.0".

    Raises
    ------
    ValueError
        If the bytes are no Parquet file or a column holds no plain cells.
    """
    try:
        table = pq.ParquetFile(pa.BufferReader(content)).read(use_pandas_metadata=False)
        return pd.DataFrame(
            {
                name: _texts(cells, name.strip(), whole_floats_as_integers)
                for name, cells in zip(table.column_names, table.columns, strict=True)
            },
            index=pd.RangeIndex(table.num_rows),
        )
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"no readable Parquet file: {error}") from error


def _texts(cells: pa.ChunkedArray, column: str, whole_floats_as_integers: bool) -> np.ndarray:
    """Put each distinct cell into words once."""
    if pa.types.is_dictionary(cells.type):
        cells = pc.cast(cells, cells.type.value_type)
    if pa.types.is_binary(cells.type) or pa.types.is_large_binary(cells.type):
        cells = pc.cast(cells, pa.large_string())
    distinct = pc.unique(cells)
    words = np.array([_text(cell, column, whole_floats_as_integers) for cell in distinct.to_pylist()], object)
    codes = pc.index_in(cells, distinct).to_numpy()
    return np.asarray(words[codes]) if len(words) else np.zeros(0, object)


def _text(cell: Any, column: str, whole_floats_as_integers: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}" if column in DAY_COLUMNS else f"{cell:%Y-%m}"
    if isinstance(cell, float):
        is_integer = whole_floats_as_integers and cell.is_integer() and abs(cell) < LARGEST_EXACT
        return str(int(cell)) if is_integer else repr(cell)
    return str(cell)
