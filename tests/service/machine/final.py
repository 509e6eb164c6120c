"""Comparisons of the service with the model: rows, changes, and at the end everything that is kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from service.audit.repository import entry_hash
from service.db.models import AuditEntry, OutboxEvent, ReleaseTarget
from service.db.models import Run as RunRecord
from service.releases.formats import FORMATS
from tests.service.kills.release_checks import faults_of_storage_rows, rows_of
from tests.service.machine.model import PATHS, Key, Model, Release
from tests.service.machine.world import World

EAST = "/co/east/"


def numbers_so_far(world: World) -> tuple[int, set[str]]:
    """Return the last number of the audit log and the events of the outbox."""
    with world.database.reads() as session:
        number = session.scalar(select(func.max(AuditEntry.number))) or 0
        return number, set(session.scalars(select(OutboxEvent.event_id)))


def check_rows(model: Model, release: Release, rows: Sequence[Any], form: str, *, is_part: bool) -> None:
    """The rows of a release are those of the run's files, with what came before and why."""
    until, found = model.until(release), {}
    for row in rows:
        key: Key = (row["node_id"], row["product_id"], row["period"])
        assert row["org_path"] == PATHS[key[0]]
        assert str(row["version"]) == str(release.version)
        assert (row["effective_from"], row["effective_to"] or None) == (release.day, _day_before(until))
        assert row["status"] == ("superseded" if until else "final")
        assert (row["change_reason"] or "") == release.why.get(key, "")
        previous = row["previous_amount"]
        before = release.before.get(key)
        assert (previous in (None, "")) if before is None else Decimal(previous) == before
        found[key] = Decimal(row["amount"])
    assert len(found) == len(rows)
    visible = {key: amount for key, amount in release.amounts.items() if _is_visible(key, is_part)}
    assert found == visible, form


def check_changes(model: Model, since: Release, client: TestClient, limit: int) -> None:
    """The feed says exactly what differs, and applied to the old release gives the newest."""
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"since_release": since.release_id, "limit": str(limit), "cursor": cursor}
        answer = client.get("/v1/targets/changes", params=asked)
        assert answer.status_code == 200, answer.text
        assert answer.json()["release_id"] == model.releases[-1].release_id
        items, cursor = items + answer.json()["items"], answer.json()["next"]
    state = dict(since.amounts)
    told = {}
    for one in items:
        key: Key = (one["node_id"], one["product_id"], one["period"])
        told[key] = (
            one["change"],
            _decimal(one["amount"]),
            _decimal(one["previous_amount"]),
            one["change_reason"],
        )
        if one["change"] == "remove":
            del state[key]
        else:
            state[key] = Decimal(one["amount"])
    assert len(told) == len(items)
    assert state == model.releases[-1].amounts
    assert told == model.changes_since(since)


def check_everything(world: World, model: Model, audit_from: int, outbox_from: set[str]) -> None:
    """Nothing is missing, nothing is there that nobody made, and no released row has changed."""
    hr = world.clients["hr"]
    world.told.update(sequences=1, published=len(model.releases), ended=len(model.runs))
    for release in model.releases:
        for form in FORMATS:
            answer = hr.get(f"/v1/releases/{release.release_id}/targets?format={form}")
            assert answer.status_code == 200, answer.text
            check_rows(model, release, rows_of(answer.content, form), form, is_part=False)
        check_changes(model, release, hr, 500)
        acks = hr.get(f"/v1/releases/{release.release_id}/acks?limit=500").json()["items"]
        assert [one["ack_id"] for one in acks] == sorted(release.acks)
    finance = world.clients["finance"]
    listed = finance.get(f"/v1/plans/{model.plan_id}/scenarios?limit=500").json()["items"]
    assert {one["scenario_id"]: (one["name"], one["parent_id"], one["version"]) for one in listed} == {
        one.scenario_id: (one.name, one.parent, one.version) for one in model.scenarios.values()
    }
    _check_runs(world, model)
    _check_trail(world, model, audit_from, outbox_from)
    assert list(faults_of_storage_rows(world.database, model.plan_id)) == []


def _check_runs(world: World, model: Model) -> None:
    with world.database.reads() as session:
        kept = session.scalars(select(RunRecord).where(RunRecord.plan_id == model.plan_id)).all()
        assert {
            one.run_id: (one.status, one.wish, one.attempt, one.scenario_id, one.retry_of) for one in kept
        } == {
            one.run_id: (one.status, one.wish, one.attempt, one.scenario_id, one.retry_of)
            for one in model.runs.values()
        }
        ids = [release.release_id for release in model.releases]
        rows = select(func.count()).where(ReleaseTarget.release_id.in_(ids), ReleaseTarget.change != "remove")
        assert session.scalar(rows) == sum(len(release.amounts) for release in model.releases)


def _check_trail(world: World, model: Model, audit_from: int, outbox_from: set[str]) -> None:
    with world.database.reads() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.number >= audit_from).order_by(AuditEntry.number)
        ).all()
        events = session.scalars(select(OutboxEvent)).all()
    for before, entry in zip(entries, entries[1:], strict=False):
        assert (entry.number, entry.previous_hash) == (before.number + 1, before.entry_hash)
        assert entry.entry_hash == entry_hash(entry)
    assert [(entry.action, entry.subject) for entry in entries[1:]] == model.audit
    told = Counter((event.kind, event.subject) for event in events if event.event_id not in outbox_from)
    assert told == Counter(model.outbox)


def _is_visible(key: Key, is_part: bool) -> bool:
    return not is_part or PATHS[key[0]].startswith(EAST)


def _decimal(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def _day_before(day: str | None) -> str | None:
    return None if day is None else (date.fromisoformat(day) - timedelta(days=1)).isoformat()
