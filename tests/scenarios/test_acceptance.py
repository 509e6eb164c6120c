"""Acceptance rules: what they mean, and that nothing unknown passes."""

import pytest

from allocator.plan.faults import FaultCollector
from scenarios.acceptance import judge, read_acceptance

BASE = {"m": {"gini": 0.10, "total": 200.0, "company_probability": 0.6, "incentive_cost": None}}


@pytest.mark.parametrize(
    ("rule", "kpi", "value", "passed"),
    [
        ("gini <= baseline", "gini", 0.10, True),
        ("gini <= baseline", "gini", 0.1001, False),
        ("gini <= baseline", "gini", 0.10 + 1e-12, True),
        ("gini <= baseline + 0.01", "gini", 0.109, True),
        ("total >= baseline - 2%", "total", 196.0, True),
        ("total >= baseline - 2%", "total", 195.9, False),
        ("rep_growth_max <= 25%", "rep_growth_max", 0.25, True),
        ("rep_growth_max <= 25%", "rep_growth_max", 0.26, False),
        ("company_probability >= 0.7", "company_probability", 0.7, True),
        ("company_probability >= 0.7 for m", "company_probability", 0.69, False),
        ("incentive_cost <= 5", "incentive_cost", None, False),
        ("incentive_cost <= baseline", "incentive_cost", 1.0, False),
        ("gini <= 1 for nobody", "gini", 0.1, False),
    ],
)
def test_a_rule_passes_where_it_holds_and_where_the_figure_is_known(
    rule: str, kpi: str, value: float | None, passed: bool
) -> None:
    faults = FaultCollector()
    rules = read_acceptance([rule], "s.yaml", faults)
    assert not len(faults)
    verdicts = judge(rules, {"m": {kpi: value}}, BASE)
    assert [verdict.passed for verdict in verdicts] == [passed]
    for lang in ("en", "zh"):
        assert "{" not in verdicts[0].sentence(lang)


def test_a_rule_without_a_measure_speaks_of_every_measure_that_knows_the_figure() -> None:
    rules = read_acceptance("gini <= 0.2", "s.yaml", FaultCollector())
    verdicts = judge(rules, {"a": {"gini": 0.1}, "b": {"gini": 0.3}, "c": {"gini": None}}, {})
    assert [(verdict.measure, verdict.passed) for verdict in verdicts] == [("a", True), ("b", False)]
