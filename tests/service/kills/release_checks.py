"""What must be true of a release, over the wire and in the database, whatever was killed meanwhile."""

import csv
import gzip
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from threading import Lock
from typing import Any

import httpx
import pyarrow.parquet as pq
from sqlalchemy import select

from service.audit.repository import FIRST_HASH, entry_hash
from service.db.database import Database
from service.db.models import (
    AuditEntry,
    IdempotencyRecord,
    OutboxEvent,
    PlanRecord,
    Release,
    ReleaseSnapshot,
    ReleaseTarget,
)
from service.releases.formats import FORMATS

Rows = list[dict[str, Any]]


class Bytes:
    """The bytes of every answer so far: the same release in the same state is always the same bytes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], str] = {}
        self._lock = Lock()

    def is_known_otherwise(self, state: tuple[str, ...], content: bytes) -> bool:
        digest = hashlib.sha256(content).hexdigest()
        with self._lock:
            return self._known.setdefault(state, digest) != digest


def faults_of_pull(answer: httpx.Response, form: str, known: Bytes) -> Iterator[str]:
    """Yield what is wrong with a pull of a whole release."""
    if answer.status_code != 200:
        yield f"a pull was answered with {answer.status_code}: {answer.text[:300]}"
        return
    release_id, rows = answer.headers["X-Release-Id"], rows_of(answer.content, form)
    if len(rows) != int(answer.headers["X-Release-Rows"]):
        yield f"{release_id} as {form} has {len(rows)} rows, told {answer.headers['X-Release-Rows']}"
    if sha256_of(rows) != answer.headers["X-Release-Sha256"]:
        yield f"{release_id} as {form} has other rows than its hash says"
    until = {str(row["effective_to"] or "") for row in rows}
    if len(until) != 1:
        yield f"{release_id} as {form} holds until {until}"
    elif known.is_known_otherwise((release_id, form, *until), answer.content):
        yield f"{release_id} as {form} has other bytes than before"


def faults_of_storage(database: Database, plan_id: str, acknowledged: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the releases of a plan in the database."""
    with database.reads() as session:
        releases = session.scalars(
            select(Release).where(Release.plan_id == plan_id).order_by(Release.version)
        ).all()
        released = session.get_one(PlanRecord, plan_id).released
        told = Counter(
            session.scalars(select(OutboxEvent.subject).where(OutboxEvent.kind == "release.published"))
        )
        audited = Counter(
            session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "release.publish"))
        )
        answers = session.scalars(select(IdempotencyRecord.body)).all()
        yield from _broken_links(session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all())
        ids = [release.release_id for release in releases]
        if [release.version for release in releases] != list(range(1, released + 1)):
            yield f"the plan says {released}, versions are {[release.version for release in releases]}"
        if [release.supersedes for release in releases] != [None, *ids][: len(ids)]:
            yield "the releases do not supersede each other one by one"
        if sorted(acknowledged) != sorted(ids):
            yield f"{len(acknowledged)} releases were acknowledged, {len(ids)} are there"
        kept = sorted(json.loads(body)["release_id"] for body in answers)
        for name, found in (("outbox", sorted(told.elements())), ("audit log", sorted(audited.elements()))):
            if found != sorted(ids):
                yield f"the {name} tells of {len(found)} releases, {len(ids)} are there"
        if kept != sorted(ids):
            yield f"{len(kept)} answers are kept for {len(ids)} releases"
    yield from faults_of_storage_rows(database, plan_id)


def faults_of_storage_rows(database: Database, plan_id: str) -> Iterator[str]:
    """Yield which releases of a plan have other rows, sums or bytes than they say."""
    with database.reads() as session:
        releases = session.scalars(select(Release).where(Release.plan_id == plan_id)).all()
        for release in releases:
            rows = session.scalars(
                select(ReleaseTarget)
                .where(ReleaseTarget.release_id == release.release_id, ReleaseTarget.change != "remove")
                .order_by(ReleaseTarget.row_number)
            ).all()
            shots = session.scalars(
                select(ReleaseSnapshot).where(ReleaseSnapshot.release_id == release.release_id)
            ).all()
            yield from _faults_of_rows(release, rows)
            yield from _faults_of_snapshots(release, shots)


def _faults_of_rows(release: Release, rows: Sequence[ReleaseTarget]) -> Iterator[str]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.measure, row.currency] += Decimal(row.amount)
    totals = {(t["measure"], t["currency"]): Decimal(t["amount"]) for t in json.loads(release.control_totals)}
    if len(rows) != release.rows or totals != dict(sums):
        yield f"{release.release_id} has {len(rows)} rows of {release.rows}, sums {dict(sums)} of {totals}"
    if sha256_of([{"row_hash": row.row_hash} for row in rows]) != release.sha256:
        yield f"{release.release_id} has other rows than its hash says"


def _faults_of_snapshots(release: Release, shots: Sequence[ReleaseSnapshot]) -> Iterator[str]:
    if sorted(shot.format for shot in shots) != sorted(FORMATS):
        yield f"{release.release_id} has bytes of {[shot.format for shot in shots]} only"
    for shot in shots:
        content = gzip.decompress(shot.content) if shot.encoding == "gzip" else shot.content
        if sha256_of(rows_of(content, shot.format)) != release.sha256:
            yield f"the {shot.format} of {release.release_id} has other rows"


def _broken_links(entries: Sequence[AuditEntry]) -> Iterator[str]:
    before = FIRST_HASH
    for number, entry in enumerate(entries, start=1):
        if (entry.number, entry.previous_hash, entry.entry_hash) != (number, before, entry_hash(entry)):
            yield f"the audit log is broken at {number}"
        before = entry.entry_hash


def rows_of(content: bytes, form: str) -> Rows:
    """Return the rows of a whole release in a format."""
    if form == "json":
        found: Rows = json.loads(content)["items"]
        return found
    if form == "ndjson":
        return [json.loads(line) for line in content.decode().splitlines()]
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    table: Rows = pq.read_table(io.BytesIO(content)).to_pylist()
    return table


def sha256_of(rows: Rows) -> str:
    """Return the hash of a release with these rows."""
    return hashlib.sha256("".join(f"{row['row_hash']}\n" for row in rows).encode()).hexdigest()
