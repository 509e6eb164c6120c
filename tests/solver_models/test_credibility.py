"""Credibility against published figures and against its own definition."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver_models.credibility import credibility_of_means, estimate_credibility


def test_hachemeister_gives_the_published_credibilities_and_premiums(shared_dir: Path) -> None:
    cases = json.loads((shared_dir / "cases" / "external-cases.json").read_text("utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == "hachemeister_buhlmann_straub")
    given_, expected = case["inputs"], case["expected"]
    fit = credibility_of_means(
        np.array(given_["weights"]), np.array(given_["means"]), given_["within_s2"], given_["between_a"]
    )
    np.testing.assert_allclose(fit.factor, expected["Z"], atol=1e-4)
    assert fit.collective == pytest.approx(expected["collective"], abs=case["tolerance"])
    np.testing.assert_allclose(fit.estimate, expected["premium"], atol=case["tolerance"])


def test_the_variances_are_those_of_a_worked_table() -> None:
    # Units (1, 3), (5, 7), (3,): means 2, 6, 3; within = (2 + 2 + 0) / 2 = 2; overall mean 19 / 5;
    # spread = 2 * 1.8^2 + 2 * 2.2^2 + 0.8^2 = 16.8; between = (16.8 - 2 * 2) / (5 - 9 / 5) = 4.
    fit = estimate_credibility(
        np.array([1.0, 3.0, 5.0, 7.0, 3.0]), np.ones(5), np.array([0, 0, 1, 1, 2]), n_unit=4
    )
    assert fit.within == pytest.approx(2.0)
    assert fit.between == pytest.approx(4.0)
    np.testing.assert_allclose(fit.factor, [0.8, 0.8, 2 / 3, 0.0])
    collective = (0.8 * 2 + 0.8 * 6 + 2 / 3 * 3) / (0.8 + 0.8 + 2 / 3)
    assert fit.collective == pytest.approx(collective)
    np.testing.assert_allclose(fit.estimate[3], collective)


def test_one_observation_each_proves_nothing_about_anybody() -> None:
    fit = estimate_credibility(np.array([0.3, -0.4, 0.1]), np.ones(3), np.array([0, 1, 2]), n_unit=3)
    assert fit.between == 0.0
    np.testing.assert_array_equal(fit.factor, 0.0)
    np.testing.assert_allclose(fit.estimate, 0.0, atol=1e-15)


def test_without_luck_everybody_is_believed_in_full() -> None:
    fit = estimate_credibility(np.array([1.0, 1.0, 4.0, 4.0]), np.ones(4), np.array([0, 0, 1, 1]), n_unit=2)
    np.testing.assert_array_equal(fit.factor, 1.0)
    np.testing.assert_array_equal(fit.estimate, [1.0, 4.0])


def test_without_observations_the_collective_is_zero() -> None:
    fit = estimate_credibility(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), n_unit=2)
    np.testing.assert_array_equal(fit.estimate, 0.0)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    values=st.lists(
        st.tuples(st.integers(0, 4), st.floats(-1, 1), st.floats(0.5, 3)), min_size=1, max_size=25
    ),
    shift=st.floats(-2, 2),
)
def test_credibility_stays_between_zero_and_one_and_estimates_move_with_the_values(
    values: list[tuple[int, float, float]], shift: float
) -> None:
    unit = np.array([unit for unit, _, _ in values])
    value, weight = np.array([v for _, v, _ in values]), np.array([w for _, _, w in values])
    fit = estimate_credibility(value, weight, unit, n_unit=5)
    moved = estimate_credibility(value + shift, weight, unit, n_unit=5)
    assert np.all((fit.factor >= 0) & (fit.factor <= 1))
    low, high = value.min() - 1e-9, value.max() + 1e-9
    assert np.all((fit.estimate >= low) & (fit.estimate <= high))
    if min(fit.between, moved.between) > 1e-9 or max(fit.between, moved.between) == 0:
        np.testing.assert_allclose(moved.estimate, fit.estimate + shift, atol=1e-6)
