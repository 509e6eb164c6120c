"""The tidy tables of a comparison: causes of every delta, movers, churn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from allocator.results.tables import amounts
from scenarios.comparison.board import KEY, UNCHANGED, Board, Causes
from scenarios.comparison.names import column
from solver_models.arrays import BoolArray, IntArray

COMPARISON = (
    "scenario",
    "measure",
    "node_id",
    "node_name",
    "product_id",
    "product_name",
    "base",
    "other",
    "delta",
    "cause",
    "amount",
)
MOVERS = (
    "scenario",
    "measure",
    "level",
    "node_id",
    "node_name",
    "base",
    "other",
    "delta",
    "change",
    "cause",
    "cause_amount",
)
SHOWN_MOVERS = 5


def comparison_table(board: Board, base: int, other: int, causes: Causes, scenario: str) -> pd.DataFrame:
    """Return one row per node, product and cause that is not 0.

    Every node and product of either result is there: one that nothing moved has the cause `unchanged`.
    The amounts of one node and product add up to its delta exactly; base and other are empty where
    the result does not have the cell.
    """
    shown = causes.amount != 0
    still = ~shown.any(axis=0) & (board.present[base] | board.present[other])
    cell, cause = np.nonzero(np.concatenate([shown, still[None]]).T)
    names = np.array([*causes.names, UNCHANGED], object)
    amount = np.concatenate([causes.amount, np.zeros((1, len(still)), np.int64)])
    node, product = (board.cells[key].to_numpy(object) for key in KEY)
    return pd.DataFrame(
        {
            "scenario": scenario,
            "measure": board.measure,
            "node_id": node[cell],
            "node_name": column(board.names.nodes, node)[cell],
            "product_id": product[cell],
            "product_name": column(board.names.products, product)[cell],
            "base": _where_present(board, base)[cell],
            "other": _where_present(board, other)[cell],
            "delta": amounts(causes.delta, board.round_to)[cell],
            "cause": names[cause],
            "amount": amounts(amount, board.round_to)[cause, cell],
        },
        columns=list(COMPARISON),
    )


def _where_present(board: Board, k: int) -> np.ndarray:
    """Amounts of one result, None where it does not have the cell."""
    found = amounts(board.units[k], board.round_to).astype(object)
    found[~board.present[k]] = None
    return found


def main_cause(causes: Causes) -> tuple[IntArray, IntArray]:
    """Return, by cell, the cause that moved most in the direction of the delta, and its amount."""
    along = causes.amount * np.sign(causes.delta)
    strongest = np.argmax(along, axis=0)
    return strongest, causes.amount[strongest, np.arange(causes.amount.shape[1])]


def movers_table(board: Board, base: int, other: int, causes: Causes, scenario: str) -> pd.DataFrame:
    """Return, level by level, the nodes that rise most and those that fall most, all products together."""
    strongest, its_amount = main_cause(causes)
    chosen: list[int] = []
    for level in dict.fromkeys(board.cells["level"]):
        own = np.flatnonzero(is_all_products(board) & (board.cells["level"] == level).to_numpy(bool))
        for sign in (1, -1):
            moved = own[np.sign(causes.delta[own]) == sign]
            order = np.argsort(-np.abs(causes.delta[moved]), kind="stable")
            chosen += moved[order[:SHOWN_MOVERS]].tolist()
    at = np.array(chosen, np.int64)
    before, node = board.units[base][at], board.cells["node_id"].to_numpy(object)[at]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(before > 0, causes.delta[at] / before, np.nan)
    return pd.DataFrame(
        {
            "scenario": scenario,
            "measure": board.measure,
            "level": board.cells["level"].to_numpy(object)[at],
            "node_id": node,
            "node_name": column(board.names.nodes, node),
            "base": _where_present(board, base)[at],
            "other": _where_present(board, other)[at],
            "delta": amounts(causes.delta, board.round_to)[at],
            "change": change,
            "cause": np.array(causes.names, object)[strongest[at]],
            "cause_amount": amounts(its_amount, board.round_to)[at],
        },
        columns=list(MOVERS),
    )


def is_all_products(board: Board) -> BoolArray:
    """Mask of the rows of a node's whole target."""
    mask: BoolArray = (board.cells["product_id"] == "*").to_numpy(bool)
    return mask


def is_rep(board: Board) -> BoolArray:
    """Mask of the whole targets of the reps."""
    mask: BoolArray = is_all_products(board) & board.cells["is_rep"].to_numpy(bool)
    return mask


def churn(board: Board, published: int, other: int) -> dict[str, float | None]:
    """Return how far a result moved from the published one, rep by rep.

    Returns
    -------
    `moved`: sum of |delta| / sum of the published targets; `reps_changed`: share of the reps of either
    result whose target differs; `largest`: largest |delta| / published target of a rep.
    """
    own = is_rep(board) & (board.present[published] | board.present[other])
    old = board.units[published][own]
    size = np.abs(board.units[other][own] - old)
    whole = int(old.sum())
    relative = size[old > 0] / old[old > 0]
    return {
        "moved": float(size.sum() / whole) if whole else None,
        "reps_changed": float((size > 0).mean()) if len(size) else None,
        "largest": float(relative.max()) if len(relative) else None,
    }


def joined(tables: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Put tables of equal columns one after the other."""
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(columns))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a small table by column."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
