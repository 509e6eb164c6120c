"""The documentation is complete, its links lead somewhere, its examples can be read."""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from allocator.plan.reading import read_plan
from allocator.plan.spec import AmountRange, BlendWeights, Growth, MeasureSpec, PlanSpec
from allocator.plan.tables import PINS, RULE_KINDS, RULES, TABLES, TRACKING_TABLES
from tests.plans import write_plan

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = (PROJECT / "docs" / "contract.md").read_text(encoding="utf-8")
PLAN_FOLDER_SECTION = CONTRACT.split("\n## ")[1]
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted(PROJECT.glob("docs/**/*.md"))]
PAGES += sorted(PROJECT.glob("examples/*/README.md"))
RULE_PAGES = [*RULE_KINDS, "pins"]
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")
WORKPLACE = re.compile(r"(?<!\w)/(?:tmp|home|root|opt|mnt)/|localhost:\d|file://")


def text_of(page: str) -> str:
    return (PROJECT / "docs" / "rules" / f"{page}.md").read_text(encoding="utf-8")


def csv_blocks(text: str) -> Iterator[pd.DataFrame]:
    """Yield the csv examples of a page."""
    for block in re.findall(r"^```csv\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        yield pd.read_csv(StringIO(block), dtype=str, keep_default_na=False)


@pytest.mark.parametrize("page", RULE_PAGES)
def test_every_rule_kind_has_a_page_that_the_index_links(page: str) -> None:
    text, index = text_of(page), (PROJECT / "docs" / "index.md").read_text(encoding="utf-8")
    assert f"(rules/{page}.md)" in index
    for heading in ("**Says.**", "**Formula.**", "**The result shows.**", "**Pitfalls.**"):
        assert heading in text


def test_no_page_stands_for_a_kind_that_does_not_exist() -> None:
    assert {path.stem for path in (PROJECT / "docs" / "rules").glob("*.md")} == set(RULE_PAGES)


@pytest.mark.parametrize("page", RULE_PAGES)
def test_the_examples_of_a_page_have_the_columns_of_the_table(page: str) -> None:
    table = PINS if page == "pins" else RULES
    examples = list(csv_blocks(text_of(page)))
    assert examples
    for example in examples:
        assert tuple(example.columns) == table.column_names
        assert len(example) >= 1
        if page != "pins":
            assert set(example["kind"]) == {page}


@pytest.mark.parametrize("page", RULE_PAGES)
def test_the_examples_of_a_page_are_a_plan_that_can_be_read(page: str, tmp_path: Path) -> None:
    name = "pins" if page == "pins" else "rules"
    (example,) = csv_blocks(text_of(page))
    plan = read_plan(write_plan(tmp_path / "plan", **{name: example}))
    assert len(getattr(plan, name)) == len(example)


def test_the_contract_names_every_table_and_every_column() -> None:
    for table in TABLES:
        (row,) = re.findall(rf"^\| {table.name}\.csv \|(.*)$", PLAN_FOLDER_SECTION, flags=re.MULTILINE)
        words = set(re.findall(r"\w+", row))
        assert set(table.column_names) <= words, table.name
    for table in TRACKING_TABLES:
        assert table in PLAN_FOLDER_SECTION


def test_the_contract_names_every_key_of_the_plan() -> None:
    for spec in (PlanSpec, MeasureSpec, BlendWeights, Growth, AmountRange):
        for key in spec.model_fields:
            assert re.search(rf"\b{key}\b", CONTRACT), f"{spec.__name__}.{key}"


def test_the_contract_names_every_rule_kind() -> None:
    for kind in RULE_KINDS:
        assert re.search(rf"^\| {kind} \|", CONTRACT, flags=re.MULTILINE), kind


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_links_lead_to_files_and_nothing_names_a_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    local = [
        target for target in LINK.findall(text) if not target.startswith(("http://", "https://", "mailto:"))
    ]
    assert [target for target in local if not (page.parent / target).exists()] == []
    assert WORKPLACE.findall(text) == []
