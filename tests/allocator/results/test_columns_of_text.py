"""Texts made a column at a time are those that Python's own formatting makes one by one."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.results.columns_of_text import amount_texts, filled, scattered, taken, with_plus

UNITS = st.lists(st.integers(-(10**12), 10**12), max_size=8)


@settings(deadline=None, derandomize=True)
@given(units=UNITS, round_to=st.sampled_from(["1", "1000", "0.01", "0.5", "25", "100"]))
def test_amounts_read_as_the_format_of_exact_decimals(units: list[int], round_to: str) -> None:
    step = Decimal(round_to)
    places = max(0, -int(step.normalize().as_tuple().exponent))
    values = np.array(units, np.int64)
    assert amount_texts(values, step).to_pylist() == [f"{n * step:,.{places}f}" for n in units]
    signed = with_plus(amount_texts(values, step), values).to_pylist()
    assert signed == [f"{n * step:+,.{places}f}" for n in units]


def test_a_template_is_filled_row_by_row() -> None:
    columns = {"a": pa.array(["x", "{b}", ""]), "b": "one text"}
    assert filled("{a}-{b}; {a}", 3, columns).to_pylist() == [
        "x-one text; x",
        "{b}-one text; {b}",
        "-one text; ",
    ]


def test_a_template_without_fields_is_repeated() -> None:
    assert filled("as it stands", 2, {}).to_pylist() == ["as it stands"] * 2


def test_a_field_without_a_column_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("{a}", 1, {})


def test_scattered_texts_stand_at_their_positions() -> None:
    parts = [(np.array([2, 0]), pa.array(["c", "a"])), (np.array([1]), pa.array(["b"]))]
    assert scattered(parts, 3).to_pylist() == ["a", "b", "c"]
    assert scattered([], 0).to_pylist() == []


def test_texts_are_taken_by_code() -> None:
    assert taken(["a", "b"], np.array([1, 1, 0])).to_pylist() == ["b", "b", "a"]
