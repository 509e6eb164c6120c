"""`PATH=VALUE` texts: they change what is read before it is checked, and a wrong path is a fault."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from allocator.errors import InputFaults
from allocator.plan.paths import split_path
from allocator.plan.reading import read_plan
from tests.languages import not_in_both
from tests.plans import PLAN_YAML, write_plan


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("company"))


def fault_of(folder: Path, *overrides: str) -> tuple[str, int, str, str, str]:
    with pytest.raises(InputFaults) as caught:
        read_plan(folder, overrides)
    assert len(caught.value.faults) == 1
    assert not_in_both(caught.value.faults) == []
    fault = caught.value.faults[0]
    return fault.file, fault.row, fault.column, fault.code, fault.hint


def test_settings_and_rules_are_changed_and_the_texts_are_kept(folder: Path) -> None:
    overrides = (
        "measures.revenue.total=43000000",
        "over_assignment.team=0.05",
        "product_totals.revenue.bikes.growth=0.01",
        "baseline={history: 1}",
        "name=今年",
        "rules.r-growth.max=0.75",
        "rules.r-growth.tier=hard",
        "rules.r-range.min=",
    )
    plan = read_plan(folder, overrides)
    assert plan.spec.measures["revenue"].total == Decimal(43000000)
    assert plan.spec.over_assignment == {"region": 0.0, "rep": 0.02, "team": 0.05}
    assert set(plan.spec.product_totals["revenue"]) == {"accessories", "bikes"}
    assert plan.spec.name == "今年"
    rules = plan.rules.set_index("rule_id").to_dict("index")
    assert (rules["r-growth"]["max"], rules["r-growth"]["tier"]) == (0.75, "hard")
    assert str(rules["r-range"]["min"]) == "nan"
    assert plan.overrides == overrides


def test_a_pin_is_moved_by_measure_node_and_product(folder: Path) -> None:
    before = read_plan(folder).pins
    pin = before.iloc[0]
    key = f"{pin['measure']}.{pin['node_id']}.{pin['product_id']}"
    after = read_plan(folder, [f"pins.{key}.amount={int(pin['amount']) + 1000}"]).pins
    assert after["amount"].iat[0] == pin["amount"] + 1000
    assert after.drop(columns="amount").equals(before.drop(columns="amount"))
    assert after["amount"].iloc[1:].equals(before["amount"].iloc[1:])


def test_an_override_equals_the_same_change_in_the_file(folder: Path, tmp_path: Path) -> None:
    changed = write_plan(tmp_path, plan=PLAN_YAML.replace("total: 42000000", "total: {growth: 0.07}"))
    assert read_plan(folder, ["measures.revenue.total={growth: 0.07}"]).spec == read_plan(changed).spec


def test_an_override_can_heal_a_plan(tmp_path: Path) -> None:
    broken = write_plan(tmp_path, plan=PLAN_YAML.replace("total: 42000000", "total: 42000001"))
    assert read_plan(broken, ["measures.revenue.total=42000000"]).spec.plan == "fy2020"


def test_overrides_are_part_of_the_input_hash_in_their_order(folder: Path) -> None:
    one, other = "commitment_cap=0.4", "currency=CNY"
    hashes = [read_plan(folder, texts).input_hash for texts in ([], [one], [one, other], [other, one])]
    assert len(set(hashes)) == 4


@pytest.mark.parametrize(
    ("override", "column", "code", "hint"),
    [
        ("measures.revenue.totl=1", "measures.revenue.totl", "unknown-path", "did you mean `total`"),
        ("measures.revenu.total=1", "measures.revenu.total", "unknown-path", "did you mean `revenue`"),
        ("curency=CNY", "curency", "unknown-path", "did you mean `currency`"),
        ("rules.r-grwth.max=1", "rules.r-grwth.max", "unknown-path", "did you mean `r-growth`"),
        ("rules.r-growth.maximum=1", "rules.r-growth.maximum", "unknown-path", "the columns are"),
        ("rules.max=1", "rules.max", "unknown-path", "rules.<rule_id>.<column>"),
        (
            "pins.revenue.nobody.bikes.amount=1",
            "pins.revenue.nobody.bikes.amount",
            "unknown-path",
            "pins.csv",
        ),
        ("pins.revenue.e11.bikes.owner=X", "pins.revenue.e11.bikes.owner", "unknown-path", ".amount"),
        ("org.e11.name=X", "org.e11.name", "unknown-path", ""),
        ("rules.r-growth.max=[1]", "rules.r-growth.max", "wrong-shape", ""),
        ("measures.revenue.total={growth: ", "measures.revenue.total", "yaml-syntax", ""),
        ("measures.revenue.total=abc", "measures.revenue.total", "not-a-number", ""),
        ("months=13", "months", "out-of-range", ""),
        ("over_assignment.squad=0.1", "over_assignment.squad", "unknown-level", ""),
        ("no equals sign", "", "bad-override", "measures.revenue.total"),
        ("=5", "", "bad-override", ""),
    ],
)
def test_a_wrong_override_is_told_with_its_number(
    folder: Path, override: str, column: str, code: str, hint: str
) -> None:
    found = fault_of(folder, "currency=EUR", override)
    assert found[:4] == ("--set", 2, column, code)
    assert hint in found[4]


def test_a_rule_made_senseless_by_an_override_is_told_at_the_rule(folder: Path) -> None:
    assert fault_of(folder, "rules.r-growth.max=-0.5")[:4] == ("rules.csv", 3, "min", "min-above-max")


def test_the_same_path_twice_is_a_fault(folder: Path) -> None:
    assert fault_of(folder, "months=6", "months=6")[:4] == ("--set", 2, "months", "duplicate-override")


def test_growth_totals_that_exceed_the_company_are_told_in_whole_units(folder: Path) -> None:
    with pytest.raises(InputFaults) as caught:
        read_plan(folder, ["product_totals.revenue.bikes.growth=0.5"])
    (fault,) = caught.value.faults
    assert (fault.code, fault.column) == ("totals-do-not-add-up", "product_totals.revenue")
    numbers = [int(number) for number in re.findall(r"\d{4,}", fault.message)]
    assert numbers[1] == 42_000_000 < numbers[0]
    assert all(number % 1000 == 0 for number in numbers)


@pytest.mark.parametrize(
    ("text", "measures", "keys"),
    [
        ("over_assignment.a.b", (), ("over_assignment", "a.b")),
        ("payout.m.rate", ("m",), ("payout", "m", "rate")),
        ("payout.m.1.curve.0.7", ("m.1", "m"), ("payout", "m.1", "curve", "0.7")),
        ("measures.rev.eu.total", ("rev.eu", "rev"), ("measures", "rev.eu", "total")),
        ("measures.rev.eu.total.growth", (), ("measures", "rev.eu", "total", "growth")),
        ("product_totals.rev.A.1.min", ("rev",), ("product_totals", "rev", "A.1", "min")),
        ("product_totals.rev.min", ("rev",), ("product_totals", "rev", "min")),
        ("baseline.history", (), ("baseline", "history")),
    ],
)
def test_dots_within_ids_do_not_split_them(
    text: str, measures: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    assert split_path(text, measures) == keys
