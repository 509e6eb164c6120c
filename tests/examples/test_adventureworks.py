"""The Adventure Works plan: built from the past alone, and the past adds up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from examples.adventureworks.build_plan import SOURCE_FILES, best_four_quarters, build_plan, main

TABLES = ("calendar", "history", "org", "products", "rules")


@pytest.fixture(scope="module")
def source(shared_dir: Path) -> Path:
    return shared_dir / "data" / "adventureworks"


def read(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("products", ["category", "subcategory"])
def test_the_history_adds_up_to_the_sales_of_the_two_years_before(
    source: Path, tmp_path: Path, products: str
) -> None:
    plan = build_plan(source, tmp_path / "plan", products)
    sales = pd.read_csv(source / "sales_monthly.csv")
    before = sales[sales["month"] < "2019-07"]
    history = read(plan, "history")
    amount = history["amount"].astype(float).groupby(history["measure"]).sum()
    np.testing.assert_allclose(amount["revenue"], before["revenue"].sum(), rtol=1e-9)
    np.testing.assert_allclose(amount["units"], before["units"].sum(), rtol=1e-12)
    leaves = read(plan, "products").query(
        "parent_id != ''" if products == "subcategory" else "parent_id == ''"
    )
    assert set(history["product_id"]) == set(leaves["product_id"])


@pytest.mark.parametrize("products", ["category", "subcategory"])
def test_changing_the_future_changes_nothing(source: Path, tmp_path: Path, products: str) -> None:
    other = tmp_path / "source"
    other.mkdir()
    for name in SOURCE_FILES:
        (other / name).write_bytes((source / name).read_bytes())
    sales = pd.read_csv(source / "sales_monthly.csv", dtype={"rep_id": str, "territory_id": str})
    future = sales["month"] >= "2019-07"
    assert future.any()
    changed = sales.assign(
        revenue=sales["revenue"].where(~future, 1e6), margin=sales["margin"].where(~future, -1e6)
    )
    changed.loc[future, "subcategory"] = "Unicycles"
    changed.to_csv(other / "sales_monthly.csv", index=False)
    honest, altered = (
        build_plan(source, tmp_path / "a", products),
        build_plan(other, tmp_path / "b", products),
    )
    for path in honest.iterdir():
        assert path.read_bytes() == (altered / path.name).read_bytes(), path.name


def test_managers_have_a_leaf_in_their_own_team_and_the_director_has_none(
    source: Path, tmp_path: Path
) -> None:
    org = read(build_plan(source, tmp_path / "plan"), "org").set_index("node_id")
    assert org["level"].value_counts().to_dict() == {"company": 1, "group": 3, "team": 3, "rep": 17}
    assert org.loc["272", "parent_id"] == "team-272"
    assert org.loc["team-294", "parent_id"] == "pacific"
    assert "277" not in org.index
    assert "Brian Welcker" in org.loc["adventure-works", "name"]
    assert set(org[org["ramp"] != ""].index) == {"294", "295", "296"}


def test_capacity_is_a_multiple_of_the_best_four_quarters_in_a_row() -> None:
    months = pd.period_range("2018-01", "2019-06", freq="M").astype(str)
    sales = pd.DataFrame({"month": months, "rep_id": "a", "revenue": [1.0] * 6 + [2.0] * 9 + [5.0] * 3})
    newcomer = pd.DataFrame({"month": ["2019-05"], "rep_id": ["b"], "revenue": [100.0]})
    best = best_four_quarters(pd.concat([sales, newcomer]))
    assert best.to_dict() == {"a": 9 * 2.0 + 3 * 5.0}


def test_a_folder_without_the_source_files_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([str(tmp_path), str(tmp_path / "plan")])
    assert exit_.value.code == 2
    assert "reps.csv" in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()


def test_the_command_writes_the_same_folder_as_the_function(source: Path, tmp_path: Path) -> None:
    assert main([str(source), str(tmp_path / "a"), "--growth", "0.3"]) == 0
    build_plan(source, tmp_path / "b", growth=0.3)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(
        ["plan.yaml", *(f"{t}.csv" for t in TABLES)]
    )
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
