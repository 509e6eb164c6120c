"""Every promise, broken on purpose: the very check that speaks of it must fail, and say where."""

import shutil
from pathlib import Path

import pytest

from allocator.verification import verify_results
from tests.allocator.verification.companies import COMPANIES
from tests.allocator.verification.tampering import change, plus, rows_of, write_rows
from tests.allocator.verification.tiny import REPS, holds, write_plan, write_result
from tests.allocator.verification.ways_to_tamper import TAMPERINGS, cell, node


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
    assert not holds(report)
    assert expected in failed, report.text()
    assert all(check.message for check in report.failures)


@pytest.mark.parametrize(
    "name", ["cells.csv", "targets.csv", "targets_monthly.csv", "rules.csv", "prices.csv", "certificate.json"]
)
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"a,b\n1,2,3\n"])
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
            assert not holds(verify_results(out, plan)), f"{column} = nan was not noticed"


@pytest.mark.parametrize("value", ["", "-1e400", "1e99", "99999999999999999999"])
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
    assert not holds(verify_results(out, plan))


def test_a_plan_that_is_not_there_or_is_another_is_refused(tmp_path, results):
    plan, right = results["range"]
    assert not holds(verify_results(right, tmp_path / "nowhere"))
    other = Path(shutil.copytree(plan, tmp_path / "other"))
    (other / "pins.csv").write_text("node_id,product_id,measure,amount,reason,owner\n\n", "utf-8")
    failed = verify_results(right, other).failures
    assert [check.check for check in failed][0] == "input_hash"
    assert all("could not be checked" in check.message for check in failed[1:])


def test_without_a_plan_the_files_are_checked_against_each_other(tmp_path, results):
    _, right = results["soft tier"]
    assert holds(verify_results(right))
    for expected, tamper in (
        ("cells_in_targets", cell("e1", "city", target=plus(1))),
        ("product_sums", node("e1", "*", target=plus(1))),
        ("months_sum", node("west", "*", target=plus(1))),
        ("ratio", node("e1", "city", ratio=9)),
    ):
        out = tmp_path / expected
        shutil.copytree(right, out)
        tamper(out)
        assert expected in {check.check for check in verify_results(out).failures}


def test_an_empty_folder_is_no_result(tmp_path):
    report = verify_results(tmp_path)
    assert not holds(report)
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
