import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.report.amounts import percent, short, whole
from allocator.report.charts import WIDTH, heat, spread_strip, waterfall_bars
from allocator.report.markup import Markup, element, join

RECT = re.compile(r'<rect x="([-\d.]+)" y="3" width="([\d.]+)"')
STEP = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1)


def rectangle(bar: Markup) -> tuple[float, float]:
    found = RECT.search(bar)
    assert found
    return float(found[1]), float(found[2])


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.floats(0, 1e6), st.lists(STEP, min_size=1, max_size=10))
def test_every_bar_lies_inside_and_is_as_long_as_its_step(first, steps):
    amounts = [first, *steps]
    bars, is_cut = waterfall_bars(amounts, sum(amounts))
    assert len(bars) == len(amounts) + 1
    boxes = [rectangle(bar) for bar in bars]
    assert all(x >= -0.11 and x + width <= WIDTH + 1.7 for x, width in boxes)
    longest = max(range(1, len(amounts)), key=lambda k: abs(amounts[k]))
    if abs(amounts[longest]) > 0 and boxes[longest][1] > 30:
        scale = boxes[longest][1] / abs(amounts[longest])
        for amount, (_, width) in zip(amounts[1:], boxes[1:-1], strict=True):
            assert width == pytest.approx(max(abs(amount) * scale, 1.5), abs=0.3)
        if not is_cut:
            assert boxes[0][1] == pytest.approx(max(first * scale, 1.5), abs=0.02 * WIDTH)


def test_steps_that_are_small_beside_the_total_are_drawn_large_and_the_cut_is_marked():
    bars, is_cut = waterfall_bars([1000.0, 20.0, -10.0], 1010.0)
    assert is_cut
    assert ["cut" in bar for bar in bars] == [True, False, False, True]
    assert rectangle(bars[1])[1] > 0.3 * WIDTH


def test_colour_grows_with_the_distance_from_the_anchor_and_stays_off_where_there_is_none():
    assert heat(float("nan")) is None
    assert heat(1.0) == "background:rgba(var(--cool),0.00)"
    assert heat(1.1) == "background:rgba(var(--warm),0.25)"
    assert heat(0.5) == heat(0.0) == "background:rgba(var(--cool),0.62)"


def test_values_beyond_the_scale_are_drawn_at_its_edge():
    drawing = spread_strip(np.array([-5.0, 1.0, 9.0]), 0.5, 1.5, "label")
    places = [float(x) for x in re.findall(r'cx="([\d.]+)"', drawing)]
    assert places == [6.0, 210.0, 414.0]


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (1_336_000_000, "1.34B", "13.4亿"),
        (999_999, "1.00M", "100万"),
        (12_345_678, "12.3M", "1,235万"),
        (4_755, "4,755", "4,755"),
        (-154_000_000, "−154M", "−1.54亿"),
        (0, "0", "0"),
        (0.34, "0.34", "0.34"),
        (float("nan"), "–", "–"),
    ],
)
def test_amounts_are_short_in_the_steps_of_each_language(value, english, chinese):
    assert (short(value, "en"), short(value, "zh")) == (english, chinese)


def test_a_rounded_zero_has_no_minus_and_signs_are_shown_where_asked():
    assert whole(-0.2) == "0"
    assert percent(-0.0001) == "0.0%"
    assert percent(0.1234, is_signed=True) == "+12.3%"
    assert whole(-1234.5, 1) == "−1,234.5"


def test_whatever_is_no_markup_is_escaped_in_content_and_in_attributes():
    assert element("td", "<b>&", title='"<x>') == '<td title="&quot;&lt;x&gt;">&lt;b&gt;&amp;</td>'
    assert element("td", element("b", "x"), [None, "<"]) == "<td><b>x</b>&lt;</td>"
    assert isinstance(join("a", "<"), Markup)
    assert join("a", "<") == "a&lt;"
