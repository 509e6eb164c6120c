"""Publishing: everything is computed and judged first, then written in one transaction by one winner."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from sqlalchemy.orm import Session

from allocator.plan.plan import Plan
from allocator.plan.tables import PINS
from allocator.texts import worded
from service.audit.repository import record
from service.auth.principal import Principal
from service.blobs.repository import contents_of
from service.db.database import Database
from service.db.models import PlanRecord, Release, ReleaseSnapshot, Run
from service.ids import new_id
from service.plans.service import find_plan
from service.plans.store import PlanStore, read_files
from service.problems.problem import FieldError, Problem
from service.releases import repository, rows_repository
from service.releases.employee_ids import doubtful_ids
from service.releases.formats import FORMATS, Format, Head, packed, render
from service.releases.rows import Compared, compare, targets_of, unknown_names
from service.releases.schemas import ReleaseCreate
from service.releases.target import Key, Target
from service.releases.tie_out import tie_out
from service.runs import repository as runs
from service.runs.job import FRAME

WORK = "service.runs.work"
PUBLISHERS = ("admin", "finance")


@dataclass(frozen=True)
class Found:
    """What the database says before publishing.

    Parameters
    ----------
    version
        Of the plan, which must be the same when the release is written.
    """

    version: int
    run: Run
    files: Mapping[str, bytes]
    last: Release | None
    before: Mapping[Key, Target]


@dataclass(frozen=True)
class Draft:
    """A release that could be written as it is."""

    found: Found
    release: Release
    compared: Compared
    snapshots: Mapping[Format, tuple[str, bytes]]


def prepare(
    database: Database,
    plans: PlanStore,
    principal: Principal,
    plan_id: str,
    version: int | None,
    wanted: ReleaseCreate,
    now: datetime,
) -> Draft:
    """Compute a release and everything that speaks against it, without holding up any writer.

    Parameters
    ----------
    version
        Of the plan, as the caller saw it; None = any.

    Raises
    ------
    Problem
        `stale`, or `release-refused` with every reason.
    """
    with database.reads() as session:
        found = _find(session, principal, plan_id, version, wanted)
    plan = _plan_of(plans, found)
    tied = tie_out(found.files, plan)
    refused = [FieldError("/run_id", sentence) for sentence in tied.refusals]
    refused += [FieldError("/run_id", sentence) for sentence in doubtful_ids(plan)]
    refused += _day_refused(found, wanted)
    if refused:
        raise _refused(refused)
    targets = targets_of(tied, plan, wanted.products)
    compared = compare(targets, found.before, wanted.reasons, is_first=found.last is None)
    refused = [FieldError("/reasons", sentence) for sentence in compared.without_reason]
    known = [*targets, *found.before.values()]
    refused += [FieldError(pointer, words) for pointer, words in unknown_names(wanted.reasons, known)]
    if refused:
        raise _refused(refused)
    release = _release(principal, plan_id, wanted, found.last, compared, now)
    return Draft(found, release, compared, _snapshots(release, compared))


def publish(session: Session, principal: Principal, draft: Draft, now: datetime) -> Release:
    """Write a release, if nothing was published or revised since it was prepared.

    Raises
    ------
    Problem
        `stale` when somebody else was faster.
    """
    plan = find_plan(session, principal, draft.release.plan_id)
    if plan.version != draft.found.version:
        raise Problem("stale")
    _number(session, plan, draft)
    release = draft.release
    repository.add(session, release)
    rows = (*draft.compared.rows, *draft.compared.tombstones)
    rows_repository.add_rows(session, release.release_id, release.effective_from, rows)
    for form, (encoding, content) in draft.snapshots.items():
        made = ReleaseSnapshot(
            release_id=release.release_id,
            format=form,
            encoding=encoding,
            sha256=release.sha256,
            content=content,
        )
        repository.add(session, made)
    _tell(session, principal, draft, now)
    return release


def _find(
    session: Session, principal: Principal, plan_id: str, version: int | None, wanted: ReleaseCreate
) -> Found:
    """Look everything up; a run that cannot be released at all is refused here."""
    plan = find_plan(session, principal, plan_id)
    if principal.role not in PUBLISHERS or not repository.sees_whole(principal):
        raise Problem("forbidden", role=principal.role, roles=worded("fault.roles.publish"))
    if version is not None and plan.version != version:
        raise Problem("stale")
    run = runs.find_run(session, principal, wanted.run_id)
    if run is None or run.plan_id != plan_id:
        raise _refused([FieldError("/run_id", worded("fault.release.no_run", run=wanted.run_id))])
    wrong = []
    if run.status != "succeeded":
        key = "fault.release.not_succeeded_since" if run.reason else "fault.release.not_succeeded"
        wrong.append(FieldError("/run_id", worded(key, status=run.status, reason=run.reason)))
    if wrong:
        raise _refused(wrong)
    files = _files(session, run)
    last = repository.release_numbered(session, plan_id, plan.released)
    before = {} if last is None else rows_repository.targets_by_key(session, last.release_id)
    return Found(plan.version, run, files, last, before)


def _files(session: Session, run: Run) -> dict[str, bytes]:
    hashes = runs.artifact_hashes(session, run.run_id)
    contents = contents_of(session, hashes.values())
    return {name: contents[sha256] for name, sha256 in hashes.items()}


def _plan_of(plans: PlanStore, found: Found) -> Plan:
    """Return the plan that the run allocated: under its scenarios, or with the pins that were agreed on."""
    run = found.run
    if run.kind == "balance" and all(FRAME in link for link in json.loads(run.chain)):
        files = {path.name: path.read_bytes() for path in plans.folder(run.revision_id).iterdir()}
        return read_files({**files, PINS.file: found.files[PINS.file]})
    base = plans.plan(run.revision_id)
    if not json.loads(run.chain):
        return base
    # what solves is loaded where scenarios are laid over a plan, not when the service starts
    plan: Plan = import_module(WORK).plan_under(run.chain, base)
    return plan


def _day_refused(found: Found, wanted: ReleaseCreate) -> list[FieldError]:
    if found.last is None or wanted.effective_from >= found.last.effective_from:
        return []
    words = worded("fault.release.too_early", day=found.last.effective_from)
    return [FieldError("/effective_from", words)]


def _release(
    principal: Principal,
    plan_id: str,
    wanted: ReleaseCreate,
    last: Release | None,
    compared: Compared,
    now: datetime,
) -> Release:
    return Release(
        release_id=new_id("rel", now),
        plan_id=plan_id,
        version=last.version + 1 if last else 1,
        run_id=wanted.run_id,
        supersedes=last.release_id if last else None,
        note=wanted.note,
        rows=len(compared.rows),
        control_totals=json.dumps(compared.control_totals(), ensure_ascii=False),
        sha256=compared.sha256,
        effective_from=wanted.effective_from,
        published_by=principal.account_id,
        published_at=now,
    )


def _snapshots(release: Release, compared: Compared) -> dict[Format, tuple[str, bytes]]:
    """Return format -> encoding and bytes of a full pull, as long as the release is the newest."""
    head = Head(release.release_id, release.version, "final", None, release.sha256)
    rows = [
        (*row.target, row.previous_amount, row.change_reason, release.effective_from, row.row_hash)
        for row in compared.rows
    ]
    made: dict[Format, tuple[str, bytes]] = {}
    for form in FORMATS:
        content = render(form, head, rows)
        made[form] = ("identity", content) if form == "parquet" else ("gzip", packed(content))
    return made


def _number(session: Session, plan: PlanRecord, draft: Draft) -> None:
    """Take the next number; the row of the plan is locked from here on, and the second one is stale."""
    plan.released += 1
    session.flush()
    if plan.released != draft.release.version:
        raise Problem("stale")


def _tell(session: Session, principal: Principal, draft: Draft, now: datetime) -> None:
    release, last = draft.release, draft.found.last
    told = {
        "release_id": release.release_id,
        "plan_id": release.plan_id,
        "version": release.version,
        "run_id": release.run_id,
        "supersedes": release.supersedes,
        "effective_from": release.effective_from,
        "rows": release.rows,
        "sha256": release.sha256,
    }
    before = None if last is None else {"release_id": last.release_id, "sha256": last.sha256}
    record(
        session,
        now,
        principal.account_id,
        "release.publish",
        release.release_id,
        before=before,
        after={**told, "note": release.note},
    )
    runs.add_outbox_event(session, "release.published", release.release_id, told, now)


def _refused(errors: Sequence[FieldError]) -> Problem:
    return Problem("release-refused", errors=errors, count=len(errors))
