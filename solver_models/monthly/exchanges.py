"""Company products brought within one unit, by exchanging months between two products of one item."""

from itertools import combinations

import numpy as np

from solver_models.arrays import IntArray
from solver_models.monthly.month_table import FRACTION, MonthTable

SWEEPS = 4
MANY = 100
"""Products of one family from which on many exchanges are made at once."""
NONE = np.iinfo(np.int32).max


def settle_products(table: MonthTable) -> None:
    """Bring every month of every company product between floor and ceiling, where exchanges can.

    One item gives a unit of product p from month t to u and one of product q from u to t: its own
    months, and so those of all nodes above it, stay what they are. Families of products are settled
    from the top of the product tree down; an exchange between two children of a line leaves the
    line alone. In large families many exchanges at once first bring the sum of squared distances down.
    """
    for line in np.flatnonzero(~table.products.is_leaf).tolist():
        family = table.products.children_of(line)
        for _ in range(SWEEPS):
            if len(family) < MANY or not table.of_products.excess(family).any() or not _sweep(table, family):
                break
        _settle_family(table, family)


def _sweep(table: MonthTable, family: IntArray) -> bool:
    """Between every two months, pair the product that has most too much with the one that lacks most.

    Return whether any unit was exchanged.
    """
    moved = False
    half = len(family) // 2
    for t, u in combinations(range(table.low.shape[1]), 2):
        distance = table.of_products.distance(family)
        pull = distance[:, t] - distance[:, u]
        order = np.argsort(-pull, kind="stable")
        high, low = order[:half], order[::-1][:half]
        # n exchanges change the sum of squares by 4 n (n - gain / 2)
        n = (pull[high] - pull[low] - 1) // (2 * FRACTION)
        worth = n > 0
        high, low, n = high[worth], low[worth], (n[worth] + 1) // 2
        if len(n):
            forth, back = _first_cells(table, family, t, u), _first_cells(table, family, u, t)
            moved |= _exchange(table, forth[:, high], back[:, low], n, t, u)
    return moved


def _exchange(table: MonthTable, forth: IntArray, back: IntArray, most: IntArray, t: int, u: int) -> bool:
    """Move a unit from month t to u in one product and from u to t in another; say if any was moved.

    Parameters
    ----------
    forth, back
        Product leaf that each item can take for the k-th exchange, `NONE` if none; shape (n_item, k).
        No leaf is in two exchanges.
    most
        Units to exchange, shape (k,).
    """
    can = (forth < NONE) & (back < NONE)
    can &= np.cumsum(can, axis=0) <= most
    item, k = np.nonzero(can)
    base = item * table.n_product
    cell = np.concatenate([base + forth[item, k], base + back[item, k]])
    source = np.repeat([t, u], len(item))
    table.shift(cell, source, t + u - source)
    return len(item) > 0


def _first_cells(table: MonthTable, family: IntArray, source: int, sink: int) -> IntArray:
    """Return, of each item and product of the family, the first product leaf whose cell can shift a unit.

    Returns
    -------
    Shape (n_item, len(family)); NONE where no cell can.
    """
    products, n = table.products, table.n_product
    start = products.leaf_start[family]
    leaves = np.arange(start[0], products.leaf_end[family[-1]])
    step, span = (
        array.reshape(-1, n, array.shape[1])[:, leaves[0] : leaves[-1] + 1]
        for array in (table.step, table.span)
    )
    can = (step[:, :, source] > 0) & (step[:, :, sink] < span[:, :, sink])
    cells = np.where(can, leaves.astype(np.int32), NONE)
    if len(leaves) > len(family):
        cells = np.minimum.reduceat(cells, start - start[0], axis=1)
    return cells


def _settle_family(table: MonthTable, family: IntArray) -> None:
    """Exchange until no month of the family that exchanges can help lies outside its bounds."""
    sums = table.of_products
    stuck, moved = np.zeros((len(family), table.low.shape[1]), bool), False
    while (all_excess := sums.excess(family)).any():
        excess = np.where(stuck, 0, all_excess)
        if excess.any():
            k, t = divmod(int(np.abs(excess).argmax()), excess.shape[1])
            stuck[k, t] = not _help_month(table, family, k, t, int(excess[k, t]))
            moved |= not stuck[k, t]
        elif moved:
            stuck[:], moved = False, False
        else:
            return


def _help_month(table: MonthTable, family: IntArray, k: int, t: int, excess: int) -> bool:
    """Exchange units so that product k of the family comes nearer to its bounds in month t; say if it did.

    Exchanges bring down the units outside bounds, or leave them and bring down the sum of squared
    distances; so they come to an end. Partners (product, month) that bring most down go first.
    """
    sums = table.of_products
    units, distance = sums.units[family], sums.distance(family)
    to_give, to_take = units - sums.low[family], sums.high[family] - units
    if excess < 0:
        to_give, to_take, distance = to_take, to_give, -distance
    # one unit more leaves bounds (+1), stays within (0), or comes back from the other side (-1)
    give, take = _crossing(to_give, to_take), _crossing(to_take, to_give)
    outside = take[k][None, :] + give + take[:, t][:, None] - 1
    gain = distance[k, t] + distance - distance[:, t][:, None] - distance[k][None, :]
    worth = (outside < 0) | ((outside == 0) & (gain > 2 * FRACTION))
    worth[k], worth[:, t] = False, False
    partner, month = np.nonzero(worth)
    order = np.lexsort((-gain[partner, month], outside[partner, month]))
    room = np.minimum(np.minimum(to_take[k][None, :], to_give), to_take[:, t][:, None])
    for q, u in zip(partner[order], month[order], strict=True):
        source, sink = (t, int(u)) if excess > 0 else (int(u), t)
        forth = _first_cells(table, family[k : k + 1], source, sink)
        back = _first_cells(table, family[q : q + 1], sink, source)
        most = np.array([max(1, min(abs(excess), room[q, u]))])
        if _exchange(table, forth, back, most, source, sink):
            return True
    return False


def _crossing(room: IntArray, room_behind: IntArray) -> IntArray:
    """Units that go out of bounds with one unit more: 1 without room, -1 where it comes back into them."""
    return np.where(room <= 0, 1, np.where(room_behind < 0, -1, 0))
