"""Why the remaining target of a node is another one than was published: the cause that moved it most."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.allocation import MeasureAllocation
from allocator.explanation.waterfall import STEPS
from allocator.model.labels import Labels
from scenarios.replan.remaining_rules import STABILITY
from solver_models.arrays import FloatArray, IntArray

MOVES, PRODUCTIVITY, TOTAL, ROUNDING = "moves", "productivity", "total", "rounding"
"""Causes that are no rule; any other is the id of a rule of the remaining plan, `pin`, or empty."""
NOTICED = 1e-6


def causes_of(
    labels: Labels, result: MeasureAllocation, change: IntArray, given: Mapping[str, FloatArray]
) -> NDArray[np.object_]:
    """Name the cause of every change: of all that moved a cell the way it went, what moved it most.

    A rule moves the cells that it covers, and through the totals all others the other way: where that is
    most of the change, the rule is named that pushes most on the other side. A node's cause is the one
    that, over the cells below it, sums to most of its change.

    Parameters
    ----------
    change
        Shape (n_node, n_product_node), in units: remaining target now - as published.
    given
        `moves` and `productivity`: how much of it came before the allocation, in units, same shape.

    Returns
    -------
    Shape (n_node, n_product_node): one of the causes above, a rule, or empty where nothing changed or
    where no rule did it.
    """
    grid = labels.grid
    wishes = _wishes(result.rules)
    names = [*result.waterfall.rule_ids, *wishes["rule_id"], *given, TOTAL, ROUNDING, ""]
    cells = np.ix_(grid.org.leaf, grid.products.leaf)
    of_cells = {name: amount[cells] for name, amount in given.items()}
    found = _of_cells(labels, result, change[cells], of_cells, names)
    is_open = np.array([name.startswith(f"{STABILITY}:") or not name for name in names])[found]
    first = len(result.waterfall.rule_ids)
    found = _of_wishes(labels, wishes, first, found, np.where(is_open, np.sign(change[cells]), 0))
    return np.array(names, object)[_of_nodes(labels, change, found, len(names) - 1)]


def _of_cells(
    labels: Labels,
    result: MeasureAllocation,
    change: IntArray,
    given: Mapping[str, FloatArray],
    names: Sequence[str],
) -> IntArray:
    """Give each cell the position of its cause in `names`. Shape (n_rep, n_product)."""
    waterfall, nobody = result.waterfall, len(names) - 1
    cells = np.ix_(np.arange(len(STEPS)), labels.grid.org.leaf, labels.grid.products.leaf)
    amounts, direction = waterfall.units[cells].astype(np.float64), np.sign(change)
    rule = _of_own_side(result, waterfall.strongest[cells], amounts)
    best, found = np.zeros(change.shape), np.full(change.shape, nobody, np.int64)

    def consider(amount: FloatArray, code: IntArray | int) -> None:
        stronger = (amount * direction > best + NOTICED) & (np.asarray(code) != nobody)
        best[stronger] = (amount * direction)[stronger]
        found[stronger] = np.broadcast_to(code, change.shape)[stronger]

    for name, amount in given.items():
        consider(amount, names.index(name))
    consider(amounts[STEPS.index("company_growth")], names.index(TOTAL))
    for step in range(len(STEPS)):
        consider(amounts[step], np.where(rule[step] >= 0, rule[step], nobody))
    pushing = _pushing(rule, amounts, direction, nobody)
    consider(amounts[STEPS.index("shared_load")], pushing)
    rounded = amounts[STEPS.index("rounding")] * direction
    is_rounding = (found == nobody) & (rounded > 0) & (rounded >= np.abs(change))
    found[is_rounding] = names.index(ROUNDING)
    return np.where((found == nobody) & (direction != 0), pushing, found)


def _of_own_side(result: MeasureAllocation, rule: IntArray, amounts: FloatArray) -> IntArray:
    """Leave out what a rule seems to move against its side: a floor never lowers, a ceiling never raises."""
    rules = result.rules[result.rules["kind"].isin(["range", "capacity"])]
    sides = rules.assign(low=np.isfinite(rules["lower"]), high=np.isfinite(rules["upper"]))
    sides = (
        sides.groupby("rule_id")[["low", "high"]].any().reindex(result.waterfall.rule_ids, fill_value=True)
    )
    low, high = (np.r_[sides[side].to_numpy(bool), True] for side in ("low", "high"))
    allowed = np.where(amounts > 0, low[rule], high[rule])
    return np.where(allowed, rule, -1)


def _pushing(rule: IntArray, amounts: FloatArray, direction: IntArray, nobody: int) -> IntArray:
    """For every product the rule that moves the reps most against the direction of a change.

    A rule pushes where a rep went the way that it moves him; where he went the other way it stopped him.
    """
    product = np.broadcast_to(np.arange(direction.shape[1]), rule.shape)
    pushes = np.zeros((nobody + 1, direction.shape[1]))
    counts = (rule >= 0) & (np.sign(amounts) == direction)
    np.add.at(pushes, (rule[counts], product[counts]), amounts[counts])
    up = np.where(pushes.max(axis=0) > 0, pushes.argmax(axis=0), nobody)
    down = np.where(pushes.min(axis=0) < 0, pushes.argmin(axis=0), nobody)
    return np.where(direction > 0, down, up)


def _wishes(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that gave way, the largest miss last."""
    gave_way = (rules["status"] == "relaxed") & ~rules["rule_id"].str.startswith(f"{STABILITY}:")
    return rules[gave_way].sort_values("short_by", kind="stable").reset_index(drop=True)


def _of_wishes(
    labels: Labels, wishes: pd.DataFrame, first: int, found: IntArray, direction: IntArray
) -> IntArray:
    """Name rules that gave way where they pushed: a band of stability, or nothing with a price, stopped them.

    Parameters
    ----------
    first
        Position of the first of them among the names.
    direction
        Shape (n_rep, n_product): where a cell went whose cause is still open; 0 elsewhere.
    """
    org, products, found = labels.grid.org, labels.grid.products, found.copy()
    columns = (wishes[name].tolist() for name in ("node", "product", "lower", "upper"))
    rows = list(zip(*columns, strict=True))
    # who pushes others comes first, so that who pushes the cell itself has the last word
    for inside in (False, True):
        for k, (node, product, lower, upper) in enumerate(rows):
            covers = np.zeros(found.shape, bool)
            covers[
                org.leaf_start[node] : org.leaf_end[node],
                products.leaf_start[product] : products.leaf_end[product],
            ] = True
            way = direction if inside else -direction
            pushes = ((way > 0) & np.isfinite(lower)) | ((way < 0) & np.isfinite(upper))
            found[pushes & (covers == inside)] = first + k
    return found


def _of_nodes(labels: Labels, change: IntArray, found: IntArray, nobody: int) -> IntArray:
    """Give every node and product the cause that sums to most of its change over the cells below it."""
    grid, n_product = labels.grid, change.shape[1]
    rep, product = np.nonzero(found != nobody)
    code, moved = found[rep, product], change[np.ix_(grid.org.leaf, grid.products.leaf)][rep, product]
    node, places, parts, codes = grid.org.leaf[rep], [], [], []
    while (node >= 0).any():
        line = grid.products.leaf[product]
        while (line >= 0).any():
            here = (node >= 0) & (line >= 0)
            places.append((node.astype(np.int64) * n_product + line)[here])
            parts.append(moved[here])
            codes.append(code[here])
            line = np.where(line >= 0, grid.products.parent[line], -1)
        node = np.where(node >= 0, grid.org.parent[node], -1)
    columns = {"place": places, "code": codes, "moved": parts}
    table = pd.DataFrame(
        {name: np.concatenate([np.empty(0, np.int64), *own]) for name, own in columns.items()}
    )
    summed = table.groupby(["place", "code"])["moved"].sum().reset_index()
    summed["moved"] *= np.sign(change).ravel()[summed["place"]]
    most = summed[summed["moved"] > 0].sort_values(["place", "moved"], kind="stable")
    last = most.drop_duplicates("place", keep="last")
    result = np.full(change.size, nobody, np.int64)
    result[last["place"].to_numpy(np.int64)] = last["code"].to_numpy(np.int64)
    return result.reshape(change.shape)
