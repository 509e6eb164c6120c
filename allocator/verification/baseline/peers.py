"""What reps without a history of their own are expected to sell: their peers' median in their pooled mix."""

import numpy as np

from allocator.verification.baseline.arithmetic import over
from allocator.verification.company import Company
from allocator.verification.trees import BoolArray, FloatArray, IntArray

ENOUGH = 3


def peer_groups(company: Company) -> IntArray:
    """Group of each rep: same level and same `peer_group`. Shape (n_rep,)."""
    leaves = company.org.leaves
    columns = [company.org_column(name)[leaves].astype(str) for name in ("level", "peer_group")]
    codes = [np.unique(texts, return_inverse=True)[1].reshape(-1) for texts in columns]
    return np.asarray(codes[0] * (int(codes[1].max()) + 1) + codes[1], np.int64)


def peer_levels(company: Company, full: FloatArray, is_model: BoolArray, needs: BoolArray) -> FloatArray:
    """Median total of the models nearest to each rep who needs it, in their pooled mix; else 0.

    Nearest: those of his group in the smallest subtree around him that holds three of them, else in
    the company; all models where his group has none.

    Parameters
    ----------
    full
        Levels at full presence, shape (n_rep, n_product).
    """
    org, group, models = company.org, peer_groups(company), np.flatnonzero(is_model)
    found, total, known = np.zeros(full.shape), full.sum(axis=1), {}
    for rep in np.flatnonzero(needs).tolist() if len(models) else []:
        case = int(org.parent[org.leaves[rep]]), int(group[rep])
        if case not in known:
            own = models[group[models] == case[1]]
            own = own if len(own) else models
            node = case[0]
            while node > 0 and len(_below(company, own, node)) < ENOUGH:
                node = int(org.parent[node])
            near = _below(company, own, node) if node > 0 else own
            mix = full[near].sum(axis=0)
            known[case] = over(mix, mix.sum()) * np.median(total[near])
        found[rep] = known[case]
    return found


def _below(company: Company, reps: IntArray, node: int) -> IntArray:
    first, end = np.searchsorted(reps, [company.org.first_leaf[node], company.org.end_leaf[node]])
    return reps[first:end]
