"""Every kind of change: apply, undo by leaving it out, conflict, naming nothing; order and stacks."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.errors import InputFaults
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from allocator.plan.rebuilding import PlanSheets, frames_of, sheet_of
from allocator.plan.tables import TABLES
from allocator.plan.values import typed_frame
from scenarios.changes.apply import Applied, apply_changes
from scenarios.changes.kinds import KINDS, read_changes
from tests.plans import write_plan
from tests.scenarios.changes.cases import CASES, NAMING_NOTHING


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_plan(write_plan(tmp_path_factory.mktemp("changes") / "plan"))


def changed(plan: Plan, *written: dict[str, Any]) -> Applied:
    faults = FaultCollector()
    changes = read_changes(written, "x.yaml", faults)
    faults.raise_if_any()
    return apply_changes(plan, changes)


def refused(plan: Plan, *written: dict[str, Any]) -> InputFaults:
    with pytest.raises(InputFaults) as caught:
        changed(plan, *written)
    return caught.value


def assert_same(one: Plan, other: Plan) -> None:
    assert one.spec == other.spec
    for name, frame in frames_of(one).items():
        pd.testing.assert_frame_equal(frame, frames_of(other)[name])


def test_every_kind_has_its_cases() -> None:
    assert {case.change["kind"] for case in CASES.values()} == set(KINDS)
    without_names = {"set_blend", "set_seasonality", "attrition"}
    assert {change["kind"] for change, _ in NAMING_NOTHING.values()} == set(KINDS) - without_names


@pytest.mark.parametrize("name", CASES)
def test_a_change_does_what_its_log_says_and_the_plan_stays_as_it_was(plan: Plan, name: str) -> None:
    case = CASES[name]
    before = {table: frame.copy() for table, frame in frames_of(plan).items()}
    applied = changed(plan, case.change)
    log = {entry.path: entry.new for entry in applied.log}
    assert {path: log.get(path) for path in case.log} == case.log
    assert applied.plan.input_hash != plan.input_hash
    for table, frame in frames_of(plan).items():
        pd.testing.assert_frame_equal(frame, before[table])
        if table not in applied.touched:
            assert frames_of(applied.plan)[table] is frame


@pytest.mark.parametrize("name", CASES)
def test_leaving_a_change_out_undoes_it(plan: Plan, name: str) -> None:
    other = {"kind": "set", "path": "stretch_levels.stretch", "value": "1.25"}
    assert_same(
        changed(plan, other).plan, apply_changes(plan, read_changes([other], "", FaultCollector())).plan
    )
    both, alone = changed(plan, CASES[name].change, other), changed(plan, other)
    undone = {entry.path for entry in both.log} - {entry.path for entry in alone.log}
    assert undone
    assert_same(changed(plan).plan, plan)


@pytest.mark.parametrize("name", CASES)
def test_two_changes_of_the_same_thing_are_a_fault_that_names_both(plan: Plan, name: str) -> None:
    case = CASES[name]
    found = refused(plan, case.change, case.rival).faults
    conflicts = [fault for fault in found if fault.code == "conflicting-changes"]
    assert conflicts
    assert {fault.row for fault in conflicts} == {2}
    assert all(f"change 1 ({case.change['kind']})" in fault.message for fault in conflicts)
    assert all(fault.message.startswith(case.rival["kind"]) for fault in conflicts)


@pytest.mark.parametrize("name", NAMING_NOTHING)
def test_a_change_that_names_nothing_is_a_fault_with_near_matches(plan: Plan, name: str) -> None:
    change, near = NAMING_NOTHING[name]
    faults = refused(plan, change).faults
    assert [(fault.file, fault.row) for fault in faults] == [("changes", 1)]
    assert near in faults[0].hint


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_change_has_a_sentence(name: str, lang: str) -> None:
    (change,) = read_changes([CASES[name].change], "", FaultCollector())
    sentence = change.sentence(lang)
    assert sentence
    assert "{" not in sentence
    assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence) == (lang == "zh")


def test_saying_what_is_so_already_counts_as_touching_it(plan: Plan) -> None:
    same = {"kind": "set_rule", "rule_id": "r-mix", "max": "0.4"}
    assert changed(plan, same).log == ()
    assert [fault.code for fault in refused(plan, same, {**same, "max": "0.5"}).faults] == [
        "conflicting-changes"
    ]


def test_a_scaled_region_without_a_pin_starts_from_the_targets_at_hand(plan: Plan) -> None:
    (change,) = read_changes(
        [{"kind": "scale_total", "measure": "revenue", "node": "east", "factor": "1.1"}], "", FaultCollector()
    )
    applied = apply_changes(plan, [change], lambda measure, node, product: 23_539_000.0)
    assert applied.plan.pins["amount"].tolist()[-1] == 25_893_000.0
    with pytest.raises(InputFaults, match="nothing fixes this number"):
        apply_changes(plan, [change])


def test_the_products_follow_the_company_where_that_is_asked_for(plan: Plan) -> None:
    change = {"kind": "scale_total", "measure": "revenue", "factor": "1.1", "products_follow": "true"}
    log = {entry.path: entry.new for entry in changed(plan, change).log}
    assert log == {
        "measures.revenue.total": "46200000",
        "product_totals.revenue.accessories": "{min: 7700000, max: 10450000}",
    }


def test_a_move_in_mid_year_splits_seats_and_keeps_every_sum(plan: Plan) -> None:
    moved = changed(plan, {"kind": "move", "node": "e2", "parent": "west", "month": "2020-04"}).plan
    for table in ("history", "commitments", "potential"):
        before, after = frames_of(plan)[table], frames_of(moved)[table]
        assert after["amount"].sum() == pytest.approx(before["amount"].sum(), rel=1e-12)
        old = after[after["node_id"] == "e21"]["amount"].sum()
        new = after[after["node_id"] == "e21@west" if table == "x" else after["node_id"] == "e21@west"][
            "amount"
        ].sum()
        if old + new > 0:
            assert new / (old + new) == pytest.approx(3 / 12, abs=1e-4)
    org = moved.org.set_index("node_id")["parent_id"]
    assert org["e2@west"] == "west"
    assert org["e21@west"] == "e2@west"
    assert org["e21"] == "e2"


def test_what_moves_in_mid_year_must_not_be_pinned(plan: Plan) -> None:
    faults = refused(plan, {"kind": "move", "node": "w11", "parent": "e2", "month": "2020-01"}).faults
    assert [fault.code for fault in faults] == ["named-elsewhere"]


def test_a_dropped_product_can_hand_its_history_over(plan: Plan) -> None:
    after = changed(plan, {"kind": "drop_product", "product": "gloves", "into": "helmets"}).plan
    assert after.history["amount"].sum() == pytest.approx(plan.history["amount"].sum(), rel=1e-12)
    assert "gloves" not in set(after.history["product_id"])
    assert not after.history.duplicated(["period", "node_id", "product_id", "measure", "segment"]).any()


def test_a_new_product_can_take_a_share_of_another_ones_history(plan: Plan) -> None:
    change = {
        "kind": "add_product",
        "product": "ebike",
        "parent": "bikes",
        "margin": "0.3",
        "effort": "0.001",
    }
    after = changed(plan, {**change, "takes_from": "road", "share": "0.25"}).plan.history
    revenue = after[after["measure"] == "revenue"].groupby("product_id")["amount"].sum()
    before = plan.history[plan.history["measure"] == "revenue"].groupby("product_id")["amount"].sum()
    assert revenue["ebike"] == pytest.approx(0.25 * before["road"], rel=1e-6)
    assert revenue["ebike"] + revenue["road"] == pytest.approx(before["road"], rel=1e-12)


def test_people_do_not_leave_by_a_head_count(plan: Plan) -> None:
    faults = refused(plan, {"kind": "set_head_count", "node": "e1", "count": "2"}).faults
    assert [(fault.code, fault.column) for fault in faults] == [("people-in-seats", "count")]


def test_open_seats_close_by_a_head_count(plan: Plan) -> None:
    applied = changed(plan, {"kind": "set_head_count", "node": "w2", "count": "1", "month": "2019-12"})
    assert [entry.sentence() for entry in applied.log] == ["org.w23.end: - -> 2019-11-30"]


def test_what_would_vanish_must_not_be_named_by_rules(plan: Plan) -> None:
    ruled = changed(
        plan,
        {
            "kind": "add_rule",
            "rule_id": "n",
            "rule": "range",
            "measure": "revenue",
            "node": "e2",
            "min": "1000",
        },
    ).plan
    faults = refused(ruled, {"kind": "merge_regions", "nodes": ["e1", "e2"], "into": "e1"}).faults
    assert [fault.code for fault in faults] == ["named-elsewhere"]
    assert "rules.csv (n)" in faults[0].message


def test_the_checks_of_a_reading_hold_for_changes_too(plan: Plan) -> None:
    faults = refused(
        plan,
        {"kind": "set_pin", "measure": "revenue", "node": "e11", "amount": "1500.5"},
        {"kind": "set_total", "measure": "revenue", "amount": "42000001"},
        {"kind": "set_rule", "rule_id": "r-mix", "min": "0.9"},
    ).faults
    assert [(fault.file, fault.row, fault.code) for fault in faults] == [
        ("changes", 1, "not-a-multiple"),
        ("changes", 2, "not-a-multiple"),
        ("changes", 3, "min-above-max"),
    ]


def test_all_faults_of_a_list_are_told_at_once() -> None:
    faults = FaultCollector()
    read_changes([{"kind": "hire", "nod": "x"}, {"kind": "hires"}, "text", {}], "s.yaml", faults)
    assert [(f.row, f.column, f.code) for f in faults.listed()] == [
        (1, "nod", "unknown-field"),
        (1, "node", "missing-field"),
        (1, "parent", "missing-field"),
        (2, "kind", "unknown-kind"),
        (3, "", "not-a-change"),
        (4, "kind", "missing-kind"),
    ]


def test_writing_a_plan_as_texts_and_reading_it_gives_the_same_plan(plan: Plan) -> None:
    sheets, faults = PlanSheets(plan), FaultCollector()
    for table in TABLES:
        frame = frames_of(plan)[table.name]
        again = typed_frame(sheets[table.name], faults)
        pd.testing.assert_frame_equal(again, frame.reset_index(drop=True), check_exact=True)
        assert len(sheet_of(table, frame)) == len(frame)
    assert not len(faults)


INDEPENDENT = (
    "set_total",
    "relax_rule by tier",
    "drop_rule",
    "hire",
    "leave",
    "set_blend",
    "set_pin",
    "move",
)


@given(st.lists(st.sampled_from(INDEPENDENT), unique=True, min_size=1, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_changes_of_different_things_do_the_same_in_any_order_and_however_they_are_stacked(
    shared_plan: Plan, names: list[str], data: st.DataObject
) -> None:
    once = changed(shared_plan, *(CASES[name].change for name in names))
    other = data.draw(st.permutations(names))
    shuffled = changed(shared_plan, *(CASES[name].change for name in other))
    cut = data.draw(st.integers(0, len(names)))
    first = changed(shared_plan, *(CASES[name].change for name in names[:cut])).plan
    stacked = changed(first, *(CASES[name].change for name in names[cut:]))
    for table in frames_of(shared_plan):
        key = list(frames_of(shared_plan)[table].columns[:4])
        wanted = frames_of(once.plan)[table].sort_values(key, ignore_index=True)
        for plan_of_other in (shuffled.plan, stacked.plan):
            found = frames_of(plan_of_other)[table].sort_values(key, ignore_index=True)
            pd.testing.assert_frame_equal(found, wanted)
    assert once.plan.spec == shuffled.plan.spec == stacked.plan.spec
    assert {entry.path for entry in once.log} == {entry.path for entry in shuffled.log}


@pytest.fixture(scope="module")
def shared_plan(plan: Plan) -> Plan:
    return plan
