"""Names beside ids: on the page, in the workbook, in the tables, on the terminal, in both languages."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from scenarios.comparison.names import Names, joined_names
from service.cli.main import main
from tests.plans import write_plan


@pytest.fixture(scope="module")
def outs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("names")
    plan = write_plan(root / "plan")
    found = [root / "base", root / "push"]
    for out, override in zip(found, ([], ["--set", "rules.r-capacity.max=4500000"]), strict=True):
        assert main(["run", str(plan), "--out", str(out), "--no-workbook", *override]) == 0
    return found


@pytest.fixture(params=["en", "zh"])
def folder(outs: list[Path], tmp_path: Path, request: pytest.FixtureRequest, capfd: Any) -> tuple[Path, str]:
    capfd.readouterr()
    out = tmp_path / "c"
    assert main(["compare", *map(str, outs), "--out", str(out), "--lang", request.param]) == 0
    return out, capfd.readouterr().out


def test_a_place_reads_name_and_id_and_an_id_without_a_name_stands_alone() -> None:
    names = Names({"e1": "上海团队", "x x y": "Odd", "same": "same", "none": ""}, {"acc": "配件"})
    assert [names.place(one) for one in ("e1", "e1 x acc", "x x y", "same", "none x new", "gone")] == [
        "上海团队 (e1)",
        "上海团队 (e1) x 配件 (acc)",
        "Odd (x x y)",
        "same",
        "none x new",
        "gone",
    ]


def test_the_first_result_that_names_a_node_counts() -> None:
    found = joined_names([Names({"a": "A"}, {}), Names({"a": "B", "b": "B"}, {"p": "P"})])
    assert (dict(found.nodes), dict(found.products)) == ({"a": "A", "b": "B"}, {"p": "P"})


def test_the_tables_hold_ids_and_names(folder: tuple[Path, str]) -> None:
    table = pd.read_csv(folder[0] / "comparison.csv", keep_default_na=False)
    seen = {tuple(row) for row in table[["node_id", "node_name", "product_id", "product_name"]].values}
    assert ("e1", "上海团队", "accessories", "配件 Accessories") in seen
    assert ("w12", "Bob O'Neil", "*", "") in seen
    movers = pd.read_csv(folder[0] / "movers.csv").set_index("node_id")["node_name"]
    assert movers["e11"] == "张伟"


def test_the_page_shows_names_with_their_ids(folder: tuple[Path, str]) -> None:
    page = (folder[0] / "comparison.html").read_text(encoding="utf-8")
    assert '<td>华东大区 East <span class="unit">east</span></td>' in page
    assert '<td>张伟 <span class="unit">e11</span></td>' in page


def test_the_workbook_has_a_column_of_names_and_names_its_products(folder: tuple[Path, str]) -> None:
    book = openpyxl.load_workbook(folder[0] / "comparison.xlsx", read_only=True)
    rows = list(book["revenue"].iter_rows(values_only=True))
    assert next(row for row in rows if row[0] == "e11")[:3] == ("e11", "张伟", "rep")
    assert "配件 Accessories (accessories)" in rows[3]
    movers = [row for row in book.worksheets[-2].iter_rows(values_only=True) if "e11" in row]
    assert movers[0][2:5] == ("rep", "e11", "张伟")


def test_the_terminal_names_who_moves_and_where_rules_bind(folder: tuple[Path, str]) -> None:
    assert "张伟 (e11)" in folder[1]
    rules = [line for line in folder[1].splitlines() if line.startswith("  r-")]
    assert rules
    assert any(name in line for line in rules for name in ("张伟 (e11)", "Team W", "团队 (e"))


def test_results_without_names_are_compared_by_ids(outs: list[Path], tmp_path: Path, capfd: Any) -> None:
    for out in outs:
        document = json.loads((out / "names.json").read_text(encoding="utf-8"))
        assert document["nodes"]["e11"] == "张伟"
    plain = [tmp_path / one.name for one in outs]
    for old, new in zip(outs, plain, strict=True):
        new.mkdir()
        for file in old.iterdir():
            if file.name != "names.json":
                (new / file.name).write_bytes(file.read_bytes())
    assert main(["compare", *map(str, plain), "--out", str(tmp_path / "c")]) == 0
    assert "<td>e11</td>" in (tmp_path / "c" / "comparison.html").read_text(encoding="utf-8")
    (plain[0] / "names.json").write_text('{"nodes": {"e11": 7}}', encoding="utf-8")
    capfd.readouterr()
    assert main(["compare", *map(str, plain), "--out", str(tmp_path / "d"), "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["faults"][0]["column"] == "nodes"
