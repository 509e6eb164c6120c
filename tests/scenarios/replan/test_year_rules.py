"""Shares and ratios hold on the whole year where they still can, and come as near as they can where not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from service.cli.main import main
from tests.scenarios.replan.tiny import (
    CELLS,
    REPS,
    again,
    even,
    least_shortfall,
    nearest,
    publish,
    unrounded,
    years,
)

MIX = "r-mix,mix,sales,,co,b,0.3,,share,hard,Product"
FAIR = "r-fair,fairness,sales,rep,,,,0.04,anchor,hard,HR"
SOLD = {("r1", "a"): 60, ("r1", "b"): 9, ("r2", "a"): 50, ("r2", "b"): 12, ("r3", "a"): 24, ("r3", "b"): 4}
WIDE = ("--stability", "1")


def rows_of_the_year(out: Path, share: float, band: float) -> tuple[np.ndarray, np.ndarray]:
    """Mix of the company and fairness of the reps as rows >= bounds of the remaining cells."""
    done = years(out, "actual_to_date")
    sold = np.array([done[cell] for cell in CELLS], float)
    is_b = np.array([product == "b" for _, product in CELLS], float)
    of_rep = np.array([[rep == own for rep, _ in CELLS] for own in REPS], float)
    base = pd.read_csv(out / "plan" / "carried.csv").query("rule_id == 'r-fair'").set_index("node_id")["base"]
    part = np.array([base[rep] for rep in REPS]) / base.sum()
    everything = np.ones(len(CELLS))
    rows = [is_b - share * everything]
    rows += [of_rep[k] - (1 - band) * part[k] * everything for k in range(3)]
    rows += [(1 + band) * part[k] * everything - of_rep[k] for k in range(3)]
    matrix = np.array(rows)
    return matrix, -matrix @ sold


def remaining_anchor(out: Path) -> np.ndarray:
    table = pd.read_csv(out / "plan" / "potential.csv").set_index(["node_id", "product_id"])["amount"]
    return np.array([table[cell] for cell in CELLS])


def test_the_remainder_is_the_nearest_one_whose_year_keeps_mix_and_fairness(tmp_path: Path) -> None:
    company = publish(tmp_path, [MIX, FAIR])
    found = again(company, tmp_path / "r", even(SOLD), *WIDE)["measures"]["sales"]
    rows, low = rows_of_the_year(tmp_path / "r", 0.3, 0.04)
    best = nearest(remaining_anchor(tmp_path / "r"), found["remaining"], rows, low)
    assert unrounded(tmp_path / "r") == pytest.approx(best, abs=0.01)
    assert (rows @ best - low).min() > -0.01
    assert (np.abs(rows @ best - low) < 0.01).sum() >= 2, "some rules of the year bind"
    assert found["rules"] == {"checked": 4, "missed": 0, "not_held": []}


def test_the_share_of_the_year_is_kept_although_that_of_the_remainder_is_another(tmp_path: Path) -> None:
    again(publish(tmp_path, [MIX]), tmp_path / "r", even(SOLD), *WIDE)
    target, rest = years(tmp_path / "r"), years(tmp_path / "r", "remaining")
    assert target["co", "b"] / target["co", "*"] == pytest.approx(0.3, abs=1 / target["co", "*"])
    assert rest["co", "b"] / rest["co", "*"] > 0.39


def test_a_share_that_is_out_of_reach_is_met_as_nearly_as_the_best_program_can(tmp_path: Path) -> None:
    most = "r-most,mix,sales,,co,b,,0.3,share,hard,Product"
    sold = {(rep, product): 70 if product == "b" else 1 for rep, product in CELLS}
    found = again(publish(tmp_path, [most]), tmp_path / "r", even(sold), *WIDE)["measures"]["sales"]
    is_b = np.array([product == "b" for _, product in CELLS], float)
    rows = 0.3 - is_b[None, :]
    done = years(tmp_path / "r", "actual_to_date")
    low = -rows @ np.array([done[cell] for cell in CELLS], float)
    shortfall = least_shortfall(found["remaining"], rows, low)
    (missed,) = found["rules"]["not_held"]
    assert (missed["rule_id"], missed["because"]) == ("r-most", "actuals")
    assert missed["short_by"] == pytest.approx(shortfall, abs=1)
    assert years(tmp_path / "r", "remaining")["co", "b"] == 0


def test_a_hard_growth_band_that_actuals_broke_gives_way_and_is_told(tmp_path: Path) -> None:
    growth = "r-growth,growth,sales,,r1,,-0.3,0.05,last_year,hard,Sales"
    sold = SOLD | {("r1", "a"): 190.0, ("r1", "b"): 30.0}
    found = again(publish(tmp_path, [growth]), tmp_path / "r", even(sold), *WIDE)["measures"]["sales"]
    (missed,) = found["rules"]["not_held"]
    assert (missed["rule_id"], missed["because"]) == ("r-growth", "actuals")
    assert missed["short_by"] == 3 * 220 - 504
    assert years(tmp_path / "r", "remaining")["r1", "*"] == 0


def test_hard_amounts_that_cannot_hold_together_any_more_give_way_together(tmp_path: Path) -> None:
    floors = [
        f"r-{rep},range,sales,,{rep},,{least},,amount,hard,CFO" for rep, least in (("r1", 470), ("r2", 470))
    ]
    sold = SOLD | {("r3", "a"): 110.0, ("r3", "b"): 60.0}
    document = again(publish(tmp_path, floors), tmp_path / "r", even(sold), *WIDE)
    found = document["measures"]["sales"]
    assert document["hard_amounts_gave_way"]
    assert found["target"] == found["published"]
    assert {row["because"] for row in found["rules"]["not_held"]} == {"others"}
    short = sum(row["short_by"] for row in found["rules"]["not_held"])
    assert short == 940 - (1200 - 3 * 170)


def test_what_fairness_compares_by_goes_with_the_territory(tmp_path: Path) -> None:
    company = publish(tmp_path, [FAIR])
    moves = tmp_path / "moves.csv"
    moves.write_text("from,to,product_id,effective,share\nr1,r2,*,2020-05,0.5\n")
    before, after = tmp_path / "before", tmp_path / "after"
    again(company, before, even(SOLD), *WIDE)
    again(company, after, even(SOLD), *WIDE, "--moves", str(moves))
    base, moved = (
        pd.read_csv(out / "plan" / "carried.csv").set_index("node_id")["base"] for out in (before, after)
    )
    published = pd.read_csv(company[1] / "targets_monthly.csv").query("product_id != '*'")
    own = published[(published["node_id"] == "r1") & (published["period"] >= "2020-05")]
    gone = np.floor(own["target"] * 0.5 + 0.5).sum()
    whole = published[published["node_id"] == "r1"]["target"].sum()
    assert moved["r1"] == pytest.approx(base["r1"] * (1 - gone / whole))
    assert moved["r3"] == base["r3"]
    assert moved.sum() == pytest.approx(base.sum(), rel=0.01)


def test_the_result_of_the_remainder_proves_the_rules_of_the_year(tmp_path: Path) -> None:
    again(publish(tmp_path, [MIX, FAIR]), tmp_path / "r", even(SOLD))
    assert main(["verify", str(tmp_path / "r" / "remaining"), "--plan", str(tmp_path / "r" / "plan")]) == 0
