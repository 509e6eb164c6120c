"""What can be done with runs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from allocator.texts import worded
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.locks import lock_until_commit
from service.db.models import PlanRevision, Run
from service.ids import new_id
from service.problems.problem import Problem
from service.runs import repository
from service.runs.access import require_whole_company
from service.runs.outcome import ENDED

RETRY_SECONDS = 5
POLL_SECONDS = 1
"""What Retry-After says about a run that works."""


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


def require_room(session: Session, principal: Principal, most: int) -> None:
    """Refuse one run more than an account may have waiting and working.

    Raises
    ------
    Problem
        `too-many` with Retry-After.
    """
    lock_until_commit(session, f"runs {principal.account_id}")
    if repository.running_or_queued(session, principal.account_id) >= most:
        raise Problem("too-many", seconds=RETRY_SECONDS, headers={"Retry-After": str(RETRY_SECONDS)})


def wish(session: Session, principal: Principal, run_id: str, wanted: str, now: datetime) -> Run:
    """Stop a run (keep the best there is) or cancel it; doing it again changes nothing.

    Raises
    ------
    Problem
        `ended` for a run that has ended otherwise, `forbidden` to an analyst who did not ask for it.
    """
    require_whole_company(principal)
    find_run(session, principal, run_id)
    run = repository.lock_run(session, run_id)
    if principal.role == "analyst" and run.created_by != principal.account_id:
        raise Problem("forbidden", role=principal.role, roles=worded("fault.roles.stop"))
    if run.wish == wanted or (wanted == "stop" and run.wish == "cancel" and run.status == "running"):
        return run
    if run.status in ENDED:
        raise Problem("ended", state=run.status)
    before = {"status": run.status, "wish": run.wish}
    repository.wish(session, run, wanted, now)
    after = {"status": run.status, "wish": run.wish}
    record(session, now, principal.account_id, f"run.{wanted}", run_id, before=before, after=after)
    return run


def retry(session: Session, principal: Principal, run_id: str, most: int, now: datetime) -> Run:
    """Ask for the same once more.

    Raises
    ------
    Problem
        `not-ended` for a run that waits or works.
    """
    require_whole_company(principal)
    run = find_run(session, principal, run_id)
    if run.status not in ENDED:
        raise not_ended(run)
    require_room(session, principal, most)
    return ask_for_run(
        session,
        principal,
        session.get_one(PlanRevision, run.revision_id),
        json.loads(run.chain),
        run.scenario_id,
        RunOptions(**json.loads(run.options)),
        now,
        kind=run.kind,
        time_limit=run.time_limit,
        memory_limit=run.memory_limit,
        retry_of=run.run_id,
    )


def not_ended(run: Run) -> Problem:
    """Return the refusal of what only a run that has ended has."""
    return Problem("not-ended", state=run.status, headers={"Retry-After": str(POLL_SECONDS)})


def find_run(session: Session, principal: Principal, run_id: str) -> Run:
    """Return a run, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_run(session, principal, run_id)
    if found is None:
        raise Problem("not-found")
    return found
