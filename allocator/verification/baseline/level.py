"""The history as a source: one level per rep and product, at the scale of the past."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.baseline.arithmetic import NOISE, over
from allocator.verification.baseline.past import Past, Sales
from allocator.verification.baseline.peers import peer_groups, peer_levels
from allocator.verification.baseline.presence import PAST, open_seats
from allocator.verification.baseline.trials import COMPLETE, best_rule
from allocator.verification.baseline.windows import (
    Family,
    combine,
    recent_families,
    trend_before,
    year_family,
)
from allocator.verification.company import Company
from allocator.verification.month_weights import rep_weights
from allocator.verification.trees import BoolArray, FloatArray, IntArray

LEAST_PRODUCT = 0.25
LEAST_HALF, MOST_HALF = 0.05, 1.0
LAST_DIGIT = 1e-15


@dataclass(frozen=True)
class Level:
    """The history of a measure as a source.

    Parameters
    ----------
    cells
        Shape (n_rep, n_product): expected sales in the plan at the scale of the past.
    share
        Shape (n_rep,): share of the plan that each rep is there for.
    noise, is_own
        Shape (n_rep,): coefficient of variation of the level; whether it comes from his own past.
    """

    cells: FloatArray
    share: FloatArray
    noise: FloatArray
    is_own: BoolArray


def history_level(company: Company, sales: Sales) -> Level:
    """Weigh the past by the rule that foretold it best, and fill in from the peers."""
    past, n, group = sales.past, company.n_month, peer_groups(company)
    rule = best_rule(past, n, group)
    year = year_family(past, rule.decay, PAST, n)
    recent = recent_families(past, [rule.gains], PAST, n)[0]
    parts = combine(year, recent, rule.recent_share, rule.damping, trend_before(past, PAST))
    by_year, by_recent = (_family_cells(sales, family) for family in (year, recent))
    cells = parts[0][:, None] * by_year + parts[1][:, None] * by_recent
    cells *= sales.product_last > past.last - 12
    own = _drawn(_without_negatives(cells), group, rule.pull)
    exposure = np.maximum(year.exposure, recent.exposure)
    reach = min(1.0, max(year.reach, recent.reach))
    full, noise = _with_peers(company, past, own, exposure, reach, rule.noise)
    share = rep_weights(company) @ past.share(PAST - 12, PAST - 12 + n)
    level = full * share[:, None]
    level[level < LAST_DIGIT * level.sum()] = 0.0
    return Level(level, share, noise, own.sum(axis=1) > 0)


def _family_cells(sales: Sales, family: Family) -> FloatArray:
    """Weighted sales / weighted presence of every cell, months before a product came left out."""
    shape = sales.past.amount.shape
    amount = np.einsum("rpm,rm->rp", sales.cells, np.broadcast_to(family.amount_weight, shape))
    present = sales.past.present * family.exposure_weight
    known = (np.arange(PAST) >= sales.product_since[:, None]).astype(np.float64)
    least = LEAST_PRODUCT * present.sum(axis=1, keepdims=True)
    return over(amount, np.maximum(present @ known.T, least))


def _without_negatives(cells: FloatArray) -> FloatArray:
    """Cells below 0 become 0, the rep's others are scaled to his total; all 0 if that is not positive."""
    positive = np.maximum(cells, 0.0)
    total, mass = cells.sum(axis=1), positive.sum(axis=1)
    scale = over(total, mass) * (total > NOISE * mass)
    return np.asarray(positive * scale[:, None])


def _drawn(cells: FloatArray, group: IntArray, pull: float) -> FloatArray:
    """Draw totals to the mean of the peers who have one."""
    total = cells.sum(axis=1)
    mean = over(np.bincount(group, total), np.bincount(group, total > 0))[group]
    return cells * np.where(total > 0, 1.0 - pull + pull * over(mean, total), 1.0)[:, None]


def _with_peers(
    company: Company, past: Past, own: FloatArray, exposure: FloatArray, reach: float, noise: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Believe a short history by e / (e + k), the rest are the peers. Levels (n_rep, n_product), noise."""
    total = own.sum(axis=1)
    is_model = _models(company, past, exposure, total)
    needs = (total <= 0) | (exposure < COMPLETE * reach)
    peers = peer_levels(company, own, is_model, needs)
    mean = total[is_model].mean() if is_model.sum() > 1 else 0.0
    between = float(np.std(total[is_model]) / mean) if mean > 0 else 0.0
    luck = float(np.mean(noise[is_model] ** 2)) if is_model.any() else 0.0
    half = float(np.clip(luck / between**2, LEAST_HALF, MOST_HALF)) if between > 0 else MOST_HALF
    believed = np.where(needs & (peers.sum(axis=1) > 0), exposure / (exposure + half), 1.0) * (total > 0)
    level = believed[:, None] * own + (1.0 - believed)[:, None] * peers
    doubt = np.sqrt(noise**2 + (1.0 - believed) * between**2)
    return level, np.where(total > 0, doubt, max(between, float(np.sqrt(luck))))


def _models(company: Company, past: Past, exposure: FloatArray, total: FloatArray) -> BoolArray:
    """Reps to learn from: sold, no open seat, there all last year; else for one full window; else all."""
    window = PAST - 12, PAST - 12 + company.n_month
    reach = past.reach(*window)
    sold = (total > 0) & ~open_seats(company)
    all_year = (past.exposure(*window) >= COMPLETE * reach) & (reach > 0)
    choices = [sold & all_year, sold & (exposure >= COMPLETE), sold, total > 0]
    return next((one for one in choices if one.any()), choices[-1])
