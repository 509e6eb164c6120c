"""Months of whole plans: no lumps, and the same whatever the order of rows."""

import csv
from pathlib import Path

import numpy as np

from allocator.allocation import Allocation
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.verification import verify_results
from solver_models.engines.choice import choose_engine


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def sixty_reps(folder: Path, *, backwards: bool = False) -> Path:
    """Ten teams of six reps with four new customers each a year, the same in every month."""
    folder.mkdir()
    reps = [f"r{k:02d}" for k in range(60)]
    org = [["all", "", "company"], *[[f"t{k}", "all", "team"] for k in range(10)]]
    org += [[rep, f"t{k // 6}", "rep"] for k, rep in enumerate(reps)]
    sold = [[f"2023-{3 * q + 2:02d}", rep, "p", "new", "1"] for rep in reps for q in range(4)]
    sold += [[f"2023-{m:02d}", "r00", "p", "new", "0"] for m in (1, 12)]
    order = -1 if backwards else 1
    write_rows(
        folder / "org.csv",
        [["node_id", "parent_id", "level", "name"], *[[*row, row[0]] for row in org[::order]]],
    )
    write_rows(folder / "products.csv", [["product_id", "parent_id", "name"], ["p", "", "P"]])
    header = ["period", "node_id", "product_id", "measure", "amount"]
    write_rows(folder / "history.csv", [header, *sold[::order]])
    (folder / "plan.yaml").write_text(
        "plan: sixty\nstart: 2024-01\ncurrency: EUR\nseasonality: even\n"
        "measures:\n  new: {unit: customers, round_to: 1, total: 240}\n",
        "utf-8",
    )
    return folder


def allocated(plan: Path) -> Allocation:
    return allocate(read_plan(plan), choose_engine("fast"))


def test_sixty_reps_with_four_customers_a_year_plan_twenty_in_every_month(tmp_path: Path) -> None:
    result = allocated(sixty_reps(tmp_path / "plan"))
    months, names = result.measures[0].month_units[:, 0], result.labels.node_id
    by_node = dict(zip(names, months.tolist(), strict=True))
    assert by_node["all"] == [20] * 12
    assert all(by_node[f"t{k}"] == [2] * 12 for k in range(10))
    assert all(sorted(by_node[f"r{k:02d}"]) == [0] * 8 + [1] * 4 for k in range(60))
    write_results(result, tmp_path / "out", "en")
    report = verify_results(tmp_path / "out", tmp_path / "plan")
    assert report.passed, report.text()


def test_the_order_of_rows_changes_no_month(tmp_path: Path) -> None:
    one = allocated(sixty_reps(tmp_path / "plan"))
    other = allocated(sixty_reps(tmp_path / "backwards", backwards=True))
    assert one.labels.node_id == other.labels.node_id
    np.testing.assert_array_equal(one.measures[0].month_units, other.measures[0].month_units)
