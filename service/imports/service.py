"""Imports: a file is checked as part of a plan first, and changes the plan only when it is committed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy.orm import Session

from allocator.anchors.presence_notes import presence_notes, presence_wordings
from allocator.errors import Fault, InputFaults
from allocator.model.labels import label_plan
from allocator.plan.warning import PlanWarning
from allocator.texts import worded
from allocator.wording import Wording
from service.audit.repository import record
from service.auth.principal import Principal
from service.blobs.repository import contents_of, keep
from service.db.database import Database
from service.db.models import ImportJob, PlanRecord
from service.ids import new_id
from service.imports import repository
from service.imports.reading import plan_proposal, table_proposal
from service.plans import editing
from service.plans.proposal import Proposal, proposal_of_files
from service.plans.service import find_plan
from service.problems.problem import FieldError, Problem
from service.wire.upload import Upload

ZH = "zh"
WARNINGS = "allocator.warnings.registry"
WORDS = ("message", "hint", "effect")
"""Fields of a fault that are sentences."""


@dataclass(frozen=True)
class Wish:
    """Where a file is to go: into a plan (the whole or one table), or into a new plan of a name."""

    plan_id: str | None
    plan_name: str
    table: str | None
    note: str

    def check(self) -> None:
        """Refuse what fits no file.

        Raises
        ------
        Problem
            `invalid`.
        """
        errors = []
        if (self.plan_id is None) == (self.plan_name == ""):
            errors.append(FieldError("/query/plan_id", worded("fault.import.plan_or_name")))
        if self.plan_id is None and self.table is not None:
            errors.append(FieldError("/query/table", worded("fault.import.no_table")))
        if errors:
            raise Problem("invalid", errors=errors, count=len(errors))


@dataclass(frozen=True)
class Checked:
    """What became of a file: the plan's files, what was inferred of it and what is improbable, or faults."""

    base_revision: int
    files: Mapping[str, bytes] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    presence: tuple[Wording, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()


def check_upload(database: Database, principal: Principal, wish: Wish, upload: Upload) -> Checked:
    """Check a file as part of the plan; nothing is written.

    Raises
    ------
    Problem
        When the file is not even looked into, or the plan is not the caller's.
    """
    wish.check()
    seen = editing.look(database, principal, wish.plan_id, None) if wish.plan_id else None
    revision = seen.plan.revision if seen else 0
    try:
        if seen and wish.table:
            proposal = table_proposal(upload, wish.table, seen.files)
        else:
            proposal = plan_proposal(upload)
    except InputFaults as found:
        return Checked(revision, faults=found.faults)
    labels = label_plan(proposal.plan)
    presence = presence_wordings(presence_notes(proposal.plan, labels))
    # what looks for warnings is loaded with the first import, not when the service starts
    warned = import_module(WARNINGS).plan_warnings(proposal.plan, labels)
    return Checked(revision, proposal.files, presence=tuple(presence), warnings=warned)


def keep_import(
    session: Session, principal: Principal, wish: Wish, checked: Checked, now: datetime
) -> ImportJob:
    """Keep what was found; of a faulty file the faults only."""
    job = ImportJob(
        import_id=new_id("imp", now),
        plan_id=wish.plan_id,
        plan_name=wish.plan_name,
        note=wish.note,
        base_revision=checked.base_revision,
        status="faulty" if checked.faults else "valid",
        files=json.dumps({file: keep(session, content) for file, content in sorted(checked.files.items())}),
        faults=json.dumps([_kept(fault) for fault in checked.faults], ensure_ascii=False),
        warnings=json.dumps([_kept(one) for one in checked.warnings], ensure_ascii=False),
        presence=json.dumps([{"en": one, ZH: one.chinese} for one in checked.presence], ensure_ascii=False),
        created_by=principal.account_id,
        created_at=now,
    )
    repository.add(session, job)
    after = {
        "plan_id": job.plan_id,
        "plan_name": job.plan_name,
        "base_revision": job.base_revision,
        "status": job.status,
        "files": json.loads(job.files),
        "faults": len(checked.faults),
    }
    record(session, now, principal.account_id, "import.create", job.import_id, before=None, after=after)
    return job


def _kept(fault: Fault) -> dict[str, Any]:
    """Return a fault in English, and beside it its words in Chinese: nobody knows yet who will read it."""
    told = fault.as_dict(ZH)
    return {**fault.as_dict(), ZH: {name: told[name] for name in WORDS if name in told}}


def faults_of(job: ImportJob, lang: str) -> list[dict[str, Any]]:
    """Return the faults of an import in a language; in English where no other words were kept."""
    return _told(job.faults, lang)


def warnings_of(job: ImportJob, lang: str) -> list[dict[str, Any]]:
    """Return what was improbable in the plan that the file makes, in a language."""
    return _told(job.warnings, lang)


def _told(written: str, lang: str) -> list[dict[str, Any]]:
    kept = [(fault.pop(ZH, {}), fault) for fault in json.loads(written)]
    return [{**fault, **(words if lang == ZH else {})} for words, fault in kept]


def presence_of(job: ImportJob, lang: str) -> list[str]:
    """Return what was inferred about when reps came, in a language."""
    return [said[lang] for said in json.loads(job.presence)]


def find_import(session: Session, principal: Principal, import_id: str) -> ImportJob:
    """Return an import, or `not-found` for what is foreign and what is not there alike."""
    job = repository.find_import(session, principal, import_id)
    if job is None:
        raise Problem("not-found")
    return job


def prepared(database: Database, principal: Principal, import_id: str) -> Proposal | None:
    """Return the plan that a commit would make, read outside the transaction; None where it was made.

    Raises
    ------
    Problem
        `import-faulty`.
    """
    with database.reads() as session:
        job = find_import(session, principal, import_id)
        if job.status == "faulty":
            raise Problem("import-faulty", import_id=import_id)
        if job.status == "committed":
            return None
        hashes: dict[str, str] = json.loads(job.files)
        contents = contents_of(session, hashes.values())
    return proposal_of_files({file: contents[sha256] for file, sha256 in hashes.items()})


def commit_import(
    session: Session,
    principal: Principal,
    import_id: str,
    proposal: Proposal | None,
    version: int | None,
    now: datetime,
) -> PlanRecord:
    """Make the revision (or the plan); an import that was committed before changes nothing.

    Raises
    ------
    Problem
        `stale` when the plan went on since the file was checked or since the caller has seen it.
    """
    repository.lock_import(session, import_id)
    job = find_import(session, principal, import_id)
    if job.status == "committed" or proposal is None:
        assert job.plan_id is not None
        return find_plan(session, principal, job.plan_id)
    plan = _made(session, principal, job, proposal, version, now)
    job.status, job.plan_id, job.committed_revision = "committed", plan.plan_id, plan.revision
    session.flush()
    after = {"status": "committed", "plan_id": plan.plan_id, "revision": plan.revision}
    before = {"status": "valid"}
    record(session, now, principal.account_id, "import.commit", import_id, before=before, after=after)
    return plan


def _made(
    session: Session,
    principal: Principal,
    job: ImportJob,
    proposal: Proposal,
    version: int | None,
    now: datetime,
) -> PlanRecord:
    if job.plan_id is None:
        return editing.add_plan(session, principal, job.plan_name, proposal, job.note, now)
    plan = find_plan(session, principal, job.plan_id)
    if plan.revision != job.base_revision or (version is not None and plan.version != version):
        raise Problem("stale")
    return editing.revise(session, principal, plan, proposal, job.note, now)[0]
