"""Potential brought to cells at the scale of the history."""

import numpy as np
import pytest

from allocator.anchors.potential import at_history_scale, potential_cells
from allocator.model.labels import label_plan
from tests.allocator.anchors.company import anchors_of, company, make_plan, monthly, products, reps

PRODUCTS = products("p", "q")


def cells_of(
    rows: list[dict[str, object]], share: list[float], there: tuple[float, ...] = (1.0, 1.0, 1.0)
) -> np.ndarray:
    plan = make_plan(company(*reps("abc")), PRODUCTS, potential=rows)
    labels = label_plan(plan)
    return potential_cells(plan, labels, "sales", np.array(share, float), np.array(there)).reshape(3, 2)


def test_a_companys_potential_is_spread_by_history() -> None:
    found = cells_of([{"node_id": "co", "amount": 100.0}], [1, 1, 2, 2, 2, 2])
    np.testing.assert_allclose(found, [[10, 10], [20, 20], [20, 20]])


def test_nobody_gets_potential_for_months_he_is_not_there() -> None:
    rows = [{"node_id": rep, "amount": 100.0} for rep in "abc"]
    found = cells_of(rows, [1, 0, 1, 1, 0, 0], there=(1.0, 0.25, 0.0))
    np.testing.assert_allclose(found, [[100, 0], [12.5, 12.5], [0, 0]])


def test_rep_totals_and_the_companys_product_mix_are_both_met() -> None:
    rows = [
        {"node_id": "a", "amount": 30.0},
        {"node_id": "b", "amount": 20.0},
        {"node_id": "c", "amount": 10.0},
        {"node_id": "co", "product_id": "p", "amount": 240.0},
        {"node_id": "co", "product_id": "q", "amount": 120.0},
    ]
    found = cells_of(rows, [8, 1, 1, 3, 1, 1])
    np.testing.assert_allclose(found.sum(axis=1), [30, 20, 10])
    np.testing.assert_allclose(found.sum(axis=0), [40, 20])
    odds = found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0])
    assert odds == pytest.approx(8 * 3)


def test_a_mix_that_the_reps_history_cannot_reach_leaves_the_rep_totals_as_they_are() -> None:
    rows = [{"node_id": rep, "amount": 10.0} for rep in "abc"]
    rows += [
        {"node_id": "co", "product_id": "p", "amount": 1.0},
        {"node_id": "co", "product_id": "q", "amount": 9.0},
    ]
    found = cells_of(rows, [1, 0, 1, 0, 1, 1])
    np.testing.assert_allclose(found.sum(axis=1), [10, 10, 10])


def test_the_potential_is_scaled_to_the_history_of_the_cells_that_have_both() -> None:
    scaled = at_history_scale(np.array([2.0, 6.0, np.nan, 4.0]), np.array([10.0, 30.0, 50.0, 0.0]))
    np.testing.assert_array_equal(scaled, [10, 30, np.nan, 20])


def test_a_rep_without_potential_is_unknown_in_the_anchors() -> None:
    history = [row for rep in "abc" for row in monthly(rep, "p", 100.0)]
    rows = [{"node_id": "a", "amount": 9000.0}, {"node_id": "b", "amount": 3000.0}]
    plan = make_plan(
        company(*reps("abc")), products("p"), history, potential=rows, baseline={"potential": 1.0}, total=400
    )
    _, anchors = anchors_of(plan)
    np.testing.assert_allclose(anchors.potential, [150, 50, np.nan])
    np.testing.assert_allclose(anchors.weight, [[0, 0, 1], [1, 1, 0], [0, 0, 0]])
    np.testing.assert_allclose(anchors.anchor, [200, 400 / 6, 400 / 3])
