"""The nearest point of a polyhedron in exact arithmetic (Goldfarb and Idnani's dual method)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.exact.equations import Exact, dot, independent, solve

ZERO = Fraction(0)


@dataclass(frozen=True)
class Limit:
    """row . x >= bound, or == bound."""

    row: Exact
    bound: Fraction
    is_equal: bool = False

    def gap(self, x: Sequence[Fraction]) -> Fraction:
        """row . x - bound."""
        return sum((value * x[k] for k, value in self.row.items()), ZERO) - self.bound

    def holds(self, x: Sequence[Fraction]) -> bool:
        """Tell whether a point keeps the limit."""
        gap = self.gap(x)
        return gap == 0 if self.is_equal else gap >= 0


@dataclass(frozen=True)
class Nearest:
    """The minimiser with its certificate: x = a + w * (sum of price * row), prices >= 0 but for equations.

    Parameters
    ----------
    price
        By position of the limit; every limit with a price is tight.
    steps
        How many limits came and went.
    """

    x: list[Fraction]
    price: Exact
    steps: int

    def proves_itself(
        self, anchor: Sequence[Fraction], weight: Sequence[Fraction], limits: Sequence[Limit]
    ) -> bool:
        """Check the conditions of Karush, Kuhn and Tucker without a rounding error."""
        pull = _pulled(anchor, weight, limits, self.price)
        signs = all(limits[k].is_equal or price >= 0 for k, price in self.price.items())
        tight = all(limits[k].gap(self.x) == 0 for k, price in self.price.items() if price)
        return signs and tight and pull == self.x and all(limit.holds(self.x) for limit in limits)


def nearest_point(
    anchor: Sequence[Fraction],
    weight: Sequence[Fraction],
    limits: Sequence[Limit],
    guess: Sequence[int] = (),
    most_steps: int = 2000,
) -> Nearest | None:
    """Minimise sum (x - a)^2 / (2 w) within the limits; None if no point keeps them all (proved).

    Parameters
    ----------
    guess
        Limits that are thought to bind, the surest first; they only save time.
    """
    state = _State(anchor, weight, limits)
    state.begin([k for k, limit in enumerate(limits) if limit.is_equal], guess)
    for step in range(most_steps):
        broken = state.most_broken()
        if broken is None:
            return Nearest(state.x, {k: price for k, price in state.price.items() if price}, step)
        if not state.take_in(broken):
            return None
    raise AssertionError("the dual method did not end")


def _pulled(
    anchor: Sequence[Fraction], weight: Sequence[Fraction], limits: Sequence[Limit], price: Exact
) -> list[Fraction]:
    x = list(anchor)
    for k, value in price.items():
        for cell, coefficient in limits[k].row.items():
            x[cell] += weight[cell] * coefficient * value
    return x


class _State:
    """A set of independent limits, and the nearest point to the anchor at which they are tight."""

    def __init__(
        self, anchor: Sequence[Fraction], weight: Sequence[Fraction], limits: Sequence[Limit]
    ) -> None:
        self.anchor, self.weight, self.limits = list(anchor), list(weight), limits
        self.x = list(anchor)
        self.price: Exact = {}
        self._gram: dict[tuple[int, int], Fraction] = {}
        self._weighted: dict[int, Exact] = {}
        self._size = [
            float(sum((abs(v) * max(anchor[c], weight[c]) for c, v in limit.row.items()), ZERO)) or 1.0
            for limit in limits
        ]

    def begin(self, equal: Sequence[int], guess: Sequence[int]) -> None:
        """Start on guessed limits, as far as they are independent and their prices have the right sign."""
        wanted = list(dict.fromkeys(guess))
        wanted = [wanted[k] for k in independent([self.limits[k].row for k in wanted])]
        while wanted:
            found = self._solved(wanted, {k: self.limits[k].gap(self.anchor) * -1 for k in wanted})
            assert found is not None
            wrong = [k for k in wanted if not self.limits[k].is_equal and found[k] < 0]
            if not wrong:
                self.price = dict(found)
                self.x = _pulled(self.anchor, self.weight, self.limits, self.price)
                return
            wanted = [k for k in wanted if k not in wrong]

    def most_broken(self) -> int | None:
        """The limit that is missed most, relative to its size; None if all hold."""
        worst, which = 0.0, None
        for k, limit in enumerate(self.limits):
            gap = limit.gap(self.x)
            if gap < 0 or (limit.is_equal and gap > 0):
                miss = abs(float(gap)) / self._size[k] + 1e-300
                if miss > worst:
                    worst, which = miss, k
        return which

    def take_in(self, new: int) -> bool:
        """Make a broken limit tight, letting others go as prices run out; False if it cannot be."""
        sign = 1 if self.limits[new].gap(self.x) < 0 else -1
        own = ZERO
        while True:
            held = list(self.price)
            along = self._solved(held, {k: self._product(k, new) for k in held}) if held else {}
            assert along is not None
            curve = self._product(new, new) - sum(
                (value * self._product(k, new) for k, value in along.items()), ZERO
            )
            stops = [
                (self.price[k] / (sign * along[k]), k)
                for k in held
                if not self.limits[k].is_equal and sign * along[k] > 0
            ]
            step, first = min(stops, default=(None, -1))
            if curve == 0:
                if step is None:
                    return False
                full = None
            else:
                full = abs(self.limits[new].gap(self.x)) / curve
            is_full = full is not None and (step is None or full <= step)
            size = full if is_full else step
            assert size is not None
            for k in held:
                self.price[k] -= sign * size * along[k]
            own += sign * size
            if not is_full:
                del self.price[first]
            self.x = _pulled(self.anchor, self.weight, self.limits, {**self.price, new: own})
            if is_full:
                self.price[new] = own
                return True

    def _product(self, one: int, other: int) -> Fraction:
        """Product of two rows, weighted."""
        key = (one, other) if one <= other else (other, one)
        if key not in self._gram:
            if key[0] not in self._weighted:
                row = self.limits[key[0]].row
                self._weighted[key[0]] = {cell: value * self.weight[cell] for cell, value in row.items()}
            self._gram[key] = dot(self._weighted[key[0]], self.limits[key[1]].row)
        return self._gram[key]

    def _solved(self, held: Sequence[int], right: Exact) -> Exact | None:
        rows = []
        for k in held:
            row = {j: self._product(k, j) for j in held}
            rows.append({j: value for j, value in row.items() if value})
        return solve(rows, [right[k] for k in held])
