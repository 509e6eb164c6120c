"""Parquet tables: exact amounts, the same words as the csv file, whatever the blocks."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from allocator.results.csv_text import csv_writer
from allocator.results.parquet import parquet_writer, read_parquet_texts


def written(tmp_path: Path, tables: list[pd.DataFrame], places: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the texts of the csv and of the Parquet form of the same tables."""
    with csv_writer(tmp_path / "t.csv") as csv, parquet_writer(tmp_path / "t.parquet", places) as parquet:
        for table in tables:
            csv(table)
            parquet(table)
    plain = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    return plain, read_parquet_texts(tmp_path / "t.parquet")


def test_amounts_beyond_the_floats_stay_exact(tmp_path: Path) -> None:
    large = 2**53 + 1
    tables = [
        pd.DataFrame({"target": [large, -large, 0]}),
        pd.DataFrame({"target": pd.Series([1, None, large], dtype=object)}),
    ]
    with parquet_writer(tmp_path / "t.parquet", 0) as write:
        for table in tables:
            write(table)
    assert pq.read_table(tmp_path / "t.parquet")["target"].to_pylist() == [large, -large, 0, 1, None, large]


def test_decimals_of_one_measure_and_whole_units_of_another_share_a_type(tmp_path: Path) -> None:
    tables = [
        pd.DataFrame({"target": np.array(["90071992547409.93", "-0.50"], object)}),
        pd.DataFrame({"target": [7, 1_000_000]}),
    ]
    with parquet_writer(tmp_path / "t.parquet", 2) as write:
        for table in tables:
            write(table)
    table = pq.read_table(tmp_path / "t.parquet")
    assert str(table.schema.field("target").type) == "decimal128(38, 2)"
    assert table["target"].to_pylist() == [
        Decimal("90071992547409.93"),
        Decimal("-0.50"),
        Decimal(7),
        Decimal(1_000_000),
    ]


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_texts_and_floats_are_those_of_the_csv_form(tmp_path: Path, rows: int) -> None:
    words = ["plain", 'a "b", c', "", "年", "2"][:rows]
    numbers = [0.1 + 0.2, -0.0, float("nan"), float("inf"), 1e22][:rows]
    codes = pd.Categorical.from_codes(
        np.arange(rows) % 2, dtype=pd.CategoricalDtype(pd.Index(["x", "y"], dtype=object))
    )
    table = pd.DataFrame(
        {"text": pd.Series(words, dtype=object), "price": np.array(numbers, float), "status": codes}
    )
    csv, parquet = written(tmp_path, [table, table], 0)
    pd.testing.assert_frame_equal(parquet, csv.astype("str"))
    assert len(csv) == 2 * rows
