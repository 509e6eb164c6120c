"""What the checks across a plan find is told in both languages, also what no other broken plan reaches."""

import re
from pathlib import Path

import pytest

from allocator.errors import Fault, InputFaults
from allocator.plan import checks
from allocator.plan.reading import read_plan
from tests.allocator.plan.broken_files import CELLS, FILES
from tests.allocator.plan.broken_rules import RULES
from tests.allocator.plan.broken_settings import SETTINGS
from tests.allocator.plan.broken_tables import (
    CARRIED,
    FACTS,
    MONTHS,
    NAMES,
    NOTHING_ELSE,
    PINS,
    SEASON,
    TREES,
)
from tests.allocator.plan.edits import HISTORY_END, Case, add, broken, swap, whole, write_edited
from tests.languages import not_in_both

NAMED = {
    "org without rows",
    "pin without amount",
    "history without amount",
    "end before start",
    "over-assignment of an unknown level",
    "over-assignment of the root",
    "seasonality table without the table",
    "total between units",
    "product total of an unknown product",
    "product total of an unknown measure",
    "product totals all fixed with another sum",
    "growth total without history",
    "ramp unreadable",
}
"""Broken plans of other subjects in which it is a check across the plan that finds the fault."""

FOUND_ELSEWHERE = {"unknown kind", "unknown confidence"}
"""Broken plans in which the reading of cells finds the fault."""

FURTHER = (
    broken(
        "many units",
        {"plan": swap("round_to: 1000", "round_to: 0.000000001")},
        "plan.yaml:7 measures.revenue.round_to too-small",
    ),
    broken(
        "many units grown from history",
        {"plan": swap("unit: count, round_to: 1,", "unit: count, round_to: 0.000000000001,")},
        "plan.yaml:8 measures.new_customers.round_to too-small",
    ),
    broken(
        "many units on the street alone",
        {
            "plan": lambda text: text.replace("round_to: 1000", "round_to: 0.00000003814697265625").replace(
                "rep: 0.02", "rep: 0.03"
            )
        },
        "plan.yaml:7 measures.revenue.round_to too-small",
    ),
    broken(
        "total of all products",
        {"plan": swap("{accessories:", "{'*':")},
        "plan.yaml:10 product_totals.revenue.* unknown-product",
    ),
    broken(
        "product without id",
        {"products": add(",bikes,X,0.1,0.1")},
        "products.csv:8 product_id missing-value",
    ),
    broken(
        "products without rows",
        {
            "products": whole("product_id,parent_id,name\n"),
            "plan": whole("plan: a\nstart: 2019-07\nmeasures: {revenue: {unit: USD, total: 1000}}\n"),
            **NOTHING_ELSE,
        },
        "products.csv:0 - no-rows",
    ),
    broken(
        "history without anything",
        {"history": add(",,,,,no number")},
        *(
            f"history.csv:{HISTORY_END} {column} missing-value"
            for column in ("period", "node_id", "product_id", "measure", "amount")
        ),
    ),
    broken(
        "potential without anything",
        {"potential": add(",road,,")},
        *(f"potential.csv:13 {column} missing-value" for column in ("node_id", "measure", "amount")),
    ),
    broken(
        "commitment without anything",
        {"commitments": add(",road,,,,,")},
        *(f"commitments.csv:26 {column} missing-value" for column in ("node_id", "measure", "amount")),
    ),
    broken(
        "rule without kind",
        {"rules": add("r9,,revenue,rep,,,0,1000,,hard,X,")},
        "rules.csv:10 kind missing-value",
    ),
    broken(
        "typing errors",
        {"rules": add("r9,range,revenu,rpe,e1 1,roda,0,1000,,hrd,X,")},
        "rules.csv:10 measure unknown-measure",
        "rules.csv:10 level unknown-level",
        "rules.csv:10 node_id unknown-node",
        "rules.csv:10 product_id unknown-product",
        "rules.csv:10 tier bad-tier",
    ),
    broken(
        "many products without effort",
        {"products": lambda text: re.sub(r",0\.00\d\n", ",\n", text)},
        "rules.csv:5 basis empty-product-column",
    ),
    broken(
        "fairness below nothing",
        {"rules": add("r9,fairness,revenue,rep,,,,-0.2,,3,X,")},
        "rules.csv:10 max out-of-range",
    ),
    broken(
        "pin without anything",
        {"pins": add(",road,,,,")},
        *(f"pins.csv:3 {column} missing-value" for column in ("node_id", "measure", "amount")),
    ),
    broken(
        "month without name",
        {"calendar": add(",3")},
        "calendar.csv:14 period missing-value",
    ),
    broken(
        "no working days",
        {"calendar": whole("period,working_days\n" + "".join(f"{month},0\n" for month in NAMES))},
        "calendar.csv:0 working_days weights-all-zero",
    ),
    broken(
        "weight without month",
        {"seasonality": whole(SEASON + ",1\n")},
        "seasonality.csv:14 period missing-value",
    ),
    broken(
        "season of one product and of one measure",
        {
            "seasonality": whole(
                "period,weight,measure,product_id\n"
                + "".join(f"{month},0,revenue,road\n" for month in NAMES)
                + "2019-07,1,new_customers,\n"
            )
        },
        "seasonality.csv:0 period missing-month",
        "seasonality.csv:2 weight weights-all-zero",
    ),
    broken(
        "done without a rule at no node",
        {"carried": whole(CARRIED + ",,5,,\n")},
        "carried.csv:2 rule_id missing-value",
        "carried.csv:2 node_id missing-value",
    ),
)
"""Broken plans for sentences that no other one reaches."""

BROKEN = [
    *(case for case in (*SETTINGS, *FILES, *CELLS) if case.name in NAMED),
    *(case for case in (*TREES, *FACTS, *RULES, *PINS, *MONTHS) if case.name not in FOUND_ELSEWHERE),
]
CASES = [
    *{tuple((file, code) for file, _, _, code in case.faults): case for case in BROKEN}.values(),
    *FURTHER,
]
"""One broken plan for each kind of fault in a file, and the further ones."""

CODE = re.compile(r'code(?:: str)? ?= ?"([a-z-]+)"')
PUT_TOGETHER = {
    *(f"unknown-{what}" for what in ("node", "product", "measure", "level")),
    *(f"no-{source}" for source in ("history", "potential", "capacity")),
}
"""Codes that do not stand as one text in the checks."""


def faults_of(folder: Path, case: Case) -> tuple[Fault, ...]:
    with pytest.raises(InputFaults) as caught:
        read_plan(write_edited(folder, case.edits))
    return caught.value.faults


@pytest.mark.parametrize("case", FURTHER, ids=[case.name for case in FURTHER])
def test_the_faults_of_checks_are_told_in_both_languages(tmp_path: Path, case: Case) -> None:
    found = faults_of(tmp_path / "plan", case)
    assert tuple((fault.file, fault.row, fault.column, fault.code) for fault in found) == case.faults
    assert not_in_both(found) == []


def test_no_kind_of_fault_of_the_checks_is_left_out() -> None:
    (folder,) = checks.__path__
    made = {code for file in Path(folder).glob("*.py") for code in CODE.findall(file.read_text())}
    told = {code for case in CASES for _, _, _, code in case.faults}
    assert made | PUT_TOGETHER == told
