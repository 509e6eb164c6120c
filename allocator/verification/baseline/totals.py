"""From a baseline to anchors: totals poured down the product tree in proportion to it."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR

import numpy as np

from allocator.verification.baseline.arithmetic import over
from allocator.verification.company import Company, decimal
from allocator.verification.measure_result import MeasureResult
from allocator.verification.result_tables import as_mapping
from allocator.verification.trees import FloatArray

HALVINGS = 200
Held = list[tuple[int, float]]
"""Uppermost products and lines that stand at a bound, with the bound."""


@dataclass(frozen=True)
class Totals:
    """Least and most of every product and line in units, shape (n_product,); position 0 is the company."""

    company: Company
    unit: float
    lower: FloatArray
    upper: FloatArray

    def amounts(self, cells: FloatArray) -> FloatArray:
        """What cells come to at the company: sum of cell / street factor. Shape (n_leaf,)."""
        factor = self.company.factor[self.company.org.leaves]
        return np.asarray((cells / factor[:, None]).sum(axis=0))

    def growth(self, cells: FloatArray) -> FloatArray:
        """Anchor / baseline of each leaf product, 0 without a baseline. Shape (n_leaf,)."""
        weight = self.amounts(cells)
        filled = np.zeros(len(weight))
        self._pour(weight, filled, 0, float(self.lower[0]))
        return over(filled * self.unit, weight)

    def growth_or_all(self, cells: FloatArray) -> FloatArray:
        """The same with the company's growth, or 1, for products without a baseline. Shape (n_leaf,)."""
        growth, mass = self.growth(cells), float(self.amounts(cells).sum())
        overall = self.lower[0] * self.unit / mass if mass > 0 else 1.0
        return np.where(growth > 0, growth, overall if overall > 0 else 1.0)

    def _pour(self, weight: FloatArray, filled: FloatArray, node: int, asked: float) -> None:
        """Give leaves below `node` level x weight; what stands at a bound is poured by itself."""
        tree = self.company.products
        if tree.is_leaf[node]:
            filled[tree.first_leaf[node]] = asked
            return
        held = self._held_for(weight, node, asked)
        free = np.zeros(len(weight), bool)
        free[tree.first_leaf[node] : tree.end_leaf[node]] = True
        for place, _ in held:
            free[tree.first_leaf[place] : tree.end_leaf[place]] = False
        rest = asked - sum(bound for _, bound in held)
        filled[free] = weight[free] * over(rest, weight[free].sum())
        for place, bound in held:
            self._pour(weight, filled, place, bound)

    def _held_for(self, weight: FloatArray, node: int, asked: float) -> Held:
        """What stands at a bound at the level at which `node` comes to `asked`."""
        first, end = self.company.products.first_leaf[node], self.company.products.end_leaf[node]
        low, high = 0.0, max(asked, 1.0) * float(over(1.0, weight[first:end].sum(), 1.0))
        while self._at(weight, node, high)[0] < asked and high < 1e200:
            low, high = high, 4.0 * high
        held = [self._at(weight, node, level)[1] for level in (low, high)]
        for _ in range(HALVINGS):
            if held[0] == held[1]:
                break
            middle = (low + high) / 2.0
            reached, found = self._at(weight, node, middle)
            low, high, held = (
                (middle, high, [found, held[1]]) if reached < asked else (low, middle, [held[0], found])
            )
        return held[1]

    def _at(self, weight: FloatArray, node: int, level: float) -> tuple[float, Held]:
        """What `node` comes to at a level of the leaves, each part within its bounds, and what is held."""
        tree, end = self.company.products, self.company.products.below(node).stop
        raw = np.zeros(len(tree))
        raw[tree.leaves] = level * weight
        within = raw.copy()
        for place in range(end - 1, node, -1):
            within[place] = min(max(raw[place], self.lower[place]), self.upper[place])
            raw[tree.parent[place]] += within[place]
        held, place = [], node + 1
        while place < end:
            is_held = within[place] != raw[place] or self.lower[place] == self.upper[place]
            if is_held:
                held.append((place, float(within[place])))
            place += int(tree.size[place]) if is_held else 1
        return float(raw[node]), held


def totals_of(company: Company, result: MeasureResult) -> Totals:
    """Totals of plan.yaml in units: fixed and growth totals as the result has them, ranges drawn inwards."""
    unit, whole = company.unit(result.measure), float(result.units[0, 0])
    lower, upper = np.zeros(len(company.products)), np.full(len(company.products), whole)
    lower[0] = whole
    stated = as_mapping(as_mapping(company.settings.get("product_totals")).get(result.measure))
    for name, asked in stated.items():
        place = company.products.position[str(name)]
        lower[place] = upper[place] = float(result.units[0, place])
        if isinstance(asked, dict) and "growth" not in asked:
            least, most = asked.get("min"), asked.get("max")
            down = None if most is None else (decimal(most) / unit).to_integral_value(ROUND_FLOOR)
            upper[place] = whole if down is None else min(float(down), whole)
            up = None if least is None else (decimal(least) / unit).to_integral_value(ROUND_CEILING)
            lower[place] = 0.0 if up is None else float(up)
    return Totals(company, float(unit), lower, upper)


def with_opened(totals: Totals, level: FloatArray) -> FloatArray:
    """Give products without history what those with one may not hold, spread by the reps' whole history.

    Parameters
    ----------
    level
        Shape (n_rep, n_product).
    """
    wanted, amounts = _missing(totals, totals.amounts(level) > 0), totals.amounts(level)
    if amounts.sum() == 0 or not wanted.any():
        return level
    by_rep = level.sum(axis=1) / totals.lower[0]
    return np.asarray(level + by_rep[:, None] * wanted)


def _missing(totals: Totals, has: np.ndarray) -> FloatArray:
    """Units that products without history have to carry: their own least, then what their line lacks."""
    tree, wanted, most = totals.company.products, np.zeros(len(has)), np.zeros(len(totals.lower))
    for node in range(len(tree) - 1, -1, -1):
        below, low, high = (
            slice(tree.first_leaf[node], tree.end_leaf[node]),
            *(float(bound[node]) for bound in (totals.lower, totals.upper)),
        )
        if tree.is_leaf[node]:
            wanted[below] = 0.0 if has[below][0] else low
            most[node] = high if has[below][0] or low > 0 else 0.0
        else:
            closed = ~has[below] & (wanted[below] == 0) & (totals.upper[tree.leaves[below]] > 0)
            if low > most[node] and closed.any():
                wanted[below] += closed * ((low - most[node]) / closed.sum())
                most[node] = high
            most[node] = min(most[node], high)
        if node:
            most[tree.parent[node]] += most[node]
    return wanted
