"""Territory moves: moves.csv, and what the remaining months of every book are after them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan, month_text
from allocator.texts import worded
from scenarios.replan.rows import mark_rows, month_numbers, positions_of, read_texts
from solver_models.arrays import FloatArray, IntArray

MOVES = ("from", "to", "product_id", "effective")
NOISE = 1e-9
"""What shares that add up to 1 may be off by as sums of floats."""


@dataclass(frozen=True)
class Moves:
    """Parts of books that change hands, one entry per giver, taker, product leaf and month, in this order.

    Parameters
    ----------
    month
        First month number in which the move holds; months ascend.
    giver, taker
        Positions of reps.
    product
        Position of the product leaf.
    share
        0..1, the part of the giver's book as it stands at the month; of one book 1 at most in all.
    """

    month: IntArray
    giver: IntArray
    taker: IntArray
    product: IntArray
    share: FloatArray


def read_moves(path: Path, plan: Plan, labels: Labels, faults: FaultCollector) -> Moves | None:
    """Return the territory moves; share is 1 where the table does not say."""
    table = read_texts(path, MOVES, faults)
    if table is None:
        return None
    before = len(faults)
    giver, taker = (positions_of(path, table[name], labels.rep_id, "rep", faults) for name in ("from", "to"))
    same = (giver == taker) & (giver >= 0)
    mark_rows(path, table["to"], same, "move-to-itself", worded("fault.replan.to_itself"), faults)
    product = positions_of(path, table["product_id"].replace("", "*"), labels.product_id, "product", faults)
    month = month_numbers(path, table["effective"], faults)
    months = plan.month_numbers
    outside = (month >= 0) & ((month < months[0]) | (month > months[-1]))
    mark_rows(path, table["effective"], outside, "outside-plan", worded("fault.replan.outside"), faults)
    texts = table["share"].replace("", "1") if "share" in table.columns else pd.Series(["1"] * len(table))
    share = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = ~((share >= 0) & (share <= 1))
    mark_rows(path, texts.rename("share"), wrong, "bad-number", worded("fault.scenarios.no_share"), faults)
    if len(faults) > before:
        return None
    rows = pd.DataFrame({"month": month, "giver": giver, "taker": taker, "share": share, "at": product})
    moves = _by_leaf(labels, rows)
    _check_books(path, labels, moves, faults)
    return None if len(faults) > before else moves


def _by_leaf(labels: Labels, rows: pd.DataFrame) -> Moves:
    """Spell moves out by product leaf; rows that say the same book and taker add up."""
    products = labels.grid.products
    first, last = (side[rows["at"].to_numpy(np.int64)] for side in (products.leaf_start, products.leaf_end))
    leaves = [np.arange(a, b, dtype=np.int64) for a, b in zip(first, last, strict=True)]
    spelled = rows.loc[rows.index.repeat((last - first).astype(np.int64))].assign(
        product=np.concatenate([np.empty(0, np.int64), *leaves])
    )
    key = ["month", "giver", "taker", "product"]
    # a sum of floats depends on its order: shares are added smallest first
    summed = spelled.sort_values([*key, "share"]).groupby(key, sort=True)["share"].sum().reset_index()
    month, giver, taker, product = (summed[name].to_numpy(np.int64) for name in key)
    return Moves(month, giver, taker, product, summed["share"].to_numpy(np.float64))


def _check_books(path: Path, labels: Labels, moves: Moves, faults: FaultCollector) -> None:
    """More than the whole book of a seat in one month is a fault: said once per seat and month."""
    columns = {"month": moves.month, "giver": moves.giver, "product": moves.product, "share": moves.share}
    given = pd.DataFrame(columns).groupby(["month", "giver", "product"])["share"].sum()
    most = given[given > 1 + NOISE].groupby(["month", "giver"]).max().reset_index()
    for month, giver, share in zip(most["month"], most["giver"], most["share"], strict=True):
        message = worded(
            "fault.replan.beyond_book",
            seat=labels.rep_id[giver],
            share=f"{share:.4g}",
            month=month_text(month),
        )
        hint = worded("fault.replan.beyond_book.hint")
        faults.add(path.name, 0, "share", "", code="more-than-the-book", message=message, hint=hint)


def remaining_cells(
    labels: Labels, published: IntArray, done: int, moves: Moves | None, start: int
) -> IntArray:
    """Return the published units of the remaining months by cell after the moves, shape (n_rep, n_product).

    A move takes its share of every month from its effective month on; months that are over stay. Moves
    of one month all take shares of the books as they stand before any of them, so that the order of
    rows says nothing; moves of a later month find the books that the earlier ones left.

    Parameters
    ----------
    published
        Shape (n_node, n_product_node, n_month), in units.
    done
        Months that are over.
    start
        First month number of the plan.
    """
    cells = published[np.ix_(labels.grid.org.leaf, labels.grid.products.leaf)][:, :, done:].copy()
    if moves is None:
        return np.asarray(cells.sum(axis=2))
    for month in np.unique(moves.month).tolist():
        _move(cells[:, :, max(0, month - start - done) :], moves, np.flatnonzero(moves.month == month))
    return np.asarray(cells.sum(axis=2))


def _move(cells: IntArray, moves: Moves, which: IntArray) -> None:
    """Carry out the moves of one month, in place; what a book gives away is rounded cumulatively."""
    before = cells.copy()
    order = which[np.lexsort((moves.taker[which], moves.product[which], moves.giver[which]))]
    book, so_far, gone = (-1, -1), 0.0, np.zeros(cells.shape[2], np.int64)
    for k in order.tolist():
        giver, product = int(moves.giver[k]), int(moves.product[k])
        if (giver, product) != book:
            book, so_far, gone = (giver, product), 0.0, np.zeros(cells.shape[2], np.int64)
        so_far = min(1.0, so_far + float(moves.share[k]))
        own = before[giver, product]
        up_to = np.floor(own * so_far + 0.5 + NOISE).astype(np.int64)
        cells[giver, product] -= up_to - gone
        cells[moves.taker[k], product] += up_to - gone
        gone = up_to
