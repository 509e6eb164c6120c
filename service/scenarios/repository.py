"""SQL of scenarios."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.db.locks import lock_until_commit
from service.db.models import Run, ScenarioRecord


def lock_scenarios(session: Session, plan_id: str) -> None:
    """Let one transaction at a time change the scenarios of a plan: names stay unique, parents no circle."""
    lock_until_commit(session, f"scenarios {plan_id}")


def get_scenario(session: Session, scenario_id: str) -> ScenarioRecord | None:
    """Return a scenario; who may see it is asked of its plan."""
    return session.get(ScenarioRecord, scenario_id)


def scenario_named(session: Session, plan_id: str, name: str) -> ScenarioRecord | None:
    """Return the scenario of a name in a plan."""
    return session.scalars(
        select(ScenarioRecord).where(ScenarioRecord.plan_id == plan_id, ScenarioRecord.name == name)
    ).first()


def page_of_scenarios(session: Session, plan_id: str, after: str, limit: int) -> Sequence[ScenarioRecord]:
    """Return up to `limit` scenarios of a plan after an id."""
    return session.scalars(
        select(ScenarioRecord)
        .where(ScenarioRecord.plan_id == plan_id, ScenarioRecord.scenario_id > after)
        .order_by(ScenarioRecord.scenario_id)
        .limit(limit)
    ).all()


def children_of(session: Session, scenario_id: str) -> Sequence[ScenarioRecord]:
    """Return the scenarios that build on one."""
    return session.scalars(
        select(ScenarioRecord)
        .where(ScenarioRecord.parent_id == scenario_id)
        .order_by(ScenarioRecord.scenario_id)
    ).all()


def chain_of(session: Session, scenario: ScenarioRecord) -> list[ScenarioRecord]:
    """Return a scenario and its parents, the oldest first."""
    chain = [scenario]
    while (parent_id := chain[-1].parent_id) is not None:
        chain.append(session.get_one(ScenarioRecord, parent_id))
    return chain[::-1]


def delete_scenario(session: Session, scenario: ScenarioRecord) -> None:
    """Delete it; its runs stay, with the changes as they were."""
    session.execute(update(Run).where(Run.scenario_id == scenario.scenario_id).values(scenario_id=None))
    session.delete(scenario)
    session.flush()
