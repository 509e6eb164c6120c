"""What can be done with runs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import PlanRevision, Run
from service.ids import new_id
from service.problems.problem import Problem
from service.runs import repository


@dataclass(frozen=True)
class RunOptions:
    """What a caller may choose for a run; part of its input hash, limits excepted."""

    engine: str = "auto"
    lang: str = "en"
    with_workbook: bool = False


def ask_for_run(
    session: Session,
    principal: Principal,
    revision: PlanRevision,
    chain: Sequence[Mapping[str, Any]],
    scenario_id: str | None,
    options: RunOptions,
    now: datetime,
    *,
    kind: str = "allocation",
    time_limit: float = 600.0,
    memory_limit: int = 4096,
    retry_of: str | None = None,
) -> Run:
    """Queue a run of a revision under scenarios.

    Parameters
    ----------
    chain
        {name, changes} of every scenario, the oldest first; empty for the plan itself.
    time_limit, memory_limit
        Seconds and megabytes that its worker may take.
    """
    written = json.dumps([dict(one) for one in chain], sort_keys=True, ensure_ascii=False)
    chosen = json.dumps(asdict(options), sort_keys=True)
    run = Run(
        run_id=new_id("run", now),
        plan_id=revision.plan_id,
        revision_id=revision.revision_id,
        scenario_id=scenario_id,
        kind=kind,
        chain=written,
        options=chosen,
        input_hash=hashlib.sha256(f"{revision.input_hash}{written}{chosen}".encode()).hexdigest(),
        status="queued",
        phase="",
        reason="",
        attempt=0,
        fence=0,
        lease_owner="",
        lease_until=None,
        wish="",
        time_limit=time_limit,
        memory_limit=memory_limit,
        retry_of=retry_of,
        kpis="{}",
        result_hash="",
        created_by=principal.account_id,
        created_at=now,
        started_at=None,
        finished_at=None,
    )
    session.add(run)
    session.flush()
    repository.add_event(session, run.run_id, "queued", {}, now)
    told = {"plan_id": run.plan_id, "revision": revision.number, "scenario_id": scenario_id, "kind": kind}
    record(session, now, principal.account_id, "run.ask", run.run_id, before=None, after=told)
    return run


def find_run(session: Session, principal: Principal, run_id: str) -> Run:
    """Return a run, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_run(session, principal, run_id)
    if found is None:
        raise Problem("not-found")
    return found
