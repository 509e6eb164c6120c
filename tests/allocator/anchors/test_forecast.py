"""How past windows are weighed, and how sure a level is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.forecast import LevelRule, forecast
from allocator.anchors.history import drawn_to_peers
from allocator.anchors.local_level import GAINS
from allocator.anchors.observed import PAST_MONTHS
from allocator.anchors.rep_months import RepMonths
from allocator.anchors.trend import LARGEST_LOG, relative_trend
from allocator.anchors.trials import USUAL_NOISE, choose_rule
from allocator.anchors.windows import like_for_like, recent_windows, windowed_level, year_windows


def rule_of(months, n_month):
    """All reps in one peer group."""
    return choose_rule(months, n_month, np.zeros(len(months.amount), np.int64))


def months_of(amount, present=None, season=None):
    """Past months of reps; NaN where the history does not reach."""
    table = np.atleast_2d(np.asarray(amount, float))
    covered = np.isfinite(table).any(axis=0)
    columns = np.flatnonzero(covered)
    there = np.ones(table.shape) if present is None else np.asarray(present, float)
    return RepMonths(
        amount=np.nan_to_num(table),
        present=there * covered,
        season=np.ones(PAST_MONTHS) if season is None else np.asarray(season, float),
        first=int(columns[0]),
        last=int(columns[-1]),
    )


def steps(*years):
    """36 months with one amount per year, oldest first."""
    return np.repeat(np.asarray(years, float), 12)


def test_windows_of_a_year_and_of_a_quarter_are_found_where_the_history_reaches():
    months = months_of(np.where(np.arange(PAST_MONTHS) >= 10, 1.0, np.nan))
    assert year_windows(months, PAST_MONTHS, 12) == [(24, 36), (12, 24)]
    assert recent_windows(months, PAST_MONTHS, 12) == []
    assert year_windows(months, PAST_MONTHS, 3) == [(24, 27), (12, 15)]
    assert recent_windows(months, PAST_MONTHS, 3)[:2] == [(33, 36), (30, 33)]
    assert recent_windows(months, PAST_MONTHS, 3)[-1] == (9, 12)  # its first month lies before the history


def test_a_level_is_the_weighted_mean_of_windows_at_the_scale_of_the_latest():
    # all but the first rep doubled; he stayed, so against the others he lost
    months = months_of([steps(9, 1, 1), steps(9, 1, 2), steps(9, 1, 3)])
    found = windowed_level(months, [(24, 36), (12, 24)], decay=0.5, middle=42)
    # like for like the year before was 36 and the last one 72: its sales count twice
    assert found.level == pytest.approx([(12 + 0.5 * 24) / 1.5, (24 + 0.5 * 24) / 1.5, (36 + 0.5 * 24) / 1.5])
    assert found.exposure == pytest.approx([2, 2, 2])
    assert found.years_old == pytest.approx((1 * 1 + 0.5 * 2) / 1.5)
    amount = months.amount @ found.amount_weight
    assert found.level == pytest.approx(amount / (months.present @ found.exposure_weight))


def test_only_who_was_there_for_both_windows_is_compared():
    present = np.ones((3, PAST_MONTHS))
    present[2, :24] = 0
    amount = np.array([steps(0, 10, 11), steps(0, 20, 22), steps(0, 0, 500)])
    assert like_for_like(months_of(amount, present), (24, 36), (12, 24)) == pytest.approx(1.1)


def test_without_anybody_to_compare_windows_count_as_they_are():
    assert like_for_like(months_of(steps(0, 0, 5)), (24, 36), (12, 24)) == 1


def test_absence_is_scaled_up_by_the_season_of_the_months_that_were_missed():
    season = np.tile([1.0] * 6 + [3.0] * 6, 3)
    present = np.ones((1, PAST_MONTHS))
    present[0, 24:30] = 0  # the six weak months of the last year
    months = months_of(season * present[0], present, season)
    found = windowed_level(months, [(24, 36)], decay=0.5, middle=42)
    assert found.exposure == pytest.approx([18 / 24])
    assert found.level == pytest.approx([24])


def test_a_trend_that_both_halves_of_the_months_tell_is_believed():
    amount = [steps(0, 10, 10 * factor) for factor in (0.7, 0.9, 1.0, 1.1, 1.4)]
    trend = relative_trend(months_of(amount), PAST_MONTHS)
    assert trend.growth == pytest.approx(np.log([0.7, 0.9, 1.0, 1.1, 1.4]))
    assert trend.credibility == pytest.approx(1)
    assert trend.factor(0.5, 1.0) == pytest.approx(np.sqrt([0.7, 0.9, 1.0, 1.1, 1.4]))


def test_a_growth_that_is_all_luck_is_hardly_believed_and_one_that_is_real_is():
    believed = {"luck": [], "real": []}
    speed = np.linspace(0.5, 2, 200)[:, None] ** (np.arange(PAST_MONTHS) / 12)
    for seed in range(10):
        luck = np.random.default_rng(seed).lognormal(0.0, 0.5, (200, PAST_MONTHS))
        believed["luck"].append(relative_trend(months_of(luck), PAST_MONTHS).credibility.mean())
        believed["real"].append(relative_trend(months_of(luck**0.1 * speed), PAST_MONTHS).credibility.mean())
    assert np.mean(believed["luck"]) < 0.15
    assert np.mean(believed["real"]) > 0.95


def test_a_single_freak_counts_at_most_for_a_doubling():
    amount = [steps(0, 10, 10), steps(0, 10, 10), steps(0, 10, 10), steps(0, 10, 4000)]
    assert relative_trend(months_of(amount), PAST_MONTHS).growth.max() == pytest.approx(LARGEST_LOG)


def test_one_year_of_history_shows_no_trend():
    amount = np.full((5, PAST_MONTHS), np.nan)
    amount[:, 24:] = 7
    trend = relative_trend(months_of(amount), PAST_MONTHS)
    assert (trend.credibility == 0).all()
    assert (trend.factor(1.0, 1.0) == 1).all()


def test_with_nothing_to_judge_by_the_default_rule_and_the_usual_noise_hold():
    amount = np.full((5, PAST_MONTHS), np.nan)
    amount[:, 24:] = np.arange(5)[:, None] + 1
    rule, noise = rule_of(months_of(amount), 12)
    assert (rule.decay, rule.damping) == (LevelRule().decay, LevelRule().damping)
    assert (noise == USUAL_NOISE).all()


def test_reps_who_keep_changing_for_good_make_the_latest_window_count_most():
    walk = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.25, (40, 12)), axis=1))
    rule, _ = rule_of(months_of(np.repeat(walk, 3, axis=1)), 3)
    assert rule.recent_share >= 0.75
    assert rule.gain_weight[-1] > 0.99


def test_reps_who_only_have_luck_make_all_windows_count():
    luck = np.random.default_rng(2).lognormal(0, 0.4, (40, PAST_MONTHS)) * np.linspace(1, 5, 40)[:, None]
    rule, _ = rule_of(months_of(luck), 3)
    assert rule.gain_weight[0] > 0.99
    assert rule.recent_share > 0.99


def test_the_same_months_of_earlier_years_wait_until_every_season_has_tried_them():
    angle = 2 * np.pi * (np.arange(PAST_MONTHS)[None, :] / 12 + np.arange(30)[:, None] / 30)
    for first, is_used in ((PAST_MONTHS - 21, False), (PAST_MONTHS - 24, True)):
        amount = np.where(np.arange(PAST_MONTHS) >= first, 10 + 9 * np.sin(angle), np.nan)
        assert (rule_of(months_of(amount), 3)[0].recent_share < 0.5) == is_used


def test_without_a_past_window_to_try_them_on_all_gains_count_alike():
    amount = np.full((5, PAST_MONTHS), np.nan)
    amount[:, -5:] = np.arange(5)[:, None] + 1  # one quarter and a part of another
    rule, noise = rule_of(months_of(amount), 3)
    assert rule.gain_weight == (1 / len(GAINS),) * len(GAINS)
    assert (rule.recent_share, rule.damping) == (1.0, 0.0)
    assert (noise == USUAL_NOISE).all()


def test_a_season_of_their_own_makes_the_same_months_of_earlier_years_count():
    angle = 2 * np.pi * (np.arange(PAST_MONTHS)[None, :] / 12 + np.arange(30)[:, None] / 30)
    rule, _ = rule_of(months_of(10 + 9 * np.sin(angle)), 3)
    assert rule.recent_share <= 0.25


def test_an_erratic_rep_is_noisier_than_a_steady_one_and_both_lean_to_the_rest():
    amount = np.tile(steps(10, 10, 10), (10, 1))
    amount[0] = steps(10, 30, 10)
    _, noise = rule_of(months_of(amount), 12)
    assert noise[0] > 2 * noise[1] > 0
    assert noise[1:] == pytest.approx(noise[1])


def test_who_was_there_for_less_than_half_of_a_window_is_not_judged():
    amount = np.tile(steps(10, 10, 10), (5, 1))
    present = np.ones(amount.shape)
    present[0, :32] = 0
    amount[0] = np.where(present[0] > 0, 500.0, 0.0)
    _, noise = rule_of(months_of(amount, present), 12)
    assert noise == pytest.approx(0, abs=1e-9)


def test_the_same_history_told_twice_as_large_is_weighed_the_same():
    amount = np.random.default_rng(3).lognormal(0, 0.5, (20, PAST_MONTHS))
    rule, noise = rule_of(months_of(amount), 3)
    double, same = rule_of(months_of(2 * amount), 3)
    assert rule == double
    assert np.array_equal(noise, same)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 3, 6, 12]), st.floats(0.1, 1.0), st.floats(0.0, 1.0))
def test_a_level_does_not_look_beyond_its_origin(seed, n_month, decay, share):
    luck = np.random.default_rng(seed).lognormal(0, 0.5, (8, PAST_MONTHS))
    origin = PAST_MONTHS - n_month
    later = luck.copy()
    later[:, origin:] *= 7
    rule = LevelRule(decay, 0.5, share if n_month < 12 else 0.0)
    levels = []
    for amount in (luck, later):
        months = months_of(amount)
        levels.append(forecast(months, rule, relative_trend(months, origin), origin, n_month).level)
    assert np.array_equal(*levels)


def test_a_plan_of_a_quarter_leans_on_both_families_where_asked_to():
    amount = np.tile(np.ones(PAST_MONTHS), (4, 1))
    amount[0, 33:] = 4  # he sold four times as much in the last quarter
    months = months_of(amount)
    calm = relative_trend(months_of(np.ones((4, PAST_MONTHS))), PAST_MONTHS)
    shares = []
    for recent in (0.0, 0.5, 1.0):
        level = forecast(months, LevelRule(0.1, 0.0, recent), calm, PAST_MONTHS, 3).level
        shares.append(level[0] / level.sum())
    assert shares[0] == pytest.approx(0.25)
    assert shares == sorted(shares)
    assert shares[2] > 0.4


def test_sellers_who_only_have_luck_are_drawn_to_their_peers_and_steady_ones_are_not():
    rng = np.random.default_rng(21)
    alike = np.repeat(100.0 * rng.lognormal(0, 0.6, (60, 12)), 3, axis=1)
    steady = np.repeat(rng.lognormal(4, 1.0, (60, 1)) * rng.lognormal(0, 0.05, (60, 12)), 3, axis=1)
    assert rule_of(months_of(alike), 3)[0].pull > 0.15
    assert rule_of(months_of(steady), 3)[0].pull < 0.02
    assert rule_of(months_of(alike), 12)[0].pull == 0


def test_two_groups_of_steady_sellers_are_not_drawn_to_each_other():
    rng = np.random.default_rng(22)
    group = np.repeat([0, 1], 30)
    level = np.where(group == 0, 10.0, 1000.0)[:, None]
    months = months_of(np.repeat(level * rng.lognormal(0, 0.3, (60, 12)), 3, axis=1))
    assert choose_rule(months, 3, group)[0].pull > rule_of(months, 3)[0].pull


def test_drawing_to_the_peers_keeps_the_mix_and_the_mean_of_the_group():
    cells = np.array([[1.0, 3.0], [6.0, 6.0], [0.0, 0.0], [5.0, 0.0]])
    drawn = drawn_to_peers(cells, np.array([0, 0, 0, 1]), 0.5)
    np.testing.assert_allclose(drawn, [[1.5, 4.5], [5.0, 5.0], [0.0, 0.0], [5.0, 0.0]])
    np.testing.assert_array_equal(drawn_to_peers(cells, np.zeros(4, np.int64), 0.0), cells)
