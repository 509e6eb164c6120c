"""The three sources, their weights, and the baseline they make (docs/anchors.md, 3 to 6)."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.baseline.arithmetic import over
from allocator.verification.baseline.level import Level, history_level
from allocator.verification.baseline.past import sales_of
from allocator.verification.baseline.peers import ENOUGH, peer_groups, peer_levels
from allocator.verification.baseline.spreading import past_errors, potential_cells, promised_cells
from allocator.verification.baseline.totals import Totals, totals_of, with_opened
from allocator.verification.baseline.trials import USUAL_NOISE
from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult
from allocator.verification.trees import FloatArray

LARGEST_BIAS = float(np.log(1.3))
MOST_COMMITMENT, LEAST_NOISE, USUAL_CAP = 0.5, 0.05, 0.5
ROUNDS, UNDAMPED, STEADY = 300, 40, 1e-13
NAMES = ("history", "potential", "commitment")


@dataclass(frozen=True)
class Baseline:
    """Where the anchors of a measure come from.

    Parameters
    ----------
    source, weight
        Shape (3, n_rep, n_product): history, potential, commitment at the scale of the history (0 where
        there is none), and their final weights.
    totals
        What the anchors have to meet.
    """

    source: FloatArray
    weight: FloatArray
    totals: Totals

    @property
    def cells(self) -> FloatArray:
        """sum of weight x source, shape (n_rep, n_product)."""
        return np.asarray((self.weight * self.source).sum(axis=0))


def baseline_of(company: Company, result: MeasureResult) -> Baseline:
    """Recompute the sources and weights of a measure."""
    level = history_level(company, sales_of(company, result.measure))
    potential = potential_cells(company, result.measure, level)
    totals = totals_of(company, result)
    if is_published(company):
        source = np.zeros((len(NAMES), *potential.shape))
        source[0] = with_opened(totals, np.nan_to_num(potential))
        return Baseline(source, np.repeat([1.0, 0.0, 0.0], source[0].size).reshape(source.shape), totals)
    history = with_opened(totals, _stand_in(company, level, potential))
    known = float(level.cells.sum()) > 0 or float(np.nansum(potential)) > 0
    top_down = totals.growth_or_all(history)
    factor, within = _corrections(company, result.measure)
    promised, doubt = promised_cells(company, result.measure, level)
    commitment = promised * factor[:, None] / top_down
    there = np.isfinite(np.stack([history, potential, commitment]))
    there[0] &= known
    both = there[1] & (history > 0)
    scale = float(over(history[both].sum(), np.where(both, potential, 0.0).sum(), 1.0))
    source = np.nan_to_num(np.stack([history, potential * scale, commitment]))
    said = company.settings.get("baseline", "auto")
    if said == "auto":
        weight = _by_precision(source, there, level, within**2 + doubt**2)
    else:
        weight = _normal(np.array([float(said.get(name, 0.0)) for name in NAMES])[:, None, None] * there)
    cap = float(company.settings.get("commitment_cap", USUAL_CAP))
    return Baseline(source, _capped(source, weight, cap * top_down / factor[:, None], totals), totals)


def is_published(company: Company) -> bool:
    """Whether the anchors are the targets in force, which the table of potentials holds."""
    return bool(company.settings.get("baseline") == "published")


def _stand_in(company: Company, level: Level, potential: FloatArray) -> FloatArray:
    """Without any history the potential, by peers where a rep has none; else equal parts by presence."""
    if float(level.cells.sum()) > 0:
        return level.cells
    share, known = level.share[:, None], np.nan_to_num(potential)
    if known.sum() == 0:
        return np.repeat(share / known.shape[1], known.shape[1], axis=1)
    full = over(known, np.broadcast_to(share, known.shape))
    has = full.sum(axis=1) > 0
    return np.asarray((full + peer_levels(company, full, has, ~has)) * share)


def _normal(weight: FloatArray) -> FloatArray:
    """Scale to sum 1; the history takes all where nothing has a weight."""
    total = weight.sum(axis=0)
    scaled = over(weight, np.broadcast_to(total, weight.shape))
    scaled[0][total <= 0] = 1.0
    return scaled


def _by_precision(source: FloatArray, there: np.ndarray, level: Level, commitment: FloatArray) -> FloatArray:
    """Weigh by 1 / cv^2, no cv below 0.05, a commitment by at most one half."""
    both = there[1]
    potential, history = ((one * both).sum(axis=1) for one in (source[1], source[0]))
    known = level.is_own & (potential > 0) & (history > 0)
    of_potential = np.var(np.log(potential[known] / history[known])) if known.sum() >= 3 else USUAL_NOISE**2
    variance = np.empty(source.shape)
    variance[0], variance[1] = level.noise[:, None] ** 2, of_potential
    variance[2] = np.nan_to_num(commitment, nan=1.0)
    weight = _normal(there / np.maximum(variance, LEAST_NOISE**2))
    return _with_commitment(weight, np.minimum(weight[2], MOST_COMMITMENT))


def _with_commitment(weight: FloatArray, commitment: FloatArray) -> FloatArray:
    """Give the commitment this weight; the others share the rest as before, or the history has it."""
    others = weight[0] + weight[1]
    of_history = over(weight[0], others, 1.0)
    return np.stack([of_history * (1 - commitment), over(weight[1], others) * (1 - commitment), commitment])


def _capped(source: FloatArray, weight: FloatArray, limit: FloatArray, totals: Totals) -> FloatArray:
    """Lower weights of commitments until weight x (anchor / baseline) <= limit, by substitution."""
    most = weight[2]
    if not (most > 0).any():
        return weight
    now = proposed = most
    for turn in range(ROUNDS):
        growth = totals.growth((_with_commitment(weight, now) * source).sum(axis=0))
        proposed = np.minimum(most, over(limit, np.broadcast_to(growth, limit.shape), np.inf))
        change = float(np.abs(proposed - now).max())
        now = proposed if turn < UNDAMPED else (proposed + now) / 2.0
        if change <= STEADY:
            break
    return _with_commitment(weight, np.minimum(now, proposed))


def _corrections(company: Company, measure: str) -> tuple[FloatArray, float]:
    """Factor of each rep's word by Buehlmann-Straub credibility, and the scatter of a corrected word."""
    rep, error = past_errors(company, measure)
    group, n_rep = peer_groups(company), len(company.org.leaves)
    n = np.bincount(rep, minlength=n_rep).astype(np.float64)
    mean, total, some = over(np.bincount(rep, error, n_rep), n), n.sum(), n > 0
    if total == 0:
        return np.ones(n_rep), USUAL_NOISE
    spread = float((n * (mean - (n * mean).sum() / total) ** 2).sum())
    freedom, reps = int((n[some] - 1).sum()), int(some.sum())
    within = float(((error - mean[rep]) ** 2).sum()) / freedom if freedom else spread / max(reps - 1, 1)
    divisor = total - float((n**2).sum()) / total
    between = max(0.0, (spread - (reps - 1) * within) / divisor) if freedom and reps > 1 else 0.0
    z = over(n, n + within / between) if between > 0 else np.zeros(n_rep)
    share = z if between > 0 else n
    collective = np.full(n_rep, float(over((share * mean).sum(), share.sum())))
    for one in np.unique(group[some]):
        members = some & (group == one)
        if members.sum() >= ENOUGH:
            own = share[members]
            collective[group == one] = over((own * mean[members]).sum(), own.sum())
    correction = z * mean + (1.0 - z) * collective
    return np.exp(np.clip(correction, -LARGEST_BIAS, LARGEST_BIAS)), (
        float(np.sqrt(within)) if freedom else USUAL_NOISE
    )
