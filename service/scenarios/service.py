"""What can be done with scenarios; every write leaves an audit entry in the same transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from allocator.errors import Fault, InputFaults
from allocator.plan.faults import FaultCollector
from allocator.texts import worded
from scenarios.changes.change import Change
from scenarios.changes.kinds import read_changes
from scenarios.changes.promises import SetPin
from scenarios.scenario import BASE, DEEPEST
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import PlanRecord, ScenarioRecord
from service.ids import new_id
from service.plans.service import find_plan
from service.problems.problem import Problem
from service.runs.access import require_whole_company
from service.scenarios import repository
from service.scenarios.schemas import Pin, ScenarioChange, ScenarioClone, ScenarioCreate

FILE = "changes"


def find_plan_of_scenarios(session: Session, principal: Principal, plan_id: str) -> PlanRecord:
    """Return a plan whose scenarios the caller may see: scenarios speak of the whole company."""
    require_whole_company(principal)
    return find_plan(session, principal, plan_id)


def find_scenario(session: Session, principal: Principal, scenario_id: str) -> ScenarioRecord:
    """Return a scenario, or `not-found` for what is foreign and what is not there alike."""
    found = repository.get_scenario(session, scenario_id)
    if found is None:
        raise Problem("not-found")
    find_plan_of_scenarios(session, principal, found.plan_id)
    return found


def create_scenario(
    session: Session, principal: Principal, plan_id: str, wanted: ScenarioCreate, now: datetime
) -> ScenarioRecord:
    """Make a scenario.

    Raises
    ------
    Problem
        `conflict` when the name is taken, `not-found` where plan or parent is.
    InputFaults
        With every fault of the changes.
    """
    plan = find_plan_of_scenarios(session, principal, plan_id)
    repository.lock_scenarios(session, plan_id)
    written = canonical(wanted.changes)
    _require_free_name(session, plan_id, wanted.name)
    if wanted.parent_id is not None:
        _require_parent(session, plan.plan_id, None, wanted.parent_id)
    made = ScenarioRecord(
        scenario_id=new_id("scn", now),
        plan_id=plan.plan_id,
        name=wanted.name,
        parent_id=wanted.parent_id,
        changes=written,
        note=wanted.note,
        created_by=principal.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _record(session, principal, made, "scenario.create", None, _audited(made), now)
    return made


def clone_scenario(
    session: Session, principal: Principal, scenario_id: str, wanted: ScenarioClone, now: datetime
) -> ScenarioRecord:
    """Make a scenario with the same parent and the same changes."""
    of = find_scenario(session, principal, scenario_id)
    copy = ScenarioCreate(
        name=wanted.name,
        parent_id=of.parent_id,
        changes=json.loads(of.changes),
        note=of.note if wanted.note is None else wanted.note,
    )
    return create_scenario(session, principal, of.plan_id, copy, now)


def change_scenario(
    session: Session,
    principal: Principal,
    scenario_id: str,
    change: ScenarioChange,
    version: int | None,
    now: datetime,
) -> ScenarioRecord:
    """Edit the version that the caller has seen (None: any)."""
    scenario = _of_version(session, principal, scenario_id, version)
    before = _audited(scenario)
    # all questions come first: one between two edits would write the first and count a version of its own
    changes = scenario.changes if change.changes is None else canonical(change.changes)
    if change.name is not None and change.name != scenario.name:
        _require_free_name(session, scenario.plan_id, change.name)
    if change.parent_id is not None:
        _require_parent(session, scenario.plan_id, scenario, change.parent_id)
    scenario.changes = changes
    scenario.name = scenario.name if change.name is None else change.name
    scenario.note = scenario.note if change.note is None else change.note
    if "parent_id" in change.model_fields_set:
        scenario.parent_id = change.parent_id
    session.flush()
    _record(session, principal, scenario, "scenario.change", before, _audited(scenario), now)
    return scenario


def set_pins(
    session: Session,
    principal: Principal,
    scenario_id: str,
    pins: Sequence[Pin],
    version: int | None,
    now: datetime,
) -> ScenarioRecord:
    """Put these pins in the place of all that the scenario sets itself; its other changes stay."""
    scenario = _of_version(session, principal, scenario_id, version)
    before = _audited(scenario)
    others = [change for change in json.loads(scenario.changes) if change["kind"] != "set_pin"]
    wanted = [{"kind": "set_pin", **pin.model_dump(mode="json")} for pin in pins]
    scenario.changes = canonical([*others, *wanted])
    session.flush()
    _record(session, principal, scenario, "scenario.pins", before, _audited(scenario), now)
    return scenario


def delete_scenario(
    session: Session, principal: Principal, scenario_id: str, version: int | None, now: datetime
) -> None:
    """Delete a scenario on which no other builds.

    Raises
    ------
    Problem
        `has-children` where one does.
    """
    scenario = _of_version(session, principal, scenario_id, version)
    children = repository.children_of(session, scenario_id)
    if children:
        names = ", ".join(child.name for child in children[:5])
        raise Problem("has-children", count=len(children), names=names)
    before = _audited(scenario)
    repository.delete_scenario(session, scenario)
    _record(session, principal, scenario, "scenario.delete", before, None, now)


def changes_of(scenario: ScenarioRecord) -> tuple[Change, ...]:
    """Return the changes of a stored scenario."""
    faults = FaultCollector()
    found = read_changes(json.loads(scenario.changes), scenario.name, faults)
    faults.raise_if_any()
    return found


def pins_of(scenario: ScenarioRecord) -> list[SetPin]:
    """Return the pins that a scenario sets itself."""
    return [change for change in changes_of(scenario) if isinstance(change, SetPin)]


def written_chain(session: Session, scenario: ScenarioRecord) -> list[dict[str, Any]]:
    """Return {name, changes} of a scenario and its parents, the oldest first."""
    return [
        {"name": one.name, "changes": json.loads(one.changes)}
        for one in repository.chain_of(session, scenario)
    ]


def canonical(changes: Sequence[object]) -> str:
    """Return changes as the JSON that is kept.

    Raises
    ------
    InputFaults
        With everything that is wrong with them.
    """
    faults = FaultCollector()
    read = read_changes(changes, FILE, faults)
    faults.raise_if_any()
    return json.dumps([change.model_dump(mode="json") for change in read], ensure_ascii=False)


def _of_version(
    session: Session, principal: Principal, scenario_id: str, version: int | None
) -> ScenarioRecord:
    scenario = find_scenario(session, principal, scenario_id)
    repository.lock_scenarios(session, scenario.plan_id)
    current = session.get(ScenarioRecord, scenario_id, populate_existing=True)
    if current is None:
        raise Problem("not-found")
    if version is not None and current.version != version:
        raise Problem("stale")
    return current


def _require_free_name(session: Session, plan_id: str, name: str) -> None:
    if name == BASE or repository.scenario_named(session, plan_id, name) is not None:
        raise Problem("conflict", name=name)


def _require_parent(session: Session, plan_id: str, child: ScenarioRecord | None, parent_id: str) -> None:
    """Refuse parents of other plans, circles, and chains that are too long."""
    parent = repository.get_scenario(session, parent_id)
    if parent is None or parent.plan_id != plan_id:
        raise Problem("not-found")
    chain = repository.chain_of(session, parent)
    if child is not None and child.scenario_id in [one.scenario_id for one in chain]:
        circle = " -> ".join([one.name for one in chain[::-1]] + [parent.name])
        message = worded("fault.scenario.circle", circle=circle)
        hint = worded("fault.scenario.circle.hint")
        raise InputFaults([Fault(FILE, 0, "parent_id", parent_id, "cycle", message, hint)])
    if len(chain) + _height(session, child) > DEEPEST:
        message = worded("fault.scenario.too_deep", most=DEEPEST)
        hint = worded("fault.scenario.too_deep.hint")
        raise InputFaults([Fault(FILE, 0, "parent_id", parent_id, "too-deep", message, hint)])


def _height(session: Session, scenario: ScenarioRecord | None) -> int:
    """Length of the longest chain from a scenario downwards, itself included."""
    if scenario is None:
        return 1
    level, height = [scenario.scenario_id], 0
    while level:
        height += 1
        level = [child.scenario_id for one in level for child in repository.children_of(session, one)]
    return height


def _audited(scenario: ScenarioRecord) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "parent_id": scenario.parent_id,
        "changes": json.loads(scenario.changes),
        "note": scenario.note,
    }


def _record(
    session: Session,
    principal: Principal,
    scenario: ScenarioRecord,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    now: datetime,
) -> None:
    record(session, now, principal.account_id, action, scenario.scenario_id, before=before, after=after)
