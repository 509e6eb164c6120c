"""Iterative proportional fitting against a published table and its invariants."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver_models.proportional_fitting import fit_proportionally


def test_the_published_table_is_reproduced(shared_dir: Path) -> None:
    cases = json.loads((shared_dir / "cases" / "external-cases.json").read_text("utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == "wikipedia_ipf_4x4")
    seed, rows, columns = (np.array(case["inputs"][name], dtype=float) for name in ("seed", "rows", "cols"))
    fitted = fit_proportionally(seed, rows, columns)
    np.testing.assert_allclose(fitted.table, case["expected"]["x"], atol=case["tolerance"])
    odds = (seed[0, 0] * seed[1, 1]) / (seed[0, 1] * seed[1, 0])
    table = fitted.table
    assert (table[0, 0] * table[1, 1]) / (table[0, 1] * table[1, 0]) == pytest.approx(odds)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(
    seed=arrays(float, (3, 4), elements=st.floats(0.1, 10)),
    rows=arrays(float, 3, elements=st.floats(0.0, 10)),
    columns=arrays(float, 4, elements=st.floats(0.1, 10)),
)
def test_both_margins_are_met_and_rank_one_changes_of_the_seed_do_not_matter(
    seed: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> None:
    columns = columns * (rows.sum() / columns.sum())
    fitted = fit_proportionally(seed, rows, columns)
    np.testing.assert_allclose(fitted.table.sum(axis=1), rows, atol=1e-9)
    np.testing.assert_allclose(fitted.table.sum(axis=0), columns, atol=1e-9)
    other = fit_proportionally(seed * np.array([1.0, 2.0, 3.0])[:, None], rows, columns)
    np.testing.assert_allclose(other.table, fitted.table, atol=1e-8)


def test_zeros_stay_and_unreachable_margins_show_as_residual() -> None:
    seed = np.array([[1.0, 0.0], [1.0, 1.0]])
    reachable = fit_proportionally(seed, np.array([1.0, 3.0]), np.array([2.0, 2.0]))
    np.testing.assert_allclose(reachable.table, [[1.0, 0.0], [1.0, 2.0]], atol=1e-9)
    unreachable = fit_proportionally(seed, np.array([3.0, 1.0]), np.array([2.0, 2.0]), most_sweeps=50)
    assert unreachable.residual > 0.1
    assert unreachable.table[0, 1] == 0.0


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [([1.0, 1.0], [1.0, 2.0], "sum to"), ([1.0, 2.0], [3.0, 0.0], "only zeros")],
)
def test_margins_that_cannot_fit_are_refused(rows: list[float], columns: list[float], words: str) -> None:
    seed = np.array([[0.0, 0.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match=words):
        fit_proportionally(seed, np.array(rows), np.array(columns))
