"""Least change: what is forgiven stays as it was, and where a rule of the year changes it, it is named."""

from pathlib import Path

import pandas as pd
import pytest

from tests.scenarios.replan.tiny import CELLS, REPS, again, even, publish, years

FLOOR = "r-floor,growth,sales,rep,,,-0.05,,last_year,{tier},Sales"
SOLD = even(
    {("r1", "a"): 95, ("r1", "b"): 30, ("r2", "a"): 10, ("r2", "b"): 7, ("r3", "a"): 44, ("r3", "b"): 14}
)
"""600 of 600 to date: r1 sold 375 of 240, r2 51 of 240, r3 174 of 120."""
PUBLISHED_REST = {"r1": 240, "r2": 240, "r3": 120}
PUSHED = {"r1": 130, "r2": 405, "r3": 65}
"""The floor of r2 asks for 0.95 x 480 - 51; the 195 that are left are split 240 : 120. r1 falls by 46 %."""


def rest_of(out: Path) -> dict[str, int]:
    rest = years(out, "remaining")
    return {rep: int(rest[rep, "*"]) for rep in REPS}


def because(out: Path) -> dict[str, str]:
    table = pd.read_csv(out / "replan_reps.csv", keep_default_na=False).set_index("node_id")
    return dict(table["because"].loc[list(REPS)])


def test_where_nothing_is_made_up_soft_floors_of_the_year_change_nobody(tmp_path: Path) -> None:
    found = again(publish(tmp_path, [FLOOR.format(tier=1)]), tmp_path / "r", SOLD, "--keep-gap", "0")
    assert rest_of(tmp_path / "r") == PUBLISHED_REST
    before, now = (years(tmp_path / "r", column) for column in ("published_remaining", "remaining"))
    assert now.to_dict() == before.to_dict()
    assert because(tmp_path / "r") == {"r1": "", "r2": "", "r3": ""}
    (missed,) = found["measures"]["sales"]["rules"]["not_held"]
    assert (missed["node_id"], missed["because"], missed["short_by"]) == ("r2", "stability", 456 - 51 - 240)


@pytest.mark.parametrize("keep", ["0", "1"])
def test_a_hard_floor_changes_the_rest_and_every_change_names_it(tmp_path: Path, keep: str) -> None:
    company = publish(tmp_path, [FLOOR.format(tier="hard")])
    again(company, tmp_path / "r", SOLD, "--keep-gap", keep)
    assert rest_of(tmp_path / "r") == PUSHED
    assert because(tmp_path / "r") == dict.fromkeys(REPS, "r-floor@r2")


def test_stability_stands_where_it_is_placed_among_the_tiers(tmp_path: Path) -> None:
    company = publish(tmp_path, [FLOOR.format(tier=2)])
    placed = {}
    for tier in ("auto", "first", "1", "2", "3", "last"):
        out = tmp_path / tier
        again(company, out, SOLD, "--stability", "0", "--stability-tier", tier)
        placed[tier] = rest_of(out)
    # the published plan kept its floor: it comes first unless stability is placed before it
    assert placed["auto"] == placed["3"] == placed["last"] == PUSHED
    assert placed["first"] == placed["1"] == placed["2"] == PUBLISHED_REST


def test_soft_rules_that_the_published_plan_did_not_keep_come_after_stability(tmp_path: Path) -> None:
    # r3 would have to grow by half, but the cap of the others leaves him 250: as published
    wish = "r-wish,growth,sales,,r3,,0.5,,last_year,1,Sales"
    floor = [f"r-floor-{rep},range,sales,,{rep},,475,,amount,hard,CFO" for rep in ("r1", "r2")]
    company = publish(tmp_path, [wish, *floor])
    rest = pd.read_csv(company[1] / "targets.csv").set_index(["node_id", "product_id"])["target"]
    assert rest["r3", "*"] == 250
    sold = even(dict(zip(CELLS, (70, 30, 60, 40, 8, 2), strict=True)))
    # 1200 - 630 remain; stability lets r3 have 110 % of 124, the floors leave him 570 - 2 x (475 - 300)
    for tier, most in (("auto", 137), ("last", 220)):
        again(company, tmp_path / tier, sold, "--stability-tier", tier)
        assert years(tmp_path / tier, "published_remaining")["r3", "*"] == 124, "half of 250, months rounded"
        assert rest_of(tmp_path / tier)["r3"] == most
    assert because(tmp_path / "auto")["r3"] == "r-wish@r3"


def test_a_tier_that_is_none_is_a_fault_of_the_command(tmp_path: Path) -> None:
    company = publish(tmp_path)
    with pytest.raises(SystemExit) as ended:
        again(company, tmp_path / "r", even(dict.fromkeys(CELLS, 30)), "--stability-tier", "soon")
    assert ended.value.code == 2


def test_changes_to_zero_and_from_nothing_count_as_changed(tmp_path: Path) -> None:
    # r3 has no target as published; he gets the whole book of r1, who keeps nothing
    company = publish(tmp_path, ["r-none,capacity,sales,,r3,,,0,amount,hard,HR"])
    moves = tmp_path / "moves.csv"
    moves.write_text("from,to,product_id,effective\nr1,r3,*,2020-04\n")
    sold = even(dict.fromkeys(CELLS, 30) | {("r3", "a"): 0, ("r3", "b"): 0})
    (company[0] / "rules.csv").write_text(
        (company[0] / "rules.csv").read_text().replace("0,amount", "9999,amount")
    )
    found = again(company, tmp_path / "r", sold, "--moves", str(moves), "--keep-gap", "0")["measures"][
        "sales"
    ]
    assert (found["reps"], found["reps_to_nothing"], found["reps_from_nothing"]) == (3, 1, 1)
    # r1 300 -> 0, r3 0 -> 300, r2 stays at 300
    assert found["reps_changed"] == pytest.approx(2 / 3)
    assert found["largest_change"] == 1.0
    assert found["churn"] == pytest.approx(600 / 600)
    assert because(tmp_path / "r") == {"r1": "moves", "r2": "", "r3": "moves"}
    words = (tmp_path / "r" / "replan.html").read_text(encoding="utf-8")
    assert "from nothing" in words
    assert "territory moves" in words
