"""Stated intervals against what real (sample) sellers sold afterwards."""

from pathlib import Path

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.anchors.observed import observe
from allocator.anchors.ramp import open_seats, presence_and_ramp
from allocator.attainment.noise import learn_luck
from allocator.backtest.replay import plan_before
from allocator.model.labels import label_plan
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from examples.adventureworks.build_plan import build_plan
from solver_models.arrays import FloatArray
from solver_models.attainment import chance


@pytest.fixture(scope="module")
def plan(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """AdventureWorks as of July 2020, with three years of history to replay."""
    folder = tmp_path_factory.mktemp("plans") / "aw"
    return read_plan(build_plan(shared_dir / "data" / "adventureworks", folder, start="2020-07"))


def places_of_outcomes(plan: Plan, first: int, n_month: int) -> FloatArray:
    """Where each seller's sales fell in what was foretold from the months before `first`, 0..1."""
    measure, labels = next(iter(plan.spec.measures)), label_plan(plan)
    sold = observe(plan, labels, measure).cells_between(first, first + n_month)
    sold = sold.reshape(labels.grid.n_rep, -1).sum(axis=1)
    before = plan_before(plan, measure, first, n_month, float(sold.sum()))
    model = learn_luck(before, labels, measure, build_anchors(before, labels, measure)).model
    settled = (presence_and_ramp(before, labels).min(axis=1) > 0.99) & ~open_seats(before, labels)
    judged = settled & (sold > 0) & (model.expected > 0)
    return 1.0 - chance(model, np.where(sold > 0, sold, 1.0))[judged]


def inside(place: FloatArray, share: float) -> float:
    return float((np.abs(place - 0.5) < share / 2).mean())


def test_about_half_and_four_fifths_of_the_quarters_fall_into_their_intervals(plan: Plan) -> None:
    quarters = [places_of_outcomes(plan, plan.start_month - 3 * back, 3) for back in range(1, 9)]
    place = np.concatenate(quarters)
    assert len(place) > 100
    assert inside(place, 0.5) == pytest.approx(0.5, abs=0.1)
    assert inside(place, 0.8) == pytest.approx(0.8, abs=0.1)


def test_about_half_and_four_fifths_of_a_year_fall_into_their_intervals(plan: Plan) -> None:
    place = places_of_outcomes(plan, plan.start_month - 12, 12)
    assert len(place) == 17
    # one year of 17 sellers: two standard errors are 0.24 and 0.19
    assert inside(place, 0.5) == pytest.approx(0.5, abs=0.24)
    assert inside(place, 0.8) == pytest.approx(0.8, abs=0.19)


def test_the_first_quarters_with_hardly_a_past_are_wide_enough_to_hold_most_outcomes(plan: Plan) -> None:
    # 9 to 18 months of history: no yearly growth is known; narrow constants held 19 % of these outcomes
    early = [places_of_outcomes(plan, plan.start_month - 3 * back, 3) for back in range(7, 12)]
    place = np.concatenate(early)
    assert len(place) == 57
    assert inside(place, 0.8) > 0.65
