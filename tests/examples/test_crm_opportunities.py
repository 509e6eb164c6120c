"""The CRM plan: the history adds up, and agents without deals are leaves without history."""

from pathlib import Path

import pandas as pd
import pytest

from allocator.plan.reading import read_plan
from examples.crm_opportunities.build_plan import build_plan, main


def test_the_history_adds_up_to_the_won_deals(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "data" / "crm_opportunities"
    plan = read_plan(build_plan(source, tmp_path / "plan"))
    won = pd.read_csv(source / "won_monthly.csv")
    amount = plan.history.groupby("measure")["amount"].sum()
    assert amount["revenue"] == pytest.approx(won["revenue"].sum())
    assert amount["deals"] == won["deals"].sum()
    leaves = plan.org[plan.org["level"] == "agent"]
    assert len(leaves) == 35
    assert set(leaves["node_id"]) - set(plan.history["node_id"]) == {
        "carol-thompson",
        "carl-lin",
        "elizabeth-anderson",
        "mei-mei-johns",
        "natalya-ivanova",
    }


def test_a_folder_without_the_source_files_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([str(tmp_path), str(tmp_path / "plan")])
    assert exit_.value.code == 2
    assert "won_monthly.csv" in capsys.readouterr().err
