"""fairness.json: distributions, tests, what causes deviations, and which limits fail."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.fairness.bias import Bias, bias_tests
from allocator.fairness.distribution import distributions
from allocator.fairness.reps import Reps, compared_reps
from allocator.judged import judged_document
from allocator.plan.spec import FairnessLimits
from allocator.results.sentences import node_names
from allocator.texts import text

NOTICED = 1e-7
"""A price below this moves nobody."""
NAMED_DRIVERS = ("manager", "region", "role")
"""Drivers whose groups have names of their own."""
INEQUALITY_LIMITS = (
    ("max_gini", "gini", 1),
    ("max_spread", "max_over_min", 1),
    ("max_theil", "theil", 1),
    ("min_jain", "jain", -1),
)


def fairness_document(allocation: Allocation, lang: str) -> dict[str, Any]:
    """Return fairness.json: plain JSON types, sentences in `lang`."""
    limits = allocation.plan.spec.fairness
    return judged_document(allocation, limits, lambda result: _measure(allocation, result, limits, lang))


def _measure(
    allocation: Allocation, result: MeasureAllocation, limits: FairnessLimits, lang: str
) -> dict[str, Any]:
    reps = compared_reps(allocation, result)
    names = node_names(allocation)
    spread = distributions(reps)
    tests = bias_tests(reps, limits, _labelled(allocation, names)) if len(reps) else []
    causes = _causes(result)
    failures = [
        *_empty_groups(reps, causes, lang),
        *_bias_failures(tests, limits, lang),
        *_inequality_failures(spread["ratio"], limits, lang),
    ]
    return {
        "n": len(reps),
        "groups": {name: int((reps.group == number).sum()) for number, name in enumerate(reps.group_name)},
        "distributions": spread,
        "tests": [_test(bias, limits, lang) for bias in tests],
        "unequal_reps": int((reps.ratio != 1.0).sum()),
        "causes": causes,
        "by_construction": text(
            "fairness.causes" if causes else "fairness.no_causes",
            lang,
            rules=", ".join(one["rule_id"] for one in causes[:8]),
        ),
        "failures": failures,
        "passed": not failures,
    }


def _labelled(allocation: Allocation, names: list[str]) -> Callable[[int], str]:
    """Name with id, so that two nodes of one name stay apart."""
    ids = allocation.labels.node_id
    return lambda v: names[v] if names[v] == ids[v] else f"{names[v]} ({ids[v]})"


def _causes(result: MeasureAllocation) -> list[dict[str, Any]]:
    """Rules and pins with a price: without any, every ratio would be the same; strongest first."""
    rules = result.rules
    strength = np.abs(rules["price"].to_numpy(np.float64))
    priced = rules.assign(strength=strength)[strength > NOTICED]
    found = [
        {
            "rule_id": str(rule_id),
            "kind": str(group["kind"].iat[0]),
            "owner": str(group["owner"].iat[0]),
            "nodes": len(group),
            "largest_price": float(group["strength"].max()),
        }
        for rule_id, group in priced.groupby("rule_id", sort=True)
    ]
    return sorted(found, key=lambda one: (-one["largest_price"], one["rule_id"]))


def _test(bias: Bias, limits: FairnessLimits, lang: str) -> dict[str, Any]:
    """One test as plain JSON with its verdict in words."""
    verdict = ("fail" if bias.fails(limits) else "pass") if bias.status == "tested" else bias.status
    document = asdict(bias)
    more = document.pop("more") or {}
    return {**document, **more, "verdict": verdict, "sentence": _sentence(bias, verdict, lang)}


def _sentence(bias: Bias, verdict: str, lang: str) -> str:
    driver = text(f"fairness.driver.{bias.driver}", lang)
    if bias.status != "tested":
        return text(f"fairness.status.{bias.status}", lang, driver=driver, n=bias.n)
    p_holm = bias.p_holm if bias.p_holm is not None else 1.0
    return text(
        f"fairness.{verdict}",
        lang,
        driver=driver,
        effect=f"{bias.effect:+.2f}" if bias.test == "spearman" else f"{bias.effect:.2f}",
        p=f"{p_holm:.3f}" if p_holm >= 0.001 else "< 0.001",
        gap=f"{bias.gap or 0.0:.1%}",
        n=bias.n,
        extremes=_extremes(bias, lang),
    )


def _extremes(bias: Bias, lang: str) -> str:
    """Name the groups (or buckets) with the lowest and the highest median."""
    if not bias.medians or len(bias.medians) < 2:
        return ""
    low, high = (pick(bias.medians, key=bias.medians.__getitem__) for pick in (min, max))
    named = bias.driver in NAMED_DRIVERS
    return text(
        "fairness.extremes",
        lang,
        low=low if named else text(f"fairness.bucket.{low}", lang),
        high=high if named else text(f"fairness.bucket.{high}", lang),
        low_median=f"{bias.medians[low]:.3f}",
        high_median=f"{bias.medians[high]:.3f}",
    )


def _empty_groups(reps: Reps, causes: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Peer groups of which nobody gets anything though there are anchors.

    The band of a fairness rule moves with the group's own ratio, so one peer held at 0 (or soft rules that
    contradict each other) can pull all of them down to nothing: no limit is broken, yet nobody
    meant it. No setting switches this off.
    """
    count = np.bincount(reps.group, minlength=len(reps.group_name))
    anchor = np.bincount(reps.group, weights=reps.size, minlength=len(reps.group_name))
    most = np.zeros(len(reps.group_name))
    np.maximum.at(most, reps.group, reps.ratio)
    rules = ", ".join(one["rule_id"] for one in causes[:8])
    return [
        {
            "test": "empty_group",
            "group": reps.group_name[g],
            "value": 0.0,
            "limit": None,
            "sentence": text(
                "fairness.empty_group",
                lang,
                group=reps.group_name[g],
                n=int(count[g]),
                anchor=f"{anchor[g]:,.0f}",
                rules=rules or "-",
            ),
        }
        for g in np.flatnonzero((count > 1) & (most <= 0))
    ]


def _bias_failures(tests: list[Bias], limits: FairnessLimits, lang: str) -> list[dict[str, Any]]:
    return [
        {
            "test": bias.driver,
            "value": bias.effect,
            "limit": limits.effect,
            "sentence": _sentence(bias, "fail", lang),
        }
        for bias in tests
        if bias.fails(limits)
    ]


def _inequality_failures(spread: dict[str, Any], limits: FairnessLimits, lang: str) -> list[dict[str, Any]]:
    """Limits of inequality that a peer group breaks."""
    found = []
    for limit_name, key, sign in INEQUALITY_LIMITS:
        limit = getattr(limits, limit_name)
        for group, numbers in spread["groups"].items():
            value = numbers.get(key)
            if limit is None or value is None or sign * (value - limit) <= 0:
                continue
            sentence = text(
                "fairness.limit",
                lang,
                index=text(f"fairness.index.{key}", lang),
                group=group,
                value=f"{value:.3f}",
                limit=f"{limit:g}",
            )
            found.append(
                {"test": limit_name, "group": group, "value": value, "limit": limit, "sentence": sentence}
            )
    return found
