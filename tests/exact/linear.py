"""Linear programs in exact arithmetic: HiGHS guesses a basis, rational pivots make it right and prove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import highspy
import numpy as np

from tests.exact.equations import Exact, dot, solve

ZERO = Fraction(0)
MOST_PIVOTS = 3000
Bound = Fraction | None


@dataclass(frozen=True)
class Program:
    """min cost . x with lower <= x <= upper and row_lower <= rows x <= row_upper; None = no bound."""

    cost: Exact
    lower: Sequence[Bound]
    upper: Sequence[Bound]
    rows: Sequence[Exact]
    row_lower: Sequence[Bound]
    row_upper: Sequence[Bound]


@dataclass(frozen=True)
class Optimum:
    """The optimum with prices that prove it: price of row i >= 0 at its lower, <= 0 at its upper side."""

    x: list[Fraction]
    value: Fraction
    price: Exact
    reduced: Exact
    pivots: int


def minimum(program: Program) -> Optimum | None:
    """Return the exact optimum; None if there is no feasible point (proved by the pivots)."""
    tableau = _Basis(program, *_guess(program))
    if not tableau.is_priced_right():
        tableau.shift_costs()
    if not tableau.make_feasible():
        return None
    tableau.cost = dict(program.cost)
    tableau.make_optimal()
    return tableau.optimum()


def _guess(program: Program) -> tuple[list[int], list[int]]:
    """Basic variables, and for the others the side at which they stand (-1 lower, 1 upper, 0 free at 0)."""
    n, m = len(program.lower), len(program.rows)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, m
    model.col_cost_ = np.array([float(program.cost.get(k, ZERO)) for k in range(n)])
    model.col_lower_, model.col_upper_ = _floats(program.lower, -np.inf), _floats(program.upper, np.inf)
    model.row_lower_, model.row_upper_ = (
        _floats(program.row_lower, -np.inf),
        _floats(program.row_upper, np.inf),
    )
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(row) for row in program.rows)])
    model.a_matrix_.index_ = np.array([k for row in program.rows for k in row], np.int32)
    model.a_matrix_.value_ = np.array([float(v) for row in program.rows for v in row.values()])
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        highs.setOptionValue(option, 1e-10)
    highs.setOptionValue("small_matrix_value", 1e-12)
    highs.setOptionValue("threads", 1)
    highs.passModel(model)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return _slack_basis(program)
    basis = highs.getBasis()
    status = [*basis.col_status, *basis.row_status]
    basic = [k for k, one in enumerate(status) if one == highspy.HighsBasisStatus.kBasic]
    side = [1 if one == highspy.HighsBasisStatus.kUpper else -1 for one in status]
    return (basic, side) if len(basic) == m else _slack_basis(program)


def _slack_basis(program: Program) -> tuple[list[int], list[int]]:
    n, m = len(program.lower), len(program.rows)
    return list(range(n, n + m)), [-1] * (n + m)


def _floats(values: Sequence[Bound], otherwise: float) -> np.ndarray:
    return np.array([otherwise if value is None else float(value) for value in values])


class _Basis:
    """A basis of the variables (columns, then one per row with rows x - r = 0)."""

    def __init__(self, program: Program, basic: list[int], side: list[int]) -> None:
        self.program, self.n, self.m = program, len(program.lower), len(program.rows)
        self.cost = dict(program.cost)
        self.lower = [*program.lower, *program.row_lower]
        self.upper = [*program.upper, *program.row_upper]
        self.column: list[Exact] = [{} for _ in range(self.n)]
        for i, row in enumerate(program.rows):
            for k, value in row.items():
                self.column[k][i] = value
        self.column += [{i: Fraction(-1)} for i in range(self.m)]
        self.basic = sorted(basic)
        self.side = side
        for k in range(self.n + self.m):
            self.side[k] = self._nearest_side(k, side[k])
        self.pivots = 0
        if solve([self.column[k] for k in self.basic], [ZERO] * self.m) is None and self.m:
            self.basic = list(range(self.n, self.n + self.m))

    def _nearest_side(self, k: int, wanted: int) -> int:
        low, high = self.lower[k], self.upper[k]
        if low is None and high is None:
            return 0
        if wanted > 0:
            return 1 if high is not None else -1
        return -1 if low is not None else 1

    def value(self, k: int) -> Fraction:
        """Value of a variable outside the basis."""
        bound = {-1: self.lower[k], 1: self.upper[k], 0: ZERO}[self.side[k]]
        assert bound is not None
        return bound

    def _solve_basis(self, right: Exact) -> Exact:
        """B w = right, by position of the variable."""
        rows: list[Exact] = [{} for _ in range(self.m)]
        for k in self.basic:
            for i, value in self.column[k].items():
                rows[i][k] = value
        found = solve(rows, [right.get(i, ZERO) for i in range(self.m)])
        assert found is not None
        return found

    def _solve_rows(self, right: Exact) -> Exact:
        """B' y = right (by position of the basic variable), by row."""
        found = solve([self.column[k] for k in self.basic], [right.get(k, ZERO) for k in self.basic])
        assert found is not None
        return found

    def point(self) -> list[Fraction]:
        """Values of all variables."""
        inside = set(self.basic)
        values = [ZERO if k in inside else self.value(k) for k in range(self.n + self.m)]
        right: Exact = {}
        for k, value in enumerate(values):
            if value:
                for i, coefficient in self.column[k].items():
                    right[i] = right.get(i, ZERO) - coefficient * value
        for k, value in self._solve_basis(right).items():
            values[k] = value
        return values

    def reduced(self) -> Exact:
        """Reduced costs of the variables outside the basis; that of a row's variable is its price."""
        price = self._solve_rows(self.cost)
        inside = set(self.basic)
        return {
            k: self.cost.get(k, ZERO) - dot(price, self.column[k])
            for k in range(self.n + self.m)
            if k not in inside
        }

    def _is_wrong(self, k: int, cost: Fraction) -> bool:
        if self.lower[k] is not None and self.lower[k] == self.upper[k]:
            return False
        return cost != 0 if self.side[k] == 0 else (cost < 0 if self.side[k] < 0 else cost > 0)

    def is_priced_right(self) -> bool:
        """Tell whether all reduced costs have the right sign, with boxed variables at their better side."""
        right = True
        for k, cost in self.reduced().items():
            if self._is_wrong(k, cost):
                if self.lower[k] is not None and self.upper[k] is not None:
                    self.side[k] = -self.side[k]
                else:
                    right = False
        return right

    def shift_costs(self) -> None:
        """Change costs until the basis is priced right."""
        for k, cost in self.reduced().items():
            if self._is_wrong(k, cost):
                self.cost[k] = self.cost.get(k, ZERO) - cost

    def make_feasible(self) -> bool:
        """Dual simplex with the rule of the smallest position; False if no point is feasible."""
        while True:
            values = self.point()
            leaving = next((k for k in self.basic if self._miss(k, values[k])), None)
            if leaving is None:
                return True
            self._count()
            goes_up = self._miss(leaving, values[leaving]) < 0
            row = self._solve_rows({leaving: Fraction(1)})
            reduced = self.reduced()
            best: tuple[Fraction, int] | None = None
            for k, cost in reduced.items():
                slope = -dot(row, self.column[k])
                if not slope or (self.lower[k] is not None and self.lower[k] == self.upper[k]):
                    continue
                helps = (slope > 0) == goes_up
                if self.side[k] == 0 or (helps if self.side[k] < 0 else not helps):
                    ratio = (abs(cost / slope), k)
                    best = ratio if best is None or ratio < best else best
            if best is None:
                return False
            self._exchange(leaving, best[1], -1 if goes_up else 1)

    def _miss(self, k: int, value: Fraction) -> int:
        low, high = self.lower[k], self.upper[k]
        if low is not None and value < low:
            return -1
        return 1 if high is not None and value > high else 0

    def make_optimal(self) -> None:
        """Primal simplex with the rule of the smallest position."""
        while True:
            reduced = self.reduced()
            entering = next((k for k in sorted(reduced) if self._is_wrong(k, reduced[k])), None)
            if entering is None:
                return
            self._count()
            goes_up = reduced[entering] < 0
            sign = 1 if goes_up else -1
            values = self.point()
            change = self._solve_basis({i: -sign * v for i, v in self.column[entering].items()})
            low, high = self.lower[entering], self.upper[entering]
            best: tuple[Fraction, int, int] | None = None
            if low is not None and high is not None:
                best = (high - low, entering, 0)
            for k, slope in change.items():
                limit = self.upper[k] if slope > 0 else self.lower[k]
                if slope and limit is not None:
                    stop = ((limit - values[k]) / slope, k, 1 if slope > 0 else -1)
                    best = stop if best is None or stop[:2] < best[:2] else best
            assert best is not None, "the program is unbounded"
            if best[1] == entering:
                self.side[entering] = -self.side[entering]
            else:
                self._exchange(best[1], entering, best[2])

    def _exchange(self, leaving: int, entering: int, side: int) -> None:
        self.basic = sorted({*self.basic, entering} - {leaving})
        self.side[leaving] = side

    def _count(self) -> None:
        self.pivots += 1
        if self.pivots > MOST_PIVOTS:
            raise AssertionError("the simplex method did not end")

    def optimum(self) -> Optimum:
        """The optimum; its value and the value of its prices are equal, or something is wrong."""
        values, reduced = self.point(), self.reduced()
        value = dot(self.cost, {k: values[k] for k in self.cost})
        proved = sum((cost * self.value(k) for k, cost in reduced.items() if cost), ZERO)
        assert value == proved
        assert not any(self._is_wrong(k, cost) for k, cost in reduced.items())
        assert not any(self._miss(k, one) for k, one in enumerate(values))
        price = {k - self.n: cost for k, cost in reduced.items() if k >= self.n and cost}
        of_columns = {k: cost for k, cost in reduced.items() if k < self.n and cost}
        return Optimum(values[: self.n], value, price, of_columns, self.pivots)
