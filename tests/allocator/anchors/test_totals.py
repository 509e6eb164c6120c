"""Totals in whole units: amounts, growth, ranges, lines, contradictions."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from allocator.anchors.anchors import Totals
from allocator.anchors.observed import observe
from allocator.anchors.totals import resolve_totals
from allocator.errors import InputFaults
from allocator.model.labels import Labels, label_plan
from tests.allocator.anchors.company import company, make_plan, monthly, reps
from tests.languages import not_in_both

LINES = [
    {"product_id": "A"},
    {"product_id": "B"},
    {"product_id": "a1", "parent_id": "A"},
    {"product_id": "a2", "parent_id": "A"},
    {"product_id": "b1", "parent_id": "B"},
]


def once(product: str, amount: float, period: str = "2019-05") -> dict[str, object]:
    return {"period": period, "node_id": "r", "product_id": product, "measure": "sales", "amount": amount}


HISTORY = [once("a1", 101.5), once("a2", 50.0), once("b1", 48.5)]


def totals_of(history: list[dict[str, object]] = HISTORY, **spec: Any) -> tuple[Labels, Totals]:
    said = spec.pop("said", {})
    plan = make_plan(company(*reps(["r"])), LINES, history, product_totals={"sales": said}, **spec)
    labels = label_plan(plan)
    return labels, resolve_totals(plan, labels, "sales", observe(plan, labels, "sales"))


def bounds(labels: Labels, totals: Totals, product: str) -> tuple[int, int]:
    code = labels.product_code[product]
    return int(totals.product_lower[code]), int(totals.product_upper[code])


def test_an_amount_is_counted_in_units_exactly() -> None:
    labels, totals = totals_of(total="100000000000.1", round_to="0.1")
    assert totals.company == 1_000_000_000_001
    assert bounds(labels, totals, "*") == (totals.company, totals.company)
    assert bounds(labels, totals, "A") == (0, totals.company)
    assert not totals.is_stated.any()


@pytest.mark.parametrize(
    ("growth", "amount", "units"),
    [(0.1, 200.0, 220), (0.0, 0.5, 0), (0.0, 1.5, 2), (0.0, 2.5, 2), (0.07, 100.0, 107)],
)
def test_growth_is_rounded_half_to_even(growth: float, amount: float, units: int) -> None:
    _, totals = totals_of([once("a1", amount)], total={"growth": growth})
    assert totals.company == units


def test_growth_looks_at_the_same_months_of_last_year_only() -> None:
    history = monthly("r", "a1", 1200.0, years=2)
    _, year = totals_of(history, total={"growth": 0.5})
    assert year.company == 1800
    _, quarter = totals_of(history, total={"growth": 0.0}, months=3)
    assert quarter.company == 280  # 28 of 120 parts of the season


def test_products_that_all_grow_add_up_to_the_company() -> None:
    # 1.1 x (101.5, 50, 48.5) = (111.65, 55, 53.35), company 220.
    said = {name: {"growth": 0.1} for name in ("a1", "a2", "b1")}
    labels, totals = totals_of(total={"growth": 0.1}, said=said)
    assert totals.company == 220
    assert [bounds(labels, totals, name)[0] for name in ("a1", "a2", "b1")] == [112, 55, 53]
    assert totals.is_stated.sum() == 3


def test_growing_products_fit_into_the_rounded_total_of_their_line() -> None:
    # Line A: 151.5 -> 152 (half to even); parts 101.5 and 50 have to give 152.
    said = {"A": {"growth": 0.0}, "a1": {"growth": 0.0}, "a2": {"growth": 0.0}}
    labels, totals = totals_of(total=400, said=said)
    assert bounds(labels, totals, "A") == (152, 152)
    assert [bounds(labels, totals, name)[0] for name in ("a1", "a2")] == [102, 50]


def test_a_range_is_drawn_inwards_to_whole_units() -> None:
    said = {"A": {"min": Decimal("1250"), "max": Decimal("3999")}, "b1": {"max": 90_000}, "a2": {"min": 1}}
    labels, totals = totals_of(total=40_000, round_to=1000, said=said)
    assert bounds(labels, totals, "A") == (2, 3)
    assert bounds(labels, totals, "b1") == (0, 40)
    assert bounds(labels, totals, "a2") == (1, 40)


@pytest.mark.parametrize(
    ("spec", "code", "column"),
    [
        ({"total": {"growth": 0.1}, "history": []}, "growth-without-history", "measures.sales.total"),
        (
            {"said": {"a2": {"growth": 0.1}}, "history": [once("a1", 5.0), once("a2", -5.0)]},
            "growth-without-history",
            "product_totals.sales.a2",
        ),
        ({"said": {"A": 600, "B": 600}}, "totals-do-not-match", "measures.sales.total"),
        ({"said": {"A": 600, "B": 300}}, "totals-do-not-match", "measures.sales.total"),
        (
            {"said": {"A": 600, "a1": {"growth": 0.0}, "a2": {"growth": 0.0}}},
            "totals-do-not-match",
            "product_totals.sales.A",
        ),
        (
            {"said": {"A": {"max": 600}, "a1": 400, "a2": {"min": 300}}},
            "totals-do-not-match",
            "product_totals.sales.A",
        ),
        ({"said": {"A": {"max": 600}, "B": {"max": 300}}}, "totals-do-not-match", "measures.sales.total"),
    ],
)
def test_totals_that_contradict_each_other_are_faults(spec: dict[str, Any], code: str, column: str) -> None:
    with pytest.raises(InputFaults) as caught:
        totals_of(**{"total": 1000, **spec})
    fault = caught.value.faults[0]
    assert (fault.file, fault.code, fault.column) == ("plan.yaml", code, column)
    assert fault.hint
    assert not_in_both(caught.value.faults) == []


def test_the_order_of_the_history_cannot_reach_the_totals() -> None:
    rng = np.random.default_rng(5)
    history = [once("a1", float(amount)) for amount in rng.normal(0.5, 1e6, 400)] + [once("b1", 1e9 + 0.1)]
    straight = totals_of(history, total={"growth": 0.123})[1].company
    assert totals_of(history[::-1], total={"growth": 0.123})[1].company == straight
