"""The page of a re-plan shows the numbers of its tables, in both languages, and the same bytes each time."""

from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from allocator.report.amounts import short, whole
from allocator.report.markup import VOID
from tests.scenarios.replan.tiny import CELLS, Company, again, even, publish

RULES = (
    "r-most,mix,sales,,co,b,,0.3,share,hard,Product",
    "r-<b>,capacity,sales,,r1,,,900,amount,hard,HR",
)
SOLD = even({(rep, product): 70.0 if product == "b" else 1.0 for rep, product in CELLS})


class Nesting(HTMLParser):
    """Collects the texts and sees that every tag is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def read(out: Path) -> list[str]:
    found = Nesting()
    found.feed((out / "replan.html").read_text(encoding="utf-8"))
    assert found.open == []
    return found.words


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return publish(tmp_path_factory.mktemp("page"), RULES)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_the_year_of_every_node_and_product(
    company: Company, tmp_path: Path, lang: str
) -> None:
    again(company, tmp_path / "r", SOLD, "--lang", lang)
    words = read(tmp_path / "r")
    years = pd.read_csv(tmp_path / "r" / "replan.csv")
    shown = years[(years["product_id"] == "*") | (years["node_id"] == "co")]
    for column in ("published", "actual_to_date", "remaining", "target"):
        assert {short(float(value), lang) for value in shown[column]} <= set(words)
    months = pd.read_csv(tmp_path / "r" / "replan_monthly.csv").query("node_id == 'co' and product_id == '*'")
    assert set(months["period"]) <= set(words)


def test_the_page_names_the_rules_that_do_not_hold_and_by_how_much(company: Company, tmp_path: Path) -> None:
    document = again(company, tmp_path / "r", SOLD)
    (missed,) = document["measures"]["sales"]["rules"]["not_held"]
    words = read(tmp_path / "r")
    assert missed["rule_id"] in words
    assert whole(missed["short_by"], 0) in words
    assert "what was sold already" in words
    held = again(company, tmp_path / "all", even({cell: 30.0 if cell[1] == "a" else 10.0 for cell in CELLS}))
    assert held["measures"]["sales"]["rules"]["missed"] == 0
    assert "All 2 rules hold on the year: actuals to date + the re-plan." in read(tmp_path / "all")


def test_the_same_re_plan_gives_the_same_bytes(company: Company, tmp_path: Path) -> None:
    for name in ("one", "two"):
        again(company, tmp_path / name, SOLD)
    for file in ("replan.html", "replan.csv", "replan_rules.csv", "replan_reps.csv", "plan/carried.csv"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
