"""Levels of reps from windows back to back: the weights against the exact posterior mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.local_level import (
    GAINS,
    LikeForLike,
    like_for_like_windows,
    recent_level,
    window_weights,
)
from allocator.anchors.observed import PAST_MONTHS
from allocator.anchors.rep_months import RepMonths
from allocator.anchors.windows import recent_windows


def seen_of(level, exposure):
    """Windows of reps, latest first."""
    level, exposure = np.atleast_2d(level).astype(float), np.atleast_2d(exposure).astype(float)
    count = level.shape[1]
    windows = tuple((33 - 3 * rank, 36 - 3 * rank) for rank in range(count))
    return LikeForLike(windows, (1.0,) * count, exposure, level)


def posterior_weights(exposure, moves):
    """Generalised least squares of the latest level: the oracle, latest window first.

    The latest level is the unknown; a window k back shows it less k moves plus its own scatter.
    """
    there = np.flatnonzero(exposure > 0)
    back = there - there.min()
    covariance = np.minimum.outer(back, back) * moves + np.diag(1.0 / exposure[there])
    inverse = np.linalg.solve(covariance, np.ones(len(there)))
    weight = np.zeros(len(exposure))
    weight[there] = inverse / inverse.sum()
    return weight


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.sampled_from(GAINS))
def test_the_weights_are_those_of_the_best_linear_guess_of_the_latest_level(seed, count, gain):
    draw = np.random.default_rng(seed)
    exposure = draw.uniform(0.2, 1.0, (3, count)) * (draw.random((3, count)) < 0.8)
    exposure[:, 0] = 1.0
    seen = seen_of(draw.lognormal(0.0, 1.0, (3, count)) * (exposure > 0), exposure)
    mean = seen.mean()
    for rep, weight in enumerate(window_weights(seen, gain)):
        moves = gain**2 / (1 - gain) * mean[rep] / mean.mean()
        assert weight == pytest.approx(posterior_weights(exposure[rep], moves))


@pytest.mark.parametrize("gain", GAINS)
def test_a_rep_of_mean_size_believes_his_latest_window_by_the_gain_in_the_long_run(gain):
    weight = window_weights(seen_of(np.ones((2, 200)), np.ones((2, 200))), gain)
    assert weight[:, 0] == pytest.approx(gain, abs=1e-6)
    assert weight[:, 1] == pytest.approx(gain * (1 - gain), abs=1e-6)


def test_a_small_seller_is_averaged_over_more_windows_than_a_large_one():
    level = np.array([[1.0], [10.0], [100.0]]) * np.ones((3, 8))
    latest = window_weights(seen_of(level, np.ones((3, 8))), 0.4)[:, 0]
    assert (np.diff(latest) > 0.1).all()


def test_a_rep_without_sales_or_never_there_gets_no_level_and_disturbs_nobody():
    level = np.array([[5.0, 4.0], [0.0, 0.0], [0.0, 0.0]])
    exposure = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    weight = window_weights(seen_of(level, exposure), 0.6)
    assert weight.sum(axis=1) == pytest.approx([1, 1, 0])
    assert weight[0] == pytest.approx(window_weights(seen_of(level[:1], exposure[:1]), 0.6)[0])


def test_amounts_and_presence_weighed_give_the_level():
    draw = np.random.default_rng(5)
    present = draw.random((4, PAST_MONTHS)) * (np.arange(PAST_MONTHS) >= 10)
    months = RepMonths(draw.lognormal(size=(4, PAST_MONTHS)) * present, present, np.ones(36), 10, 35)
    seen = like_for_like_windows(months, recent_windows(months, PAST_MONTHS, 3))
    found = recent_level(months, seen, window_weights(seen, 0.4), 37.5)
    amount = (months.amount * found.amount_weight).sum(axis=1)
    assert (months.present * found.exposure_weight).sum(axis=1) == pytest.approx(1)
    assert found.level == pytest.approx(amount)
    assert found.exposure == pytest.approx(seen.exposure.sum(axis=1))
    assert ((found.years_old > 0.25) & (found.years_old < 2.2)).all()
