"""Every promise, broken on purpose: the very check that speaks of it must fail, and say where."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from allocator.verification import verify_results
from tests.allocator.verification.companies import COMPANIES
from tests.allocator.verification.tampering import (
    certificate,
    change,
    drop,
    drop_column,
    plus,
    repeat,
    rows_of,
    write_rows,
)
from tests.allocator.verification.tiny import REPS, certify, write_plan, write_result

E1_CITY = {"node_id": "e1", "product_id": "city"}


def move_month(out: Path, **where: str) -> None:
    """Move one unit from September to October in some rows."""
    change(out, "targets_monthly", where | {"period": "2019-09"}, target=plus(-1))
    change(out, "targets_monthly", where | {"period": "2019-10"}, target=plus(1))


def move_everywhere(out: Path, product: str, other: str, amount: float) -> None:
    """Move an amount of rep e1 from one product to another, at every node above, in all files."""
    for product_id, delta in ((product, amount), (other, -amount)):
        change(out, "cells", {"node_id": "e1", "product_id": product_id}, target=plus(delta))
        for node in ("e1", "east", "acme"):
            change(out, "targets", {"node_id": node, "product_id": product_id}, target=plus(delta))


def shift_unrounded(out: Path, amount: float) -> None:
    """Move an unrounded amount between two cells: every sum and rule still holds, only the balance is worse."""
    change(out, "cells", {"node_id": "w1", "product_id": "city"}, unrounded=plus(amount))
    change(out, "cells", {"node_id": "w2", "product_id": "city"}, unrounded=plus(-amount))


def shift_back(out: Path) -> None:
    """Take some from e1 and give it to e2, so that the largest violation of the tier grows."""
    for product in ("city", "road", "helmets"):
        change(out, "cells", {"node_id": "e1", "product_id": product}, unrounded=plus(-1))
        change(out, "cells", {"node_id": "e2", "product_id": product}, unrounded=plus(1))


def swap_lines(out: Path, table: str) -> None:
    rows = rows_of(out, table)
    write_rows(out, table, [rows[1], rows[0], *rows[2:]])


def edit(table: str, where: dict[str, str], **changes: object) -> Callable[[Path], None]:
    return lambda out: change(out, table, where, **changes)


TIER_CAP = {"stage": "tier1.sum", "kind": "capacity"}
TAMPERINGS: list[tuple[str, str, str, Callable[[Path], None]]] = [
    # company, what is done, the check that must fail, how
    ("range", "a digit of the csv, certificate left", "result_hash", lambda out: _flip_digit(out)),
    ("range", "another input hash", "input_hash", lambda out: certificate(out, input_hash="0" * 64)),
    ("range", "overrides added", "input_hash", lambda out: certificate(out, overrides=["months=6"])),
    ("range", "overrides that are no texts", "files", lambda out: certificate(out, overrides=[1])),
    ("range", "certificate of another plan", "certificate", lambda out: certificate(out, plan="other")),
    ("range", "other measures certified", "certificate", lambda out: certificate(out, measures={"profit": {}})),
    ("range", "a target that is no number", "numbers", edit("targets", {"node_id": "east"}, target="NaN")),
    ("range", "an infinite anchor", "numbers", edit("cells", E1_CITY, anchor="inf")),
    ("range", "an empty unrounded", "numbers", edit("cells", E1_CITY, unrounded="")),
    ("range", "half a unit", "whole_units", edit("targets_monthly", E1_CITY, target=plus(0.5))),
    ("range", "an unknown node", "rows", edit("targets", {"node_id": "east"}, node_id="north")),
    ("range", "a row twice", "rows", lambda out: repeat(out, "cells", E1_CITY)),
    ("range", "a row missing", "rows", lambda out: drop(out, "targets_monthly", E1_CITY | {"period": "2019-09"})),
    ("range", "rows out of order", "rows", lambda out: swap_lines(out, "targets")),
    ("range", "a column missing", "files", lambda out: drop_column(out, "rules", "status")),
    ("range", "one cell target", "cells_in_targets", edit("cells", E1_CITY, target=plus(1))),
    ("range", "one `*` target", "product_sums", edit("targets", {"node_id": "e1", "product_id": "*"}, target=plus(1))),
    ("range", "one line", "line_sums", edit("targets", {"node_id": "e1", "product_id": "bikes"}, target=plus(1))),
    ("range", "a region", "node_sums", edit("targets", {"node_id": "west", "product_id": "*"}, target=plus(1))),
    ("range", "a children_sum", "children_sum", edit("targets", {"node_id": "west", "product_id": "city"}, children_sum=1)),
    ("range", "a rep with children", "children_sum", edit("targets", E1_CITY, children_sum=0)),
    ("over-assignment", "the ledger", "ledger", edit("targets", E1_CITY, target=plus(2))),
    ("range", "the company", "company_total", edit("targets", {"node_id": "acme", "product_id": "*"}, target=plus(1))),
    ("product totals", "a product total", "product_totals", edit("targets", {"node_id": "acme", "product_id": "city"}, target=plus(1))),
    ("range", "two products swapped by two units", "within_one_unit", lambda out: move_everywhere(out, "city", "road", 2)),
    ("range", "a cell two units off", "cells_within_one_unit", lambda out: move_everywhere(out, "city", "road", 2)),
    ("range", "last year", "last_year", edit("targets", E1_CITY, last_year=plus(1))),
    ("range", "growth", "growth", edit("targets", E1_CITY, growth=plus(0.001))),
    ("range", "growth left out", "growth", edit("targets", E1_CITY, growth="")),
    ("range", "ratio", "ratio", edit("targets", E1_CITY, ratio=plus(0.001))),
    ("range", "the anchor of a node", "node_anchors", edit("targets", {"node_id": "east", "product_id": "*"}, anchor=plus(1))),
    ("range", "anchors that miss the total", "anchor_totals", edit("cells", E1_CITY, anchor=plus(1))),
    ("range", "a level", "levels", edit("targets", {"node_id": "e1"}, level="team")),
    ("range", "unrounded that miss the total", "unrounded_totals", edit("cells", E1_CITY, unrounded=plus(0.01))),
    ("range", "a negative baseline", "not_negative", edit("cells", E1_CITY, baseline=-1)),
    ("range", "a month and its year", "months_sum", edit("targets_monthly", E1_CITY | {"period": "2019-09"}, target=plus(1))),
    ("range", "a month moved for one product", "month_products", lambda out: move_month(out, **E1_CITY)),
    ("range", "a month moved for one rep", "month_nodes", lambda out: move_month(out, node_id="e1")),
    ("range", "a month moved for a line", "month_lines", lambda out: move_month(out, product_id="bikes")),
    ("range", "a negative month", "months_not_negative", edit("targets_monthly", E1_CITY | {"period": "2019-09"}, target=-1)),
    ("pins, leavers and zero anchors", "an upper bound", "cell_bounds", edit("cells", {"node_id": "w1", "product_id": "road"}, upper=51)),
    ("pins, leavers and zero anchors", "the bound of a leaver", "cell_bounds", edit("cells", {"node_id": "w2"}, upper="")),
    ("pins, leavers and zero anchors", "a lower bound", "bounds_held", edit("cells", E1_CITY, lower=31, upper=31)),
    ("pins, leavers and zero anchors", "a leaver with a target", "closed_cells", edit("cells", {"node_id": "w2", "product_id": "city"}, unrounded=0.5)),
    ("capacity", "a capacity broken before rounding", "rules_unrounded", edit("cells", E1_CITY, unrounded=plus(0.01))),
    ("capacity", "a capacity broken after rounding", "rules_rounded", edit("targets", {"node_id": "e1", "product_id": "*"}, target=plus(1))),
    ("pin", "a pin broken after rounding", "rules_rounded", edit("targets", {"node_id": "west", "product_id": "bikes"}, target=plus(-1))),
    ("mix", "a mix missed by more than the rounding", "ratios_rounded", edit("targets", {"node_id": "east", "product_id": "helmets"}, target=plus(-3))),
    ("mix", "a rule row missing", "rule_rows", lambda out: drop(out, "rules", {"node_id": "west"})),
    ("mix", "a rule row too many", "rule_rows", lambda out: repeat(out, "rules", {"node_id": "west"}, node_id="acme")),
    ("mix", "a rule row twice", "rule_rows", lambda out: repeat(out, "rules", {"node_id": "west"})),
    ("mix", "a rule's value", "rule_values", edit("rules", {"node_id": "west"}, value=plus(0.01))),
    ("mix", "a rule's bound", "rule_texts", edit("rules", {"node_id": "west"}, min=0.37)),
    ("mix", "a rule's owner", "rule_texts", edit("rules", {"node_id": "west"}, owner="Bob")),
    ("mix", "a rule made soft", "rule_texts", edit("rules", {"node_id": "west"}, tier="1")),
    ("mix", "a rule without words", "rule_texts", edit("rules", {"node_id": "west"}, text="")),
    ("capacity", "binding told as slack", "rule_status", edit("rules", {"node_id": "e1"}, status="slack", price=0)),
    ("nothing binds", "slack told as binding", "rule_status", edit("rules", {"node_id": "east"}, status="binding")),
    ("soft tier", "relaxed told as binding", "rule_status", edit("rules", {"node_id": "e1"}, status="binding")),
    ("capacity", "an unknown status", "rule_status", edit("rules", {"node_id": "e1"}, status="fine")),
    ("soft tier", "what is missing", "rule_short_by", edit("rules", {"node_id": "e1"}, short_by=plus(-1))),
    ("capacity", "a rule's price", "rule_prices", edit("rules", {"node_id": "e1"}, price=plus(0.01))),
    ("pins, leavers and zero anchors", "a pin's price", "rule_prices", edit("rules", {"node_id": "e1"}, price=plus(0.01))),
    ("capacity", "a price of a rule that is none", "price_rows", edit("prices", {"kind": "capacity"}, node_id="e2")),
    ("capacity", "a price of no side", "price_rows", edit("prices", {"kind": "capacity"}, side="lower")),
    ("capacity", "a price that is no number", "price_rows", edit("prices", {"kind": "capacity"}, price="x")),
    ("capacity", "a price of no stage", "price_rows", edit("prices", {"kind": "capacity"}, stage="tier0.sum")),
    ("capacity", "a price of a tier that is not there", "stages", edit("prices", {"kind": "capacity"}, stage="tier2.sum")),
    ("capacity", "a price with the wrong sign", "balance.signs", edit("prices", {"kind": "capacity"}, price=0.3)),
    ("capacity", "a soft part on a hard rule", "balance.signs", edit("prices", {"kind": "capacity"}, part="keep")),
    ("nothing binds", "a price on a slack rule", "balance.tight", lambda out: _price_a_slack_rule(out)),
    ("capacity", "a price", "balance.cells", edit("prices", {"kind": "capacity"}, price=plus(1e-6))),
    ("capacity", "a worse balance", "balance.cells", lambda out: shift_unrounded(out, 1e-4)),
    ("capacity", "a worse balance against the dual bound", "balance.gap", lambda out: shift_unrounded(out, 0.01)),
    ("capacity", "a price left out", "balance.gap", lambda out: drop(out, "prices", {"kind": "capacity"})),
    ("soft tier", "a worse tier", "tier1.largest.tight", shift_back),
    ("soft tier", "a tier price", "tier1.largest.columns", edit("prices", {"stage": "tier1.largest", "part": "goal"}, price=plus(1e-5))),
    ("soft tier", "a tier price of a hard rule", "tier1.sum.cells", edit("prices", TIER_CAP, price=plus(1e-5))),
    ("soft tier", "the wrong sign in a tier", "tier1.largest.signs", edit("prices", {"stage": "tier1.largest", "part": "largest", "node_id": "e1"}, price=plus(-1))),
    ("soft tier", "prices of the tier left out", "tier1.largest.columns", lambda out: drop(out, "prices", {"stage": "tier1.largest"})),
    ("soft tier", "share prices that do not balance", "balance.columns", edit("prices", {"part": "share", "node_id": "e1"}, price=plus(0.01))),
    ("soft tier", "a free sign without proof", "balance.signs", lambda out: drop(out, "prices", {"kind": "capacity", "stage": "tier1.sum"}) or drop(out, "prices", {"kind": "capacity", "stage": "tier1.largest"})),
]  # fmt: skip


def _flip_digit(out: Path) -> None:
    path = out / "cells.csv"
    path.write_bytes(path.read_bytes().replace(b"60.25", b"60.26", 1))


def _price_a_slack_rule(out: Path) -> None:
    columns = ["measure", "stage", "kind", "rule_id", "node_id", "product_id", "side", "part", "price"]
    values = ["revenue", "balance", "range", "r1", "east", "bikes", "lower", "", "0.1"]
    write_rows(out, "prices", [dict(zip(columns, values, strict=True))])


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return a right plan and result of every company, made once."""
    made = {}
    for name, company in COMPANIES.items():
        folder = tmp_path_factory.mktemp("right")
        tiny = company()
        plan = write_plan(tiny, folder / "plan")
        made[name] = (plan, write_result(tiny, folder / "out", plan))
    return made


@pytest.mark.parametrize(
    ("company", "what", "expected", "tamper"), TAMPERINGS, ids=[f"{c}: {w}" for c, w, _, _ in TAMPERINGS]
)
def test_what_is_broken_is_found_by_its_own_check(tmp_path, results, company, what, expected, tamper):
    plan, right = results[company]
    out = Path(shutil.copytree(right, tmp_path / "out"))
    tamper(out)
    report = verify_results(out, plan)
    failed = {check.check for check in report.failures}
    assert not report.passed
    assert expected in failed, report.text()
    assert all(check.message for check in report.failures)


@pytest.mark.parametrize(
    "name", ["cells.csv", "targets.csv", "targets_monthly.csv", "rules.csv", "prices.csv", "certificate.json"]
)
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"a,b\n1,2,3\n", b"{}"])
def test_a_missing_or_ruined_file_fails_without_a_crash(tmp_path, results, name, content):
    plan, right = results["soft tier"]
    out = Path(shutil.copytree(right, tmp_path / "out"))
    if content is None:
        (out / name).unlink()
    else:
        (out / name).write_bytes(content)
    report = verify_results(out, plan)
    assert [check for check in report.failures if name in check.measure or name in check.message], (
        report.text()
    )


@pytest.mark.parametrize("table", ["cells", "targets", "targets_monthly", "rules", "prices"])
def test_a_nan_in_any_column_is_noticed_without_a_crash(tmp_path, results, table):
    plan, right = results["soft tier"]
    rows = rows_of(right, table)
    out = Path(shutil.copytree(right, tmp_path / "out"))
    for column in rows[0]:
        changed = [dict(row) for row in rows]
        changed[1][column] = "nan"
        write_rows(out, table, changed)
        if (table, column) != ("rules", "text"):
            assert not verify_results(out, plan).passed, f"{column} = nan was not noticed"


@pytest.mark.parametrize("value", ["", "x", "-1e400", "1e99", "*", "-1", "99999999999999999999"])
@pytest.mark.parametrize("table", ["cells", "targets", "targets_monthly", "rules", "prices"])
def test_a_table_ruined_in_all_columns_fails_without_a_crash(tmp_path, results, table, value):
    plan, right = results["soft tier"]
    out = Path(shutil.copytree(right, tmp_path / "out"))
    rows = rows_of(right, table)
    for column in rows[0]:
        if column not in ("measure", "node_id", "product_id", "period", "rule_id", "kind", "stage"):
            for row in rows:
                row[column] = value
    write_rows(out, table, rows)
    assert not verify_results(out, plan).passed


def test_a_plan_that_is_not_there_or_is_another_is_refused(tmp_path, results):
    plan, right = results["range"]
    assert not verify_results(right, tmp_path / "nowhere").passed
    other = Path(shutil.copytree(plan, tmp_path / "other"))
    (other / "pins.csv").write_text("node_id,product_id,measure,amount,reason,owner\n\n", "utf-8")
    failed = verify_results(right, other).failures
    assert [check.check for check in failed][0] == "input_hash"
    assert all("could not be checked" in check.message for check in failed[1:])


def test_without_a_plan_the_files_are_checked_against_each_other(tmp_path, results):
    _, right = results["soft tier"]
    assert verify_results(right).passed
    for expected, tamper in (
        ("cells_in_targets", edit("cells", E1_CITY, target=plus(1))),
        ("product_sums", edit("targets", {"node_id": "e1", "product_id": "*"}, target=plus(1))),
        ("months_sum", edit("targets_monthly", {"node_id": "west", "product_id": "*"}, target=plus(1))),
        ("ratio", edit("targets", E1_CITY, ratio=9)),
    ):
        out = tmp_path / expected
        shutil.copytree(right, out)
        tamper(out)
        assert expected in {check.check for check in verify_results(out).failures}


def test_an_empty_folder_is_no_result(tmp_path):
    report = verify_results(tmp_path)
    assert not report.passed
    assert any("targets.csv" in check.message for check in report.failures)


def test_the_report_names_the_first_three_and_counts_the_rest(tmp_path, results):
    plan, right = results["range"]
    out = Path(shutil.copytree(right, tmp_path / "out"))
    for rep in REPS:
        change(out, "targets", {"node_id": rep, "product_id": "city"}, last_year=plus(1))
    found = next(check for check in verify_results(out, plan).checks if check.check == "last_year")
    assert (found.passed, found.checked) == (False, 35)
    assert found.worst > 1e-3
    assert found.message.count("targets.csv row") == 3
    assert found.message.endswith("1 more")
    assert "(e1, city)" in found.message
    certify(out)
