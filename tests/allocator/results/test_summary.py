import json
import unicodedata
from pathlib import Path

import pytest

from allocator.results.summary import summary_json, summary_text
from tests.allocator.results.allocations import allocation_of, plan_of


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_columns_are_aligned_though_chinese_characters_are_two_wide(lang):
    lines = summary_text(allocation_of(plan_of()), lang).splitlines()
    tables = [lines[2:5]]
    starts = [at for at, line in enumerate(lines) if line.startswith(("revenue (", "profit ("))]
    tables += [lines[at + 1 : at + 4] for at in starts]
    assert len(tables) == 3
    for table in tables:
        assert len({width(line) for line in table}) == 1


def test_the_summary_shows_totals_regions_rules_and_seconds():
    text = summary_text(allocation_of(plan_of()), "en")
    assert "630,000" in text
    assert "6.30" in text
    assert "3 binding, 1 relaxed, 1 not binding" in text
    assert "r-mix: " in text
    assert "华东大区" in text
    assert "solve 0.25" in text


def test_the_largest_region_stands_first():
    lines = summary_text(allocation_of(plan_of()), "en").splitlines()
    west = next(at for at, line in enumerate(lines) if line.strip().startswith("West"))
    east = next(at for at, line in enumerate(lines) if line.strip().startswith("华东大区"))
    assert west < east


def test_the_summary_for_programs_is_plain_json_with_the_same_numbers():
    allocation = allocation_of(plan_of(spec={"over_assignment": {"rep": 0.05}}))
    document = summary_json(allocation, Path("out"))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    revenue = document["measures"]["revenue"]
    assert revenue["target"] == allocation.measures[0].target_units[0, 0] * 1000
    leaf = allocation.labels.grid.org.leaf
    assert revenue["sum_of_reps"] == allocation.measures[0].target_units[leaf, 0].sum() * 1000
    assert revenue["rules"] == {"binding": 3, "relaxed": 1, "slack": 1}
    assert revenue["growth"] == pytest.approx(revenue["target"] / revenue["last_year"] - 1)
