"""A re-plan keeps actuals and the total; months sum to the year; what is wrong is told at once."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.replan.locked import lock_actuals
from service.cli.main import main
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from tests.plans import write_plan

GRID = Grid(
    Hierarchy(np.array([-1, 0, 1, 1, 0], np.int32)),
    Hierarchy(np.array([-1, 0, 0], np.int32)),
    np.array([0, 0.1, 0.2, 0.2, 0.0]),
)
KEY = ["measure", "node_id", "product_id"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("replan")
    plan = write_plan(root / "plan")
    assert main(["run", str(plan), "--out", str(root / "out"), "--no-workbook"]) == 0
    return plan, root / "out"


def actuals(out: Path, path: Path, factor: float, last: str = "2019-10") -> Path:
    """Write actuals: a part of every published rep target to date, not a multiple of any unit."""
    months = pd.read_csv(out / "targets_monthly.csv")
    cells = pd.read_csv(out / "cells.csv")[KEY]
    table = months.merge(cells)
    table = table[table["period"] <= last]
    wave = 1 + 0.2 * np.sin(np.arange(len(table)))
    table = table.assign(amount=(table["target"] * factor * wave).round(2))
    table[["period", "node_id", "product_id", "measure", "amount"]].to_csv(path, index=False)
    return path


def run(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any, *more: str, factor: float = 0.9, code: int = 0
) -> dict[str, Any]:
    plan, out = published
    file = tmp_path / "actuals.csv"
    if not file.exists():
        actuals(out, file, factor)
    capfd.readouterr()
    arguments = ["replan", str(plan), "--actuals", str(file), "--published", str(out)]
    arguments += ["--out", str(tmp_path / "r"), *more]
    arguments += [] if "--as-of" in more else ["--as-of", "2019-10"]
    assert main([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


@given(st.lists(st.floats(-500, 5000), min_size=18, max_size=18), st.sampled_from([0.01, 1.0, 50.0]))
def test_locked_actuals_sum_on_both_trees_and_stay_near(amounts: list[float], unit: float) -> None:
    given_amounts = np.array(amounts).reshape(6, 3)
    locked = lock_actuals(GRID, given_amounts, unit)
    assert (locked.month_units.sum(axis=2) == locked.units).all()
    for parent in (0, 1):
        children = np.flatnonzero(GRID.org.parent == parent)
        assert (locked.month_units[children].sum(axis=0) == locked.month_units[parent]).all()
    assert (locked.units[:, 1] + locked.units[:, 2] == locked.units[:, 0]).all()
    exact = GRID.roll_up_plain(given_amounts.sum(axis=1)) / unit
    assert (np.abs(locked.units - exact) < 2).all()
    if (given_amounts >= 0).all():
        assert (np.abs(locked.units - exact) < 1 + 1e-6).all()


def test_the_total_and_the_actuals_are_kept_and_months_sum_to_the_year(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any
) -> None:
    document = run(published, tmp_path, capfd)
    sold = pd.read_csv(tmp_path / "actuals.csv").groupby("measure")["amount"].sum()
    for measure, unit in (("revenue", 1000), ("new_customers", 1)):
        found = document["measures"][measure]
        assert found["target"] == found["published"]
        assert found["forgiven"] == 0
        assert abs(found["actual_to_date"] - sold[measure]) < unit
        assert found["actual_to_date"] + found["remaining"] == found["target"]
    years = pd.read_csv(tmp_path / "r" / "replan.csv").set_index(KEY)
    months = pd.read_csv(tmp_path / "r" / "replan_monthly.csv")
    assert (months.groupby(KEY)["target"].sum() == years["target"].sort_index()).all()
    over = months[months["kind"] == "actual"].groupby(KEY)["target"].sum()
    assert (over == years["actual_to_date"].sort_index()).all()
    assert (years["actual_to_date"] + years["remaining"] == years["target"]).all()
    assert (years["delta"] == years["target"] - years["published"]).all()


def test_the_remaining_result_passes_the_proof_of_its_own_plan(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any
) -> None:
    run(published, tmp_path, capfd)
    assert main(["verify", str(tmp_path / "r" / "remaining"), "--plan", str(tmp_path / "r" / "plan")]) == 0


@pytest.mark.parametrize("keep", ["0", "0.25", "1"])
def test_a_forgiven_gap_lowers_the_year_by_just_that(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any, keep: str
) -> None:
    found = run(published, tmp_path, capfd, "--keep-gap", keep, factor=0.8)["measures"]["revenue"]
    assert found["gap"] > 0
    assert found["forgiven"] == (1 - Decimal(keep)) * found["gap"] // 1000 * 1000
    assert found["target"] == found["published"] - found["forgiven"]


def test_being_ahead_lowers_what_remains_and_is_never_forgiven(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any
) -> None:
    found = run(published, tmp_path, capfd, "--keep-gap", "0", factor=1.2)["measures"]["revenue"]
    assert found["gap"] < 0
    assert found["forgiven"] == 0
    assert found["remaining"] == found["remaining_published"] + found["gap"]
    assert found["target"] == found["published"]


def test_rules_hold_on_the_full_year(published: tuple[Path, Path], tmp_path: Path, capfd: Any) -> None:
    run(published, tmp_path, capfd)
    years = pd.read_csv(tmp_path / "r" / "replan.csv").set_index(KEY)["target"]
    assert years["revenue", "e11", "*"] <= 6_000_000
    assert years["revenue", "w11", "helmets"] == 400_000
    for region in ("east", "west"):
        assert 10_000_000 <= years["revenue", region, "*"] <= 32_000_000


def test_a_move_carries_the_months_from_its_effective_month_on(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any
) -> None:
    moves = tmp_path / "moves.csv"
    moves.write_text("from,to,product_id,effective,share\ne21,e22,*,2020-01,1\n", encoding="utf-8")
    run(published, tmp_path, capfd, "--moves", str(moves))
    months = pd.read_csv(published[1] / "targets_monthly.csv")
    own = months[(months["measure"] == "revenue") & (months["product_id"] == "*")]
    giver = own[own["node_id"] == "e21"].set_index("period")["target"]
    stays = giver["2019-11":"2019-12"].sum()
    potential = pd.read_csv(tmp_path / "r" / "plan" / "potential.csv")
    potential = potential[potential["measure"] == "revenue"].groupby("node_id")["amount"].sum()
    assert potential["e21"] == stays
    taker = own[own["node_id"] == "e22"].set_index("period")["target"]
    assert potential["e22"] == taker["2019-11":].sum() + giver["2020-01":].sum()


def test_all_faults_of_actuals_and_options_come_at_once(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any
) -> None:
    (tmp_path / "actuals.csv").write_text(
        "period,node_id,product_id,measure,amount\n"
        "2019-07,e99,road,revenue,5\n"
        "2019-08,e11,bikes,revenue,5\n"
        "2019-12,e11,road,revenue,5\n"
        "2019-06,e11,road,revenue,5\n"
        "2019-13,e11,road,revenue,5\n"
        "2019-07,e11,road,profit,5\n"
        "2019-07,e11,road,revenue,many\n",
        encoding="utf-8",
    )
    found = run(published, tmp_path, capfd, "--keep-gap", "2", code=2)["faults"]
    assert {(fault["row"], fault["code"]) for fault in found if fault["row"]} == {
        (2, "unknown-name"),
        (3, "unknown-name"),
        (5, "outside-plan"),
        (6, "bad-month"),
        (7, "unknown-name"),
        (8, "bad-number"),
    }
    assert {"out-of-range", "month-without-actuals"} <= {fault["code"] for fault in found}
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("month", ["2020-06", "2019-06", "soon"])
def test_the_month_must_leave_something_to_plan(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any, month: str
) -> None:
    found = run(published, tmp_path, capfd, "--as-of", month, code=2)["faults"]
    assert "bad-month" in {fault["code"] for fault in found}


def test_nothing_remains_where_the_year_is_reached(
    published: tuple[Path, Path], tmp_path: Path, capfd: Any
) -> None:
    found = run(published, tmp_path, capfd, factor=9.0, code=2)["faults"]
    assert {fault["code"] for fault in found} == {"nothing-remains"}
