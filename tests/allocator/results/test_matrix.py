import zipfile
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from allocator.allocation import Allocation
from allocator.results.matrix import view
from allocator.results.matrix.workbook import sheet_names, write_matrix
from tests.allocator.results.allocations import allocation_of, large_company, plan_of
from tests.allocator.results.spreadsheet import Calculator

HEAD, KEY, FIRST = 7, 8, 9
OK = {"en": "OK", "zh": "通过"}
BAD = {"en": "DIFFERENCE", "zh": "有差异"}


def written(allocation: Allocation, folder: Path, lang: str = "en") -> Path:
    path = folder / "matrix.xlsx"
    write_matrix(allocation, path, lang, lambda: "cd" * 32)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbook of the plain company, in both languages."""
    return {
        lang: written(allocation_of(plan_of()), tmp_path_factory.mktemp(lang), lang) for lang in ("en", "zh")
    }


def column(sheet: Worksheet, head: str, key: str | None = None, *, last: bool = False) -> int:
    """Number of the column with this heading (and id below it)."""
    found = [
        cell.column
        for cell in sheet[HEAD]
        if cell.value == head and (key is None or (sheet.cell(KEY, cell.column).value or "") == key)
    ]
    return found[-1 if last else 0]


def down(sheet: Worksheet, number: int, count: int) -> list[object]:
    return [sheet.cell(FIRST + at, number).value for at in range(count)]


def everything(book: Workbook) -> list[tuple[str, str, object, str]]:
    return [
        (sheet.title, cell.coordinate, cell.value, cell.data_type)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def is_same(shown: object, worked_out: object) -> bool:
    if isinstance(shown, int | float) and isinstance(worked_out, int | float):
        return abs(shown - worked_out) <= 1e-9 * max(1.0, abs(shown))
    return (shown or "") == (worked_out or "")


COMPANIES = {
    "plain": lambda: allocation_of(plan_of()),
    "over-assigned": lambda: allocation_of(plan_of(spec={"over_assignment": {"rep": 0.03, "region": 0.05}})),
    "seven months": lambda: allocation_of(plan_of(spec={"months": 7})),
    "flat products": lambda: allocation_of(
        plan_of(products=[("a", "", "A"), ("b", "", "")], pins=[], commitments=[])
    ),
    "larger": lambda: large_company(2, 2, 3, 4, 0.02),
}


@pytest.mark.parametrize(("company", "lang"), [*((company, "en") for company in COMPANIES), ("plain", "zh")])
def test_every_formula_gives_the_value_written_beside_it(company, lang, tmp_path):
    path = written(COMPANIES[company](), tmp_path, lang)
    shown = openpyxl.load_workbook(path, data_only=True)
    calculator = Calculator(openpyxl.load_workbook(path))
    formulas = calculator.formulas()
    assert len(formulas) > 100
    wrong = [
        (sheet, cell, formula, shown[sheet][cell].value, calculator.value(sheet, cell))
        for sheet, cell, formula in formulas
        if not is_same(shown[sheet][cell].value, calculator.value(sheet, cell))
    ]
    assert wrong == []


@pytest.mark.parametrize(("company", "lang"), [*((company, "en") for company in COMPANIES), ("plain", "zh")])
def test_all_checks_are_ok_where_everything_ties_out(company, lang, tmp_path):
    book = openpyxl.load_workbook(written(COMPANIES[company](), tmp_path, lang), data_only=True)
    for name in ("revenue", "profit"):
        assert book[name]["B3"].value == OK[lang]
    assert [book.worksheets[0].cell(row, 11).value for row in (7, 8)] == [OK[lang]] * 2
    assert BAD[lang] not in [value for _, _, value, _ in everything(book)]


@pytest.mark.parametrize(
    ("head", "key", "row"),
    [
        ("Target", "CNY", 3),
        ("Cloud", "cloud", 4),
        ("Hardware", "hard", 2),
        ("2019-09", "2019-09", 5),
        ("Target", "CNY", 0),
    ],
)
def test_a_number_changed_by_hand_turns_the_checks_red(head, key, row, plain):
    book = openpyxl.load_workbook(plain["en"])
    sheet = book["revenue"]
    cell = sheet.cell(FIRST + row, column(sheet, head, key))
    cell.value += 1000
    calculator = Calculator(book)
    verdict = openpyxl.utils.get_column_letter(column(sheet, "Checks"))
    rows = [calculator.value("revenue", f"{verdict}{FIRST + at}") for at in range(11)]
    assert "DIFFERENCE" in rows
    assert calculator.value("revenue", "B3") == "DIFFERENCE"
    assert [calculator.value("Summary", f"K{at}") for at in (7, 8)] == ["DIFFERENCE", "OK"]


def test_one_unit_is_within_rounding_where_a_level_is_over_assigned_and_three_are_not(tmp_path):
    allocation = allocation_of(plan_of(spec={"over_assignment": {"rep": 0.03}}))
    path = written(allocation, tmp_path)
    for step, expected in ((0, "OK"), (4000, "DIFFERENCE")):
        book = openpyxl.load_workbook(path)
        sheet = book["revenue"]
        for head, key in (("Target", "CNY"), ("Hardware", "hard"), ("Pads", "pads"), ("2019-09", "2019-09")):
            sheet.cell(FIRST + 10, column(sheet, head, key)).value += step
        assert Calculator(book).value("revenue", "B3") == expected


def test_rows_stand_in_the_order_of_the_users_own_file(plain):
    sheet = openpyxl.load_workbook(plain["en"])["revenue"]
    ids = ["root", "west", "w1", "w11", "w12", "east", "e2", "e21", "e1", "e11", "e12"]
    assert down(sheet, 2, 11) == ids
    keys = [sheet.cell(KEY, at).value for at in range(column(sheet, "Software 软件"), column(sheet, "Total"))]
    assert keys == ["soft", "cloud", "apps", "hard", "pads"]


def test_the_tree_is_grouped_by_outline_levels_and_indented(plain):
    sheet = openpyxl.load_workbook(plain["en"])["revenue"]
    depths = [0, 1, 2, 3, 3, 1, 2, 3, 2, 3, 3]
    assert [sheet.row_dimensions[FIRST + at].outlineLevel for at in range(11)] == depths
    assert [sheet.cell(FIRST + at, 1).alignment.indent for at in range(11)] == depths
    assert sheet.sheet_properties.outlinePr.summaryBelow is False
    assert sheet.freeze_panes == "C9"
    assert sheet.auto_filter.ref.startswith("A8:")
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$6:$8", "$A:$B")
    assert sheet.page_setup.orientation == "landscape"


def test_months_are_folded_under_their_quarters_and_products_under_their_lines(plain):
    sheet = openpyxl.load_workbook(plain["en"])["revenue"]

    def shape(number: int) -> tuple[int, bool]:
        for group in sheet.column_dimensions.values():
            if group.min <= number <= group.max:
                return group.outlineLevel, group.hidden
        return 0, False

    first = column(sheet, "Q1")
    assert [sheet.cell(HEAD, first + at).value for at in range(5)] == [
        "Q1",
        "2019-07",
        "2019-08",
        "2019-09",
        "Q2",
    ]
    assert [shape(first + at) for at in range(5)] == [(0, False), *[(1, True)] * 3, (0, False)]
    assert shape(column(sheet, "Software 软件")) == (0, False)
    assert shape(column(sheet, "Cloud")) == (1, False)


@pytest.mark.parametrize("measure", ["revenue", "profit"])
def test_the_numbers_are_the_targets_in_the_measures_unit(measure, plain):
    allocation = allocation_of(plan_of())
    sheet = openpyxl.load_workbook(plain["en"], data_only=True)[measure]
    result = next(result for result in allocation.measures if result.measure == measure)
    labels, scale = allocation.labels, {"revenue": 1000, "profit": 0.01}[measure]
    total = 0.0
    for row in range(FIRST, FIRST + 11):
        v = labels.node_code[sheet.cell(row, 2).value]
        assert sheet.cell(row, column(sheet, "Target", "CNY")).value == pytest.approx(
            result.target_units[v, 0] * scale, abs=1e-9
        )
        for product in ("soft", "cloud", "apps", "hard", "pads"):
            at = next(cell.column for cell in sheet[KEY] if cell.value == product)
            expected = result.target_units[v, labels.product_code[product]] * scale
            assert sheet.cell(row, at).value == pytest.approx(expected, abs=1e-9)
        for month, period in enumerate(["2019-07", "2019-12", "2020-06"]):
            expected = result.month_units[v, 0, (0, 5, 11)[month]] * scale
            assert sheet.cell(row, column(sheet, period)).value == pytest.approx(expected, abs=1e-9)
        if labels.grid.org.is_leaf[v]:
            total += sheet.cell(row, column(sheet, "Target", "CNY")).value
    assert sheet.cell(FIRST, column(sheet, "Target", "CNY")).value == pytest.approx(total, abs=1e-6)
    assert sheet.cell(FIRST + 12, 1).value == "Sum of persons"
    assert sheet.cell(FIRST + 12, column(sheet, "Target", "CNY")).value == pytest.approx(total, abs=1e-6)


def test_growth_is_empty_where_there_was_nothing_last_year(tmp_path):
    allocation = allocation_of(
        plan_of(org=[("a", "", "rep", "A", {})], products=[("p", "", "P")], pins=[], commitments=[])
    )
    for result in allocation.measures:
        result.anchors.last_year[:] = 0.0
    book = openpyxl.load_workbook(written(allocation, tmp_path), data_only=True)
    sheet = book["revenue"]
    assert sheet.cell(FIRST, column(sheet, "Growth")).value in (None, "")
    assert sheet.cell(FIRST, column(sheet, "Last year")).value == 0


def test_commitments_are_as_stated_and_added_up_only_where_nobody_above_stated_one(plain):
    sheet = openpyxl.load_workbook(plain["en"])["revenue"]
    stated = dict(zip(down(sheet, 2, 11), down(sheet, column(sheet, "Commitment"), 11), strict=True))
    given = {
        "w11": 40_000,
        "w1": 40_000,
        "west": 70_000,
        "e11": 9_000,
        "e1": 9_000,
        "east": 9_000,
        "root": 79_000,
    }
    assert {node: amount for node, amount in stated.items() if amount is not None} == given


def test_the_top_down_value_splits_the_company_target_by_history(tmp_path):
    allocation = allocation_of(plan_of())
    sheet = openpyxl.load_workbook(written(allocation, tmp_path), data_only=True)["revenue"]
    shares = np.array(down(sheet, column(sheet, "Top-down value"), 11), float)
    last_year = np.array(down(sheet, column(sheet, "Last year"), 11), float)
    np.testing.assert_allclose(shares / shares[0], last_year / last_year[0], rtol=1e-12)
    assert shares[0] == pytest.approx(sheet.cell(FIRST, column(sheet, "Target", "CNY")).value)


def test_stretch_levels_are_whole_units_of_the_target_times_their_factor(plain):
    book = openpyxl.load_workbook(plain["zh"], data_only=True)
    for measure, unit in (("revenue", 1000), ("profit", 0.01)):
        sheet = book[measure]
        target = np.array(down(sheet, column(sheet, "目标", "CNY"), 11), float)
        for head, factor in (("目标", 1.0), ("冲刺", 1.1), ("挑战", 1.25)):
            level = np.array(down(sheet, column(sheet, head, f"× {factor:g}"), 11), float)
            assert np.all(np.abs(level - factor * target) <= unit / 2 * (1 + 1e-9))
            np.testing.assert_allclose(level / unit, np.rint(level / unit), atol=1e-6)


def test_pinned_numbers_are_marked_and_named(plain):
    sheet = openpyxl.load_workbook(plain["en"])["revenue"]
    pinned = dict(zip(down(sheet, 2, 11), down(sheet, column(sheet, "Pinned"), 11), strict=True))
    assert {node: names for node, names in pinned.items() if names} == {"w11": "Cloud"}
    cloud = column(sheet, "Cloud")
    fills = [sheet.cell(FIRST + at, cloud).fill.fgColor.rgb for at in range(11)]
    assert fills.count("FFFFE9A8") == 1
    assert fills[3] == "FFFFE9A8"


def test_an_open_seat_says_so_and_ids_keep_their_zeros(plain):
    sheet = openpyxl.load_workbook(plain["zh"])["revenue"]
    owners = dict(zip(down(sheet, 2, 11), down(sheet, column(sheet, "责任人"), 11), strict=True))
    assert (owners["e21"], owners["w11"], owners["west"]) == ("空缺", "001", "west@example.com")


def test_no_text_of_the_plan_becomes_a_formula(tmp_path):
    hostile = '=HYPERLINK("http://example.com","x")'
    org = [
        ("=1+2", "", "@level", hostile, {"employee_id": "+1", "email": "-2"}),
        ("-x", "=1+2", "rep", "@SUM(1)", {}),
    ]
    plan = plan_of(
        spec={"name": "=cmd", "plan": "+plan"},
        org=org,
        products=[("=p", "", "=2*3")],
        pins=[],
        commitments=[],
    )
    book = openpyxl.load_workbook(written(allocation_of(plan), tmp_path))
    texts = {value: kind for _, _, value, kind in everything(book) if isinstance(value, str)}
    for text in (hostile, "=1+2", "-x", "@SUM(1)", "=p", "=2*3", "+1", "=cmd", "=PM"):
        assert texts[text] == "s"
    known = ("SUM", "ROUND", "IF", "'", "R")
    formulas = [value for _, _, value, kind in everything(book) if kind == "f"]
    assert all("HYPERLINK" not in formula and "cmd" not in formula for formula in formulas)
    assert all(
        formula.startswith("=") and formula[1:].startswith((*known, *"ABCDEFGHIJKLMNOPQSTUVWXYZ"))
        for formula in formulas
    )
    with zipfile.ZipFile(tmp_path / "matrix.xlsx") as archive:
        assert not any(
            "hyperlink" in archive.read(name).decode("utf-8", "ignore")
            for name in archive.namelist()
            if "sheet" in name
        )


def test_the_same_allocation_gives_the_same_bytes(tmp_path):
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in (first, second):
        write_matrix(allocation_of(plan_of()), path, "zh", lambda: "")
    assert first.read_bytes() == second.read_bytes()
    assert openpyxl.load_workbook(first).properties.created == datetime(2000, 1, 1)


def test_a_large_tree_loses_its_months_first_and_then_its_deepest_level(monkeypatch, tmp_path):
    allocation = large_company(2, 3, 4, 7, 0.02)
    monkeypatch.setattr(view, "MOST_WITH_MONTHS", 100)
    sheet = openpyxl.load_workbook(written(allocation, tmp_path), data_only=True)["revenue"]
    assert "targets_monthly.csv" in sheet["C3"].value
    heads = [cell.value for cell in sheet[HEAD]]
    assert "2019-07" not in heads
    assert "Q1" in heads
    assert sheet["B3"].value == "OK"
    # 1 + 2 + 6 nodes stay, the 24 persons go.
    monkeypatch.setattr(view, "MOST_CELLS", 9 * (view.FIXED_COLUMNS + 11))
    path = written(allocation, tmp_path)
    sheet = openpyxl.load_workbook(path, data_only=True)["revenue"]
    assert "targets.csv" in sheet["C3"].value
    assert [value for value in down(sheet, 2, 12) if value] == [
        "c",
        "r0",
        "r0t0",
        "r0t1",
        "r0t2",
        "r1",
        "r1t0",
        "r1t1",
        "r1t2",
    ]
    assert sheet["B3"].value == "OK"
    calculator = Calculator(openpyxl.load_workbook(path))
    assert calculator.value("revenue", "B3") == "OK"


def test_many_products_leave_only_their_lines(monkeypatch, tmp_path):
    monkeypatch.setattr(view, "MOST_PRODUCTS", 5)
    sheet = openpyxl.load_workbook(written(large_company(2, 2, 2, 7), tmp_path), data_only=True)["revenue"]
    keys = [cell.value for cell in sheet[KEY]]
    assert {"line0", "line1", "line2"} <= set(keys)
    assert "p0" not in keys
    assert "targets.csv" in sheet["C3"].value
    assert sheet["B3"].value == "OK"


def test_rules_that_gave_way_stand_first(plain):
    sheet = openpyxl.load_workbook(plain["en"])["Rules"]
    status = [sheet.cell(row, 1).value for row in range(5, 15)]
    rank = {"relaxed": 0, "binding": 1, "not binding": 2}
    assert all(rank[one] <= rank[two] for one, two in pairwise(status))
    assert set(status) == set(rank)
    heads = [cell.value for cell in sheet[4]]
    relaxed = {head: sheet.cell(5, at + 1) for at, head in enumerate(heads)}
    assert (relaxed["Rule"].value, relaxed["Owner"].value, relaxed["Missed by"].value) == (
        "r-mix",
        "=PM",
        1234.5,
    )
    assert relaxed["Value"].number_format == "0.0%"


def test_a_plan_without_rules_has_an_empty_sheet_of_rules(tmp_path):
    allocation = allocation_of(plan_of())
    measures = tuple(
        type(result)(**{**vars(result), "rules": result.rules.iloc[:0]}) for result in allocation.measures
    )
    bare = Allocation(allocation.plan, allocation.labels, measures, allocation.engine, allocation.seconds)
    sheet = openpyxl.load_workbook(written(bare, tmp_path))["Rules"]
    assert sheet.cell(4, 1).value == "Status"
    assert sheet.cell(5, 1).value is None


def test_the_summary_names_hashes_totals_regions_and_product_lines(plain):
    book = openpyxl.load_workbook(plain["zh"], data_only=True)
    assert book.sheetnames == ["汇总", "revenue", "profit", "规则"]
    values = [value for sheet, _, value, _ in everything(book) if sheet == "汇总"]
    for expected in (
        "财年 2020",
        "West",
        "华东大区",
        "Software 软件",
        "Hardware",
        "ab" * 32,
        "cd" * 32,
        "months=12",
    ):
        assert expected in values
    assert 630_000 in values
    assert len(book["汇总"]._charts) == 4


def test_a_stopped_run_says_so_on_the_summary(tmp_path):
    allocation = allocation_of(plan_of())
    for result in allocation.measures:
        result.evidence["unsettled_tiers"] = [2]
    sheet = openpyxl.load_workbook(written(allocation, tmp_path))["Summary"]
    assert sheet["A4"].value.startswith("Stopped")


def test_chinese_headings_use_the_words_of_the_process(plain):
    sheet = openpyxl.load_workbook(plain["zh"])["revenue"]
    heads = {cell.value for cell in sheet[HEAD]}
    words = "目标 上年实际 增长率 占比 冲刺 挑战 潜力 自上而下值 承诺 综合值 锁定 责任人 合计 区域 团队"
    assert {*words.split(), "Q1", "Q4", "2019年7月", "2020年6月"} <= heads
    assert down(sheet, 3, 4) == ["公司", "区域", "团队", "人员"]


def test_sheet_names_are_what_excel_accepts():
    names = sheet_names(
        ["Summary", "a/b:c*d?[e]", "x" * 40, "X" * 40, "summary", "history", "'quoted'", "  ", "Rules"]
    )
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[1] == "a_b_c_d__e_"
    assert names[5] == "history~2"
    assert names[6] == "quoted"


def test_a_measure_with_an_awkward_name_still_has_its_own_sheet(tmp_path):
    measures = {"Rev/enue [it's]": {"unit": "€", "round_to": "1", "total": "1"}}
    allocation = allocation_of(plan_of(spec={"measures": measures}, pins=[], commitments=[]))
    path = written(allocation, tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[1] == "Rev_enue _it's_"
    assert Calculator(book).value("Summary", "K7") == "OK"
