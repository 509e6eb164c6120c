"""What each rule moves while the totals, and the rules that push, stay where they are."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.sparse_rows import absolute, rows_at, times_columns

MOST_ROWS = 200
PUSHED = 1e-9
AT_BOUND = 1e-7
DEPENDENT = 1e-8


@dataclass(frozen=True)
class HeldRows:
    """Rows and cells that keep their amount, whatever another rule moves.

    A rule *pushes* where it holds its amount on the side of its bound that the anchors are not on: it moves
    the amount from the anchors to the bound, while the fixed totals and all others that push stay. What
    other rules move (price x weight) is taken back where it would change one of these. Taking back costs the
    balance least: with W the weights of the cells that are not held and A the held rows,
    d + W A' y with A (d + W A' y) = what the move may change of them, the totals before the rules.

    Parameters
    ----------
    row
        Positions of the held rows among those of the model, the totals first.
    n_total
        How many of them are totals.
    matrix
        Shape (k, n_cell): their cells.
    weight
        Shape (n_cell,): weights, 0 in the cells held.
    distance
        Shape (k,): what the answer moved each held row by, from the anchors.
    is_held
        Shape (n_cell,): cells at a bound of their own that pushes.
    """

    row: IntArray
    n_total: int
    matrix: csr_array
    weight: FloatArray
    distance: FloatArray
    is_held: BoolArray
    of_totals: FloatArray
    across: FloatArray
    of_rows: FloatArray

    def taken_back(self, own: FloatArray, moved: FloatArray) -> FloatArray:
        """Return y: what the held rows give or take, so that they change by `own` and not by `moved`.

        Parameters
        ----------
        own, moved
            Shape (k, n): per held row and move, what it may change, and what it changes directly.
        """
        short = own - moved
        t = self.n_total
        rows = self.of_rows @ (short[t:] - self.across @ (self.of_totals @ short[:t]))
        totals = self.of_totals @ (short[:t] - self.across.T @ rows)
        return np.concatenate([totals, rows])


def held_rows(
    model: BalanceModel,
    answer: BalanceAnswer,
    bounds: tuple[FloatArray, FloatArray],
    is_total: BoolArray,
    length: IntArray,
    most_entries: int,
) -> HeldRows:
    """Find what is held: totals, rows that push (the longest first), cells whose own bound pushes.

    Of too many rows the longest are held, those of equal length together.

    Parameters
    ----------
    model, answer
        The balanced model, and its answer with prices that name who pushes (`sided`).
    bounds
        Lower and upper bound of each cell as stated, on the model's scale.
    is_total
        Shape (m,): rows of fixed totals.
    length
        Shape (m,): cells of each row; 0 = never held.
    most_entries
        Cells of all rows held together.
    """
    n = model.n_cell
    moved = answer.x - model.anchor
    is_held = _pushing_cells(model, answer, moved, bounds)
    weight = np.where(is_held, 0.0, model.weight)
    total = np.flatnonzero(is_total)
    row = np.concatenate(
        [total, _pushing_rows(model, answer, moved, np.where(is_total, 0, length), most_entries)]
    )
    matrix = rows_at(model.rows.matrix, row)[:, :n]
    t = len(total)
    weighted = times_columns(matrix, weight)
    inner = np.asarray((weighted @ matrix.T).todense())
    of_totals = np.linalg.pinv(inner[:t, :t], rcond=DEPENDENT, hermitian=True)
    across = inner[t:, :t]
    left = inner[t:, t:] - across @ of_totals @ across.T
    size = np.sqrt(np.maximum(np.diag(left), 0.0))
    size = np.where(size > DEPENDENT * np.sqrt(np.maximum(np.diag(inner[t:, t:]), 0.0)), size, np.inf)
    of_rows = np.linalg.pinv(left / size[:, None] / size, rcond=DEPENDENT, hermitian=True)
    return HeldRows(
        row, t, matrix, weight, matrix @ moved, is_held, of_totals, across, of_rows / size[:, None] / size
    )


def _pushing_cells(
    model: BalanceModel, answer: BalanceAnswer, moved: FloatArray, bounds: tuple[FloatArray, FloatArray]
) -> BoolArray:
    """Cells at a bound that their anchor is beyond."""
    pull = moved / model.weight - (model.rows.matrix.T @ answer.price)[: model.n_cell]
    near = AT_BOUND * np.maximum(model.weight, np.abs(answer.x))
    at = np.where(pull > 0, answer.x <= bounds[0] + near, answer.x >= bounds[1] - near)
    clear = np.abs(moved) > PUSHED * model.weight
    return np.asarray(at & clear & (pull * moved > 0))


def _pushing_rows(
    model: BalanceModel, answer: BalanceAnswer, moved: FloatArray, length: IntArray, most_entries: int
) -> IntArray:
    """Rows that moved to the side their price stands for."""
    matrix = model.rows.matrix[:, : model.n_cell]
    distance = matrix @ moved
    clear = np.abs(distance) > PUSHED * (absolute(matrix) @ model.weight)
    found = np.flatnonzero((answer.price * distance > 0) & clear & (length > 0))
    order = np.argsort(-length[found], kind="stable")
    sorted_length = length[found][order]
    is_last = np.append(sorted_length[:-1] != sorted_length[1:], True)
    fits = is_last & (np.arange(1, len(order) + 1) <= MOST_ROWS) & (np.cumsum(sorted_length) <= most_entries)
    count = int(np.flatnonzero(fits).max(initial=-1)) + 1
    return np.asarray(found[np.sort(order[:count])])
