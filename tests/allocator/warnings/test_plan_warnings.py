"""The tiny company with one thing that is improbable, and exactly the warnings that it must give."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from allocator.errors import InputFaults
from allocator.plan.reading import read_plan
from allocator.plan.warning import AFTER_THE_RUN, CODES, PlanWarning
from allocator.warnings.registry import plan_warnings, refuse_warnings
from tests.allocator.plan.edits import Edit, add, swap, with_column, write_edited
from tests.languages import is_in_both
from tests.plans import write_plan, write_workbook

ROWS_OF_A_MONTH = 11 * 4 * 2
MARCH_2019 = 2 + 20 * ROWS_OF_A_MONTH
"""Row of history.csv in which March 2019 begins."""
DOCS = Path(__file__).resolve().parents[3] / "docs" / "warnings.md"
STATED = swap("total: {growth: 0.15}", "total: 1344")
"""A total that does not grow from last year: 1.15 x 1169, rounded."""


def found_in(folder: Path, edits: Mapping[str, Edit]) -> tuple[PlanWarning, ...]:
    return plan_warnings(read_plan(write_edited(folder / "plan", edits)))


def places(found: tuple[PlanWarning, ...]) -> list[str]:
    """Return `file:row column code node` of each warning, without the node where there is none."""
    return [f"{one.file}:{one.row} {one.column} {one.code} {one.node_id}".strip() for one in found]


def scaled(pattern: str, factor: float) -> Edit:
    """Multiply the amounts of the history rows that begin with a pattern."""

    def edit(text: str) -> str:
        head, *lines = text.splitlines()
        changed = 0
        for k, line in enumerate(lines):
            if re.match(pattern, line):
                period, node, product, measure, amount, segment = line.split(",")
                lines[k] = f"{period},{node},{product},{measure},{float(amount) * factor:.10g},{segment}"
                changed += 1
        assert changed
        return "\n".join([head, *lines]) + "\n"

    return edit


def left_out(pattern: str) -> Edit:
    """Leave out the rows that begin with a pattern."""

    def edit(text: str) -> str:
        lines = [line for line in text.splitlines() if not re.match(pattern, line)]
        assert len(lines) < text.count("\n")
        return "\n".join(lines) + "\n"

    return edit


def both(*edits: Edit) -> Edit:
    def edit(text: str) -> str:
        for one in edits:
            changed = one(text)
            assert isinstance(changed, str)
            text = changed
        return text

    return edit


def test_a_plan_without_anything_improbable_has_no_warnings(tmp_path: Path) -> None:
    assert plan_warnings(read_plan(write_plan(tmp_path / "plan"))) == ()


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param(
            {"history": left_out("2019-03"), "plan": STATED},
            ["history.csv:0 period incomplete-base-year", "history.csv:0 period incomplete-base-year"],
            id="a month is missing",
        ),
        pytest.param(
            {"history": left_out(r"2019-0[56],.*,revenue")},
            ["history.csv:0 period incomplete-base-year"],
            id="the history of one measure ends two months early",
        ),
        pytest.param(
            {"history": left_out("2019-03,w")},
            ["org.csv:4 node_id incomplete-base-year west"] * 2
            + [f"history.csv:{MARCH_2019 + k} period month-far-from-neighbours" for k in (0, 1)],
            id="a region is missing in a month",
        ),
        pytest.param(
            {"history": scaled("2019-03,.*,revenue", 1000)},
            [f"history.csv:{MARCH_2019} amount unit-switch"],
            id="a month times 1,000",
        ),
        pytest.param(
            {"history": scaled(r"201(7|8-0[1-6]).*,revenue", 1e-4)},
            ["history.csv:2 amount unit-switch"],
            id="a year in units of 10,000",
        ),
        pytest.param(
            {"history": scaled("2019-03,.*,revenue", 3)},
            [f"history.csv:{MARCH_2019} period month-far-from-neighbours"],
            id="a month three times",
        ),
        pytest.param(
            {"history": scaled("2019-03,e11,road,revenue", 1000)},
            [
                f"history.csv:{MARCH_2019} amount row-far-from-neighbours e11",
                "plan.yaml:7 measures.revenue.total growth-improbable",
                "rules.csv:3 min band-contradicts-growth",
            ],
            id="a row times 1,000",
        ),
        pytest.param(
            {"history": scaled(".*,e.*,revenue", 1e-4), "plan": swap("42000000", "25000000")},
            ["org.csv:3 node_id unit-switch east"],
            id="a region in units of 10,000",
        ),
        pytest.param(
            {
                "plan": both(
                    swap("42000000", "4200"),
                    swap("1000, total", "1, total"),
                    swap("7000000, max: 9500000", "700, max: 950"),
                )
            },
            [
                "plan.yaml:7 measures.revenue.total total-in-another-unit",
                "plan.yaml:10 product_totals.revenue.accessories.max total-in-another-unit",
            ],
            id="a total in units of 10,000",
        ),
        pytest.param(
            {"plan": swap("{growth: 0.15}", "{growth: 15}")},
            [
                "plan.yaml:8 measures.new_customers.total.growth growth-improbable",
                "plan.yaml:8 measures.new_customers.total.growth percent-as-whole-number",
            ],
            id="growth of 15 for 15 %",
        ),
        pytest.param(
            {"rules": swap("-0.3,0.6,last_year", "-0.3,20,last_year")},
            ["rules.csv:3 max percent-as-whole-number"],
            id="a growth rule of 20 for 20 %",
        ),
        pytest.param(
            {"rules": swap(",,0.5,anchor", ",,50,anchor")},
            ["rules.csv:7 max percent-as-whole-number", "rules.csv:7 rule_id rule-cannot-bind"],
            id="a fairness of 50 for 50 %",
        ),
        pytest.param(
            {"rules": swap("0.6,1.6,ratio", "60,160,ratio")},
            ["rules.csv:8 min percent-as-whole-number", "rules.csv:8 max percent-as-whole-number"],
            id="commitments of 60 to 160 for 60 to 160 %",
        ),
        pytest.param(
            {"plan": both(swap("rep: 0.02", "rep: 1"), swap("stretch: 1.1", "stretch: 110"))},
            [
                "plan.yaml:13 over_assignment.rep percent-as-whole-number",
                "plan.yaml:15 stretch_levels.stretch percent-as-whole-number",
            ],
            id="over-assignment of 1 and stretch of 110",
        ),
        pytest.param(
            {
                "plan": both(
                    add("payout: {revenue: {rate: 2, curve: {0: 0, 100: 1}}}"),
                    swap("{history: 0.6, potential: 0.2, commitment: 0.2}", "{history: 0.6, potential: 20}"),
                    add("attainment: {growth: 5, best_year: 150}"),
                )
            },
            [
                "plan.yaml:11 baseline.potential percent-as-whole-number",
                "plan.yaml:16 payout.revenue.rate percent-as-whole-number",
                "plan.yaml:16 payout.revenue.curve.100 percent-as-whole-number",
                "plan.yaml:17 attainment.growth percent-as-whole-number",
                "plan.yaml:17 attainment.best_year percent-as-whole-number",
            ],
            id="payout, blend and assumptions in percent",
        ),
        pytest.param(
            {"org": swap("0/0.25/0.5", "50")},
            ["org.csv:14 ramp percent-as-whole-number e23"],
            id="a ramp of 50 for 50 %",
        ),
        pytest.param(
            {"rules": swap("10000000,32000000", "0,42000000")},
            ["rules.csv:2 rule_id rule-cannot-bind"],
            id="a range as wide as the company",
        ),
        pytest.param(
            {"rules": add("r-none,growth,revenue,,e23,,0,0.1,last_year,hard,X,")},
            ["rules.csv:10 rule_id rule-cannot-bind"],
            id="a growth rule for somebody without history",
        ),
        pytest.param(
            {"plan": swap("total: 42000000", "total: 70000000")},
            ["rules.csv:2 max band-contradicts-growth", "rules.csv:3 max band-contradicts-growth"],
            id="bands that the growth asked for contradicts",
        ),
        pytest.param(
            {"history": left_out(".*,e22,"), "commitments": left_out("e22"), "potential": left_out("e22")},
            ["org.csv:13 node_id rep-without-history e22"],
            id="a rep without history",
        ),
        pytest.param(
            {"history": left_out("(2018-(0[7-9]|1)|2019).*,e22,")},
            ["org.csv:13 node_id rep-without-actuals e22"],
            id="a rep without sales last year",
        ),
        pytest.param(
            {"history": add("2019-06,e22,gloves,revenue,-9000000,return")},
            [
                "history.csv:2114 amount row-far-from-neighbours e22",
                "org.csv:13 node_id rep-with-negative-sales e22",
            ],
            id="a rep with returns above sales",
        ),
        pytest.param(
            {"products": both(swap("0.30", "30"), swap("0.25", "-0.25"))},
            ["products.csv:4 margin margin-out-of-range", "products.csv:5 margin margin-out-of-range"],
            id="margins in percent and below 0",
        ),
        pytest.param(
            {"rules": swap("10000000,,margin", "22000000,,margin")},
            ["rules.csv:9 min implied-margin"],
            id="a profit that no product has",
        ),
        pytest.param(
            {
                "plan": swap(
                    "product_totals:",
                    "  profit: {kind: outcome, unit: USD, round_to: 1, total: 4200000}\nproduct_totals:",
                )
            },
            ["plan.yaml:9 measures.profit.total implied-margin"],
            id="a profit total of 10 % where margins are 25 to 50 %",
        ),
        pytest.param(
            {"org": swap("李娜,1002", "李娜,1001")},
            ["org.csv:10 employee_id employee-id-of-several e12"],
            id="one employee_id for two people",
        ),
        pytest.param(
            {
                "org": both(
                    swap("张伟,1001", "张伟,1.23457E+15"), swap("李娜,1002", "李娜,123456789012345000")
                )
            },
            [
                "org.csv:9 employee_id employee-id-rounded e11",
                "org.csv:10 employee_id employee-id-rounded e12",
            ],
            id="ids that a spreadsheet rounded",
        ),
        pytest.param(
            {"org": swap("李娜,1002", "张伟,1001")},
            ["org.csv:10 employee_id several-seats e12"],
            id="one person on two seats",
        ),
        pytest.param(
            {"org": swap("李娜,1002", "张伟,")},
            ["org.csv:10 name name-twice e12"],
            id="a name twice without ids",
        ),
        pytest.param(
            {
                "org": swap("w23,w2,rep", "w23,west,rep"),
                "rules": swap("mix,revenue,team", "mix,revenue,region"),
            },
            ["org.csv:20 parent_id level-skipped w23"],
            id="a rep right under a region",
        ),
        pytest.param(
            {"plan": swap("currency: USD", "currency: CNY"), "products": with_column("list_price_eur", "1")},
            [
                "plan.yaml:7 measures.revenue.unit currency-differs",
                "products.csv:1 list_price_eur currency-differs",
            ],
            id="currencies that differ",
        ),
    ],
)
def test_what_is_improbable_gives_exactly_its_warnings(
    tmp_path: Path, edits: Mapping[str, Edit], expected: list[str]
) -> None:
    assert places(found_in(tmp_path, edits)) == expected


@pytest.mark.parametrize(
    ("edits", "code", "words"),
    [
        (
            {"history": left_out("2019-03"), "plan": STATED},
            "incomplete-base-year",
            "revenue has no sales in 1 of the 12 months that last year consists of: 2019-03",
        ),
        (
            {"history": scaled("2019-03,.*,revenue", 1000)},
            "unit-switch",
            "revenue of 1 month(s) from 2019-03 to 2019-03 is about 1,000 of the other months for most reps",
        ),
        (
            {"history": scaled("2019-03,.*,revenue", 3)},
            "month-far-from-neighbours",
            "10,486,500, 2.73 times",
        ),
        # e11 sells 14 x 48 x 10 x 290 / 10 = 194,880 of road bikes in March 2019
        (
            {"history": scaled("2019-03,e11,road,revenue", 1000)},
            "row-far-from-neighbours",
            "e11 sold 194,880,000 of road (revenue) in 2019-03",
        ),
        # 100,000,000 / 41,946,000 = 2.384
        (
            {"plan": swap("total: 42000000", "total: 100000000")},
            "growth-improbable",
            "the total of revenue, 100,000,000, is +138% against last year's 41,946,000",
        ),
        (
            {
                "plan": both(
                    swap("round_to: 1000, total: 42000000", "round_to: 1, total: 4200"),
                    swap("7000000, max: 9500000", "700, max: 950"),
                )
            },
            "total-in-another-unit",
            "is about 1/10,000 of last year's 41,946,000",
        ),
        # 70,000,000 / 41,946,000 = 1.6688; teams are not over-assigned
        (
            {"plan": swap("total: 42000000", "total: 70000000")},
            "band-contradicts-growth",
            "rule r-growth lets each team grow by at most +60.0%, the totals ask for +66.9% (revenue)",
        ),
        (
            {"plan": swap("total: 42000000", "total: 70000000")},
            "band-contradicts-growth",
            "of which rule r-range is one, add up to 64,000,000, the total is 70,000,000",
        ),
        # 22,000,000 / 42,000,000 = 52.4 %
        (
            {"rules": swap("10000000,,margin", "22000000,,margin")},
            "implied-margin",
            "rule r-link implies a margin of 52.4%; products have 25.0% to 50.0%",
        ),
    ],
)
def test_a_warning_says_the_right_numbers(
    tmp_path: Path, edits: Mapping[str, Edit], code: str, words: str
) -> None:
    said = [str(one.message) for one in found_in(tmp_path, edits) if one.code == code]
    assert any(words in message for message in said), said


def test_a_total_that_grows_from_an_incomplete_year_is_refused(tmp_path: Path) -> None:
    folder = write_edited(tmp_path / "plan", {"history": left_out("2019-03")})
    with pytest.raises(InputFaults) as caught:
        read_plan(folder)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column, fault.code) == (
        "plan.yaml",
        8,
        "measures.new_customers.total.growth",
        "incomplete-base-year",
    )
    assert "2019-03" in fault.message
    assert is_in_both(fault.message)


def test_it_is_used_where_plan_yaml_accepts_it_with_a_reason(tmp_path: Path) -> None:
    edits = {
        "history": left_out("2019-03"),
        "plan": add("accepted_warnings: {incomplete-base-year: fair closed in March}"),
    }
    plan = read_plan(write_edited(tmp_path / "plan", edits))
    found = plan_warnings(plan)
    assert [(one.code, one.accepted) for one in found] == [
        ("incomplete-base-year", "fair closed in March"),
        ("incomplete-base-year", "fair closed in March"),
    ]
    refuse_warnings(found)


def test_strict_refuses_what_nobody_has_accepted(tmp_path: Path) -> None:
    found = found_in(tmp_path, {"org": swap("李娜,1002", "李娜,1001")})
    with pytest.raises(InputFaults) as caught:
        refuse_warnings(found)
    assert [(fault.file, fault.row, fault.code) for fault in caught.value.faults] == [
        ("org.csv", 10, "employee-id-of-several")
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("accepted_warnings: {incomplete-base-yaer: why}", "unknown-warning"),
        ("accepted_warnings: {incomplete-base-year: }", "missing-value"),
        ("accepted_warnings: {incomplete-base-year: ''}", "missing-value"),
        ("accepted_warnings: several-seats", "wrong-shape"),
    ],
)
def test_only_a_known_warning_is_accepted_and_only_with_a_reason(
    tmp_path: Path, line: str, code: str
) -> None:
    with pytest.raises(InputFaults) as caught:
        read_plan(write_edited(tmp_path / "plan", {"plan": add(line)}))
    assert [fault.code for fault in caught.value.faults] == [code]
    assert [fault.row for fault in caught.value.faults] == [16]


def test_rows_are_those_of_the_file_also_behind_blank_lines_and_in_workbooks(tmp_path: Path) -> None:
    blank = swap("e12,e1,rep,李娜,1002", ",,,,,,,,,,\n\ne12,e1,rep,李娜,1001")
    (found,) = found_in(tmp_path, {"org": blank})
    assert (found.file, found.row) == ("org.csv", 12)
    org = swap("李娜,1002", "李娜,1001")
    text = org((tmp_path / "plan" / "org.csv").read_text(encoding="utf-8").replace("李娜,1001", "李娜,1002"))
    book = write_workbook(tmp_path / "plan.xlsx", org=str(text))
    assert [(one.file, one.code) for one in plan_warnings(read_plan(book))] == [
        ("org", "employee-id-of-several")
    ]


def test_what_lies_behind_a_long_list_is_counted(tmp_path: Path) -> None:
    lines = [f"x{k},e2,rep,Rep {k},1.5E+1{k % 10},rep,,2019-06-01,,," for k in range(60)]
    found = found_in(tmp_path, {"org": add(*lines)})
    rounded = [one for one in found if one.code == "employee-id-rounded"]
    assert len(rounded) == 51
    assert "10 more" in rounded[-1].message


def test_every_code_has_its_words_in_both_languages_and_its_row_in_the_docs(tmp_path: Path) -> None:
    docs = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|", docs, flags=re.MULTILINE)
    assert tuple(rows) == CODES
    assert set(AFTER_THE_RUN) <= set(CODES)
