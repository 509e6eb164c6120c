"""Percentages written as whole numbers: `20` where 0.2 is meant, in every field that takes a ratio."""

from collections.abc import Iterator

import numpy as np

from allocator.plan.ramp import parse_ramp
from allocator.plan.spec import BlendWeights, Growth
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts

CODE = "percent-as-whole-number"
RULE_LIMITS = {"growth": 2.0, "fairness": 1.0, "commitment": 5.0}
"""Bounds of rules from here on are improbable as ratios: growth of +200 %, a distance of 100 %, five times
what was promised. (Shares above 1 are faults.)"""
MOST_GROWTH = 2.0
MOST_OVER_ASSIGNMENT = 0.5
MOST_STRETCH = 3.0
MOST_PAY = 1.0
MOST_ATTAINMENT = 10.0
MOST_BEST_YEARS = 10.0
LONGEST_RAMP = 24
"""Months: a single number above 1 in `ramp` is a number of months."""


def ratios_plausible(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of ratios that are larger than ratios of their kind are."""
    for path, value, most in _settings(facts):
        if value >= most:
            place = facts.plan.places.setting(path)
            yield warning(CODE, place, ".".join(path), f"{value:g}", **_words(value))
    frame = facts.plan.rules
    kind = frame["kind"].to_numpy(object)
    least = np.array([RULE_LIMITS.get(name, np.inf) for name in kind], np.float64)
    for column in ("min", "max"):
        bound = frame[column].to_numpy(np.float64)
        for k in np.flatnonzero(np.abs(np.nan_to_num(bound)) >= least).tolist():
            if column == "min" and kind[k] == "fairness":
                continue
            yield warning(CODE, facts.plan.places.of("rules", k), column, f"{bound[k]:g}", **_words(bound[k]))
    yield from _ramps(facts)


def _words(value: float) -> dict[str, str]:
    return {"value": f"{value:g}", "percent": f"{value:,.0%}", "meant": f"{value / 100:g}"}


def _settings(facts: Facts) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """Yield path, value and the size from which it is improbable."""
    spec = facts.plan.spec
    for measure, one in spec.measures.items():
        if isinstance(one.total, Growth):
            yield ("measures", measure, "total", "growth"), one.total.growth, MOST_GROWTH
    for measure, totals in spec.product_totals.items():
        for product, stated in totals.items():
            if isinstance(stated, Growth):
                yield ("product_totals", measure, product, "growth"), stated.growth, MOST_GROWTH
    for level, over in spec.over_assignment.items():
        yield ("over_assignment", level), over, MOST_OVER_ASSIGNMENT
    for name, factor in spec.stretch_levels.items():
        yield ("stretch_levels", name), factor, MOST_STRETCH
    for measure, pay in spec.payout.items():
        yield ("payout", measure, "rate"), pay.rate, MOST_PAY
        for attained in pay.curve:
            yield ("payout", measure, "curve", attained), float(attained), MOST_ATTAINMENT
    if spec.attainment.growth is not None:
        yield ("attainment", "growth"), spec.attainment.growth, MOST_GROWTH
    yield ("attainment", "best_year"), spec.attainment.best_year, MOST_BEST_YEARS
    if isinstance(spec.baseline, BlendWeights):
        weights = spec.baseline.model_dump()
        if any(0 < weight <= 1 for weight in weights.values()):
            # only weights in two scales make a difference: they are scaled to sum to 1
            for name, weight in weights.items():
                yield ("baseline", name), weight, 2.0


def _ramps(facts: Facts) -> Iterator[PlanWarning]:
    texts = facts.plan.org["ramp"]
    for k in np.flatnonzero((texts != "").to_numpy(bool)).tolist():
        text = str(texts.iloc[k])
        if "/" not in text and len(parse_ramp(text).share) > LONGEST_RAMP:
            value = float(len(parse_ramp(text).share))
            node = str(facts.plan.org["node_id"].iloc[k])
            place = facts.plan.places.of("org", k)
            yield warning(CODE, place, "ramp", text, node_id=node, kind="ramp", node=node, **_words(value))
