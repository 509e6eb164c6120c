"""A total poured down a tree: optimality by exchange, exact sums, bounds."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solver_models.hierarchy import Hierarchy
from solver_models.water_filling import fill_tree

FLAT = Hierarchy(np.array([-1, 0, 0, 0], np.int32))
LINES = Hierarchy(np.array([-1, 0, 1, 1, 0, 4, 4], np.int32))


def free(tree: Hierarchy) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(len(tree)), np.full(len(tree), np.inf)


def test_without_bounds_the_total_is_shared_in_proportion() -> None:
    np.testing.assert_allclose(fill_tree(FLAT, np.array([1.0, 2.0, 5.0]), *free(FLAT), 16.0), [2, 4, 10])


def test_a_capped_product_leaves_the_rest_to_the_others_in_proportion() -> None:
    lower, upper = free(FLAT)
    upper[3] = 7.0
    np.testing.assert_allclose(fill_tree(FLAT, np.array([1.0, 2.0, 5.0]), lower, upper, 16.0), [3, 6, 7])


def test_a_fixed_line_is_shared_inside_and_the_other_line_takes_the_rest() -> None:
    lower, upper = free(LINES)
    lower[1] = upper[1] = 6.0
    amounts = fill_tree(LINES, np.array([1.0, 2.0, 3.0, 1.0]), lower, upper, 10.0)
    np.testing.assert_allclose(amounts, [2, 4, 3, 1])


def test_a_weightless_leaf_gets_its_lower_bound_only() -> None:
    lower, upper = free(FLAT)
    lower[1] = 3.0
    np.testing.assert_allclose(fill_tree(FLAT, np.array([0.0, 1.0, 1.0]), lower, upper, 10.0), [3, 3.5, 3.5])


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (11.0, 20.0)])
def test_bounds_without_room_are_refused(low: float, high: float) -> None:
    lower, upper = free(FLAT)
    lower[1:], upper[1:] = low, high
    with pytest.raises(ValueError, match="room"):
        fill_tree(FLAT, np.ones(3), lower, upper, 10.0)


def test_a_total_without_any_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        fill_tree(FLAT, np.zeros(3), *free(FLAT), 10.0)


@st.composite
def bounded_trees(draw: st.DrawFn) -> tuple[Hierarchy, np.ndarray, np.ndarray, np.ndarray, float]:
    """A random tree with bounds around a random feasible point."""
    parents = [-1]
    for _ in range(draw(st.integers(1, 9))):
        ancestors = [len(parents) - 1]
        while ancestors[-1] > 0:
            ancestors.append(parents[ancestors[-1]])
        parents.append(draw(st.sampled_from(sorted(set(ancestors)))))
    tree = Hierarchy(np.array(parents, np.int32))
    n_leaf = len(tree.leaf)
    point = np.array(draw(st.lists(st.integers(1, 30), min_size=n_leaf, max_size=n_leaf)), dtype=float)
    weight = np.array(draw(st.lists(st.integers(1, 30), min_size=n_leaf, max_size=n_leaf)), dtype=float)
    at = tree.roll_up(point)
    size = st.lists(st.sampled_from([0.0, 0.1, 0.5, 5.0]), min_size=len(tree), max_size=len(tree))
    lower = np.maximum(at * (1 - np.array(draw(size))), 0.0)
    upper = at * (1 + np.array(draw(size)))
    return tree, weight, lower, upper, float(at[0])


@settings(deadline=None, derandomize=True, max_examples=150)
@given(bounded_trees())
def test_no_exchange_between_two_leaves_improves_the_answer(
    case: tuple[Hierarchy, np.ndarray, np.ndarray, np.ndarray, float],
) -> None:
    tree, weight, lower, upper, total = case
    amount = fill_tree(tree, weight, lower, upper, total)
    at = tree.roll_up(amount)
    assert amount.sum() == pytest.approx(total, rel=1e-12)
    assert np.all(at[1:] >= lower[1:] - 1e-9 * total)
    assert np.all(at[1:] <= upper[1:] + 1e-9 * total)
    # On the bases of a laminar family an answer that no pairwise exchange improves is optimal.
    for giver in range(len(weight)):
        for taker in range(len(weight)):
            if amount[giver] / weight[giver] <= amount[taker] / weight[taker] * (1 + 1e-7):
                continue
            gives, takes = _above(tree, giver), _above(tree, taker)
            room_down = min((at[v] - lower[v] for v in gives - takes), default=np.inf)
            room_up = min((upper[v] - at[v] for v in takes - gives), default=np.inf)
            assert min(room_down, room_up) <= 1e-7 * total


def _above(tree: Hierarchy, leaf: int) -> set[int]:
    node, path = int(tree.leaf[leaf]), set()
    while node > 0:
        path.add(node)
        node = int(tree.parent[node])
    return path


@settings(deadline=None, derandomize=True, max_examples=50)
@given(bounded_trees(), st.floats(0.01, 1000))
def test_everything_times_c_gives_the_answer_times_c(
    case: tuple[Hierarchy, np.ndarray, np.ndarray, np.ndarray, float], factor: float
) -> None:
    tree, weight, lower, upper, total = case
    assume(total > 0)
    amount = fill_tree(tree, weight, lower, upper, total)
    scaled = fill_tree(tree, weight * 7.0, lower * factor, upper * factor, total * factor)
    np.testing.assert_allclose(scaled, amount * factor, rtol=1e-7)
