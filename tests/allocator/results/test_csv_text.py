import csv
import io
import math

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.results import csv_text
from allocator.results.csv_text import cell_text, csv_writer

WORDS = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=8
)
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


def write_csv(path, tables):
    with csv_writer(path) as write:
        for table in tables:
            write(table)


@settings(deadline=None, derandomize=True)
@given(rows=st.lists(st.tuples(WORDS, FLOATS, st.integers(-(2**62), 2**62)), min_size=1, max_size=12))
def test_what_is_written_is_read_back_exactly(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    table = pd.DataFrame(
        {
            "word": pd.Series([row[0] for row in rows], dtype=object),
            "number": [row[1] for row in rows],
            "count": [row[2] for row in rows],
        }
    )
    write_csv(path, [table, table])
    content = path.read_bytes().decode("utf-8")
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert read[0] == ["word", "number", "count"]
    assert len(read) == 1 + 2 * len(rows)
    for (word, number, count), cells in zip([*rows, *rows], read[1:], strict=True):
        assert cells[0] == word
        assert cells[2] == str(count)
        if math.isfinite(number):
            assert float(cells[1]) == number
            assert cells[1] == repr(number + 0.0)
        else:
            assert cells[1] == ""


@settings(deadline=None, derandomize=True)
@given(
    numbers=st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1, max_size=9),
    words=st.lists(WORDS, min_size=9, max_size=9),
)
def test_the_bytes_are_those_of_the_plain_writer_of_pandas(numbers, words, tmp_path_factory):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    words = [word.replace("\r", "\n") for word in words]  # Python's writers do not agree on lone returns
    table = pd.DataFrame(
        {"measure": "revenue", "number": numbers, "word": pd.Series(words[: len(numbers)], dtype=object)}
    )
    table["number"] += 0.0
    write_csv(path, [table])
    expected = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    assert path.read_bytes() == expected.encode("utf-8")


def test_many_rows_are_written_as_few_are(tmp_path, monkeypatch):
    table = pd.DataFrame({"a": np.arange(1000) % 7, "b": np.arange(1000) / 3, "c": ["x,y", 'q"'] * 500})
    write_csv(tmp_path / "whole.csv", [table])
    monkeypatch.setattr(csv_text, "ROWS_AT_ONCE", 17)
    write_csv(tmp_path / "parts.csv", [table])
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "parts.csv").read_bytes()


def test_whole_numbers_beside_empty_cells_stay_whole(tmp_path):
    write_csv(tmp_path / "t.csv", [pd.DataFrame({"sum": pd.Series([2**53 + 1, None, 0], dtype=object)})])
    assert (tmp_path / "t.csv").read_bytes() == b"sum\n9007199254740993\n\n0\n"


def test_ids_that_look_like_formulas_stay_as_they_are():
    assert [cell_text(text) for text in ("=1+1", "+a", "-b", "@c", "001")] == [
        "=1+1",
        "+a",
        "-b",
        "@c",
        "001",
    ]


def test_numbers_are_short_and_minus_zero_is_zero():
    assert [cell_text(value) for value in (0.1, -0.0, 1e22, 100.0, float("nan"), float("-inf"), None)] == [
        "0.1",
        "0.0",
        "1e+22",
        "100.0",
        "",
        "",
        "",
    ]


def test_an_empty_table_has_its_header(tmp_path):
    write_csv(tmp_path / "t.csv", [pd.DataFrame({"a": [], "b": []})])
    assert (tmp_path / "t.csv").read_bytes() == b"a,b\n"


def test_numbers_of_every_size_are_written_in_the_shortest_form_of_python(tmp_path):
    rng = np.random.default_rng(11)
    size = np.exp(rng.uniform(np.log(1e-7), np.log(1e18), 20_000))
    edges = [1e-4, np.nextafter(1e-4, 0), 1e9, np.nextafter(1e9, 0), 1e9 + 0.5, 1e15 + 0.5, 1e16, 5e-324]
    numbers = np.concatenate([size, -size, np.rint(size), np.round(size, 2), edges, [0.0, -0.0, np.nan]])
    write_csv(tmp_path / "t.csv", [pd.DataFrame({"n": numbers})])
    written = (tmp_path / "t.csv").read_text(encoding="utf-8").split("\n")[1:-1]
    assert written == ["" if np.isnan(n) else repr(n + 0.0) for n in numbers.tolist()]


def test_a_column_of_codes_is_written_as_its_texts(tmp_path):
    words = ["plain", 'a "b", c', "", "年"]
    codes = np.array([3, 0, 1, 1, -1, 2])
    column = pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(words, dtype=object)))
    texts = [words[code] if code >= 0 else None for code in codes]
    write_csv(tmp_path / "coded.csv", [pd.DataFrame({"w": column, "n": range(6)})])
    write_csv(tmp_path / "plain.csv", [pd.DataFrame({"w": pd.Series(texts, dtype=object), "n": range(6)})])
    assert (tmp_path / "coded.csv").read_bytes() == (tmp_path / "plain.csv").read_bytes()


def test_a_table_without_rows_is_its_header(tmp_path):
    write_csv(tmp_path / "t.csv", [pd.DataFrame({"a": np.zeros(0), "b": pd.Series([], dtype=object)})])
    assert (tmp_path / "t.csv").read_bytes() == b"a,b\n"
