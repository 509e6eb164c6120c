"""Gini, Jain and Theil against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver_models.inequality import gini, jain, theil, variation

POSITIVE = st.lists(st.floats(0.01, 100), min_size=1, max_size=12)


@pytest.mark.parametrize(("k", "n"), [(1, 4), (3, 5), (10, 10)])
def test_jain_is_k_of_n_where_k_share_all_equally(k, n):
    values = np.array([2.0] * k + [0.0] * (n - k))
    assert jain(values) == pytest.approx(k / n)
    assert gini(values) == pytest.approx(1 - k / n)


@given(POSITIVE, st.randoms(use_true_random=False))
@settings(deadline=None, derandomize=True)
def test_gini_is_the_mean_difference_of_all_pairs(values, random):
    v = np.array(values)
    w = np.array([random.randint(1, 5) for _ in values], float)
    pairs = np.abs(v[:, None] - v) * np.outer(w, w)
    assert gini(v, w) == pytest.approx(pairs.sum() / (2 * w.sum() * (w @ v)), abs=1e-12)


@given(POSITIVE)
@settings(deadline=None, derandomize=True)
def test_a_whole_weight_counts_like_as_many_copies(values):
    v = np.array(values)
    w = np.arange(len(v)) % 3 + 1
    copies = np.repeat(v, w)
    for measure in (gini, jain, variation):
        assert measure(v, w.astype(float)) == pytest.approx(measure(copies), abs=1e-9)


@given(
    st.lists(
        st.tuples(st.one_of(st.just(0.0), st.floats(0.01, 100)), st.integers(0, 3), st.floats(0.1, 9)),
        min_size=1,
        max_size=15,
    )
)
@settings(deadline=None, derandomize=True)
def test_theil_within_and_between_add_up_to_theil(rows):
    values, group, weight = (np.array(column) for column in zip(*rows, strict=True))
    parts = theil(values, group, 4, weight)
    if values.sum() == 0:
        assert parts is None
        return
    share = weight / weight.sum()
    ratio = values / (share @ values)
    direct = sum(p * r * np.log(r) for p, r in zip(share, ratio, strict=True) if r > 0)
    assert parts.total == pytest.approx(direct, abs=1e-9)
    assert parts.within + parts.between == pytest.approx(parts.total, abs=1e-9)


def test_theil_of_equal_groups_lies_within_them_alone():
    parts = theil(np.array([1.0, 3.0, 1.0, 3.0]), np.array([0, 0, 1, 1]), 2)
    assert parts.between == pytest.approx(0, abs=1e-15)
    assert parts.of_group == pytest.approx([parts.total] * 2)


def test_nothing_is_said_of_nothing():
    assert gini(np.zeros(0)) is None
    assert jain(np.zeros(3)) is None
    assert theil(np.zeros(3), np.zeros(3, int), 1) is None
