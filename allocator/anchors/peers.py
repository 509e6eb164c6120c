"""What a rep without a history of his own is expected to sell: his peers' median, in their product mix."""

import numpy as np

from allocator.anchors.ramp import rep_rows
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, FloatArray, IntArray

ENOUGH_PEERS = 3


def peer_groups(plan: Plan, labels: Labels) -> IntArray:
    """Number of each rep's peer group: same level and same `peer_group` text. Shape (n_rep,)."""
    leaves = labels.grid.org.leaf
    text = plan.org["peer_group"].to_numpy(dtype=object)[rep_rows(labels)].astype(str)
    level = np.array(labels.level, dtype=str)[leaves]
    by_text = np.unique(text, return_inverse=True)[1]
    by_level = np.unique(level, return_inverse=True)[1]
    return (by_level * (int(by_text.max()) + 1) + by_text).astype(np.int64)


def peer_levels(
    labels: Labels, group: IntArray, cells: FloatArray, is_model: BoolArray, needs: BoolArray
) -> FloatArray:
    """Median of the peers' totals, split by the peers' pooled product mix.

    Peers are looked for in the smallest subtree around the rep that holds at least three models of
    his group; else all models of his group, else all models. (A median per product would not add up,
    and would be 0 for a product that fewer than half of them sell.)

    Parameters
    ----------
    group
        Shape (n_rep,).
    cells
        Levels at full presence, shape (n_rep, n_product).
    is_model, needs
        Reps who can be learnt from, reps who need a level, shape (n_rep,).

    Returns
    -------
    Shape (n_rep, n_product); 0 where not needed, or where there is nobody to learn from.
    """
    found = np.zeros_like(cells)
    models = np.flatnonzero(is_model)
    total = cells.sum(axis=1)
    if not len(models):
        return found
    by_group = {int(one): models[group[models] == one] for one in np.unique(group[models])}
    parent = labels.grid.org.parent[labels.grid.org.leaf].astype(np.int64)
    typical: dict[tuple[int, int, int], FloatArray] = {}
    cases, case_of = np.unique(np.stack([parent[needs], group[needs]]), axis=1, return_inverse=True)
    levels = np.zeros((cases.shape[1], cells.shape[1]))
    for case, (above, of_group) in enumerate(cases.T.tolist()):
        peers = by_group.get(of_group, models)
        first, end = _smallest_subtree(labels, peers, above)
        key = (first, end, of_group)
        if key not in typical:
            typical[key] = _typical(cells, total, peers[(peers >= first) & (peers < end)])
        levels[case] = typical[key]
    found[needs] = levels[np.asarray(case_of).reshape(-1)]
    return found


def _smallest_subtree(labels: Labels, peers: IntArray, node: int) -> tuple[int, int]:
    """Ranks of the leaves of the first ancestor with enough peers below it; the whole company otherwise."""
    org = labels.grid.org
    while node > 0:
        first, end = int(org.leaf_start[node]), int(org.leaf_end[node])
        if np.searchsorted(peers, end) - np.searchsorted(peers, first) >= ENOUGH_PEERS:
            return first, end
        node = int(org.parent[node])
    return 0, len(org.leaf)


def _typical(cells: FloatArray, total: FloatArray, chosen: IntArray) -> FloatArray:
    """Median total in the pooled mix. Shape (n_product,)."""
    pooled = cells[chosen].sum(axis=0)
    mass = float(pooled.sum())
    return pooled / mass * float(np.median(total[chosen])) if mass > 0 else np.zeros(cells.shape[1])
