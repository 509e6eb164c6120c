"""The task of the contest: stored without loss; pieces are chords; the scaled form is the same problem."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from benchmarks.answer_check import check_answer
from benchmarks.pieces import STRETCH, textbook_pieces
from benchmarks.scaled import scaled_form, unscaled
from benchmarks.task import Task, load_task, save_task
from tests.benchmarks.tasks import tiny_task


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    return tiny_task(tmp_path_factory.mktemp("tiny") / "plan")


def one_cell(anchor: float, weight: float, lower: float, upper: float) -> Task:
    one = np.ones(1)
    return Task(
        anchor * one,
        weight * one,
        lower * one,
        upper * one,
        csr_array(np.ones((1, 1))),
        -np.inf * one,
        np.inf * one,
        np.zeros(1, np.int64),
        ("total",),
    )


def test_a_task_comes_back_from_its_file_as_it_was(task: Task, tmp_path: Path) -> None:
    save_task(task, tmp_path / "task.npz")
    back = load_task(tmp_path / "task.npz")
    assert back.kinds == task.kinds
    assert (back.matrix != task.matrix).nnz == 0
    for name in ("anchor", "weight", "lower", "upper", "row_lower", "row_upper", "kind"):
        np.testing.assert_array_equal(getattr(back, name), getattr(task, name))


def test_the_families_are_all_rows_once(task: Task) -> None:
    families = task.families()
    assert sum(len(family) for family in families) == len(task.row_lower)
    assert sum(len(family.row) for family in families) == task.matrix.nnz
    assert sum(family.coefficient.sum() for family in families) == pytest.approx(task.matrix.sum())


@given(
    anchor=st.floats(0.1, 10),
    weight=st.floats(0.1, 10),
    lower=st.floats(0, 5),
    width=st.one_of(st.floats(0, 20), st.just(np.inf)),
)
def test_the_pieces_are_chords_of_the_parabola_and_rise(
    anchor: float, weight: float, lower: float, width: float
) -> None:
    pieces = textbook_pieces(one_cell(anchor, weight, lower, lower + width))
    used = pieces.width[0] > 1e-9
    wide, slope = pieces.width[0][used], pieces.slope[0][used]
    assert np.all(np.diff(slope) >= -1e-9)
    assert wide.sum() == pytest.approx(width, abs=1e-7)
    end = lower + np.cumsum(wide)
    start = np.concatenate([[lower], end])[: len(end)]
    for low, high, rise in zip(start, end, slope, strict=True):
        if np.isfinite(high) and high <= anchor + weight * STRETCH[-1]:
            chord = ((high - anchor) ** 2 - (low - anchor) ** 2) / (2 * weight)
            assert rise * (high - low) == pytest.approx(chord, abs=1e-6)


def test_the_scaled_form_has_the_same_rows_and_cost(task: Task) -> None:
    form = scaled_form(task)
    u = np.random.default_rng(1).normal(size=task.n_cell)
    x = unscaled(task, u)
    assert task.objective(x) == pytest.approx(0.5 * float(u @ u))
    cells = form.matrix[:, : task.n_cell]
    with_cells = np.diff(task.matrix[:, : task.n_cell].indptr) > 0
    np.testing.assert_allclose(np.sqrt((cells.multiply(cells)).sum(axis=1))[with_cells], 1.0)
    before = task.row_upper - task.matrix[:, : task.n_cell] @ x
    after = form.row_upper - cells @ u
    finite = np.isfinite(before) & with_cells
    ratio = after[finite] / before[finite]
    assert np.all(ratio > 0)
    np.testing.assert_array_equal(np.isfinite(form.row_upper), np.isfinite(task.row_upper))


def test_the_check_of_an_answer_sees_a_known_shift() -> None:
    task = one_cell(anchor=2.0, weight=4.0, lower=0.0, upper=5.0)
    check = check_answer(task, np.array([6.0]), np.array([4.0]))
    assert check.rms == pytest.approx(0.5)
    assert check.largest == pytest.approx(0.5)
    assert check.gap == pytest.approx((16 - 4) / 4)
    assert check.violation == pytest.approx(0.25)
