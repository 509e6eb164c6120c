"""The optimal face of a soft tier, by complementary slackness."""

from dataclasses import dataclass, replace

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.model import BalanceModel
from solver_models.solution import Solution
from solver_models.tier_rows import Sides, appended, share_rows, side_rows


@dataclass(frozen=True)
class Face:
    """The optimal face so far: row and cell bounds, and what is tight among the soft sides."""

    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray
    goal_tight: BoolArray
    largest_tight: BoolArray
    d_zero: BoolArray

    @staticmethod
    def whole(model: BalanceModel, n_side: int) -> "Face":
        """Return the face on which nothing is tight yet."""
        none = np.zeros(n_side, bool)
        return Face(
            model.rows.lower, model.rows.upper, model.lower, model.upper, none, none.copy(), none.copy()
        )

    def tightened(self, model: BalanceModel, sides: Sides, solution: Solution) -> "Face":
        """Make tight what carries a price in `solution`; what is noise there is exactly 0.

        Parameters
        ----------
        solution
            Its rows are those of `sum_program`; its columns begin with (cells, free, d / scale).
        """
        m, k, n = len(model.rows), len(sides), model.n_cell
        price, reduced = solution.row_price, solution.reduced_cost
        row_lower, row_upper = self.row_lower.copy(), self.row_upper.copy()
        at_lower = (price[:m] > 0) & np.isfinite(row_lower)
        at_upper = (price[:m] < 0) & np.isfinite(row_upper)
        row_upper[at_lower] = row_lower[at_lower]
        row_lower[at_upper] = row_upper[at_upper]
        lower, upper = self.lower.copy(), self.upper.copy()
        fix_low, fix_up = reduced[:n] > 0, (reduced[:n] < 0) & np.isfinite(upper)
        upper[fix_low] = lower[fix_low]
        lower[fix_up] = upper[fix_up]
        return Face(
            row_lower,
            row_upper,
            lower,
            upper,
            self.goal_tight | (price[m : m + k] > 0),
            self.largest_tight | (price[m + k :] > 0),
            self.d_zero | (reduced[model.n_column : model.n_column + k] > 0),
        )

    def spread(self, model: BalanceModel, n_side: int, row: IntArray, side: IntArray) -> "Face":
        """Return the face over all rows and sides, this one being that of some.

        The others carry no price: rows keep their bounds, sides are met (d = 0).

        Parameters
        ----------
        row, side
            Positions of this face's rows and sides among all.
        """
        row_lower, row_upper = model.rows.lower.copy(), model.rows.upper.copy()
        row_lower[row], row_upper[row] = self.row_lower, self.row_upper
        goal_tight, largest_tight = np.zeros(n_side, bool), np.zeros(n_side, bool)
        d_zero = np.ones(n_side, bool)
        goal_tight[side], largest_tight[side], d_zero[side] = (
            self.goal_tight,
            self.largest_tight,
            self.d_zero,
        )
        return Face(row_lower, row_upper, self.lower, self.upper, goal_tight, largest_tight, d_zero)


def apply_face(model: BalanceModel, face: Face, sides: Sides) -> BalanceModel:
    """Return the model on the optimal face, the d eliminated, theta one more free column."""
    keep = np.flatnonzero(face.d_zero)
    give = np.flatnonzero(~face.d_zero)
    kept = side_rows(sides, keep, keep=True)
    is_exact = face.goal_tight[keep]
    kept = replace(
        kept,
        lower=np.where(is_exact, sides.bound[keep], kept.lower),
        upper=np.where(is_exact, sides.bound[keep], kept.upper),
    )
    more = [kept]
    if len(give):
        is_tied = face.goal_tight[give] & face.largest_tight[give]
        more.append(share_rows(sides, give, is_tied, model.n_column))
        more.append(side_rows(sides, give[face.goal_tight[give] & ~is_tied], keep=False))
    rows = replace(model.rows, lower=face.row_lower, upper=face.row_upper)
    return replace(
        model,
        lower=face.lower,
        upper=face.upper,
        n_free=model.n_free + (1 if len(give) else 0),
        rows=appended(rows, *more),
    )
