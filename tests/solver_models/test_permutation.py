"""Permutation tests against scipy, against enumeration and against their own promise."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import kruskal, rankdata, spearmanr
from scipy.stats import t as t_law

from solver_models.permutation import correlation_test, groups_test, holm, regression_test, slope_test
from solver_models.reorderings import Reorderings, rank_scores

SEED = 20260101


def one_stratum(n):
    return np.zeros(n, np.int64)


def ranked(values, seed=SEED):
    stratum = one_stratum(len(values))
    return Reorderings(rank_scores(values, stratum), stratum, seed)


def drawn_to_the_end(monkeypatch):
    """Switch the limit law and early stopping off: 9,999 draws are the oracle."""
    monkeypatch.setattr("solver_models.permutation.LARGE", 10**9)
    monkeypatch.setattr("solver_models.permutation.ENOUGH", 10**9)
    monkeypatch.setattr("solver_models.reorderings.FEWEST_DRAWS", 9_999)


def test_ranks_within_strata_are_those_of_scipy():
    rng = np.random.default_rng(11)
    values, stratum = rng.integers(0, 5, 50).astype(float), rng.integers(0, 4, 50)
    found = rank_scores(values, stratum)
    for number in range(4):
        own = stratum == number
        n = own.sum()
        assert found[own] == pytest.approx((rankdata(values[own]) - (n + 1) / 2) / (n + 1))


@pytest.mark.parametrize(
    ("n", "groups", "n_stratum", "tied"),
    [(600, 60, 3, False), (600, 200, 3, False), (600, 8, 5, True), (450, 150, 10, False), (500, 2, 1, False)],
)
def test_the_limit_law_of_h_agrees_with_ten_thousand_draws(n, groups, n_stratum, tied, monkeypatch):
    rng = np.random.default_rng(n + groups)
    for effect in (0.0, 0.15, 0.25):
        stratum = rng.integers(0, n_stratum, n)
        group = np.unique(rng.integers(0, groups, n), return_inverse=True)[1]
        values = rng.normal(size=n) + effect * rng.normal(size=groups)[group]
        values = np.where(rng.random(n) < 0.6, 1.0, values) if tied else values
        column = Reorderings(rank_scores(values, stratum), stratum, SEED)
        limit = groups_test(column, group)
        with monkeypatch.context() as patch:
            drawn_to_the_end(patch)
            drawn = groups_test(column, group)
        assert (limit.method, limit.p_error, drawn.method) == ("limit", 0.0, "draws")
        assert limit.statistic == pytest.approx(drawn.statistic)
        assert limit.p_value == pytest.approx(drawn.p_value, abs=0.004 + 4 * drawn.p_error)


def test_the_limit_law_of_a_slope_agrees_with_ten_thousand_draws(monkeypatch):
    rng = np.random.default_rng(12)
    stratum = rng.integers(0, 4, 500)
    x = rng.normal(size=500) + stratum
    for slope in (0.0, 0.05, 0.1):
        y = slope * x + 2.0 * stratum + rng.normal(size=500)
        column = Reorderings(y, stratum, SEED)
        limit = regression_test(column, x)
        with monkeypatch.context() as patch:
            drawn_to_the_end(patch)
            drawn = regression_test(column, x)
        assert (limit.method, drawn.method) == ("limit", "draws")
        assert limit.p_value == pytest.approx(drawn.p_value, abs=0.003 + 4 * drawn.p_error)


def test_one_giant_among_many_keeps_the_limit_law_away():
    values = np.concatenate([np.random.default_rng(13).normal(size=499), [1000.0]])
    assert regression_test(Reorderings(values, one_stratum(500), SEED), np.arange(500.0)).method == "draws"


def test_draws_stop_early_without_shifting_the_p_value(monkeypatch):
    rng = np.random.default_rng(14)
    for slope in (0.0, 0.2):
        right = rng.normal(size=60)
        left = ranked(slope * right + rng.normal(size=60))
        stopped = correlation_test(left, rank_scores(right, one_stratum(60)))
        with monkeypatch.context() as patch:
            drawn_to_the_end(patch)
            whole = correlation_test(ranked(left.values), rank_scores(right, one_stratum(60)))
        assert stopped.orders < whole.orders
        assert stopped.p_value == pytest.approx(whole.p_value, abs=4 * stopped.p_error)


def test_two_tests_of_one_column_see_the_same_orders():
    column = ranked(np.random.default_rng(15).normal(size=30))
    right = rank_scores(np.random.default_rng(16).normal(size=30), one_stratum(30))
    first = correlation_test(column, right)
    groups_test(column, np.arange(30) % 4)
    assert correlation_test(column, right) == first == correlation_test(ranked(column.values), right)


def test_in_one_stratum_the_statistic_is_spearmans():
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 9, 40).astype(float), rng.normal(size=40)
    found = correlation_test(ranked(left), rank_scores(right, one_stratum(40)))
    assert found.statistic == pytest.approx(spearmanr(left, right).statistic)
    assert found.p_value == pytest.approx(spearmanr(left, right).pvalue, abs=0.01 + 4 * found.p_error)


def test_in_one_stratum_h_is_that_of_kruskal_and_wallis():
    rng = np.random.default_rng(2)
    values, group = rng.integers(0, 6, 30).astype(float), np.arange(30) % 3
    found = groups_test(ranked(values), group)
    expected = kruskal(*(values[group == g] for g in range(3)))
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue, abs=0.02 + 4 * found.p_error)


def test_tiny_samples_are_enumerated():
    left, right = np.array([1.0, 5, 2, 4, 3]), np.array([2.0, 9, 4, 5, 6])
    scores = [rank_scores(side, one_stratum(5)) for side in (left, right)]
    found = correlation_test(Reorderings(scores[0], one_stratum(5), SEED), scores[1])
    all_r = [np.corrcoef(order, scores[1])[0, 1] for order in permutations(scores[0])]
    assert found.method == "all"
    assert found.orders == 120
    assert found.p_value == pytest.approx(np.mean(np.abs(all_r) >= abs(found.statistic) - 1e-9))


def test_orders_are_enumerated_stratum_by_stratum():
    stratum = np.array([0, 1, 0, 1, 0])
    scores = rank_scores(np.array([1.0, 2, 3, 4, 5]), stratum)
    found = correlation_test(Reorderings(scores, stratum, SEED), scores)
    assert found.orders == 12
    assert found.p_value == pytest.approx(2 / 12)  # and the order reversed


def test_a_difference_between_strata_is_no_correlation():
    stratum = np.repeat([0, 1], 20)
    level = 100.0 * stratum
    rng = np.random.default_rng(3)
    left, right = level + rng.normal(size=40), level + rng.normal(size=40)
    found = correlation_test(
        Reorderings(rank_scores(left, stratum), stratum, SEED), rank_scores(right, stratum)
    )
    assert abs(found.statistic) < 0.4
    assert found.p_value > 0.05


def test_p_values_of_noise_are_uniform():
    rng = np.random.default_rng(4)
    n = 12
    found = [
        correlation_test(
            ranked(rng.normal(size=n), seed), rank_scores(rng.normal(size=n), one_stratum(n))
        ).p_value
        for seed in range(60)
    ]
    assert 0.3 < np.mean(found) < 0.7
    assert np.mean(np.array(found) < 0.1) < 0.25


def test_the_same_seed_gives_the_same_p_value():
    rng = np.random.default_rng(5)
    left, right = rng.normal(size=30), rng.normal(size=30)
    twice = [regression_test(Reorderings(left, one_stratum(30), SEED), right) for _ in range(2)]
    assert twice[0] == twice[1]
    assert twice[0].method == "draws"


def test_where_nothing_varies_there_is_no_test():
    still, moving = np.zeros(6), rank_scores(np.arange(6.0), one_stratum(6))
    assert correlation_test(Reorderings(still, one_stratum(6), SEED), moving) is None
    assert groups_test(Reorderings(moving, np.repeat([0, 1], 3), SEED), np.repeat([0, 1], 3)) is None
    alone = Reorderings(np.arange(6.0), np.arange(6), SEED)
    assert regression_test(alone, np.arange(6.0)) is None


def test_holm_on_his_own_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def students_p(response, kept, tested, stratum):
    """p of the slope on `tested` by least squares with a mean per stratum."""
    design = np.column_stack([np.eye(int(stratum.max()) + 1)[stratum], kept, tested])
    slope, _, rank, _ = np.linalg.lstsq(design, response, rcond=None)
    left, free = response - design @ slope, len(response) - rank
    error = np.sqrt(left @ left / free * np.linalg.inv(design.T @ design)[-1, -1])
    return 2 * t_law.sf(abs(slope[-1] / error), free)


def bent(rng, n, steeper, groups=1):
    """Changes that follow sales with a slope of 0.6 below and `steeper` more above."""
    stratum = np.arange(n) % groups
    distance = rng.normal(0, 0.2, n)
    beat = np.maximum(distance, 0)
    return (
        0.6 * distance + steeper * beat + 0.08 * rng.normal(size=n) + 0.1 * stratum,
        distance,
        beat,
        stratum,
    )


@pytest.mark.parametrize(("n", "groups"), [(20, 1), (60, 3), (500, 2)])
def test_the_slope_test_agrees_with_student_on_normal_errors(n, groups):
    rng = np.random.default_rng(n)
    for steeper in (0.0, 0.2, 0.4):
        drawn = bent(rng, n, steeper, groups)
        found = slope_test(*drawn, SEED)
        assert found.p_value == pytest.approx(students_p(*drawn), abs=0.015 + 4 * found.p_error)


def test_the_slope_test_rejects_as_often_as_student_and_without_a_difference_once_in_twenty():
    rng = np.random.default_rng(5)
    drawn = [[bent(rng, 40, steeper) for _ in range(400)] for steeper in (0.0, 0.5)]
    size, power = (np.mean([slope_test(*one, SEED).p_value <= 0.05 for one in part]) for part in drawn)
    student = np.mean([students_p(*one) <= 0.05 for one in drawn[1]])
    assert 0.03 <= size <= 0.07
    assert power == pytest.approx(student, abs=0.05)
    assert power > 0.5


def test_what_a_common_slope_explains_is_no_noise_of_the_test():
    # slopes of 5 below and 5.5 above: reordering the changes themselves would drown the difference
    response, distance, beat, stratum = bent(np.random.default_rng(6), 200, 0.5)
    assert slope_test(response + 4.4 * distance, distance, beat, stratum, SEED).p_value < 0.01
    line = slope_test(3 * distance + 1, distance, beat, stratum, SEED)
    assert (line.p_value, line.method) == (1.0, "all")
    assert slope_test(response, distance, 2 * distance, stratum, SEED) is None
    assert slope_test(0 * response, distance, beat, stratum, SEED) is None
