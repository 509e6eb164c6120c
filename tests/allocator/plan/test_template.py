"""The annotated empty plan: complete, honest about what is missing, and read like any other once filled."""

import csv
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from allocator.errors import InputFaults
from allocator.plan.reading import read_plan
from allocator.plan.spec import BlendWeights, MeasureSpec, PlanSpec
from allocator.plan.tables import RULE_KINDS, TABLES
from allocator.plan.template import write_template
from allocator.plan.template.columns import COLUMN_MEANINGS, KIND_MEANINGS, TABLE_MEANINGS
from allocator.plan.template.folder import plan_yaml
from allocator.plan.template.guide import guide
from allocator.plan.template.keys import KEYS
from tests.languages import not_in_both

LANGUAGES = ("en", "zh")
GUIDE = {"en": "README.md", "zh": "说明.md"}
GUIDE_SHEET = {"en": "readme", "zh": "说明"}
SETTINGS = {
    "plan": "fy2026",
    "start": "2026-01",
    "measures.revenue.unit": "CNY",
    "measures.revenue.total": 1000,
}
ORG_ROWS = [["acme", "", "company", "Acme"], ["zhang", "acme", "rep", "张伟"]]
PRODUCT_ROWS = [["bikes", "", "Bikes"]]


def faults_of(path: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(InputFaults) as caught:
        read_plan(path)
    assert not_in_both(caught.value.faults) == []
    return [(fault.file, fault.column, fault.code) for fault in caught.value.faults]


def fill_folder(folder: Path) -> None:
    """Write the least that a plan needs into an empty plan, as a person would."""
    path = folder / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    for key, value in SETTINGS.items():
        name = key.rpartition(".")[2]
        assert text.count(f"\n{'    ' if '.' in key else ''}{name}: ") == 1
        text = text.replace(f"{name}:{' ' * (len(str(value)) + 1)}", f"{name}: {value}", 1)
    path.write_text(text, encoding="utf-8")
    for name, rows in (("org", ORG_ROWS), ("products", PRODUCT_ROWS)):
        with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as stream:
            width = len(next(table.columns for table in TABLES if table.name == name))
            csv.writer(stream).writerows([row + [""] * (width - len(row)) for row in rows])


def fill_workbook(path: Path) -> None:
    book = load_workbook(path)
    for row in book["plan"].iter_rows(min_row=2):
        if row[0].value in SETTINGS:
            row[1].value = SETTINGS[row[0].value]
    for name, rows in (("org", ORG_ROWS), ("products", PRODUCT_ROWS)):
        for cells in rows:
            book[name].append([cell or None for cell in cells])
    book.save(path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_folder_has_the_settings_the_header_of_every_table_and_a_guide(tmp_path: Path, lang: str) -> None:
    target = tmp_path / "new" / "plan"
    written = write_template(target, lang)
    assert {path.name for path in written} == {"plan.yaml", GUIDE[lang], *(table.file for table in TABLES)}
    assert {path.name for path in target.iterdir()} == {path.name for path in written}
    for table in TABLES:
        header = (target / table.file).read_text(encoding="utf-8-sig")
        assert header == ",".join(table.column_names) + "\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_has_a_sheet_for_the_settings_and_every_table_and_a_guide(
    tmp_path: Path, lang: str
) -> None:
    path = tmp_path / "plan.xlsx"
    assert write_template(path, lang) == [path]
    book = load_workbook(path)
    assert book.sheetnames == [GUIDE_SHEET[lang], "plan", *(table.name for table in TABLES)]
    for table in TABLES:
        cells = book[table.name][1]
        assert tuple(cell.value for cell in cells) == table.column_names
        for cell in cells:
            assert COLUMN_MEANINGS[table.name][cell.value].spoken(lang) in cell.comment.text
        assert book[table.name].freeze_panes == "A2"
    kinds = book["rules"].data_validations.dataValidation
    assert [choice.formula1 for choice in kinds] == [f'"{",".join(RULE_KINDS)}"']


def test_ids_months_and_tiers_are_kept_as_text_in_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_template(path, "en")
    book = load_workbook(path)
    formats = {
        (table.name, name): dimension.number_format
        for table in TABLES
        for dimension in book[table.name].column_dimensions.values()
        for name in table.column_names[dimension.min - 1 : dimension.max]
    }
    assert formats["org", "node_id"] == formats["history", "period"] == formats["rules", "tier"] == "@"
    assert formats["org", "start"] == "yyyy-mm-dd"
    assert formats["history", "amount"].startswith("#,##0")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_plan_lists_what_is_missing_and_nothing_else(tmp_path: Path, lang: str) -> None:
    write_template(tmp_path / "plan", lang)
    assert faults_of(tmp_path / "plan") == [
        ("plan.yaml", "plan", "missing-key"),
        ("plan.yaml", "start", "missing-key"),
        ("plan.yaml", "measures.revenue.unit", "missing-key"),
        ("plan.yaml", "measures.revenue.total", "missing-key"),
        ("org.csv", "", "no-rows"),
        ("products.csv", "", "no-rows"),
    ]


def test_a_key_without_a_value_and_an_absent_key_are_told_apart(tmp_path: Path) -> None:
    write_template(tmp_path, "en")
    path = tmp_path / "plan.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("start:")), encoding="utf-8")
    with pytest.raises(InputFaults) as caught:
        read_plan(tmp_path)
    messages = {fault.column: (fault.message, fault.hint) for fault in caught.value.faults}
    assert messages["plan"] == ("the key `plan` has no value", "write the value of `plan` behind it")
    assert messages["start"] == ("the key `start` is missing", "add `start` to the settings of the plan")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_workbook_lists_the_same_as_an_empty_folder(tmp_path: Path, lang: str) -> None:
    write_template(tmp_path / "plan", lang)
    write_template(tmp_path / "plan.xlsx", lang)
    in_folder = {
        (file.partition(".")[0], column, code) for file, column, code in faults_of(tmp_path / "plan")
    }
    assert set(faults_of(tmp_path / "plan.xlsx")) == in_folder


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_filled_in_folder_and_a_filled_in_workbook_are_the_same_plan(tmp_path: Path, lang: str) -> None:
    write_template(tmp_path / "plan", lang)
    fill_folder(tmp_path / "plan")
    write_template(tmp_path / "plan.xlsx", lang)
    fill_workbook(tmp_path / "plan.xlsx")
    one, other = read_plan(tmp_path / "plan"), read_plan(tmp_path / "plan.xlsx")
    assert one.spec == other.spec
    assert one.spec.plan == "fy2026"
    assert one.org["name"].tolist() == other.org["name"].tolist() == ["Acme", "张伟"]
    assert one.calendar.empty
    assert one.rules.empty


def test_every_key_of_the_specification_is_explained() -> None:
    keys = {key.path for key in KEYS}
    assert {key.split(".")[0] for key in keys} == set(PlanSpec.model_fields)
    assert {f"measures.revenue.{name}" for name in MeasureSpec.model_fields} <= keys
    baseline = next(key for key in KEYS if key.path == "baseline")
    for text in baseline.meaning:
        assert all(name in text for name in BlendWeights.model_fields)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_examples_in_the_settings_are_valid_when_they_are_uncommented(lang: str) -> None:
    lines = plan_yaml(lang).splitlines()[1:]
    text = "\n".join(line.removeprefix("# ") for line in lines)
    for name, value in (("plan", "x"), ("start", "2026-01"), ("    unit", "CNY"), ("    total", "10")):
        text = text.replace(f"\n{name}: ", f"\n{name}: {value} ", 1)
    settings = yaml.safe_load(text)
    spec = PlanSpec.model_validate({key: value for key, value in settings.items() if value is not None})
    assert set(spec.product_totals["revenue"]) == {"bikes", "service", "parts"}
    assert spec.over_assignment == {"rep": 0.03}
    assert spec.encoding == "gbk"


def test_every_table_column_and_rule_kind_is_explained_in_both_languages() -> None:
    assert set(TABLE_MEANINGS) == set(COLUMN_MEANINGS) == {table.name for table in TABLES}
    for table in TABLES:
        assert set(COLUMN_MEANINGS[table.name]) == set(table.column_names)
    assert set(KIND_MEANINGS) == set(RULE_KINDS)
    for lang in LANGUAGES:
        shown = "\n".join("\n".join(row) for part in guide(lang, is_workbook=False) for row in part.rows)
        assert all(name in shown for table in TABLES for name in table.column_names)
        assert all(kind in shown for kind in RULE_KINDS)
    for wording in [*TABLE_MEANINGS.values(), *(key.meaning for key in KEYS)]:
        assert wording.en.isascii()
        assert not wording.zh.isascii()


@pytest.mark.parametrize("name", ["plan", "plan.xlsx"])
def test_the_same_call_writes_the_same_bytes(tmp_path: Path, name: str) -> None:
    contents = []
    for folder in ("one", "two"):
        written = write_template(tmp_path / folder / name, "zh")
        contents.append([path.read_bytes() for path in written])
    assert contents[0] == contents[1]


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputFaults) as caught:
        write_template(tmp_path, "en")
    assert [fault.code for fault in caught.value.faults] == ["folder-not-empty"]
    assert not_in_both(caught.value.faults) == []
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_that_exists_is_used(tmp_path: Path) -> None:
    assert len(write_template(tmp_path, "en")) == len(list(tmp_path.iterdir())) > 0


@pytest.mark.parametrize("name", ["plan.xlsx", "plan"])
def test_a_file_in_the_way_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"mine")
    with pytest.raises(InputFaults) as caught:
        write_template(path, "en")
    assert [fault.code for fault in caught.value.faults] == ["file-exists"]
    assert not_in_both(caught.value.faults) == []
    assert path.read_bytes() == b"mine"
