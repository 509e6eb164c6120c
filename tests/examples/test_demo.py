"""The bundled demo company: reproducible, complete, and what its description says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from allocator.plan.tables import RULE_KINDS
from examples.demo.generate import PLAN_FOLDER, generate
from examples.demo.working_days import working_days


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in PLAN_FOLDER.glob("*.csv")
    }


def test_the_script_writes_the_bytes_that_are_bundled(tmp_path: Path) -> None:
    written = generate(tmp_path / "plan")
    assert sorted(path.name for path in written) == sorted(path.name for path in PLAN_FOLDER.iterdir())
    for path in written:
        assert path.read_bytes() == (PLAN_FOLDER / path.name).read_bytes(), path.name


def test_the_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in PLAN_FOLDER.iterdir()) < 3_000_000


def test_the_org_has_four_regions_thirty_teams_and_three_hundred_seats(
    tables: dict[str, pd.DataFrame],
) -> None:
    counts = tables["org"]["level"].value_counts().to_dict()
    assert counts == {"company": 1, "region": 4, "team": 30, "rep": 300}
    assert (tables["org"]["role"] == "open").sum() == 6
    assert tables["org"]["node_id"].is_unique
    assert tables["org"]["name"].str.contains("[一-鿿]").mean() > 0.9


def test_twelve_product_lines_stand_in_a_tree(tables: dict[str, pd.DataFrame]) -> None:
    products = tables["products"]
    leaves = products[products["parent_id"] != ""]
    assert len(leaves) == 12
    assert set(leaves["parent_id"]) == set(products.loc[products["parent_id"] == "", "product_id"])


def test_every_rule_kind_occurs_and_soft_tiers_go_from_one_to_three(tables: dict[str, pd.DataFrame]) -> None:
    rules = tables["rules"]
    assert set(rules["kind"]) == set(RULE_KINDS)
    assert set(rules["tier"]) == {"hard", "1", "2", "3"}
    assert {"amount", "effort"} <= set(rules.loc[rules["kind"] == "capacity", "basis"])
    assert (rules["owner"] != "").all()


def test_two_measures_are_allocated_and_a_new_product_has_a_total_but_no_history(
    tables: dict[str, pd.DataFrame],
) -> None:
    spec = yaml.safe_load((PLAN_FOLDER / "plan.yaml").read_text(encoding="utf-8"))
    assert list(spec["measures"]) == ["revenue", "new_customers"]
    assert "portable" in spec["product_totals"]["revenue"]
    assert "portable" not in set(tables["history"]["product_id"])


def test_past_commitments_show_sandbaggers_and_over_promisers_against_true_actuals(
    tables: dict[str, pd.DataFrame],
) -> None:
    commitments, history = tables["commitments"], tables["history"]
    past = commitments[commitments["actual"] != ""]
    assert set(past["period"]) == {"2024", "2025"}
    ratio = past["actual"].astype(float) / past["amount"].astype(float)
    assert (ratio > 1.15).sum() > 30
    assert (ratio < 0.9).sum() > 20
    revenue = history[history["measure"] == "revenue"]
    sold = revenue["amount"].astype(float).groupby([revenue["node_id"], revenue["period"].str[:4]]).sum()
    expected = sold.reindex(pd.MultiIndex.from_arrays([past["node_id"], past["period"]])).to_numpy()
    np.testing.assert_allclose(past["actual"].astype(float).to_numpy(), expected)


def test_history_has_returns_and_stays_before_the_plan(tables: dict[str, pd.DataFrame]) -> None:
    history = tables["history"]
    assert history["amount"].str.startswith("-").sum() > 50
    assert history["period"].min() == "2023-01"
    assert history["period"].max() == "2025-12"


def test_chinese_working_days_are_the_weekdays_less_the_statutory_holidays_of_each_year() -> None:
    """Holidays are moved and made up for, but a year loses its statutory days: 11, from 2025 on 13."""
    days = working_days("2023-01", 48)
    by_year = days["working_days"].groupby(days["period"].str[:4]).sum()
    statutory = {"2023": 11, "2024": 11, "2025": 13, "2026": 13}
    weekdays = {year: int(np.busday_count(year, str(int(year) + 1))) for year in statutory}
    assert by_year.to_dict() == {year: weekdays[year] - lost for year, lost in statutory.items()}
    assert days.set_index("period").loc["2026-02", "working_days"] == 16
