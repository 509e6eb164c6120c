"""Amounts are read as exact whole units, whatever their size and their decimals."""

from decimal import Decimal

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.verification.result_tables import floats, whole_units

UNITS = st.sampled_from([Decimal(text) for text in ("1", "1000", "0.5", "0.01", "0.025", "1E+3", "7", "0.1")])


@settings(deadline=None, derandomize=True)
@given(UNITS, st.lists(st.integers(-(2**61), 2**61), min_size=1))
def test_whole_multiples_are_read_exactly(unit, wanted):
    texts = pd.Series([format(n * unit, "f") for n in wanted], dtype=object)
    units, bad, ragged = whole_units(texts, unit)
    assert units.tolist() == wanted
    assert not bad.any()
    assert not ragged.any()


@settings(deadline=None, derandomize=True)
@given(UNITS, st.integers(-(10**9), 10**9), st.integers(1, 99))
def test_what_lies_between_two_units_is_no_whole_multiple(unit, whole, hundredths):
    amount = (Decimal(whole) + Decimal(hundredths) / 100) * unit
    _, bad, ragged = whole_units(pd.Series([format(amount, "f")], dtype=object), unit)
    assert not bad[0]
    assert ragged[0]


def test_texts_that_are_no_amounts_are_told_apart():
    texts = ["", "nan", "inf", "1e400", "1,000", "12 %", "0x10", "--1", "1e3", "5.0", "+5"]
    units, bad, ragged = whole_units(pd.Series(texts, dtype=object), Decimal(1))
    assert bad.tolist() == [True] * 8 + [False] * 3
    assert units.tolist()[8:] == [1000, 5, 5]
    assert not ragged.any()


def test_an_empty_float_is_bad_only_where_it_must_be_there():
    texts = pd.Series(["", "1.5", "nan", "inf"], dtype=object)
    assert floats(texts, may_be_empty=True)[1].tolist() == [False, False, True, True]
    assert floats(texts, may_be_empty=False)[1].tolist() == [True, False, True, True]
