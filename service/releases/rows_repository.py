"""SQL of released rows: written once, read as plain tuples, compared between two releases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from service.auth.principal import Principal, within_scope
from service.db.models import Release, ReleaseTarget
from service.releases.formats import KEPT_COLUMNS
from service.releases.rows import Key, ReleaseRow, Target

COLUMNS = ("release_id", "row_number", "change", *KEPT_COLUMNS)
_KEPT = tuple(getattr(ReleaseTarget, name) for name in KEPT_COLUMNS)
_ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Filters:
    """Rows that a caller asks for; None = all. `node_id` means the node and everything below it."""

    node_id: str | None = None
    employee_id: str | None = None
    measure: str | None = None
    product_id: str | None = None
    period: str | None = None

    @property
    def given(self) -> Mapping[str, str]:
        """Column -> value of what a row itself must bear."""
        names = ("employee_id", "measure", "product_id", "period")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def add_rows(session: Session, release_id: str, effective_from: str, rows: Iterable[ReleaseRow]) -> None:
    """Write the rows of a release; PostgreSQL takes them as one stream."""
    written = (
        (release_id, row.row_number, row.change, *row.target, *_rest(row, effective_from)) for row in rows
    )
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY release_targets ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for values in written:
                copy.write_row(values)
        return
    slots = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT INTO release_targets ({', '.join(COLUMNS)}) VALUES ({slots})"
    connection.exec_driver_sql(statement, list(written))


def targets_by_key(session: Session, release_id: str) -> dict[Key, Target]:
    """Return every target of a release, for publishing the next one."""
    columns = [getattr(ReleaseTarget, name) for name in Target._fields]
    rows = session.execute(select(*columns).where(*_live(ReleaseTarget, release_id)))
    found = (Target(*row) for row in rows.yield_per(_ROWS_AT_ONCE))
    return {target.key: target for target in found}


def all_rows(session: Session, release_id: str) -> list[tuple[Any, ...]]:
    """Return every row of a release; only for callers who see the whole company."""
    rows = session.execute(
        select(*_KEPT).where(*_live(ReleaseTarget, release_id)).order_by(ReleaseTarget.row_number)
    )
    return [tuple(row) for row in rows]


def page_of_rows(
    session: Session, principal: Principal, release_id: str, filters: Filters, after: int, limit: int
) -> list[tuple[Any, ...]]:
    """Return up to `limit` rows after a row number, each with its number first; all inside the scope.

    Rows are numbered in the order of their paths, so a page goes on where the row before it stands.
    """
    rows = select(ReleaseTarget.row_number, *_KEPT).where(
        *_live(ReleaseTarget, release_id),
        within_scope(ReleaseTarget.org_path, principal),
        *(getattr(ReleaseTarget, name) == value for name, value in filters.given.items()),
    )
    if filters.node_id is not None:
        top = _path_of(session, release_id, ReleaseTarget.node_id == filters.node_id)
        if top is None:
            return []
        rows = rows.where(ReleaseTarget.org_path >= top, ReleaseTarget.org_path < top[:-1] + "0")
    if after:
        here = _path_of(session, release_id, ReleaseTarget.row_number == after)
        rows = rows.where(ReleaseTarget.row_number > after, ReleaseTarget.org_path >= (here or ""))
    ordered = rows.order_by(ReleaseTarget.org_path, ReleaseTarget.row_number).limit(limit)
    return [tuple(row) for row in session.connection().execute(ordered)]


def own_rows(
    session: Session, principal: Principal, plan_id: str | None, after: tuple[str, int], limit: int
) -> list[tuple[Any, ...]]:
    """Return up to `limit` rows that bear the caller's employee id or stand at the very node of the caller.

    Each comes with release id, version, sha256 and row number first; newest releases only.
    """
    other = aliased(Release)
    newest = select(func.max(other.version)).where(other.plan_id == Release.plan_id).scalar_subquery()
    rows = (
        select(Release.release_id, Release.version, Release.sha256, ReleaseTarget.row_number, *_KEPT)
        .join(Release, Release.release_id == ReleaseTarget.release_id)
        .where(Release.version == newest, ReleaseTarget.change != "remove", _own(principal))
    )
    if plan_id is not None:
        rows = rows.where(Release.plan_id == plan_id)
    release_id, number = after
    further = or_(
        Release.release_id > release_id,
        and_(Release.release_id == release_id, ReleaseTarget.row_number > number),
    )
    ordered = rows.where(further).order_by(Release.release_id, ReleaseTarget.row_number).limit(limit)
    return [tuple(row) for row in session.execute(ordered)]


def changed_rows(
    session: Session, principal: Principal, since: Release, newest: Release, after: int, limit: int
) -> list[tuple[Any, ...]]:
    """Return rows of the newest release that the other one lacks or has otherwise, their number first.

    Both sides are cut to the scope before they are compared: what moved in from elsewhere is new here.
    """
    new, old = aliased(ReleaseTarget), aliased(ReleaseTarget)
    same = and_(_same(new, old), *_live(old, since.release_id), within_scope(old.org_path, principal))
    fields = {name: getattr(new, name) for name in KEPT_COLUMNS}
    fields["previous_amount"] = old.amount
    fields["change_reason"] = _latest_reason(new, since, newest)
    rows = (
        select(new.row_number, old.row_number.is_(None), *fields.values())
        .outerjoin(old, same)
        .where(
            *_live(new, newest.release_id),
            within_scope(new.org_path, principal),
            or_(old.row_number.is_(None), old.row_hash != new.row_hash),
            new.row_number > after,
        )
        .order_by(new.row_number)
        .limit(limit)
    )
    found = session.execute(rows)
    return [(number, "create" if is_new else "update", *row) for number, is_new, *row in found]


def removed_rows(
    session: Session, principal: Principal, since: Release, newest: Release, after: int, limit: int
) -> list[tuple[Any, ...]]:
    """Return rows of the older release that the newest one lacks inside the scope, their number first."""
    old, new = aliased(ReleaseTarget), aliased(ReleaseTarget)
    still = (
        select(new.row_number)
        .where(_same(new, old), *_live(new, newest.release_id), within_scope(new.org_path, principal))
        .exists()
    )
    fields: dict[str, Any] = {name: getattr(old, name) for name in KEPT_COLUMNS}
    fields["amount"] = literal(None)
    fields["previous_amount"] = old.amount
    fields["change_reason"] = _latest_reason(old, since, newest)
    fields["effective_from"] = literal(newest.effective_from)
    rows = (
        select(old.row_number, literal("remove"), *fields.values())
        .where(
            *_live(old, since.release_id),
            within_scope(old.org_path, principal),
            ~still,
            old.row_number > after,
        )
        .order_by(old.row_number)
        .limit(limit)
    )
    return [tuple(row) for row in session.execute(rows)]


def _rest(row: ReleaseRow, effective_from: str) -> tuple[str | None, ...]:
    return (row.previous_amount, row.change_reason, effective_from, row.row_hash)


def _live(row: Any, release_id: str) -> tuple[ColumnElement[bool], ...]:
    """Rows of a release that are targets."""
    return (row.release_id == release_id, row.change != "remove")


def _path_of(session: Session, release_id: str, which: ColumnElement[bool]) -> str | None:
    rows = select(ReleaseTarget.org_path).where(*_live(ReleaseTarget, release_id), which)
    return session.scalar(rows.limit(1))


def _own(principal: Principal) -> ColumnElement[bool]:
    mine = []
    if principal.employee_id:
        mine.append(ReleaseTarget.employee_id == principal.employee_id)
    if principal.scope_path:
        mine.append(ReleaseTarget.org_path == principal.scope_path)
    return or_(literal(False), *mine)


def _same(left: Any, right: Any) -> ColumnElement[bool]:
    """Whether two rows speak of the same target."""
    return and_(
        left.node_id == right.node_id,
        left.measure == right.measure,
        left.product_id == right.product_id,
        left.period == right.period,
    )


def _latest_reason(row: Any, since: Release, newest: Release) -> Any:
    """The reason of the last release in between that changed this target."""
    step = aliased(ReleaseTarget)
    return (
        select(step.change_reason)
        .join(Release, Release.release_id == step.release_id)
        .where(
            Release.plan_id == newest.plan_id,
            Release.version > since.version,
            Release.version <= newest.version,
            step.change != "keep",
            _same(step, row),
        )
        .order_by(Release.version.desc())
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )
