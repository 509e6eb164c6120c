"""CSV as the contract wants it: UTF-8, LF, shortest round-trip numbers, empty for undefined."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd


def write_csv(path: Path, tables: Iterable[pd.DataFrame]) -> None:
    """Write tables of equal columns one after the other under one header."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        for number, table in enumerate(tables):
            table.to_csv(stream, index=False, header=number == 0, lineterminator="\n")
