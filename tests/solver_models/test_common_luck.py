"""What few years tell about shared luck, against the conditional law of joint normals and by hand."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from solver_models.common_luck import SIZES, group_luck, luck_states, next_year, sizes_prior

FLAT = 1e4


def joint(n: int, size: float, noise: float, drift: float) -> np.ndarray:
    """Covariance of n years, latest first, and of a + g one year ahead."""
    time = np.append(-np.arange(n), 1.0)
    own = np.append(np.full(n, size**2 + noise), 0.0)
    return FLAT + drift**2 * np.outer(time, time) + np.diag(own)


@pytest.mark.parametrize("level", [[0.0], [0.1, 0.0], [0.05, -0.1, 0.02]])
def test_next_year_is_the_conditional_law_given_the_years_on_file(level):
    noise, drift, y = 0.002, 0.1, np.array(level)
    weight, mean, spread = next_year(y, noise, drift, sizes_prior(0.05))
    likelihood = []
    for k, size in enumerate(SIZES):
        all_years = joint(len(y), size, noise, drift)
        gain = np.linalg.solve(all_years[:-1, :-1], all_years[:-1, -1])
        assert mean[k] == pytest.approx(gain @ y - y[0], abs=1e-5)
        left = all_years[-1, -1] - gain @ all_years[:-1, -1]
        assert spread[k] ** 2 == pytest.approx(size**2 + max(0, left - noise / 2), rel=1e-4)
        likelihood.append(multivariate_normal(cov=all_years[:-1, :-1], allow_singular=True).pdf(y))
    found = sizes_prior(0.05) * np.array(likelihood)
    assert weight == pytest.approx(found / found.sum(), rel=1e-3, abs=1e-9)


def test_a_lucky_year_is_no_growth_and_growth_without_luck_goes_on():
    lucky = next_year(np.array([0.2, 0.0]), 0.0, 1e-9, sizes_prior(0.05))[1]
    assert lucky == pytest.approx(-0.1)
    steady = next_year(np.array([0.2, 0.1, 0.0]), 0.0, 10.0, sizes_prior(0.05))[1]
    assert steady == pytest.approx(0.1, abs=1e-3)


def test_regions_that_differ_by_no_more_than_their_sellers_luck_leave_small_sizes():
    rng = np.random.default_rng(2)
    quiet = group_luck(rng.normal(0, 0.05, 40), np.full(40, 0.05**2), 0.03)
    loud = group_luck(rng.normal(0, np.hypot(0.18, 0.05), 40), np.full(40, 0.05**2), 0.03)
    assert quiet[SIZES < 0.05].sum() > 0.9
    assert SIZES[np.argmax(loud)] == 0.18
    one = group_luck(np.array([0.1]), np.array([0.01]), 0.03)
    by_hand = sizes_prior(0.03) * norm(scale=np.sqrt(SIZES**2 + 0.01)).pdf(0.1)
    assert one == pytest.approx(by_hand / by_hand.sum())
    assert group_luck(np.zeros(0), np.zeros(0), 0.03) == pytest.approx(sizes_prior(0.03))


def test_states_pair_both_and_their_shift_is_nothing_on_average():
    company = next_year(np.array([0.1, 0.0]), 0.001, 0.1, sizes_prior(0.02))
    states = luck_states(company, sizes_prior(0.03), 0.5)
    assert states.weight.sum() == pytest.approx(1)
    assert states.weight @ states.shift == pytest.approx(0, abs=1e-12)
    assert set(states.region) <= set(SIZES * 0.5)
    assert len(states.weight) <= len(SIZES) ** 2
