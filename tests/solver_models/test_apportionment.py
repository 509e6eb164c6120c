"""Largest remainders, exactly."""

import json
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver_models.apportionment import largest_remainder


def test_the_alabama_paradox_is_reproduced(shared_dir: Path) -> None:
    cases = json.loads((shared_dir / "cases" / "external-cases.json").read_text("utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == "alabama_paradox")
    weights = case["inputs"]["weights"]
    for total in case["inputs"]["totals"]:
        quota = [Fraction(weight * total, sum(weights)) for weight in weights]
        assert largest_remainder(quota, total).tolist() == case["expected"][str(total)]


def test_of_equal_remainders_the_earlier_goes_up() -> None:
    assert largest_remainder([Fraction(1, 2)] * 4, 2).tolist() == [1, 1, 0, 0]


def test_amounts_beyond_floating_point_stay_exact() -> None:
    quota = [Fraction(2**60) + Fraction(1, 3), Fraction(2**60) + Fraction(2, 3)]
    assert largest_remainder(quota, 2**61 + 1).tolist() == [2**60, 2**60 + 1]


@pytest.mark.parametrize("total", [1, 5])
def test_a_total_out_of_reach_is_refused(total: int) -> None:
    with pytest.raises(ValueError, match="cannot be rounded"):
        largest_remainder([Fraction(1), Fraction(3, 2), Fraction(1, 2)], total)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.fractions(0, 50, max_denominator=12), min_size=1, max_size=12))
def test_every_part_is_its_floor_or_ceiling_and_larger_remainders_go_up_first(quota: list[Fraction]) -> None:
    total = round(sum(quota))
    parts = largest_remainder(quota, total).tolist()
    assert sum(parts) == total
    assert all(floor(one) <= part <= ceil(one) for one, part in zip(quota, parts, strict=True))
    up = [one - floor(one) for one, part in zip(quota, parts, strict=True) if part > floor(one)]
    down = [one - floor(one) for one, part in zip(quota, parts, strict=True) if part == floor(one)]
    assert not up or not down or min(up) >= max(down)
