"""A workbook as people keep it: typed cells, dates, formulas, sheets under nearly the right name."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from allocator.errors import InputFaults
from allocator.plan.plan import month_number
from allocator.plan.reading import read_plan
from tests.languages import not_in_both
from tests.plans import history_text, write_workbook

Edit = Callable[[Workbook], None]


def edited(folder: Path, edit: Edit) -> Path:
    """Write the tiny company as a workbook and change it."""
    head, *rows = history_text().splitlines()
    short = "\n".join([head, *rows[::37]]) + "\n"
    path = write_workbook(folder / "company.xlsx", history=short)
    book = load_workbook(path)
    edit(book)
    book.save(path)
    return path


def faults_of(path: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(InputFaults) as caught:
        read_plan(path)
    assert not_in_both(caught.value.faults) == []
    return [(fault.file, fault.row, fault.column, fault.code) for fault in caught.value.faults]


def put(sheet: str, place: str, value: object) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet][place] = value

    return edit


def renamed(sheet: str, title: str) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet].title = title

    return edit


def test_ids_typed_as_numbers_are_the_same_ids_as_in_a_csv_file(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value == "e11":
                        cell.value = 7.0

    plan = read_plan(edited(tmp_path, edit))
    assert "7" in plan.org["node_id"].tolist()
    assert "7" in plan.history["node_id"].tolist()


def test_dates_in_month_and_date_columns_are_understood(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["calendar"]["A2"] = datetime(2019, 7, 1)
        book["history"]["A2"] = date(2017, 7, 1)
        book["org"]["H14"] = datetime(2019, 6, 3)
        rows = {row[0].value: row[1] for row in book["plan"].iter_rows()}
        rows["start"].value = datetime(2019, 7, 1)

    plan = read_plan(edited(tmp_path, edit))
    assert plan.spec.start == "2019-07"
    assert plan.calendar["period"].iloc[0] == month_number("2019-07")
    assert plan.history["period"].iloc[0] == month_number("2017-07")
    assert date.fromordinal(date(1970, 1, 1).toordinal() + plan.org["start"].iloc[12]) == date(2019, 6, 3)


def test_a_number_means_what_the_spreadsheet_shows(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["pins"]["D2"] = 0.1 + 0.2
        book["potential"]["D2"] = 1234567.89
        rows = {row[0].value: row[1] for row in book["plan"].iter_rows()}
        rows["measures.revenue.round_to"].value = 0.1
        rows["measures.revenue.total"].value = 42000000.3

    plan = read_plan(edited(tmp_path, edit))
    assert plan.pins["amount"].tolist() == [0.3]
    assert plan.potential["amount"].iloc[0] == 1234567.89
    assert str(plan.spec.measures["revenue"].total) == "42000000.3"


@pytest.mark.parametrize("ending", [".csv", ""])
def test_sheets_may_bear_the_names_of_the_files(tmp_path: Path, ending: str) -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            if sheet.title != "plan":
                sheet.title += ending

    assert read_plan(edited(tmp_path, edit)).spec.plan == "fy2020"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (put("pins", "D2", "#REF!"), [("pins", 2, "amount", "excel-error")]),
        (
            put("pins", "D2", "=400000"),
            [("pins", 2, "D", "formula-without-value"), ("pins", 2, "amount", "missing-value")],
        ),
        (put("pins", "D2", "400,000"), [("pins", 2, "amount", "not-a-number")]),
        (put("pins", "D2", True), [("pins", 2, "amount", "not-a-number")]),
        (put("pins", "D2", datetime(2019, 7, 1)), [("pins", 2, "amount", "not-a-number")]),
        (put("pins", "D2", 400500.5), [("pins", 2, "amount", "not-a-multiple")]),
        (
            put("calendar", "A2", 43647),
            [("calendar", 0, "period", "missing-month"), ("calendar", 2, "period", "bad-month")],
        ),
        (put("plan", "A2", "plam"), [("plan", 0, "plan", "missing-key"), ("plan", 2, "plam", "unknown-key")]),
        (put("plan", "A3", "plan"), [("plan", 3, "plan", "duplicate-key")]),
        (put("plan", "A3", None), [("plan", 3, "", "missing-key")]),
        (renamed("org", "orgs"), [("orgs", 0, "", "misspelled-file"), ("org", 0, "", "missing-file")]),
        (renamed("plan", "settings"), [("plan", 0, "", "missing-file")]),
        (renamed("calendar", "pins.csv"), [("pins.csv", 0, "", "duplicate-sheet")]),
    ],
)
def test_a_fault_names_sheet_row_and_column(
    tmp_path: Path, edit: Edit, expected: list[tuple[str, int, str, str]]
) -> None:
    assert sorted(faults_of(edited(tmp_path, edit))) == sorted(expected)


def test_the_value_of_a_calculated_formula_counts(tmp_path: Path) -> None:
    """Programs keep the result of a formula beside it; written here by hand, as openpyxl writes none."""
    path = edited(tmp_path, put("pins", "D2", "=200000*2"))
    path.write_bytes(_calculated(path, 400000))
    assert read_plan(path).pins["amount"].tolist() == [400000.0]


def _calculated(path: Path, result: int) -> bytes:
    """Return the workbook with a result written beside its only formula."""
    stream = io.BytesIO()
    count = 0
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            found = rb"</f><v(?: ?/>|></v>)"
            part, n = re.subn(found, b"</f><v>%d</v>" % result, source.read(name))
            target.writestr(name, part)
            count += n
    assert count == 1
    return stream.getvalue()


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_a_file_that_is_no_workbook_is_one_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content)
    assert faults_of(path) == [("plan.xlsx", 0, "", "unreadable-workbook")]


def hidden(*titles: str) -> Edit:
    def edit(book: Workbook) -> None:
        for title in titles:
            book[title].sheet_state = "hidden"

    return edit


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_table_on_a_hidden_sheet_is_refused(tmp_path: Path, state: str) -> None:
    def edit(book: Workbook) -> None:
        book["history"].sheet_state = state

    assert faults_of(edited(tmp_path, edit)) == [("history", 0, "", "hidden-sheet")]


def test_of_two_sheets_of_one_table_the_hidden_one_is_left_alone_with_a_warning(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        copy = book.copy_worksheet(book["pins"])
        copy.title = "pins.csv"
        copy["D2"] = 123000
        copy.sheet_state = "hidden"

    plan = read_plan(edited(tmp_path, edit))
    assert plan.pins["amount"].tolist() == [400000.0]
    assert [(one.code, one.file) for one in plan.noticed] == [("hidden-sheet", "pins.csv")]


def test_other_hidden_sheets_say_nothing(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book.create_sheet("lists").sheet_state = "hidden"

    assert read_plan(edited(tmp_path, edit)).noticed == ()


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        for row in (3, 4, 7):
            book["potential"].row_dimensions[row].hidden = True

    plan = read_plan(edited(tmp_path, edit))
    assert len(plan.potential) == 11
    (found,) = plan.noticed
    assert (found.code, found.file, found.row) == ("hidden-rows", "potential", 3)
    assert found.message == "3 row(s) of the sheet potential are hidden or filtered out, the first is row 3"


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (7, "0000", "0007"),
        (7.0, "00000", "00007"),
        (1007, "000000;-000000", "001007"),
        (7, '"E"000', "E007"),
        (7, r"\P\-0000", "P-0007"),
        (12345, "0000", "12345"),
        (7, "General", "7"),
        (7, "0", "7"),
        ("0042", "@", "0042"),
    ],
)
def test_a_number_as_an_id_is_what_the_sheet_shows(
    tmp_path: Path, value: object, number_format: str, shown: str
) -> None:
    def edit(book: Workbook) -> None:
        cell = book["org"]["E9"]
        cell.value, cell.number_format = value, number_format
        # amounts are numbers, whatever their format
        book["pins"]["D2"].number_format = "0000000000"

    plan = read_plan(edited(tmp_path, edit))
    assert plan.org["employee_id"].iloc[7] == shown
    assert plan.org["node_id"].iloc[7] == "e11"
    assert plan.pins["amount"].tolist() == [400000.0]
