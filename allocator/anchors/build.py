"""The anchors of one measure: from history, potential and commitments to numbers that meet the totals."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.anchors import Anchors, Totals
from allocator.anchors.blend import (
    Sources,
    average_weights,
    cap_own_influence,
    given_weights,
    precision_weights,
)
from allocator.anchors.commitments import Bias, CommitmentSource, commitment_source
from allocator.anchors.history import HistoryLevel, history_level
from allocator.anchors.observed import Observed, observe
from allocator.anchors.peers import peer_groups, peer_levels
from allocator.anchors.potential import at_history_scale, potential_cells
from allocator.anchors.ramp import presence_and_ramp
from allocator.anchors.scaling import Scaling, open_products
from allocator.anchors.totals import resolve_totals
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray


@dataclass(frozen=True)
class Evidence:
    """What the tables say about one measure: the same for plans that differ in totals only."""

    observed: Observed
    past: HistoryLevel
    potential: FloatArray
    promised: CommitmentSource


def gather_evidence(
    plan: Plan,
    labels: Labels,
    measure: str,
    known: Evidence | None = None,
    *,
    only_promises: bool = False,
    seen: Observed | None = None,
    bias: Bias | None = None,
) -> Evidence:
    """Read history, potential and commitments of one measure.

    Parameters
    ----------
    known, only_promises
        Evidence of a plan that differs from this one in the table of commitments only: the rest is kept.
    seen
        The plan's history of the measure, where it has been picked before.
    bias
        What its past promises teach, where it has been learned before.
    """
    if known is not None and only_promises:
        observed, past, potential = known.observed, known.past, known.potential
    else:
        observed = observe(plan, labels, measure) if seen is None else seen
        past = history_level(plan, labels, observed, presence_and_ramp(plan, labels))
        potential = potential_cells(plan, labels, measure, past.level, past.share_of_plan)
    promised = commitment_source(plan, labels, measure, past.level, past.share_of_plan, bias)
    return Evidence(observed, past, potential, promised)


def build_anchors(plan: Plan, labels: Labels, measure: str, evidence: Evidence | None = None) -> Anchors:
    """Blend the sources of every rep x product and scale them to the totals (docs/anchors.md).

    baseline = sum of weight x source, anchor = baseline x growth of its product, so that
    sum of anchor / street factor = total, for the company and for every product total given.

    Parameters
    ----------
    evidence
        What `gather_evidence` finds, where it is known already.

    Raises
    ------
    InputFaults
        If totals contradict each other, a growth has no history, or nobody can carry a total.
    """
    found = evidence or gather_evidence(plan, labels, measure)
    past, potential, promised = found.past, found.potential, found.promised
    totals = resolve_totals(plan, labels, measure, found.observed)
    scaling = Scaling(labels, totals, float(plan.spec.measures[measure].round_to), measure)
    if plan.spec.baseline == "published":
        return _published(labels, found, totals, scaling)
    base = open_products(scaling, _stand_in(plan, labels, past, potential))
    top_down = scaling.growth_cells(base)
    sources = Sources(
        history=base,
        potential=at_history_scale(potential, base),
        commitment=promised.cells / top_down,
        has_history=float(past.level.sum()) > 0 or float(np.nansum(potential)) > 0,
    )
    before = _weights(plan, sources, past, promised)
    limit = plan.spec.commitment_cap * top_down / np.repeat(promised.bias.factor, labels.grid.n_product)
    weight = cap_own_influence(sources, before, limit, scaling)
    baseline = (weight * sources.stacked).sum(axis=0)
    return Anchors(
        last_year=past.last_year,
        history=sources.history,
        potential=sources.potential,
        commitment=sources.commitment,
        weight=weight,
        baseline=baseline,
        anchor=baseline * np.tile(scaling.growth(baseline), labels.grid.n_rep),
        totals=totals,
        bias=promised.table(labels),
        weights=average_weights(before, base),
        observed=found.observed,
        outlook=baseline,
    )


def _published(labels: Labels, found: Evidence, totals: Totals, scaling: Scaling) -> Anchors:
    """Take the targets in force as they stand: where the totals are theirs, so are the anchors."""
    in_force = open_products(scaling, np.nan_to_num(found.potential))
    nothing = np.full(len(in_force), np.nan)
    weight = np.zeros((3, len(in_force)))
    weight[0] = 1.0
    return Anchors(
        last_year=found.past.last_year,
        history=in_force,
        potential=nothing,
        commitment=nothing,
        weight=weight,
        baseline=in_force,
        anchor=in_force * np.tile(scaling.growth(in_force), labels.grid.n_rep),
        totals=totals,
        bias=found.promised.table(labels),
        weights=average_weights(weight, in_force),
        observed=found.observed,
        outlook=found.past.level if float(found.past.level.sum()) > 0 else in_force,
        is_published=True,
    )


def _weights(plan: Plan, sources: Sources, past: HistoryLevel, promised: CommitmentSource) -> FloatArray:
    """Weights before the cap: as given, or by precision. Shape (3, n_cell)."""
    if isinstance(plan.spec.baseline, str):
        return precision_weights(sources, past.noise, past.is_own, promised.variance)
    return given_weights(sources, plan.spec.baseline)


def _stand_in(plan: Plan, labels: Labels, past: HistoryLevel, potential: FloatArray) -> FloatArray:
    """Return the history level; without any history the potential, else equal parts by presence.

    Reps whom the potential does not reach get their peers' median of it. Commitments never stand
    in: they would carry a rep's own word past the cap. Shape (n_cell,).
    """
    if float(past.level.sum()) > 0:
        return past.level
    share = past.share_of_plan[:, None]
    known = np.nan_to_num(potential).reshape(labels.grid.n_rep, labels.grid.n_product)
    if float(known.sum()) == 0:
        return np.repeat(past.share_of_plan / labels.grid.n_product, labels.grid.n_product)
    full = np.where(share > 0, known / np.where(share > 0, share, 1.0), 0.0)
    has = full.sum(axis=1) > 0
    peers = peer_levels(labels, peer_groups(plan, labels), full, has, ~has)
    stand_in: FloatArray = ((full + peers) * share).ravel()
    return stand_in
