"""Permutation tests against scipy, against enumeration and against their own promise."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import kruskal, spearmanr

from solver_models.permutation import correlation_test, groups_test, holm, rank_scores, regression_test

SEED = 20260101


def one_stratum(n):
    return np.zeros(n, np.int64)


def test_in_one_stratum_the_statistic_is_spearmans():
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 9, 40).astype(float), rng.normal(size=40)
    found = correlation_test(
        rank_scores(left, one_stratum(40)), rank_scores(right, one_stratum(40)), one_stratum(40), SEED
    )
    assert found.statistic == pytest.approx(spearmanr(left, right).statistic)
    assert found.p_value == pytest.approx(spearmanr(left, right).pvalue, abs=0.02)


def test_in_one_stratum_h_is_that_of_kruskal_and_wallis():
    rng = np.random.default_rng(2)
    values, group = rng.integers(0, 6, 30).astype(float), np.arange(30) % 3
    found = groups_test(rank_scores(values, one_stratum(30)), group, one_stratum(30), SEED)
    expected = kruskal(*(values[group == g] for g in range(3)))
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.05)


def test_tiny_samples_are_enumerated():
    left, right = np.array([1.0, 5, 2, 4, 3]), np.array([2.0, 9, 4, 5, 6])
    scores = [rank_scores(side, one_stratum(5)) for side in (left, right)]
    found = correlation_test(*scores, one_stratum(5), SEED)
    all_r = [np.corrcoef(order, scores[1])[0, 1] for order in permutations(scores[0])]
    assert found.is_exact
    assert found.orders == 120
    assert found.p_value == pytest.approx(np.mean(np.abs(all_r) >= abs(found.statistic) - 1e-9))


def test_orders_are_enumerated_stratum_by_stratum():
    stratum = np.array([0, 1, 0, 1, 0])
    scores = rank_scores(np.array([1.0, 2, 3, 4, 5]), stratum)
    found = correlation_test(scores, scores, stratum, SEED)
    assert found.orders == 12
    assert found.p_value == pytest.approx(2 / 12)  # and the order reversed


def test_a_difference_between_strata_is_no_correlation():
    stratum = np.repeat([0, 1], 20)
    level = 100.0 * stratum
    rng = np.random.default_rng(3)
    left, right = level + rng.normal(size=40), level + rng.normal(size=40)
    found = correlation_test(rank_scores(left, stratum), rank_scores(right, stratum), stratum, SEED)
    assert abs(found.statistic) < 0.4
    assert found.p_value > 0.05


def test_p_values_of_noise_are_uniform():
    rng = np.random.default_rng(4)
    n = 12
    found = [
        correlation_test(
            rank_scores(rng.normal(size=n), one_stratum(n)),
            rank_scores(rng.normal(size=n), one_stratum(n)),
            one_stratum(n),
            seed,
        ).p_value
        for seed in range(60)
    ]
    assert 0.3 < np.mean(found) < 0.7
    assert np.mean(np.array(found) < 0.1) < 0.25


def test_the_same_seed_gives_the_same_p_value():
    rng = np.random.default_rng(5)
    left, right = rng.normal(size=30), rng.normal(size=30)
    twice = [regression_test(left, right, one_stratum(30), SEED) for _ in range(2)]
    assert twice[0] == twice[1]
    assert not twice[0].is_exact


def test_where_nothing_varies_there_is_no_test():
    still, moving = np.zeros(6), rank_scores(np.arange(6.0), one_stratum(6))
    assert correlation_test(still, moving, one_stratum(6), SEED) is None
    assert groups_test(moving, np.repeat([0, 1], 3), np.repeat([0, 1], 3), SEED) is None


def test_holm_on_his_own_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
