"""Result tables as Parquet: the content of the csv files with types."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allocator.results.csv_text import column_texts, float_texts

AMOUNTS = ("target", "children_sum", "amount")
FLOATS = (
    "baseline",
    "anchor",
    "lower",
    "upper",
    "unrounded",
    "last_year",
    "growth",
    "ratio",
    "value",
    "min",
    "max",
    "price",
    "short_by",
)


@contextmanager
def parquet_writer(path: Path, places: int) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Yield a function that appends the rows of a table; all tables have the same columns.

    Exact amounts are integers, or decimals with `places` digits after the point; other numbers are
    floats; all else is text. What is empty in the csv file is null, empty texts stay empty texts.
    """
    writer: pq.ParquetWriter | None = None

    def write(table: pd.DataFrame) -> None:
        nonlocal writer
        schema = pa.schema([(name, _type(name, places)) for name in table.columns])
        writer = writer or pq.ParquetWriter(path, schema, compression="zstd")
        columns = [_cells(table[name], schema.field(name).type) for name in table.columns]
        writer.write_table(pa.Table.from_arrays(columns, schema=schema))

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _type(name: str, places: int) -> pa.DataType:
    if name in AMOUNTS:
        return pa.decimal128(38, places) if places else pa.int64()
    return pa.float64() if name in FLOATS else pa.string()


def _cells(column: pd.Series, kind: pa.DataType) -> pa.Array:
    """Return a column as Arrow cells of its type."""
    if pa.types.is_float64(kind):
        # adding zero turns -0.0 into 0.0, as in the csv file
        values = column.to_numpy(np.float64, na_value=np.nan) + 0.0
        return pa.array(values, mask=~np.isfinite(values))
    if pa.types.is_string(kind):
        if isinstance(column.dtype, pd.CategoricalDtype):
            texts = pa.array(column.cat.categories.tolist(), pa.string())
            codes = column.cat.codes.to_numpy()
            return texts.take(pa.array(codes, mask=codes < 0))
        cells = pa.array(column, pa.string(), from_pandas=True)
        return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if column.dtype.kind == "i" and pa.types.is_integer(kind):
        return pa.array(column.to_numpy(np.int64))
    texts = column_texts(column)
    return pc.cast(pc.if_else(pc.equal(texts, ""), None, texts), kind)


def read_parquet_texts(path: Path) -> pd.DataFrame:
    """Return a result table with the texts that its csv file would hold."""
    table = pq.read_table(path)
    texts = {name: _texts(table.column(name).combine_chunks()) for name in table.column_names}
    return pd.DataFrame({name: pd.Series(cells.to_pylist(), dtype="str") for name, cells in texts.items()})


def _texts(cells: pa.Array) -> pa.Array:
    if pa.types.is_floating(cells.type):
        return float_texts(cells.to_numpy(zero_copy_only=False))
    return pc.fill_null(pc.cast(cells, pa.string()), "")
