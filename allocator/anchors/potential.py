"""The market potential as a source: spread to cells, at the scale of the history."""

import numpy as np

from allocator.anchors.spreading import spread_rows
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray, IntArray
from solver_models.proportional_fitting import ENOUGH, fit_proportionally


def potential_cells(
    plan: Plan, labels: Labels, measure: str, share: FloatArray, share_of_plan: FloatArray
) -> FloatArray:
    """Spread potentials of nodes and products over the cells below, by `share`, equally where there is none.

    Reps with a potential for all products only, beside potentials of single products of the whole
    company, are fitted to both: rep totals and product mix (iterative proportional fitting).
    A rep's potential counts for the share of the plan that he is there for.

    Parameters
    ----------
    share
        Shape (n_cell,), >= 0: the history level.
    share_of_plan
        Shape (n_rep,): presence x ramp over the plan.

    Returns
    -------
    Shape (n_cell,), in the potential's own scale; NaN where no row reaches.
    """
    table = plan.potential[(plan.potential["measure"] == measure).to_numpy(bool)]
    grid = labels.grid
    node = labels.codes_of_nodes(table["node_id"])
    product = labels.codes_of_products(table["product_id"])
    amount = table["amount"].to_numpy(np.float64)
    there = np.repeat((share_of_plan > 0).astype(np.float64), grid.n_product)
    cells = spread_rows(labels, node, product, amount, share, there)
    cells = _fit_product_mix(labels, node, product, amount, cells)
    return cells * np.repeat(share_of_plan, grid.n_product)


def at_history_scale(potential: FloatArray, history: FloatArray) -> FloatArray:
    """Scale so that the total over the cells that have both equals the history's. Shapes (n_cell,)."""
    both = np.isfinite(potential) & (history > 0)
    mass = float(potential[both].sum())
    return potential * (float(history[both].sum()) / mass) if mass > 0 else potential


def _fit_product_mix(
    labels: Labels, node: IntArray, product: IntArray, amount: FloatArray, cells: FloatArray
) -> FloatArray:
    """Fit the reps that have only a total to the company's potentials by product, if all are given."""
    grid = labels.grid
    is_leaf_product = grid.products.is_leaf[product] & (product > 0)
    of_company = is_leaf_product & (node == 0)
    rep = grid.org.leaf_start[node]
    only_total = np.zeros(grid.n_rep, dtype=bool)
    only_total[rep[grid.org.is_leaf[node] & (product == 0)]] = True
    only_total[rep[grid.org.is_leaf[node] & (product > 0)]] = False
    mix = np.zeros(grid.n_product)
    mix[grid.products.leaf_start[product[of_company]]] = amount[of_company]
    if of_company.sum() < grid.n_product or not only_total.any() or mix.sum() == 0:
        return cells
    table = cells.reshape(grid.n_rep, grid.n_product)
    seed = table[only_total]
    totals = seed.sum(axis=1)
    seed = np.where((seed.sum(axis=0) == 0)[None, :], totals[:, None] * mix / mix.sum(), seed)
    fitted = fit_proportionally(seed, totals, mix * (totals.sum() / mix.sum()))
    exact = fitted.table * _row_scale(totals, fitted.table.sum(axis=1), fitted.residual)[:, None]
    result = table.copy()
    result[only_total] = exact
    return result.ravel()


def _row_scale(wanted: FloatArray, found: FloatArray, residual: float) -> FloatArray:
    """Factors that give the rep totals exactly: where zeros of the seed do not allow both, the totals win."""
    if residual <= ENOUGH:
        return np.ones(len(wanted))
    return np.where(found > 0, wanted / np.where(found > 0, found, 1.0), 0.0)
