"""Texts to values: what a plain number is, and what the hint says about the rest."""

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.errors import Fault
from allocator.plan.faults import LISTED_PER_GROUP, FaultCollector
from allocator.plan.plan import NO_DATE, month_text
from allocator.plan.sheet import Sheet, text_column
from allocator.plan.suggestions import date_hint, month_hint, number_hint
from allocator.plan.tables import ORG, POTENTIAL, SEASONALITY, Table
from allocator.plan.values import typed_frame
from tests.languages import not_in_both


def sheet_of(table: Table, column: str, texts: list[str]) -> Sheet:
    cells = {name: [""] * len(texts) for name in table.column_names} | {column: texts}
    columns = {name: text_column(np.array(values, dtype=object)) for name, values in cells.items()}
    return Sheet(table, table.file, np.arange(2, len(texts) + 2), columns)


def typed(table: Table, column: str, texts: list[str]) -> tuple[list[float], tuple[Fault, ...]]:
    faults = FaultCollector()
    values = typed_frame(sheet_of(table, column, texts), faults)[column].tolist()
    assert not_in_both(faults.listed()) == []
    return values, faults.listed()


def amount(text: str) -> tuple[float, str]:
    """Return the amount of a cell and the code of its fault ("" = none)."""
    values, faults = typed(POTENTIAL, "amount", [text])
    return values[0], faults[0].code if faults else ""


@settings(deadline=None, derandomize=True)
@given(st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False, places=4), st.sampled_from("fe"))
def test_every_plain_decimal_is_read_as_the_nearest_number(number: Decimal, style: str) -> None:
    assert amount(f"{number:{style}}") == (float(number), "")


@settings(deadline=None, derandomize=True)
@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_what_a_program_writes_is_read_back_exactly(number: float) -> None:
    assert amount(repr(number)) == (number, "")


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.text(st.sampled_from(list("0123456789.,-+eE% ¥$'_xnaifNIF/()")), min_size=1, max_size=8))
def test_a_text_is_an_amount_or_a_fault_and_nothing_between(text: str) -> None:
    """The oracle is Python's own number syntax without underscores, words and surrounding space."""
    stripped = text.strip()
    try:
        expected = math.nan if "_" in stripped else float(stripped)
    except ValueError:
        expected = math.nan
    value, code = amount(text)
    if stripped == "":
        assert math.isnan(value)
        assert code == ""
    elif math.isfinite(expected) and abs(expected) <= 1e15:
        assert (value, code) == (expected, "")
    else:
        assert math.isnan(value)
        assert code in ("not-a-number", "not-finite", "too-large")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        ("0", ""),
        ("1e6", ""),
        ("NaN", "not-finite"),
        ("-Infinity", "not-finite"),
        ("∞", "not-finite"),
        ("1e999", "too-large"),
        ("1e16", "too-large"),
        ("0x10", "not-a-number"),
        ("١٢", "not-a-number"),
        ("TRUE", "not-a-number"),
        ("#DIV/0!", "excel-error"),
    ],
)
def test_an_amount_is_finite_and_of_sane_size(text: str, code: str) -> None:
    assert amount(text)[1] == code


def test_nothing_and_zero_are_different() -> None:
    values, faults = typed(POTENTIAL, "amount", ["0", "", "-0", "0.0"])
    assert faults == ()
    assert [math.isnan(value) for value in values] == [False, True, False, False]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,234", "write 1234"),
        ("1 234.5", "write 1234.5"),
        ("1.234.567,8", "write 1234567.8"),
        ("¥100", "write 100"),
        ("￥１００", "write 100"),
        ("100元", "write 100"),
        ("12%", "write 0.12"),
        ("(500)", "write -500"),
        ("1'234'567", "write 1234567"),
        ("lots", "write a plain decimal such as 1234.5, or leave the cell empty if nothing is given"),
    ],
)
def test_the_hint_shows_the_number_that_was_meant(text: str, hint: str) -> None:
    assert number_hint(text) == hint
    assert amount(text)[1] == "not-a-number"


@pytest.mark.parametrize(
    "text",
    ["2019/7", "2019-7", "2019.07", "201907", "2019-07-01", "2019/7/15", "Jul-19", "2019年7月", "43647"],
)
def test_a_month_written_otherwise_is_a_fault_whose_hint_has_the_right_text(text: str) -> None:
    values, faults = typed(SEASONALITY, "period", [text])
    assert values == [-1]
    assert [fault.code for fault in faults] == ["bad-month"]
    assert faults[0].hint == month_hint(text) == "write 2019-07"


@pytest.mark.parametrize("text", ["2019-13", "2019-00", "19-07", "0019-07", "２０１９-07", "soon"])
def test_a_month_that_is_none_is_a_fault(text: str) -> None:
    assert [fault.code for fault in typed(SEASONALITY, "period", [text])[1]] == ["bad-month"]


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.lists(st.integers(1900 * 12, 2199 * 12 + 11), max_size=40))
def test_every_month_of_three_centuries_is_read(months: list[int]) -> None:
    assert typed(SEASONALITY, "period", [month_text(month) for month in months]) == (months, ())


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), max_size=40))
def test_every_date_is_read_as_days_since_1970(days: list[date]) -> None:
    values, faults = typed(ORG, "start", [day.isoformat() for day in days])
    assert faults == ()
    assert [date(1970, 1, 1) + timedelta(days=value) for value in values] == days


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2019/7/1", "write 2019-07-01"),
        ("20190701", "write 2019-07-01"),
        ("2019年7月1日", "write 2019-07-01"),
        ("43647", "write 2019-07-01"),
        ("2019-02-30", "write dates as YYYY-MM-DD, for example 2019-07-01"),
    ],
)
def test_a_date_written_otherwise_is_a_fault_whose_hint_has_the_right_text(text: str, hint: str) -> None:
    values, faults = typed(ORG, "start", [text])
    assert values == [NO_DATE]
    assert [(fault.code, fault.hint) for fault in faults] == [("bad-date", hint)]
    assert date_hint(text) == hint


def test_of_a_million_bad_cells_a_thousand_are_listed_and_the_rest_counted() -> None:
    n = 1_000_000
    faults = FaultCollector()
    texts = np.array(["1", "x"], dtype=object)
    bad = Sheet(
        POTENTIAL,
        "potential.csv",
        np.arange(2, n + 2),
        {name: text_column(np.full(n, "a", dtype=object)) for name in POTENTIAL.column_names}
        | {"amount": text_column(texts[np.ones(n, dtype=np.int64)])},
    )
    typed_frame(bad, faults)
    listed = faults.listed()
    assert len(listed) == LISTED_PER_GROUP + 1
    assert [fault.row for fault in listed[:3]] == [2, 3, 4]
    assert listed[-1].message == f"{n - LISTED_PER_GROUP} more cells of this column have the same fault"
