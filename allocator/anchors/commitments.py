"""Commitments as a source: what each rep promised, corrected by what became of his earlier promises."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.anchors.peers import peer_groups
from allocator.anchors.spreading import spread_rows
from allocator.anchors.trend import LARGEST_LOG
from allocator.model.labels import Labels
from allocator.plan.commitments import current_commitments, past_commitments
from allocator.plan.plan import Plan
from allocator.plan.tables import ALL_PRODUCTS
from solver_models.arrays import FloatArray, IntArray
from solver_models.credibility import Credibility, credibility_of_means, estimate_credibility

LARGEST_BIAS = float(np.log(1.3))
"""A commitment is corrected by a factor between 1 / 1.3 and 1.3."""
DOUBT = {"high": 0.05, "mid": 0.10, "": 0.10, "low": 0.20}
"""Coefficient of variation that the rep's own confidence stands for."""
USUAL_WITHIN = 0.2
"""Coefficient of variation of a promise where no past promise shows one."""
ENOUGH_COLLEAGUES = 3


@dataclass(frozen=True)
class Bias:
    """How much each rep's promises have to be corrected.

    Parameters
    ----------
    periods, log_error, credibility, factor
        Shape (n_rep,): past periods, mean log(actual / committed), Z, exp(correction).
    within
        Coefficient of variation of a corrected promise.
    """

    periods: FloatArray
    log_error: FloatArray
    credibility: FloatArray
    factor: FloatArray
    within: float


@dataclass(frozen=True)
class CommitmentSource:
    """Corrected commitments by cell.

    Parameters
    ----------
    cells
        Shape (n_cell,): in the plan's own scale; NaN where the rep promised nothing.
    variance
        Shape (n_cell,): squared coefficient of variation; NaN where the rep promised nothing.
    bias
        The corrections.
    """

    cells: FloatArray
    variance: FloatArray
    bias: Bias

    def table(self, labels: Labels) -> pd.DataFrame:
        """One row per rep with a current commitment: node_id, periods, log_error, credibility, factor."""
        n_product = labels.grid.n_product
        reps = np.flatnonzero(np.isfinite(self.cells).reshape(-1, n_product).any(axis=1))
        return pd.DataFrame(
            {
                "node_id": [labels.rep_id[rep] for rep in reps],
                "periods": self.bias.periods[reps].astype(np.int64),
                "log_error": self.bias.log_error[reps],
                "credibility": self.bias.credibility[reps],
                "factor": self.bias.factor[reps],
            }
        )


def commitment_source(
    plan: Plan,
    labels: Labels,
    measure: str,
    share: FloatArray,
    share_of_plan: FloatArray,
    bias: Bias | None = None,
) -> CommitmentSource:
    """Correct the reps' current commitments and bring them to the cells.

    Rows of a product count as given; what `*` (all products) adds to them is spread over the rep's
    other products by `share`. Commitments of nodes above the reps stay out.

    Parameters
    ----------
    share
        Shape (n_cell,), >= 0: the history level.
    share_of_plan
        Shape (n_rep,): a rep who is not there at all has no commitment.
    bias
        What `learn_bias` finds, where it is known already.
    """
    bias = bias or learn_bias(plan, labels, measure)
    table = current_commitments(plan, measure)
    grid = labels.grid
    node = labels.codes_of_nodes(table["node_id"])
    is_rep = grid.org.is_leaf[node]
    kept = is_rep & (share_of_plan[np.where(is_rep, grid.org.leaf_start[node], 0)] > 0)
    node, table = node[kept], table[kept]
    product = labels.codes_of_products(table["product_id"])
    there = np.ones(grid.n_cell)
    promised = spread_rows(labels, node, product, table["amount"].to_numpy(np.float64), share, there)
    doubt = np.array([DOUBT[said] for said in table["confidence"]], dtype=np.float64)
    return CommitmentSource(
        cells=promised * np.repeat(bias.factor, grid.n_product),
        variance=bias.within**2 + _doubt_cells(labels, node, product, doubt) ** 2,
        bias=bias,
    )


def learn_bias(plan: Plan, labels: Labels, measure: str) -> Bias:
    """Learn each rep's correction from past periods with actuals (Buehlmann-Straub).

    e = log(actual / committed) per rep and period, within a doubling or halving;
    correction = Z mean(e) + (1 - Z) m, Z = n / (n + s2 / t2), capped at log 1.3. m is the
    collective mean of the rep's peer group where at least three of the group have a past, else
    that of all. A rep without a past gets m.
    """
    rep, error = _past_errors(plan, labels, measure)
    n_rep = labels.grid.n_rep
    fit = estimate_credibility(error, np.ones(len(error)), rep, n_rep)
    collective = _collective_of_peers(peer_groups(plan, labels), fit)
    correction = fit.factor * fit.mean + (1.0 - fit.factor) * collective
    within = float(np.sqrt(fit.within)) if len(error) > len(np.unique(rep)) else USUAL_WITHIN
    return Bias(
        periods=fit.weight,
        log_error=fit.mean,
        credibility=fit.factor,
        factor=np.exp(np.clip(correction, -LARGEST_BIAS, LARGEST_BIAS)),
        within=within,
    )


def _past_errors(plan: Plan, labels: Labels, measure: str) -> tuple[IntArray, FloatArray]:
    """Rep and log(actual / committed) of every past period.

    Products are added up; a row for all products stands for them where it is given.
    """
    table = past_commitments(plan, measure)
    node = labels.codes_of_nodes(table["node_id"])
    of_rep = labels.grid.org.is_leaf[node]
    table = table[of_rep].assign(rep=labels.grid.org.leaf_start[node[of_rep]])
    table = table.assign(whole=table["product_id"] == ALL_PRODUCTS)
    has_whole = table.groupby(["rep", "period"])["whole"].transform("any").astype(bool)
    table = table[table["whole"] | ~has_whole].sort_values(["rep", "period", "product_id"], kind="stable")
    sums = table.groupby(["rep", "period"], sort=True)[["amount", "actual"]].sum()
    sums = sums[sums["amount"] > 0]
    floor = np.exp(-LARGEST_LOG)
    ratio = np.maximum(sums["actual"].to_numpy(np.float64) / sums["amount"].to_numpy(np.float64), floor)
    rep = sums.index.get_level_values("rep").to_numpy(np.int64)
    return rep, np.minimum(np.log(ratio), LARGEST_LOG)


def _collective_of_peers(group: IntArray, fit: Credibility) -> FloatArray:
    """Collective mean of each rep's peer group where it is large enough, else of all. Shape (n_rep,)."""
    collective = np.full(len(group), fit.collective)
    seen = fit.weight > 0
    for one in np.unique(group[seen]):
        members = seen & (group == one)
        if members.sum() >= ENOUGH_COLLEAGUES:
            own = credibility_of_means(fit.weight[members], fit.mean[members], fit.within, fit.between)
            collective[group == one] = own.collective
    return collective


def _doubt_cells(labels: Labels, node: IntArray, product: IntArray, doubt: FloatArray) -> FloatArray:
    """Doubt of the row that serves each cell (deepest product wins), NaN for none. Shape (n_cell,)."""
    grid = labels.grid
    cells = np.full(grid.n_cell, np.nan)
    depth = grid.products.depth[product]
    for detail in np.unique(depth):
        rows = np.flatnonzero(depth == detail)
        indptr, cell, _ = grid.rows(node[rows], product[rows])
        cells[cell] = np.repeat(doubt[rows], np.diff(indptr))
    return cells
