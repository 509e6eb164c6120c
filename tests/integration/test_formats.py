"""Result tables as csv, as Parquet and as both say the same, and each is verified and explained."""

import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from allocator.explanation.numbers import read_numbers
from allocator.results.parquet import read_parquet_texts
from allocator.verification import verify_results
from service.cli.main import main
from tests.plans import write_plan

TABLES = ("cells", "explanation", "prices", "rules", "targets", "targets_monthly")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("formats") / "plan")


@pytest.fixture(scope="module")
def results(plan: Path) -> dict[str, Path]:
    """The result of one plan in every form."""
    outs = {form: plan.parent / form for form in ("csv", "parquet", "both")}
    for form, out in outs.items():
        assert main(["run", str(plan), "--out", str(out), "--format", form, "--no-workbook"]) == 0
    return outs


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir() if path.suffix in (".csv", ".parquet")}


def test_each_form_writes_its_own_files(results: dict[str, Path]) -> None:
    csv, parquet = {f"{name}.csv" for name in TABLES}, {f"{name}.parquet" for name in TABLES}
    assert names(results["csv"]) == csv
    assert names(results["parquet"]) == parquet
    assert names(results["both"]) == csv | parquet


@pytest.mark.parametrize("name", TABLES)
def test_both_forms_hold_the_same_cells(results: dict[str, Path], name: str) -> None:
    csv = pd.read_csv(results["csv"] / f"{name}.csv", dtype=str, keep_default_na=False)
    assert len(csv) > 0
    for form in ("parquet", "both"):
        pd.testing.assert_frame_equal(read_parquet_texts(results[form] / f"{name}.parquet"), csv)
    assert (results["both"] / f"{name}.csv").read_bytes() == (results["csv"] / f"{name}.csv").read_bytes()


def test_targets_in_parquet_are_exact_numbers(results: dict[str, Path]) -> None:
    schema = pq.read_schema(results["parquet"] / "targets.parquet")
    kinds = {name: str(schema.field(name).type) for name in ("target", "children_sum", "growth", "node_id")}
    assert kinds == {"target": "int64", "children_sum": "int64", "growth": "double", "node_id": "string"}


@pytest.mark.parametrize("form", ["csv", "parquet", "both"])
def test_every_form_is_verified(results: dict[str, Path], plan: Path, form: str) -> None:
    report = verify_results(results[form], plan)
    assert report.passed, report.text()


@pytest.mark.parametrize("form", ["parquet", "both"])
def test_a_changed_parquet_table_is_noticed(results: dict[str, Path], tmp_path: Path, form: str) -> None:
    out = Path(shutil.copytree(results[form], tmp_path / "out"))
    table = pq.read_table(out / "cells.parquet")
    at = table.column_names.index("target")
    changed = table.column(at).to_pylist()
    changed[0] += 1000
    pq.write_table(table.set_column(at, table.field(at), [changed]), out / "cells.parquet")
    failed = {(check.check, check.measure) for check in verify_results(out).failures}
    assert ("result_hash", "") in failed
    assert (("files", "cells.parquet") in failed) == (form == "both")


def test_a_number_is_explained_from_either_form(results: dict[str, Path]) -> None:
    root = pd.read_csv(results["csv"] / "targets.csv", dtype=str)["node_id"].iat[0]
    assert read_numbers(results["csv"], root, "*") == read_numbers(results["parquet"], root, "*")


def test_a_run_in_another_form_leaves_no_table_of_the_earlier_one(plan: Path, tmp_path: Path) -> None:
    for form in ("both", "parquet"):
        assert (
            main(["run", str(plan), "--out", str(tmp_path / "out"), "--format", form, "--no-workbook"]) == 0
        )
    assert names(tmp_path / "out") == {f"{name}.parquet" for name in TABLES}
