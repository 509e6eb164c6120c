"""CSV as the contract wants it: UTF-8, LF, shortest round-trip numbers, empty for undefined."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from solver_models.arrays import FloatArray

ROWS_AT_ONCE = 100_000
NEEDS_QUOTES = re.compile('[",\r\n]')


def write_csv(path: Path, tables: Iterable[pd.DataFrame]) -> None:
    """Write tables of equal columns one after the other under one header.

    None, NaN and infinite numbers are written as empty cells; texts stand as they are, quoted
    where they hold a comma, a quote or a line end.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        for number, table in enumerate(tables):
            if number == 0:
                stream.write(",".join(quoted(str(name)) for name in table.columns) + "\n")
            for start in range(0, len(table), ROWS_AT_ONCE):
                part = table.iloc[start : start + ROWS_AT_ONCE]
                columns = [column_texts(part.iloc[:, at]) for at in range(part.shape[1])]
                stream.write("\n".join(map(",".join, zip(*columns, strict=True))) + "\n")


def column_texts(column: pd.Series) -> list[str]:
    """Return the cells of a column as csv texts.

    Texts that occur often (ids, say) are put into words once: a table repeats each of its
    ids many times over.
    """
    if column.dtype.kind == "f":
        return _float_texts(column.to_numpy(np.float64))
    if column.dtype.kind in "iu":
        return list(map(str, column.tolist()))
    codes, distinct = pd.factorize(column)
    if 2 * len(distinct) > len(column):
        return [cell_text(value) for value in column.tolist()]
    texts = np.array([*(cell_text(value) for value in distinct.tolist()), ""], object)
    found: list[str] = texts[codes].tolist()
    return found


def _float_texts(values: FloatArray) -> list[str]:
    """Shortest round-trip text of each number, empty where it is not finite."""
    is_finite = np.isfinite(values)
    # adding zero turns -0.0 into 0.0
    if is_finite.all():
        return list(map(repr, (values + 0.0).tolist()))
    texts = np.full(len(values), "", object)
    texts[is_finite] = list(map(repr, (values[is_finite] + 0.0).tolist()))
    found: list[str] = texts.tolist()
    return found


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
    return '"' + words.replace('"', '""') + '"' if NEEDS_QUOTES.search(words) else words
