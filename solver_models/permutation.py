"""Permutation tests within strata: all orders, draws that stop early, or the limit law; Holm's correction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincc, ndtr, stdtr

from solver_models.arrays import FloatArray, IntArray
from solver_models.reorderings import Reorderings, strata

ENOUGH = 20
"""Draws stop once so many are at least as large as the observed value (Besag and Clifford, 1991)."""
LARGE = 400
"""From this many values on the limit law stands in for draws."""
HEAVY = 0.05
"""No limit law where one value carries more than this share of a sum of squares."""
MOST_CELLS = 20_000_000
"""Strata x groups beyond which the moments of H cost more than draws."""
TIE = 1e-12

Statistic = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class PermutationTest:
    """What a permutation test found.

    Parameters
    ----------
    statistic
        The observed value.
    p_value
        Chance, if any order within the strata is as likely as any other, of a value at least as far out
        as the observed one, that one included.
    p_error
        Monte Carlo standard error of the p-value: 0 unless `method` is `draws`.
    orders
        Number of orders looked at; 0 for `limit`.
    method
        `all`: every order; `draws`: seeded draws; `limit`: the limit law with the moments of all orders.
    """

    statistic: float
    p_value: float
    p_error: float
    orders: int
    method: str


def correlation_test(reordered: Reorderings, right: FloatArray) -> PermutationTest | None:
    """Test the correlation of centred scores by reordering the left ones within strata.

    r = sum l_i r_i / sqrt(sum l_i^2 sum r_i^2); two-sided.

    Parameters
    ----------
    reordered
        The left scores l, of mean 0 in every stratum (see `rank_scores`).
    right
        Shape (n,), of mean 0 in every stratum.

    Returns
    -------
    None where no reordering can change anything.
    """
    left = reordered.values
    size = float(np.sqrt((left @ left) * (right @ right)))
    return None if size <= TIE else regression_test(reordered, right / size)


def regression_test(reordered: Reorderings, slope_of: FloatArray) -> PermutationTest | None:
    """Test one linear function of a column (a regression slope, say) by reordering it within strata.

    Two-sided: how far slope_of @ response lies from its mean over all orders. The limit law is normal
    with the exact variance over all orders, sum over strata of SS(response) SS(slope_of) / (n - 1).

    Parameters
    ----------
    slope_of
        Shape (n,): the statistic is slope_of @ response.

    Returns
    -------
    None where no reordering can change anything.
    """
    response, stratum = reordered.values, reordered.stratum
    x, x_mean = _centred(response, stratum)
    y, y_mean = _centred(slope_of, stratum)
    mean = float(x_mean @ y_mean)
    n, ss_x, ss_y = np.bincount(stratum), _sums(x**2, stratum), _sums(y**2, stratum)
    variance = float((ss_x * ss_y / np.maximum(n - 1, 1)).sum())
    if variance <= TIE**2:
        return None
    observed = float(slope_of @ response)
    if len(response) >= LARGE and not (_is_heavy(x) or _is_heavy(y)):
        p_value = float(2 * ndtr(-abs(observed - mean) / np.sqrt(variance)))
        return PermutationTest(observed, p_value, 0.0, 0, "limit")
    return _counted(reordered, observed, mean, lambda orders: orders @ slope_of)


def slope_test(
    response: FloatArray, kept: FloatArray, tested: FloatArray, stratum: IntArray, seed: int
) -> PermutationTest | None:
    """Test the slope on `tested` beside a slope on `kept` and a mean per stratum; two-sided.

    Freedman and Lane (1983): the residuals of the model without `tested` are reordered within strata, and
    the statistic is the partial correlation of response and `tested`, a monotone function of |t|. What
    `kept` explains is no noise of the test; reordering the response itself would make it so. From 400
    values on the partial correlation is held against Student's t.

    Parameters
    ----------
    response, kept, tested
        Shape (n,).

    Returns
    -------
    p = 1 where nothing is left over without `tested`; None where nothing varies, or `tested` follows from
    `kept` and the strata.
    """
    y, z, x = (_centred(column, stratum)[0] for column in (response, kept, tested))
    length = float(np.sqrt(z @ z))
    axis = z / length if length > TIE else np.zeros(len(z))
    rest, beside = y - axis * float(axis @ y), x - axis * float(axis @ x)
    square, size = float(rest @ rest), float(np.sqrt(beside @ beside))
    if size <= TIE * float(np.sqrt(x @ x)) or float(y @ y) <= TIE**2:
        return None
    if square <= TIE**2 * float(y @ y):
        return PermutationTest(0.0, 1.0, 0.0, 1, "all")

    def partial(orders: FloatArray) -> FloatArray:
        left = np.maximum(square - (orders @ axis) ** 2, TIE**2 * square)
        found: FloatArray = (orders @ beside) / (size * np.sqrt(left))
        return found

    observed = float(partial(rest))
    free = len(y) - len(np.unique(stratum)) - 2
    if len(y) >= LARGE and free > 0:
        t = observed * np.sqrt(free / max(1 - observed**2, TIE))
        return PermutationTest(observed, float(2 * stdtr(free, -abs(t))), 0.0, 0, "limit")
    return _counted(Reorderings(rest, stratum, seed), observed, 0.0, partial)


def groups_test(reordered: Reorderings, group: IntArray) -> PermutationTest | None:
    """Test whether groups differ: Kruskal and Wallis's H by reordering scores within strata.

    H = (n - 1) (sum over groups of (sum of scores)^2 / size) / (sum of squares): with ranks in one stratum
    it is their H with the correction for ties. The limit law is the gamma law with the mean of H over
    all orders and its variance for large samples, tails of small groups included.

    Parameters
    ----------
    reordered
        The scores, of mean 0 in every stratum.
    group
        Shape (n,): 0 .. number of groups - 1, each with a member.

    Returns
    -------
    None where all scores are equal, there is one group, or no reordering can change anything.
    """
    scores, stratum = reordered.values, reordered.stratum
    n, count = len(scores), np.bincount(group)
    square = float(scores @ scores)
    is_mixed = any(len(np.unique(group[members])) > 1 for members in strata(stratum))
    if len(count) < 2 or square <= TIE or not is_mixed:
        return None
    scale = (n - 1) / square
    observed = scale * float((np.bincount(group, weights=scores) ** 2 / count).sum())
    if n >= LARGE and len(count) * (int(stratum.max()) + 1) <= MOST_CELLS and not _is_heavy(scores):
        mean, variance = _moments_of_h(scores, group, stratum)
        p_value = float(gammaincc(mean**2 / variance, observed / scale * mean / variance))
        return PermutationTest(observed, p_value, 0.0, 0, "limit")
    order = np.argsort(group, kind="stable")
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    return _counted(
        reordered,
        observed,
        0.0,
        lambda orders: scale * (np.add.reduceat(orders[:, order], start, axis=1) ** 2 / count).sum(axis=1),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction: the i-th smallest p times (m - i + 1), never falling, at most 1."""
    corrected = [0.0] * len(p_values)
    running = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[at]))
        corrected[at] = running
    return corrected


def _counted(reordered: Reorderings, observed: float, mean: float, statistic: Statistic) -> PermutationTest:
    """Count the orders that lie at least as far from the mean as the observed value.

    All orders: their share. Draws: h / l if the h-th such order is the l-th drawn, which needs no
    correction (Besag and Clifford); else (found + 1) / (drawn + 1).
    """
    least = abs(observed - mean) - TIE * max(1.0, abs(observed))
    orders, as_large = 0, 0
    for block in reordered.blocks():
        hit = np.abs(statistic(block) - mean) >= least
        found = as_large + np.cumsum(hit)
        if not reordered.are_all and found[-1] >= ENOUGH:
            orders += int(np.argmax(found >= ENOUGH)) + 1
            return _drawn(observed, ENOUGH / orders, orders)
        orders, as_large = orders + len(block), int(found[-1])
    if reordered.are_all:
        return PermutationTest(observed, as_large / orders, 0.0, orders, "all")
    return _drawn(observed, (as_large + 1) / (orders + 1), orders)


def _drawn(observed: float, p_value: float, orders: int) -> PermutationTest:
    error = float(np.sqrt(p_value * (1 - p_value) / orders))
    return PermutationTest(observed, p_value, error, orders, "draws")


def _moments_of_h(scores: FloatArray, group: IntArray, stratum: IntArray) -> tuple[float, float]:
    """Mean (exact) and variance (for large n) over all orders of Q = sum over groups of U_k^2 / n_k.

    U has the exact covariance V = diag(sum_g a_g m_g) - sum_g a_g m_g m_g' / n_g, with a_g = SS_g / (n_g - 1)
    and m_gk the members of group k in stratum g. E Q = tr(D^-1 V); var Q = 2 tr(D^-1 V D^-1 V)
    + the fourth cumulants of the U_k, which small groups do not average out - the part of the squares that
    no order changes. In one stratum of ranks it is Kruskal and Wallis's own variance up to O(1 / n).
    """
    n_stratum, n_group = int(stratum.max()) + 1, int(group.max()) + 1
    member = np.bincount(stratum * n_group + group, minlength=n_stratum * n_group).astype(np.float64)
    member = member.reshape(n_stratum, n_group)
    size, count = member.sum(axis=1), member.sum(axis=0)
    square, fourth = _sums(scores**2, stratum), _sums(scores**4, stratum)
    a = square / np.maximum(size - 1, 1)
    diagonal = a @ member
    weight = np.divide(a, size, out=np.zeros_like(a), where=size > 0)
    crossed = (member / count) @ member.T
    mean = float((diagonal / count).sum() - weight @ np.diag(crossed))
    own = float((diagonal**2 / count**2).sum())
    mixed = float(weight @ (member**2 @ (diagonal / count**2)))
    pairs = float(weight @ crossed**2 @ weight)
    second, fourth = square / np.maximum(size, 1), fourth / np.maximum(size, 1)
    tails = float(((fourth - 3 * second**2) @ member / count**2).sum())
    share = (member / count).sum(axis=1)
    tails -= float((fourth - second**2) @ (share**2 / np.maximum(size, 1)))
    normal = 2 * (own - 2 * mixed + pairs)
    return mean, max(normal + tails, normal / 10)


def _centred(values: FloatArray, stratum: IntArray) -> tuple[FloatArray, FloatArray]:
    """Deviations from each stratum's mean, and that mean, both of shape (n,)."""
    count = np.maximum(np.bincount(stratum), 1)
    mean: FloatArray = (np.bincount(stratum, weights=values) / count)[stratum]
    return values - mean, mean


def _sums(values: FloatArray, stratum: IntArray) -> FloatArray:
    return np.bincount(stratum, weights=values).astype(np.float64)


def _is_heavy(values: FloatArray) -> bool:
    """Tell whether one value carries much of the sum of squares."""
    square = values**2
    return float(square.max()) > HEAVY * float(square.sum())
