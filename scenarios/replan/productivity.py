"""What the months that are over say of those that remain: sales of a rep / his published target, shrunk."""

from dataclasses import dataclass

import numpy as np

from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from scenarios.replan.locked import Locked
from solver_models.arrays import FloatArray, IntArray

LEAST_FACTOR, LARGEST_FACTOR = 0.5, 2.0


@dataclass(frozen=True)
class Productivity:
    """Posterior productivity of every rep. All arrays have shape (n_rep,).

    Parameters
    ----------
    published, actual
        To date, in units.
    group
        Number of the peer group.
    group_ratio
        Actual / published to date of the peer group.
    credibility
        Z: the weight of a rep's own ratio, 0..1.
    factor
        Z * own ratio + (1 - Z) * group's ratio, within 0.5..2.
    """

    published: FloatArray
    actual: FloatArray
    group: IntArray
    group_ratio: FloatArray
    credibility: FloatArray
    factor: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """Actual / published to date; NaN where nothing was published."""
        has = self.published > 0
        return np.where(has, self.actual / np.where(has, self.published, 1.0), np.nan)


def productivity(plan: Plan, labels: Labels, published: IntArray, locked: Locked) -> Productivity:
    """Shrink every rep's ratio to date towards that of his peer group (Buhlmann-Straub).

    With x_it published and r_it = actual / published of rep i in month t, x_i = sum of x_it, r_i and R the
    ratios of the rep and of the group: Z_i = x_i / (x_i + s2 / t2). s2 is the variance of months around
    their rep, t2 that of reps around the group beyond what s2 explains; both by moments, t2 at least 0.

    Parameters
    ----------
    published
        Shape (n_node, n_product_node, n_month), in units.
    """
    leaf, done = labels.grid.org.leaf, locked.month_units.shape[2]
    peers = plan.org["peer_group"].to_numpy()[labels.node_row[leaf]].astype(str)
    group = np.unique(peers, return_inverse=True)[1].astype(np.int64)
    x = published[leaf, 0, :done].astype(np.float64)
    y = locked.month_units[leaf, 0].astype(np.float64)
    size = len(leaf)
    ratio, credibility = np.ones(size), np.zeros(size)
    for g in range(int(group.max()) + 1):
        members = np.flatnonzero(group == g)
        ratio[members], credibility[members] = shrinkage(x[members], y[members])
    expected, actual = x.sum(axis=1), y.sum(axis=1)
    own = np.where(expected > 0, actual / np.where(expected > 0, expected, 1.0), ratio)
    factor = np.clip(credibility * own + (1 - credibility) * ratio, LEAST_FACTOR, LARGEST_FACTOR)
    return Productivity(expected, actual, group, ratio, credibility, factor)


def shrinkage(x: FloatArray, y: FloatArray) -> tuple[float, FloatArray]:
    """Return the ratio of a group and the credibility of its members' own ratios.

    Without a second month or a second member nothing tells one rep from chance: Z is 0.

    Parameters
    ----------
    x, y
        Published and actual, shape (n_member, n_month).
    """
    weight = x.sum(axis=1)
    whole = float(weight.sum())
    if whole <= 0:
        return 1.0, np.zeros(len(x))
    group = float(y[weight > 0].sum()) / whole
    counted = x > 0
    own = y.sum(axis=1) / np.where(weight > 0, weight, 1.0)
    monthly = np.where(counted, y / np.where(counted, x, 1.0), 0.0)
    freedom = int(np.maximum(counted.sum(axis=1) - 1, 0).sum())
    n_member = int((weight > 0).sum())
    spread = whole - float((weight**2).sum()) / whole
    if freedom == 0 or n_member < 2 or spread <= 0:
        return group, np.zeros(len(x))
    within = float((x * (monthly - own[:, None]) ** 2).sum()) / freedom
    between = (float((weight * (own - group) ** 2).sum()) - (n_member - 1) * within) / spread
    if between <= 0:
        return group, np.zeros(len(x))
    # who was given nothing shows nothing, even where months do not differ at all
    return group, np.divide(weight, weight + within / between, out=np.zeros(len(x)), where=weight > 0)
