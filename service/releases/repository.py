"""SQL of releases, of the bytes made for them and of acknowledgements."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true
from sqlalchemy.orm import Session, aliased

from service.auth.principal import Principal, Reach, within_reach
from service.db.models import Release, ReleaseAck, ReleaseSnapshot, ReleaseTarget
from service.wire.cursors import digest_of

WHOLE = ("admin", "finance", "hr", "analyst")
"""Roles that see the whole company, unless their scope is a part of it."""


class Found(NamedTuple):
    """A release and the day from which the next one holds."""

    release: Release
    next_from: str | None


def sees_whole(principal: Principal) -> bool:
    """Whether this caller gets every row of a release."""
    return principal.role in WHOLE and not principal.scope_path


def find_release(session: Session, principal: Principal, release_id: str) -> Found | None:
    """Return a release in which the caller may see a row."""
    return _first(session, _by_id(*_sight(principal)), principal, release_id=release_id)


def newest_release(session: Session, principal: Principal, plan_id: str) -> Found | None:
    """Return the newest release of a plan, if the caller may see a row of it."""
    return _first(session, _newest(*_sight(principal)), principal, plan_id=plan_id)


def page_of_releases(
    session: Session, principal: Principal, plan_id: str | None, as_of: str | None, after: str, limit: int
) -> Sequence[Found]:
    """Return up to `limit` releases after an id; with `as_of` those in force on that day."""
    rows = _visible(*_sight(principal)).where(Release.release_id > after)
    if plan_id is not None:
        rows = rows.where(Release.plan_id == plan_id)
    if as_of is not None:
        other = aliased(Release)
        begun = select(func.max(other.version)).where(
            other.plan_id == Release.plan_id, other.effective_from <= as_of
        )
        rows = rows.where(Release.version == begun.scalar_subquery())
    ordered = rows.order_by(Release.release_id).limit(limit)
    return [Found(*row) for row in session.execute(ordered, principal.bounds)]


def digest_of_newest(session: Session, plan_id: str | None) -> str:
    """Return a digest that changes with every release of a plan, or of any plan."""
    newest = select(Release.plan_id, func.max(Release.version)).group_by(Release.plan_id)
    if plan_id is not None:
        newest = newest.where(Release.plan_id == plan_id)
    return digest_of(sorted(tuple(row) for row in session.execute(newest)))


def release_numbered(session: Session, plan_id: str, version: int) -> Release | None:
    """Return a release of a plan by its number, whoever asks; for publishing."""
    return session.scalars(
        select(Release).where(Release.plan_id == plan_id, Release.version == version)
    ).first()


def day_before(day: str | None) -> str | None:
    """Return the last day before a day."""
    return None if day is None else (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def snapshot(session: Session, release_id: str, form: str) -> tuple[str, bytes] | None:
    """Return encoding and bytes that were made when the release was published."""
    row = session.execute(
        select(ReleaseSnapshot.encoding, ReleaseSnapshot.content).where(
            ReleaseSnapshot.release_id == release_id, ReleaseSnapshot.format == form
        )
    ).first()
    return None if row is None else (row[0], row[1])


def page_of_acks(session: Session, release_id: str, after: str, limit: int) -> Sequence[ReleaseAck]:
    """Return up to `limit` acknowledgements after an id."""
    return session.scalars(
        select(ReleaseAck)
        .where(ReleaseAck.release_id == release_id, ReleaseAck.ack_id > after)
        .order_by(ReleaseAck.ack_id)
        .limit(limit)
    ).all()


def add(session: Session, row: Release | ReleaseSnapshot | ReleaseAck) -> None:
    """Add a row; what the database refuses is raised here."""
    session.add(row)
    session.flush()


def _first(session: Session, rows: Select[Any], principal: Principal, **asked: str) -> Found | None:
    row = session.execute(rows, {**principal.bounds, **asked}).first()
    return None if row is None else Found(*row)


def _sight(principal: Principal) -> tuple[bool, Reach]:
    """What of a caller decides the form of a statement."""
    return sees_whole(principal), principal.reach


# Statements are built once for each kind of caller: that takes ten times as long as asking.
@cache
def _by_id(is_whole: bool, reach: Reach) -> Select[Any]:
    return _visible(is_whole, reach).where(Release.release_id == bindparam("release_id"))


@cache
def _newest(is_whole: bool, reach: Reach) -> Select[Any]:
    wanted = Release.plan_id == bindparam("plan_id")
    newest = select(func.max(Release.version)).where(wanted).scalar_subquery()
    return _visible(is_whole, reach).where(wanted, Release.version == newest)


@cache
def _visible(is_whole: bool, reach: Reach) -> Select[Any]:
    following = aliased(Release)
    until = (
        select(following.effective_from)
        .where(following.plan_id == Release.plan_id, following.version == Release.version + 1)
        .scalar_subquery()
    )
    return select(Release, until).where(true() if is_whole else _touches(reach))


def _touches(reach: Reach) -> ColumnElement[bool]:
    return (
        select(ReleaseTarget.row_number)
        .where(
            and_(
                ReleaseTarget.release_id == Release.release_id,
                ReleaseTarget.change != "remove",
                within_reach(ReleaseTarget.org_path, reach),
            )
        )
        .exists()
    )
