"""The tables of a result, exactly as the contract lists them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from allocator.allocation import Allocation, MeasureAllocation
from allocator.plan.plan import month_text
from solver_models.arrays import IntArray

CELLS = ("measure", "node_id", "product_id", "baseline", "anchor", "lower", "upper", "unrounded", "target")
TARGETS = (
    "measure",
    "node_id",
    "level",
    "product_id",
    "target",
    "last_year",
    "growth",
    "anchor",
    "ratio",
    "children_sum",
)
MONTHLY = ("measure", "node_id", "product_id", "period", "target")
RULES = (
    "rule_id",
    "node_id",
    "product_id",
    "value",
    "min",
    "max",
    "status",
    "price",
    "text",
    "measure",
    "kind",
    "basis",
    "tier",
    "owner",
    "short_by",
)
MONTHLY_ROWS_AT_ONCE = 400_000


def amounts(units: IntArray, round_to: Decimal) -> np.ndarray:
    """Units times `round_to`: int64 where that is whole, exact decimal text otherwise."""
    sign, digits, exponent = round_to.normalize().as_tuple()
    step = int("".join(map(str, digits)))
    if not isinstance(exponent, int):
        raise ValueError(f"round_to {round_to} is not a finite number")
    if exponent >= 0:
        return np.asarray(units * (step * 10**exponent))
    scale = 10**-exponent
    raw = units.ravel() * step
    whole, part = np.divmod(np.abs(raw), scale)
    minus = np.where(raw < 0, "-", "")
    text = [f"{m}{w}.{p:0{-exponent}d}" for m, w, p in zip(minus, whole.tolist(), part.tolist(), strict=True)]
    return np.array(text, object).reshape(units.shape)


def as_float(units: IntArray, round_to: Decimal) -> np.ndarray:
    """Units times `round_to` as floats, for ratios."""
    return np.asarray(units * float(round_to), np.float64)


def cells_table(allocation: Allocation, result: MeasureAllocation) -> pd.DataFrame:
    """One row per rep and product leaf."""
    grid, labels = allocation.labels.grid, allocation.labels
    round_to = allocation.plan.spec.measures[result.measure].round_to
    units = result.target_units[np.ix_(grid.org.leaf, grid.products.leaf)].ravel()
    return pd.DataFrame(
        {
            "measure": constant(result.measure, grid.n_cell),
            "node_id": coded(labels.rep_id, np.repeat(np.arange(grid.n_rep), grid.n_product)),
            "product_id": coded(labels.leaf_product_id, np.tile(np.arange(grid.n_product), grid.n_rep)),
            "baseline": result.anchors.baseline,
            "anchor": result.anchors.anchor,
            "lower": result.lower,
            "upper": np.where(np.isinf(result.upper), np.nan, result.upper),
            "unrounded": result.unrounded,
            "target": amounts(units, round_to),
        },
        columns=list(CELLS),
    )


def targets_table(allocation: Allocation, result: MeasureAllocation) -> pd.DataFrame:
    """One row per node and product, lines and `*` included."""
    grid, labels = allocation.labels.grid, allocation.labels
    round_to = allocation.plan.spec.measures[result.measure].round_to
    n_v, n_q = len(labels.node_id), len(labels.product_id)
    level_code, levels = pd.factorize(np.array(labels.level, object))
    target = as_float(result.target_units, round_to)
    last_year = grid.roll_up_plain(result.anchors.last_year)
    anchor = grid.roll_up(result.anchors.anchor)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(last_year > 0, target / last_year - 1.0, np.nan)
        ratio = np.where(anchor > 0, target / anchor, np.nan)
    children = amounts(children_units(allocation, result), round_to).astype(object)
    children[grid.org.is_leaf] = None
    return pd.DataFrame(
        {
            "measure": constant(result.measure, n_v * n_q),
            "node_id": coded(labels.node_id, np.repeat(np.arange(n_v), n_q)),
            "level": coded(levels.tolist(), np.repeat(level_code, n_q)),
            "product_id": coded(labels.product_id, np.tile(np.arange(n_q), n_v)),
            "target": amounts(result.target_units, round_to).ravel(),
            "last_year": last_year.ravel(),
            "growth": growth.ravel(),
            "anchor": anchor.ravel(),
            "ratio": ratio.ravel(),
            "children_sum": children.ravel(),
        },
        columns=list(TARGETS),
    )


def children_units(allocation: Allocation, result: MeasureAllocation) -> IntArray:
    """Sum of the children's targets of every node, in units; 0 for reps. Shape as `target_units`."""
    org = allocation.labels.grid.org
    total = np.zeros_like(result.target_units)
    np.add.at(total, org.parent[1:], result.target_units[1:])
    return total


def monthly_table(
    allocation: Allocation, result: MeasureAllocation, first: int = 0, last: int | None = None
) -> pd.DataFrame:
    """Every row of the targets by month, of the nodes at positions `first` to `last` (excluded)."""
    labels = allocation.labels
    round_to = allocation.plan.spec.measures[result.measure].round_to
    periods = [month_text(month) for month in allocation.plan.month_numbers]
    units = result.month_units[first:last]
    n_v, n_q, n_t = units.shape
    return pd.DataFrame(
        {
            "measure": constant(result.measure, units.size),
            "node_id": coded(labels.node_id[first:last], np.repeat(np.arange(n_v), n_q * n_t)),
            "product_id": coded(labels.product_id, np.tile(np.repeat(np.arange(n_q), n_t), n_v)),
            "period": coded(periods, np.tile(np.arange(n_t), n_v * n_q)),
            "target": amounts(units.ravel(), round_to),
        },
        columns=list(MONTHLY),
    )


def monthly_tables(allocation: Allocation, result: MeasureAllocation) -> Iterator[pd.DataFrame]:
    """Yield the rows of `monthly_table` block by block: the whole would be the largest thing of a run."""
    n_v, n_q, n_t = result.month_units.shape
    step = max(1, MONTHLY_ROWS_AT_ONCE // (n_q * n_t))
    for first in range(0, n_v, step):
        yield monthly_table(allocation, result, first, first + step)


def coded(texts: Sequence[str], codes: np.ndarray) -> "pd.Categorical[Any]":
    """Return a column that holds the text at each code; each text is kept once."""
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(texts, dtype=object)))


def constant(words: str, count: int) -> "pd.Categorical[Any]":
    """Return a column that holds the same text everywhere."""
    return coded([words], np.zeros(count, np.int8))


def rules_table(allocation: Allocation, result: MeasureAllocation, texts: list[str]) -> pd.DataFrame:
    """One row per rule and node it applies to; `texts` are the sentences, row by row."""
    labels, rules = allocation.labels, result.rules
    bounds = {
        side: np.where(np.isfinite(rules[side].astype(float)), rules[side].astype(float), np.nan)
        for side in ("min", "max")
    }
    return pd.DataFrame(
        {
            "rule_id": rules["rule_id"],
            "node_id": np.array(labels.node_id, object)[rules["node"]],
            "product_id": np.array(labels.product_id, object)[rules["product"]],
            "value": rules["value"],
            "min": bounds["min"],
            "max": bounds["max"],
            "status": rules["status"],
            "price": rules["price"],
            "text": texts,
            "measure": result.measure,
            "kind": rules["kind"],
            "basis": rules["basis"],
            "tier": np.where(rules["tier"] == 0, "hard", rules["tier"].astype(str)),
            "owner": rules["owner"],
            "short_by": rules["short_by"],
        },
        columns=list(RULES),
    )
