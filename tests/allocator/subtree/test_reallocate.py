"""A subtree balanced again becomes a whole result: proved, explained, and nothing outside it moves."""

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.allocation import Allocation
from allocator.errors import InfeasiblePlan, InputFaults
from allocator.model.labels import Labels
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.subtree.reallocate import reallocate_subtree, standing_hash
from allocator.subtree.rebalance import rebalance_subtree
from allocator.verification import verify_results
from solver_models.engines.choice import choose_engine
from tests.allocator.verification.corruptions import book
from tests.random_plans import write_random_plan

DEMO = Path(__file__).parents[3] / "examples" / "demo" / "plan"
HEADER = "node_id,product_id,measure,amount,reason,owner"
ENGINE = choose_engine("fast")


def below(labels: Labels, node: int) -> range:
    return range(node + 1, int(labels.grid.org.subtree_end[node]))


def text_of(pins: Path) -> str:
    return pins.read_text(encoding="utf-8") if pins.exists() else HEADER


def add_pin(folder: Path, node: str, product: str, measure: str, amount: Decimal) -> None:
    pins = folder / "pins.csv"
    old = pins.read_text(encoding="utf-8").splitlines() if pins.exists() else [HEADER]
    kept = [row for row in old if not row.startswith(f"{node},{product},{measure},")]
    pins.write_text(
        "\n".join([*kept, f"{node},{product},{measure},{amount},talk,boss", ""]), encoding="utf-8"
    )


def assert_nothing_moved_outside(before: Allocation, after: Allocation, node: int) -> None:
    outside = np.setdiff1d(np.arange(len(before.labels.node_id)), below(before.labels, node))
    for old, new in zip(before.measures, after.measures, strict=True):
        np.testing.assert_array_equal(new.target_units[outside], old.target_units[outside])
        np.testing.assert_array_equal(new.waterfall.units[:, outside], old.waterfall.units[:, outside])


@pytest.mark.parametrize("first", range(0, 18, 6))
def test_random_subtrees_balanced_on_top_of_each_other_are_verified_to_the_last_promise(
    tmp_path: Path, first: int
) -> None:
    verified = 0
    for seed in range(first, first + 6):
        folder = write_random_plan(tmp_path / f"plan-{seed}", seed)
        try:
            standing = allocate(read_plan(folder), ENGINE)
        except (InputFaults, InfeasiblePlan):
            continue
        labels, rng = standing.labels, np.random.default_rng(seed)
        inner = np.flatnonzero(~labels.grid.org.is_leaf)
        for _ in range(2):
            node, one = int(rng.choice(inner)), standing.measures[int(rng.integers(len(standing.measures)))]
            v, q = int(rng.choice(below(labels, node))), int(rng.integers(len(labels.product_id)))
            units = int(one.target_units[v, q] * rng.uniform(0.9, 1.1))
            amount = units * standing.plan.spec.measures[one.measure].round_to
            old = (
                (folder / "pins.csv").read_text(encoding="utf-8")
                if (folder / "pins.csv").exists()
                else HEADER
            )
            add_pin(folder, labels.node_id[v], labels.product_id[q], one.measure, amount)
            try:
                plan = read_plan(folder)
                again = reallocate_subtree(standing, plan, labels.node_id[node], [one.measure], ENGINE)
            except (InputFaults, InfeasiblePlan):
                (folder / "pins.csv").write_text(old, encoding="utf-8")
                continue
            assert_nothing_moved_outside(standing, again, node)
            position = [measure.measure for measure in again.measures].index(one.measure)
            assert again.measures[position].target_units[v, q] == units
            before, out = (tmp_path / f"{when}-{seed}-{verified}" for when in ("before", "out"))
            write_results(standing, before, "en", with_workbook=False)
            write_results(again, out, "en", with_workbook=False)
            standing = again
            report = verify_results(out, folder, before)
            assert report.passed, (seed, report.text())
            assert report.parts[0] == (one.measure, labels.node_id[node]) or len(report.parts) > 1
            assert failed_of(out, folder) == {"frame_before"}
            verified += 1
    assert verified >= 3


def failed_of(out: Path, plan: Path, before: Path | None = None) -> set[str]:
    return {check.check for check in verify_results(out, plan, before).failures}


def test_a_frame_that_contains_nothing_is_refused(tmp_path: Path) -> None:
    folder = write_random_plan(tmp_path / "plan", 1)
    standing = allocate(read_plan(folder), ENGINE)
    out = tmp_path / "out"
    write_results(standing, out, "en", with_workbook=False)
    one, rep = standing.measures[0], int(np.flatnonzero(standing.labels.grid.org.is_leaf)[0])
    certificate = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    certificate["measures"][one.measure]["frame"] = {
        "node_id": standing.labels.node_id[rep],
        "earlier": [],
        "products": [],
        "standing_hash": standing_hash(standing.labels, rep, one.target_units),
    }
    (out / "certificate.json").write_text(json.dumps(certificate), encoding="utf-8")
    assert "frame" in failed_of(out, folder, out)


def test_a_frame_around_other_numbers_than_those_before_is_refused(tmp_path: Path) -> None:
    folder = write_random_plan(tmp_path / "plan", 1)
    standing = allocate(read_plan(folder), ENGINE)
    node = int(np.flatnonzero(~standing.labels.grid.org.is_leaf)[-1])
    again = reallocate_subtree(
        standing, standing.plan, standing.labels.node_id[node], [standing.measures[0].measure], ENGINE
    )
    write_results(again, tmp_path / "out", "en", with_workbook=False)
    (folder / "rules.csv").write_text(
        "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner\n"
    )
    other = allocate(read_plan(folder), ENGINE)
    write_results(other, tmp_path / "before", "en", with_workbook=False)
    write_random_plan(tmp_path / "again", 1)
    assert "frame_before" in failed_of(tmp_path / "out", tmp_path / "again", tmp_path / "before")


def test_a_number_outside_the_frame_that_was_changed_is_found(tmp_path: Path) -> None:
    folder = write_random_plan(tmp_path / "plan", 1)
    standing = allocate(read_plan(folder), ENGINE)
    node = standing.labels.node_id[int(np.flatnonzero(~standing.labels.grid.org.is_leaf)[-1])]
    measure = standing.measures[0].measure
    again = reallocate_subtree(standing, standing.plan, node, [measure], ENGINE)
    write_results(standing, tmp_path / "before", "en", with_workbook=False)
    write_results(again, tmp_path / "out", "en", with_workbook=False)
    assert verify_results(tmp_path / "out", folder, tmp_path / "before").passed
    path = tmp_path / "out" / "certificate.json"
    right = json.loads(path.read_text(encoding="utf-8"))
    for wrong in (
        {"standing_hash": "0" * 64},
        {"node_id": "nobody"},
        {"products": ["nothing"]},
        {"earlier": [5]},
    ):
        document = json.loads(json.dumps(right))
        document["measures"][measure]["frame"].update(wrong)
        path.write_text(json.dumps(document), encoding="utf-8")
        failed = {check.check for check in verify_results(tmp_path / "out", folder).failures}
        assert "frame" in failed
    document = json.loads(json.dumps(right))
    del document["measures"][measure]["frame"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "price_rows" in {check.check for check in verify_results(tmp_path / "out", folder).failures}


def test_steps_moved_inside_or_outside_a_frame_are_found(tmp_path: Path) -> None:
    folder = write_random_plan(tmp_path / "plan", 1)
    standing = allocate(read_plan(folder), ENGINE)
    labels = standing.labels
    position = int(np.flatnonzero(~labels.grid.org.is_leaf)[-1])
    inside, outside = labels.node_id[position + 1], labels.node_id[position]
    again = reallocate_subtree(standing, standing.plan, outside, ["m"], ENGINE)
    write_results(standing, tmp_path / "before", "en", with_workbook=False)
    for node, check in ((inside, "explanation.last_year"), (outside, "frame_steps")):
        out = tmp_path / node
        write_results(again, out, "en", with_workbook=False)
        for step, units in (("last_year", -7), ("shared_load", 7)):
            book(out, node, "*", step, units * max(1, int(standing.plan.spec.measures["m"].round_to)))
        assert check in failed_of(out, folder, tmp_path / "before")


def test_a_pin_of_zero_on_a_cell_has_a_multiplier_too(tmp_path: Path) -> None:
    folder = write_random_plan(tmp_path / "plan", 101)
    (folder / "pins.csv").write_text(f"{HEADER}\nr4,l0p0,m,0,gone,boss\n", encoding="utf-8")
    write_results(allocate(read_plan(folder), ENGINE), tmp_path / "out", "en", with_workbook=False)
    report = verify_results(tmp_path / "out", folder)
    assert report.passed, report.text()


@cache
def demo() -> Allocation:
    return allocate(read_plan(DEMO), ENGINE)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(choice=st.randoms(use_true_random=False), share=st.floats(0.8, 1.25))
def test_whatever_a_manager_asks_for_no_total_above_or_beside_him_changes(choice, share) -> None:
    standing = demo()
    labels, one = standing.labels, choice.choice(standing.measures)
    grid = labels.grid
    node = choice.choice(np.flatnonzero(~grid.org.is_leaf).tolist())
    v, q = choice.choice(below(labels, node)), choice.randrange(len(labels.product_id))
    amount = int(one.target_units[v, q] * share) * float(standing.plan.spec.measures[one.measure].round_to)
    names = {"node_id": labels.node_id[v], "product_id": labels.product_id[q], "measure": one.measure}
    pins = standing.plan.pins
    same = (pins[list(names)] == list(names.values())).all(axis=1)
    pins = pins[~same].reset_index(drop=True)
    pins.loc[len(pins)] = {**names, "amount": amount, "reason": "talk", "owner": "boss"}
    plan = replace(standing.plan, pins=pins)
    try:
        found = rebalance_subtree(
            plan, one.measure, labels.node_id[node], one.target_units, ENGINE, unrounded=one.unrounded
        )
    except InfeasiblePlan:
        return
    outside = np.setdiff1d(np.arange(len(labels.node_id)), below(labels, node))
    np.testing.assert_array_equal(found.units[outside], one.target_units[outside])
    leaves = np.ascontiguousarray(found.units[:, grid.products.leaf].T)
    np.testing.assert_array_equal(grid.products.roll_up(leaves).T, found.units)
    children = np.zeros_like(found.units)
    np.add.at(children, grid.org.parent[1:], found.units[1:])
    over = np.array(
        [bool((grid.over_assignment[grid.org.parent == u] > 0).any()) for u in range(len(grid.org))]
    )
    plain = ~grid.org.is_leaf & ~over
    np.testing.assert_array_equal(children[plain], found.units[plain])
    assert found.units[v, q] == round(amount / float(plan.spec.measures[one.measure].round_to))
