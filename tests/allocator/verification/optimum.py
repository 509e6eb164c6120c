"""The optimum of a tiny plan by brute force: every set of rows that might bind is tried.

Rows are dicts cell -> coefficient, written out by loops. With few rows and cells away from their
own bounds, the minimiser of sum (x - a)^2 / (2 a) under a set of tight rows is one small linear
system; the right set is the one whose multipliers have the right signs and whose other rows hold.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tests.allocator.verification.tiny import BELOW, CELLS, Cell, NoAnswer, Tiny, price, reps_below, rule_row


@dataclass(frozen=True)
class Row:
    """lower <= sum of coef * x <= upper, with what rules.csv says about it."""

    rule_id: str
    kind: str
    node: str
    product: str
    coef: Mapping[Cell, float]
    lower: float = -np.inf
    upper: float = np.inf
    min: float | str = ""
    max: float | str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    def value(self, cells: Mapping[Cell, float]) -> float:
        return sum(c * cells[cell] for cell, c in self.coef.items())


def coefficients(
    tiny: Tiny, node: str, product: str, weight: Mapping[str, float] | None = None
) -> dict[Cell, float]:
    """X_v(p), or the sum of weight times X_v(p) over the products below."""
    return {
        (rep, leaf): (1.0 if weight is None else weight[leaf]) * tiny.factor(node) / tiny.factor(rep)
        for rep in reps_below(node)
        for leaf in BELOW[product]
    }


def minus(one: Mapping[Cell, float], times: float, other: Mapping[Cell, float]) -> dict[Cell, float]:
    """One - times * other."""
    return {cell: one.get(cell, 0.0) - times * other.get(cell, 0.0) for cell in {**one, **other}}


def solve(tiny: Tiny, rows: list[Row]) -> dict[tuple[int, str], float]:
    """Set `tiny.x` and return the multipliers: (row, side) -> y; row -1 is the company total."""
    a = np.array([tiny.anchor[cell] for cell in CELLS])

    def vector(coef: Mapping[Cell, float]) -> np.ndarray:
        return np.array([coef.get(cell, 0.0) for cell in CELLS])

    whole = vector(coefficients(tiny, "acme", "*"))
    sides = [(k, "both") for k, row in enumerate(rows) if row.lower == row.upper]
    loose = [
        (k, side)
        for k, row in enumerate(rows)
        for side, bound in (("lower", row.lower), ("upper", row.upper))
        if np.isfinite(bound) and row.lower != row.upper
    ]
    for size in range(len(loose) + 1):
        for active in itertools.combinations(loose, size):
            chosen = [*sides, *active]
            c = np.stack([whole, *(vector(rows[k].coef) for k, _ in chosen)])
            b = np.array([tiny.total, *(rows[k].upper if s == "upper" else rows[k].lower for k, s in chosen)])
            gram = (c * a) @ c.T
            if np.linalg.matrix_rank(gram) < len(gram):
                continue
            y = np.linalg.solve(gram, b - c @ a)
            x = a + a * (c.T @ y)
            wrong_sign = [
                (s == "lower" and v < 0) or (s == "upper" and v > 0)
                for (_, s), v in zip(chosen, y[1:], strict=True)
            ]
            holds = [row.lower - 1e-9 <= vector(row.coef) @ x <= row.upper + 1e-9 for row in rows]
            if not any(wrong_sign) and all(holds) and np.all(x > 0):
                tiny.x = dict(zip(CELLS, x.tolist(), strict=True))
                return {(-1, "both"): float(y[0])} | dict(zip(chosen, y[1:].tolist(), strict=True))
    raise NoAnswer("no set of rows is optimal")


def with_rows(tiny: Tiny, rows: list[Row]) -> Tiny:
    """Solve, round, and fill in rules.csv and prices.csv for hard rows."""
    multipliers = solve(tiny, rows)
    ratio = ("mix", "fairness", "link")
    exact = [row for row in rows if row.kind not in ratio]

    def keeps(_: Tiny, units: Mapping[Cell, int]) -> bool:
        amounts = {cell: unit * tiny.unit for cell, unit in units.items()}
        return all(row.lower - 1e-9 <= row.value(amounts) <= row.upper + 1e-9 for row in exact)

    tiny.keeps = keeps
    tiny.rounded()
    tiny.prices = [price("balance", "total", "", "acme", "*", "both", "", multipliers.pop((-1, "both")))]
    tiny.prices += [
        price("balance", rows[k].kind, rows[k].rule_id, rows[k].node, rows[k].product, side, "", y)
        for (k, side), y in multipliers.items()
        if y != 0
    ]
    tiny.rule_rows = lambda _: _rule_rows(tiny, rows, multipliers)
    return tiny


def _rule_rows(
    tiny: Tiny, rows: list[Row], multipliers: Mapping[tuple[int, str], float]
) -> list[dict[str, object]]:
    """One row per rule and node; fairness and mix stand as two Rows there, one per side."""
    amounts = {cell: unit * tiny.unit for cell, unit in tiny.units.items()}
    merged: dict[tuple[str, str, str], dict[str, object]] = {}
    for k, row in enumerate(rows):
        if row.kind == "product_total":
            continue
        y = sum(v for (j, _), v in multipliers.items() if j == k)
        before, after = row.value(tiny.x), row.value(amounts)
        at_bound = min(abs(before - row.lower), abs(before - row.upper)) < 1e-9
        short = max(row.lower - after, after - row.upper, 0.0)
        here = {
            "price": y,
            "status": "binding" if at_bound else "slack",
            "short_by": short if short > 1e-9 else 0.0,
            "min": row.min,
            "max": row.max,
            "value": row.extra["value"](tiny, amounts) if "value" in row.extra else after,
        }
        here |= {key: value for key, value in row.extra.items() if key != "value"}
        key = (row.rule_id, row.node, row.product)
        if key in merged:
            before = merged[key]
            before["price"] = float(before["price"]) + y
            before["status"] = "binding" if "binding" in (before["status"], here["status"]) else "slack"
            before["short_by"] = max(float(before["short_by"]), float(here["short_by"]))
        else:
            merged[key] = rule_row(row.rule_id, row.kind, row.node, row.product, **here)
    return list(merged.values())
