"""What may be written in the `ramp` column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.plan.ramp import LONGEST_RAMP, Ramp, parse_ramp
from tests.languages import is_in_both


@pytest.mark.parametrize(
    ("text", "ramp"),
    [
        ("", Ramp()),
        ("  ", Ramp()),
        ("0/0.25/0.5", Ramp((0.0, 0.25, 0.5))),
        ("0%/25%/50%", Ramp((0.0, 0.25, 0.5))),
        ("0 / 25 % / 0.5", Ramp((0.0, 0.25, 0.5))),
        ("0％／25％／50％", Ramp((0.0, 0.25, 0.5))),
        ("3", Ramp((0.25, 0.5, 0.75))),
        ("0.5", Ramp((0.5,), is_constant=True)),
        ("50%", Ramp((0.5,), is_constant=True)),
        ("1", Ramp((1.0,), is_constant=True)),
        ("0", Ramp((0.0,), is_constant=True)),
    ],
)
def test_every_way_to_write_a_ramp_is_read(text, ramp):
    assert parse_ramp(text) == ramp


@pytest.mark.parametrize(
    "text",
    [
        "fast",
        "0/fast",
        "0.5/1.5",
        "120%",
        "-0.5",
        "0/-1%",
        "2.5",
        "61",
        "NaN",
        "1e999",
        "inf",
        "1_0",
        "/",
        "0//1",
        "0/0.5/",
    ],
)
def test_a_text_that_is_no_ramp_is_refused_and_quoted(text):
    with pytest.raises(ValueError, match="is no ramp") as refused:
        parse_ramp(text)
    assert f"`{text}`" in str(refused.value)
    assert is_in_both(refused.value.args[0])


@settings(deadline=None, derandomize=True)
@given(st.integers(2, LONGEST_RAMP))
def test_a_number_of_months_rises_in_equal_steps_and_never_reaches_full_productivity(months):
    share = (0.0, *parse_ramp(str(months)).share, 1.0)
    steps = [after - before for before, after in zip(share, share[1:], strict=False)]
    assert len(steps) == months + 1
    assert all(step == pytest.approx(1 / (months + 1)) for step in steps)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=24))
def test_percents_and_shares_say_the_same(percents):
    in_percent = parse_ramp("/".join(f"{one}%" for one in percents))
    in_shares = parse_ramp("/".join(str(one / 100) for one in percents))
    assert in_percent.share == pytest.approx(in_shares.share)
    assert not in_percent.is_constant
