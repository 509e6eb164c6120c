"""CSV as the contract wants it: UTF-8, LF, shortest round-trip numbers, empty for undefined."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

ROWS_AT_ONCE = 100_000
MARKS = ('"', ",", "\r", "\n")
NEEDS_QUOTES = '[",\r\n]'
_NEEDS_QUOTES = re.compile(NEEDS_QUOTES)
PLAIN_FROM, PLAIN_TO = 1e-4, 1e9
"""Between these, numbers with a fraction read the same in Arrow and in Python: shortest, without exponent."""


@contextmanager
def csv_writer(path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Yield a function that appends the rows of a table; the first table writes the header.

    None, NaN and infinite numbers are written as empty cells; texts stand as they are, quoted
    where they hold a comma, a quote or a line end.
    """
    with path.open("wb") as stream:

        def write(table: pd.DataFrame) -> None:
            if stream.tell() == 0:
                stream.write((",".join(quoted(str(name)) for name in table.columns) + "\n").encode())
            for start in range(0, len(table), ROWS_AT_ONCE):
                stream.write(_lines(table.iloc[start : start + ROWS_AT_ONCE]))

        yield write


def write_csv(path: Path, tables: Iterable[pd.DataFrame]) -> None:
    """Write tables below each other, one header."""
    with csv_writer(path) as write:
        for table in tables:
            write(table)


def _lines(table: pd.DataFrame) -> memoryview:
    """Return the rows of a table as the bytes of their lines."""
    columns = [column_texts(table.iloc[:, at]) for at in range(table.shape[1])]
    columns[-1] = pc.binary_join_element_wise(columns[-1], "", "\n")
    lines = pc.binary_join_element_wise(*columns, ",")
    ends = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(lines.buffers()[2])[ends[0] : ends[-1]]


def column_texts(column: pd.Series) -> pa.StringArray:
    """Return the cells of a column as csv texts.

    Values that occur often (ids, bounds) are put into words once: a table repeats each of its
    ids many times over.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _taken(column.cat.categories.tolist(), column.cat.codes.to_numpy())
    if column.dtype.kind in "iu":
        return pc.cast(pa.array(column.to_numpy()), pa.string())
    if column.dtype.kind == "f":
        return float_texts(column.to_numpy(np.float64))
    if pd.api.types.infer_dtype(column, skipna=True) == "string":
        return _quoted_texts(column)
    codes, distinct = pd.factorize(column)
    if 2 * len(distinct) > len(column):
        return pa.array([cell_text(value) for value in column.tolist()], pa.string())
    return _taken(distinct.tolist(), codes)


def _taken(values: list[object], codes: np.ndarray) -> pa.StringArray:
    """Put each value into words once and lay them out by code; code -1 is an empty cell."""
    texts = pa.array([*(cell_text(value) for value in values), ""], pa.string())
    return texts.take(pa.array(np.where(codes < 0, len(values), codes)))


def _quoted_texts(column: pd.Series) -> pa.StringArray:
    """Return texts, quoted where csv needs it; missing ones are empty."""
    texts = pc.fill_null(pa.array(column, pa.string(), from_pandas=True), "")
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    found = {mark for mark in MARKS if _holds(texts, mark)}
    if not found:
        return texts
    needs = (
        pc.match_substring(texts, ",") if found == {","} else pc.match_substring_regex(texts, NEEDS_QUOTES)
    )
    doubled = pc.replace_substring(texts, '"', '""') if '"' in found else texts
    return pc.if_else(needs, pc.binary_join_element_wise('"', doubled, '"', ""), texts)


def _holds(texts: pa.StringArray, mark: str) -> bool:
    """Tell whether a mark of one byte occurs among the texts, or among others that share their memory."""
    memory = texts.buffers()[2]
    return memory is not None and bool((np.frombuffer(memory, np.uint8) == ord(mark)).any())


def float_texts(values: np.ndarray) -> pa.StringArray:
    """Return floats in Python's shortest round-trip form; what is not finite is empty.

    Most numbers go through Arrow, which writes the same digits many times faster; whole, tiny and
    huge ones, which it would spell differently, go through Python, each distinct one once.
    """
    size = np.abs(values)
    with np.errstate(invalid="ignore"):
        is_plain = (size >= PLAIN_FROM) & (size < PLAIN_TO) & (values != np.rint(values))
    if is_plain.all():
        return pc.cast(pa.array(values), pa.string())
    rest = np.flatnonzero(~is_plain)
    distinct, code = np.unique(values[rest], return_inverse=True)
    words = pa.array([cell_text(value) for value in distinct.tolist()], pa.string())
    plain = pc.cast(pa.array(values[is_plain]), pa.string())
    place = np.empty(len(values), np.int64)
    place[is_plain] = np.arange(len(plain))
    place[rest] = len(plain) + code
    return pa.concat_arrays([plain, words]).take(pa.array(place))


def cell_text(value: object) -> str:
    """Return one value as a csv cell."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        # Adding zero turns -0.0 into 0.0; x - x is 0 for finite numbers only.
        return repr(value + 0.0) if value - value == 0 else ""
    return "" if value is None or value is pd.NA else str(value)


def quoted(words: str) -> str:
    """Return a text with quotes around it where csv needs them."""
    return '"' + words.replace('"', '""') + '"' if _NEEDS_QUOTES.search(words) else words
