"""The blend of history, potential and commitment, and the cap on what a rep's own word can move."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.scaling import Scaling
from allocator.anchors.trials import USUAL_NOISE
from allocator.plan.spec import BlendWeights
from solver_models.arrays import BoolArray, FloatArray

SOURCES = ("history", "potential", "commitment")
MOST_COMMITMENT = 0.5
"""`auto` never gives a commitment more weight than all other sources together."""
LEAST_NOISE = 0.05
"""No source is taken to be more precise than this coefficient of variation."""
UNDAMPED_ROUNDS, MOST_ROUNDS = 40, 300
STEADY = 1e-13


@dataclass(frozen=True)
class Sources:
    """The three sources at the scale of the history, shape (n_cell,); NaN where there is none.

    Parameters
    ----------
    history, potential, commitment
        The sources; history is never NaN.
    has_history
        False where equal parts stand in for the history: they take only the weight that a
        commitment must not have.
    """

    history: FloatArray
    potential: FloatArray
    commitment: FloatArray
    has_history: bool = True

    @property
    def stacked(self) -> FloatArray:
        """Shape (3, n_cell), 0 where there is none."""
        return np.nan_to_num(np.stack([self.history, self.potential, self.commitment]))

    @property
    def present(self) -> BoolArray:
        """Shape (3, n_cell)."""
        there = np.isfinite(np.stack([self.history, self.potential, self.commitment]))
        there[0] &= self.has_history
        return there


def given_weights(sources: Sources, weights: BlendWeights) -> FloatArray:
    """Scale the weights of plan.yaml to sum to 1 over the sources present. Shape (3, n_cell)."""
    said = np.array([weights.history, weights.potential, weights.commitment])
    return _normalised(said[:, None] * sources.present)


def precision_weights(
    sources: Sources, noise: FloatArray, is_own: BoolArray, commitment_variance: FloatArray
) -> FloatArray:
    """Weigh each source by 1 / cv^2, cv its coefficient of variation; a commitment by at most one half.

    cv of the history: the rep's one-step errors; of the potential: dispersion of
    log(potential / history) over the reps; of the commitment: scatter of corrected past promises
    and the rep's own confidence.

    Parameters
    ----------
    noise, is_own
        Shape (n_rep,): of the history level.
    commitment_variance
        Shape (n_cell,), squared cv; NaN where there is no commitment.

    Returns
    -------
    Shape (3, n_cell).
    """
    n_product = len(sources.history) // len(noise)
    floor = LEAST_NOISE**2
    variance = np.stack(
        [
            np.repeat(np.maximum(noise**2, floor), n_product),
            np.full(len(sources.history), max(_potential_variance(sources, is_own, n_product), floor)),
            np.maximum(np.nan_to_num(commitment_variance, nan=1.0), floor),
        ]
    )
    weight = _normalised(sources.present / variance)
    commitment = np.minimum(weight[2], MOST_COMMITMENT)
    return with_commitment_weight(weight, commitment)


def with_commitment_weight(weight: FloatArray, commitment: FloatArray) -> FloatArray:
    """Replace the weight of the commitment; the others share the rest as before.

    Where the others had no weight, the history takes all of the rest.

    Parameters
    ----------
    weight
        Shape (3, n_cell), columns sum to 1.
    commitment
        Shape (n_cell,), 0..1.
    """
    others = weight[0] + weight[1]
    share = np.where(others > 0, weight[:2] / np.where(others > 0, others, 1.0), [[1.0], [0.0]])
    return np.concatenate([share * (1.0 - commitment), commitment[None, :]])


def cap_own_influence(
    sources: Sources, weight: FloatArray, limit: FloatArray, scaling: Scaling
) -> FloatArray:
    """Lower commitment weights until no rep's anchor moves by more than the cap per unit of his commitment.

    In each cell weight x (anchor / baseline) <= limit, where the limit is
    cap x (commitment at the history's scale -> as promised) / correction. Anchor / baseline depends on
    all weights, so the weights are found by repeated substitution; where the cap binds the
    anchor is `top-down part + cap x own commitment`. As a larger commitment lowers anchor /
    baseline of every product, the derivative of the rep's anchor stays at or below the cap.

    Parameters
    ----------
    sources, weight
        Sources and their weights (3, n_cell) before the cap.
    limit
        Shape (n_cell,), >= 0.
    scaling
        The totals.

    Returns
    -------
    Shape (3, n_cell): the final weights.
    """
    most = weight[2]
    if not (most > 0).any():
        return weight
    n_rep, stacked, commitment = scaling.labels.grid.n_rep, sources.stacked, most
    for round_ in range(MOST_ROUNDS):
        blended = (with_commitment_weight(weight, commitment) * stacked).sum(axis=0)
        growth = np.tile(scaling.growth(blended), n_rep)
        allowed = np.where(growth > 0, limit / np.where(growth > 0, growth, 1.0), np.inf)
        proposed = np.minimum(most, allowed)
        change = float(np.abs(proposed - commitment).max())
        commitment = proposed if round_ < UNDAMPED_ROUNDS else (proposed + commitment) / 2.0
        if change <= STEADY:
            break
    return with_commitment_weight(weight, np.minimum(commitment, proposed))


def average_weights(weight: FloatArray, history: FloatArray) -> dict[str, float]:
    """Mean weight of each source over the cells, weighed by their history (equally without history)."""
    mass = history if float(history.sum()) > 0 else np.ones(len(history))
    mean = (weight * mass).sum(axis=1) / float(mass.sum())
    return {name: float(value) for name, value in zip(SOURCES, mean, strict=True)}


def _normalised(weight: FloatArray) -> FloatArray:
    """Scale columns to sum to 1; history takes all of a column without weight."""
    total = weight.sum(axis=0)
    scaled = weight / np.where(total > 0, total, 1.0)
    scaled[0] = np.where(total > 0, scaled[0], 1.0)
    return scaled


def _potential_variance(sources: Sources, is_own: BoolArray, n_product: int) -> float:
    """Variance of log(potential / history) over reps with a history of their own.

    The square of the usual noise for fewer than three such reps.
    """
    both = np.isfinite(sources.potential)
    potential = np.where(both, sources.potential, 0.0).reshape(-1, n_product).sum(axis=1)
    history = np.where(both, sources.history, 0.0).reshape(-1, n_product).sum(axis=1)
    known = is_own & (potential > 0) & (history > 0)
    if known.sum() < 3:
        return USUAL_NOISE**2
    return float(np.var(np.log(potential[known] / history[known])))
