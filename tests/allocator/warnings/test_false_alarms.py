"""Data without an error give no warnings of the history, however uneven they are."""

from pathlib import Path

import numpy as np
import pytest

from allocator.plan.plan import month_text
from allocator.plan.reading import read_plan
from allocator.warnings.registry import plan_warnings
from examples.adventureworks.build_plan import build_plan as adventureworks
from examples.crm_opportunities.build_plan import build_plan as crm
from examples.demo.generate import PLAN_FOLDER
from tests.allocator.plan.edits import add, swap
from tests.plans import write_plan

FIRST = 2017 * 12
"""January 2017; the plan starts in January 2020."""


def uneven(folder: Path, seed: int, sigma: float, sells: float) -> Path:
    """Write a company whose 24 reps sell with chance `sells` a month, lognormal, with season and growth."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.5 * np.sin(np.arange(12) / 12 * 2 * np.pi + seed)
    reps = [f"{'ab'[k % 2]}{k}" for k in range(24)]
    history = ["period,node_id,product_id,measure,amount"]
    for rep, size in zip(reps, np.exp(rng.normal(10, 0.7, 24)), strict=True):
        for product in ("p", "q", "r"):
            for month in range(36):
                if rng.random() < sells:
                    amount = size * season[month % 12] * 1.02**month * np.exp(rng.normal(0, sigma))
                    history.append(f"{month_text(FIRST + month)},{rep},{product},revenue,{amount:.2f}")
    total = sum(float(line.rsplit(",", 1)[1]) for line in history[1:] if line.startswith("2019"))
    org = "node_id,parent_id,level,name\nco,,company,Co\na,co,region,A\nb,co,region,B\n" + "".join(
        f"{rep},{rep[0]},rep,Rep {rep}\n" for rep in reps
    )
    yaml = (
        "plan: x\nstart: 2020-01\nmeasures:\n"
        f"  revenue: {{unit: EUR, total: {round(1.1 * total)}}}\nbaseline: {{history: 1}}\n"
    )
    return write_plan(
        folder,
        plan=yaml,
        org=org,
        products="product_id,parent_id,name\np,,P\nq,,Q\nr,,R\n",
        history="\n".join(history) + "\n",
        **dict.fromkeys(("commitments", "potential", "rules", "pins", "calendar")),
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("sigma", "sells"), [(0.2, 1.0), (0.8, 0.7), (1.5, 0.3)])
def test_season_growth_and_luck_are_no_errors(tmp_path: Path, seed: int, sigma: float, sells: float) -> None:
    found = plan_warnings(read_plan(uneven(tmp_path / "plan", seed, sigma, sells)))
    assert [one.sentence() for one in found] == []


def test_the_demo_has_no_warnings() -> None:
    assert plan_warnings(read_plan(PLAN_FOLDER)) == ()


def test_adventureworks_by_category_has_no_warnings(shared_dir: Path, tmp_path: Path) -> None:
    plan = adventureworks(shared_dir / "data" / "adventureworks", tmp_path / "plan")
    assert plan_warnings(read_plan(plan)) == ()


def test_the_crm_plan_is_told_that_its_last_year_lacks_two_of_three_months(
    shared_dir: Path, tmp_path: Path
) -> None:
    """The sales begin in March 2017; the plan is January to March 2018."""
    found = plan_warnings(read_plan(crm(shared_dir / "data" / "crm_opportunities", tmp_path / "plan")))
    missing = [one for one in found if one.code == "incomplete-base-year"]
    words = "has no sales in 2 of the 3 months that last year consists of: 2017-01, 2017-02"
    assert [str(one.message) for one in missing] == [f"revenue {words}", f"deals {words}"]
    assert {one.code for one in found} == {"incomplete-base-year", "growth-improbable", "rep-without-history"}


def test_seats_that_follow_each_other_namesakes_and_a_ragged_org_are_no_errors(tmp_path: Path) -> None:
    org = swap("e22,e2,rep,陈静,1005", "e22,e2,rep,张伟,1005")
    text = (write_plan(tmp_path / "base") / "org.csv").read_text(encoding="utf-8")
    moved = add("e24,e2,rep,Emil,1011,rep,,2019-04-01,,,")(str(org(text)))
    assert plan_warnings(read_plan(write_plan(tmp_path / "plan", org=str(moved)))) == ()
