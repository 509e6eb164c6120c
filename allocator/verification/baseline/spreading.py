"""Amounts of nodes and products brought down to the cells: potential, and the reps' own word."""

import numpy as np
import pandas as pd

from allocator.verification.baseline.arithmetic import over
from allocator.verification.baseline.level import Level
from allocator.verification.company import Company, codes, numbers
from allocator.verification.trees import BoolArray, FloatArray, IntArray

SWEEPS, ENOUGH = 1000, 1e-12


def cells_below(company: Company, node: IntArray, product: IntArray) -> tuple[IntArray, IntArray]:
    """Cells below each (node, product), and the row each belongs to; in the order of the rows."""
    org, tree = company.org, company.products
    n_rep = org.end_leaf[node] - org.first_leaf[node]
    n_leaf = tree.end_leaf[product] - tree.first_leaf[product]
    row = np.repeat(np.arange(len(node)), n_rep * n_leaf)
    place = np.arange(len(row)) - np.repeat(np.cumsum(n_rep * n_leaf) - n_rep * n_leaf, n_rep * n_leaf)
    rep = org.first_leaf[node][row] + place // np.maximum(n_leaf[row], 1)
    leaf = tree.first_leaf[product][row] + place % np.maximum(n_leaf[row], 1)
    return np.asarray(rep * len(tree.leaves) + leaf), row


def spread(
    company: Company,
    node: IntArray,
    product: IntArray,
    amount: FloatArray,
    choices: tuple[FloatArray, ...],
) -> FloatArray:
    """Spread rows over the cells below, rows for less first; the rest of a row goes to its other cells.

    Parameters
    ----------
    choices
        Flat shares; a row is spread by the first that is not 0 in all of its open cells, else equally.

    Returns
    -------
    Shape (n_rep, n_product), NaN where no row reaches.
    """
    cells = np.full(company.n_cell, np.nan)
    depth, detail = company.org.depth[node], company.products.depth[product]
    for at, of in sorted(set(zip(depth.tolist(), detail.tolist(), strict=True)), reverse=True):
        rows = np.flatnonzero((depth == at) & (detail == of))
        cell, row = cells_below(company, node[rows], product[rows])
        is_open = np.isnan(cells[cell])
        served = np.bincount(row, np.where(is_open, 0.0, cells[cell]), len(rows))
        rest = np.maximum(amount[rows] - served, 0.0)
        part, settled = np.zeros(len(cell)), np.zeros(len(rows), bool)
        for choice in (*(one[cell] for one in choices), np.ones(len(cell))):
            usable = choice * is_open
            mass = np.bincount(row, usable, len(rows))
            now = ~settled & (mass > 0)
            part = np.where(now[row], over(usable, mass[row]), part)
            settled |= now
        cells[cell[is_open]] = (part * rest[row])[is_open]
    return cells.reshape(len(company.org.leaves), -1)


def potential_cells(company: Company, measure: str, level: Level) -> FloatArray:
    """Potential of each cell for the share of the plan its rep is there for; NaN without. 2-dimensional."""
    table = company.of_measure("potential", measure)
    node, product = codes(company.org, table["node_id"]), codes(company.products, table["product_id"])
    amount, shape = numbers(table["amount"]), level.cells.shape
    there = np.broadcast_to((level.share > 0)[:, None] * 1.0, shape).ravel()
    cells = spread(company, node, product, amount, (level.cells.ravel(), there))
    return _fitted(company, node, product, amount, cells) * level.share[:, None]


def _fitted(
    company: Company, node: IntArray, product: IntArray, amount: FloatArray, cells: FloatArray
) -> FloatArray:
    """Fit reps with a total only to the company's potentials of all products, if those are given."""
    org, tree = company.org, company.products
    of_company = tree.is_leaf[product] & (product > 0) & (node == 0)
    only_total = np.zeros(len(org.leaves), bool)
    only_total[org.first_leaf[node[org.is_leaf[node] & (product == 0)]]] = True
    only_total[org.first_leaf[node[org.is_leaf[node] & (product > 0)]]] = False
    mix = np.zeros(len(tree.leaves))
    mix[tree.first_leaf[product[of_company]]] = amount[of_company]
    if of_company.sum() < len(mix) or not only_total.any() or mix.sum() == 0:
        return cells
    mix = mix / mix.sum()
    table, total = cells[only_total], cells[only_total].sum(axis=1)
    table = np.where(table.sum(axis=0) == 0, total[:, None] * mix, table)
    for _ in range(SWEEPS):
        table = table * over(total, table.sum(axis=1))[:, None]
        table = table * over(mix * total.sum(), table.sum(axis=0))
        away = float(over(np.abs(table.sum(axis=1) - total).max(), total.sum()))
        if away <= ENOUGH:
            break
    else:
        table = table * over(total, table.sum(axis=1))[:, None]
    found = cells.copy()
    found[only_total] = table
    return found


def promised_cells(company: Company, measure: str, level: Level) -> tuple[FloatArray, FloatArray]:
    """Current commitments of reps at work, as said, and the doubt that comes with each; NaN without.

    Returns
    -------
    Shape (n_rep, n_product) each.
    """
    org = company.org
    table = company.of_measure("commitments", measure)
    table = table[table["actual"] == ""]
    node = codes(org, table["node_id"])
    kept = org.is_leaf[node] & (level.share[np.where(org.is_leaf[node], org.first_leaf[node], 0)] > 0)
    table, node = table[kept], node[kept]
    product = codes(company.products, table["product_id"])
    promised = spread(company, node, product, numbers(table["amount"]), (level.cells.ravel(),))
    said = table["confidence"].map({"high": 0.05, "mid": 0.10, "": 0.10, "low": 0.20}).to_numpy()
    return promised, _of_deepest(company, node, product, np.asarray(said, np.float64)).reshape(promised.shape)


def _of_deepest(company: Company, node: IntArray, product: IntArray, said: FloatArray) -> FloatArray:
    """What the row of the deepest product says of each cell. Flat."""
    cells = np.full(company.n_cell, np.nan)
    for detail in np.unique(company.products.depth[product]):
        rows = np.flatnonzero(company.products.depth[product] == detail)
        cell, row = cells_below(company, node[rows], product[rows])
        cells[cell] = said[rows][row]
    return cells


def past_errors(company: Company, measure: str) -> tuple[IntArray, FloatArray]:
    """Rep and log(actual / committed) of every past period, within a doubling or halving."""
    table = company.of_measure("commitments", measure)
    table = table[table["actual"] != ""]
    node = codes(company.org, table["node_id"])
    table, node = table[company.org.is_leaf[node]], node[company.org.is_leaf[node]]
    whole = table["product_id"].isin(["", "*"]).to_numpy(bool)
    rows = pd.DataFrame(
        {
            "rep": company.org.first_leaf[node],
            "period": table["period"].to_numpy(object),
            "whole": whole,
            "said": numbers(table["amount"]),
            "done": numbers(table["actual"]),
        }
    )
    has_whole: BoolArray = rows.groupby(["rep", "period"])["whole"].transform("any").to_numpy(bool)
    sums = rows[rows["whole"] | ~has_whole].groupby(["rep", "period"])[["said", "done"]].sum()
    sums = sums[sums["said"] > 0]
    log = np.log(np.maximum((sums["done"] / sums["said"]).to_numpy(np.float64), 0.5))
    rep = sums.index.get_level_values("rep").to_numpy(np.int64)
    return rep, np.minimum(log, np.log(2.0))
