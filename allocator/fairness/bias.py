"""Tests for bias: whether target / anchor depends on what should not matter."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from allocator.fairness.reps import Reps
from allocator.plan.spec import FairnessLimits
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.permutation import PermutationTest, correlation_test, groups_test, holm, slope_test
from solver_models.reorderings import Reorderings, rank_scores

FEWEST = 5
"""Reps below which a test says nothing."""
FEWEST_IN_GROUP = 3
"""Reps that a group needs to have a median of its own in the gap."""
FEWEST_ON_A_SIDE = 3
"""Reps above (and below) last year's quota that the ratchet test needs."""
BUCKETS = ("low", "middle", "high")
TENURE_BANDS = ((0.0, 1.0, "under_1_year"), (1.0, 3.0, "1_to_3_years"), (3.0, np.inf, "over_3_years"))


@dataclass(frozen=True)
class Bias:
    """One test of one driver.

    Parameters
    ----------
    driver
        size, tenure, last_growth, last_attainment, manager, region, role, tenure_band or ratchet.
    test
        spearman, kruskal_wallis or regression.
    n
        Reps with a value.
    status
        tested; or why not: too_few, equal_ratios, nothing_to_compare, unknown.
    effect
        Spearman's r; for groups epsilon, the root of max(0, (H - k + 1) / (n - k)), which compares with a
        correlation; for the ratchet the difference of the slopes.
    statistic, p_value, p_error, p_holm, orders, method
        The permutation test within peer groups (`all`, `draws`, `limit`); None where there was none.
    gap
        Largest difference between the medians of the buckets or groups.
    medians
        Median ratio of each bucket (lowest 20 %, middle 60 %, highest 20 %) or group.
    by_group
        The effect inside each peer group with enough reps.
    more
        What only this test has (the two slopes of the ratchet).
    """

    driver: str
    test: str
    n: int
    status: str
    effect: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    p_error: float | None = None
    p_holm: float | None = None
    orders: int = 0
    method: str = ""
    gap: float | None = None
    medians: dict[str, float] | None = None
    by_group: dict[str, float] | None = None
    more: dict[str, float | str | int] | None = None

    def fails(self, limits: FairnessLimits) -> bool:
        """Tell whether the bias is significant, strong and wide enough to count."""
        if self.p_holm is None or self.effect is None or self.gap is None:
            return False
        return self.p_holm <= limits.alpha and abs(self.effect) >= limits.effect and self.gap >= limits.gap


def bias_tests(reps: Reps, limits: FairnessLimits, node_name: Callable[[int], str]) -> list[Bias]:
    """Run all tests and correct their p-values together.

    Reps are compared within their peer groups only: a difference between groups is no evidence.
    """
    attainment = reps.actual / reps.quota
    ratios = Ratios(reps, limits.seed, {})
    found = [
        _correlation(ratios, "size", np.log(reps.size)),
        _correlation(ratios, "tenure", reps.tenure),
        _correlation(ratios, "last_growth", reps.last_growth),
        _correlation(ratios, "last_attainment", attainment),
        _groups(ratios, "manager", *_labelled(reps.manager, node_name)),
        _groups(ratios, "region", *_labelled(reps.region, node_name)),
        _groups(ratios, "role", *_coded(reps.role)),
        _groups(ratios, "tenure_band", *_coded(_tenure_bands(reps.tenure))),
        _ratchet(reps, limits.seed),
    ]
    tested = [at for at, bias in enumerate(found) if bias.p_value is not None]
    corrected = holm([found[at].p_value or 0.0 for at in tested])
    for at, p_holm in zip(tested, corrected, strict=True):
        found[at] = replace(found[at], p_holm=p_holm)
    return found


@dataclass(frozen=True)
class Ratios:
    """Ratios of those whose driver is known, ranked and reordered within peer groups.

    Parameters
    ----------
    kept
        The reorderings made so far, by who is known: drivers with the same reps share their draws.
    """

    reps: Reps
    seed: int
    kept: dict[bytes, Reorderings]

    def of(self, known: BoolArray) -> Reorderings:
        """Return the rank scores of these reps' ratios with their reorderings."""
        key = np.packbits(known).tobytes()
        if key not in self.kept:
            group = np.unique(self.reps.group[known], return_inverse=True)[1].astype(np.int64).reshape(-1)
            self.kept[key] = Reorderings(rank_scores(self.reps.ratio[known], group), group, self.seed)
        return self.kept[key]


def _correlation(ratios: Ratios, driver: str, value: FloatArray) -> Bias:
    """Spearman of the ratio with a driver, ranks within peer groups, permuted within peer groups."""
    reps, known = ratios.reps, np.isfinite(value)
    n = int(known.sum())
    ratio, x, group = reps.ratio[known], value[known], reps.group[known]
    why = _why_not(n, ratio)
    if why:
        return Bias(driver, "spearman", n, "unknown" if n == 0 else why)
    reordered = ratios.of(known)
    right = rank_scores(x, reordered.stratum)
    found = correlation_test(reordered, right)
    if found is None:
        return Bias(driver, "spearman", n, "nothing_to_compare")
    buckets = _buckets(right)
    medians = {name: float(np.median(ratio[buckets == k])) for k, name in enumerate(BUCKETS)}
    left = reordered.values
    return _tested(
        Bias(driver, "spearman", n, "tested", effect=found.statistic),
        found,
        medians,
        {
            name: float(np.corrcoef(left[group == k], right[group == k])[0, 1])
            for k, name in enumerate(reps.group_name)
            if (group == k).sum() >= FEWEST and np.ptp(ratio[group == k]) > 0 and np.ptp(x[group == k]) > 0
        },
    )


def _groups(ratios: Ratios, driver: str, code: IntArray, names: list[str]) -> Bias:
    """Kruskal and Wallis over the groups of a driver, permuted within peer groups.

    Parameters
    ----------
    code
        Group of each rep, a position in `names`; negative = unknown.
    """
    known = code >= 0
    n = int(known.sum())
    ratio = ratios.reps.ratio[known]
    why = _why_not(n, ratio)
    if why:
        return Bias(driver, "kruskal_wallis", n, "unknown" if n == 0 else why)
    present, member = np.unique(code[known], return_inverse=True)
    member = member.astype(np.int64).reshape(-1)
    medians = _group_medians(ratio, member, [names[k] for k in present])
    found = groups_test(ratios.of(known), member) if n > len(present) else None
    if found is None:
        return Bias(driver, "kruskal_wallis", n, "nothing_to_compare", medians=medians, gap=_gap(medians))
    effect = max(0.0, (found.statistic - len(present) + 1) / (n - len(present))) ** 0.5
    return _tested(Bias(driver, "kruskal_wallis", n, "tested", effect=effect), found, medians, None)


def _group_medians(ratio: FloatArray, member: IntArray, names: list[str]) -> dict[str, float]:
    """Median of every group with enough reps, by name in order."""
    order = np.lexsort((ratio, member))
    count = np.bincount(member)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    low, high = order[start + (count - 1) // 2], order[start + count // 2]
    median = (ratio[low] + ratio[high]) / 2
    return {
        names[k]: float(median[k])
        for k in sorted(np.flatnonzero(count >= FEWEST_IN_GROUP), key=lambda k: names[k])
    }


def _labelled(node: IntArray, node_name: Callable[[int], str]) -> tuple[IntArray, list[str]]:
    """Nodes as codes with their names."""
    present, code = np.unique(node, return_inverse=True)
    return code.astype(np.int64).reshape(-1), [node_name(int(v)) for v in present]


def _coded(label: np.ndarray) -> tuple[IntArray, list[str]]:
    """Labels as codes with their names; -1 for an empty one."""
    names, code = np.unique(label.astype(str), return_inverse=True)
    code = code.astype(np.int64).reshape(-1)
    return np.where(names[code] == "", -1, code), [str(name) for name in names]


def _ratchet(reps: Reps, seed: int) -> Bias:
    """Regress the change of quota on last year's excess and shortfall.

    (X - Q) / Q = a of the peer group + up (A / Q - 1)+ - down (1 - A / Q)+ + error. Equal slopes are no
    ratchet; `up` above `down` means that a beat raises the next target more than a miss lowers it. Tested
    is up = down: with d = A / Q - 1 the model is a + down d + (up - down) d+, and the slope on d+ is
    tested beside the one on d.
    """
    known = np.isfinite(reps.quota) & np.isfinite(reps.actual)
    n = int(known.sum())
    if n == 0:
        return Bias("ratchet", "regression", 0, "unknown")
    quota = reps.quota[known]
    distance = reps.actual[known] / quota - 1
    beat = np.maximum(distance, 0.0)
    above, below = distance > 0, distance < 0
    if n < 2 * FEWEST or min(int(above.sum()), int(below.sum())) < FEWEST_ON_A_SIDE:
        return Bias("ratchet", "regression", n, "too_few")
    change = reps.target[known] / quota - 1
    group = np.unique(reps.group[known], return_inverse=True)[1].astype(np.int64).reshape(-1)
    found = slope_test(change, distance, beat, group, seed)
    if found is None:
        return Bias("ratchet", "regression", n, "nothing_to_compare")
    y, *sides = (
        column - (np.bincount(group, weights=column) / np.bincount(group))[group]
        for column in (change, distance, beat)
    )
    design = np.column_stack(sides)
    slope = np.linalg.lstsq(design, y, rcond=None)[0]
    more: dict[str, float | str | int] = {
        "period": reps.period,
        "slope_above": float(slope.sum()),
        "slope_below": float(slope[0]),
        "r_squared": 1 - float(((y - design @ slope) ** 2).sum()) / float(y @ y),
        "above": int(above.sum()),
        "below": int(below.sum()),
    }
    medians = {"above": float(np.median(change[above])), "below": float(np.median(change[below]))}
    tested = _tested(Bias("ratchet", "regression", n, "tested", effect=float(slope[1])), found, medians, None)
    return replace(tested, more=more)


def _tested(
    bias: Bias, found: PermutationTest, medians: dict[str, float], by_group: dict[str, float] | None
) -> Bias:
    return replace(
        bias,
        statistic=found.statistic,
        p_value=found.p_value,
        p_error=found.p_error,
        orders=found.orders,
        method=found.method,
        medians=medians,
        gap=_gap(medians),
        by_group=by_group,
    )


def _why_not(n: int, ratio: FloatArray) -> str:
    if n < FEWEST:
        return "too_few"
    return "equal_ratios" if float(np.ptp(ratio)) == 0 else ""


def _gap(medians: dict[str, float]) -> float:
    """Largest difference of two medians; 0 where there is only one."""
    return max(medians.values()) - min(medians.values()) if medians else 0.0


def _buckets(score: FloatArray) -> IntArray:
    """0 for the lowest 20 %, 2 for the highest 20 %, 1 between (at least one rep each). Shape (n,)."""
    n = len(score)
    place = np.empty(n, np.int64)
    place[np.argsort(score, kind="stable")] = np.arange(n)
    edge = max(1, round(0.2 * n))
    return np.where(place < edge, 0, np.where(place >= n - edge, 2, 1)).astype(np.int64)


def _tenure_bands(tenure: FloatArray) -> np.ndarray:
    label = np.full(len(tenure), "", object)
    for low, high, name in TENURE_BANDS:
        label[(tenure >= low) & (tenure < high)] = name
    return label
