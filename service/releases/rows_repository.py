"""SQL of released rows: written once, read as plain tuples, compared between two releases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from service.auth.principal import Principal, Reach, within_reach, within_scope
from service.db.models import Release, ReleaseTarget
from service.releases.formats import KEPT_COLUMNS
from service.releases.rows import ReleaseRow
from service.releases.target import Key, Target

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


def page_of_numbers(
    session: Session, principal: Principal, release_id: str, filters: Filters, after: int, limit: int
) -> list[int]:
    """Return the numbers of up to `limit` rows after a row number; all inside the scope.

    Rows are numbered in the order of their paths, so a page goes on where the row before it stands.
    """
    rows = _page(principal.reach, tuple(filters.given), filters.node_id is not None)
    asked = {**principal.bounds, **filters.given, "release_id": release_id, "after": after, "most": limit}
    if filters.node_id is not None:
        top = session.scalar(_top(), {"release_id": release_id, "node_id": filters.node_id})
        if top is None:
            return []
        asked |= {"top_from": top, "top_to": top[:-1] + "0"}
    listed = session.connection().execute(rows, asked).scalar()
    return sorted(map(int, listed.split(","))) if listed else []


def rows_numbered(session: Session, release_id: str, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return rows by their numbers, in their order; the numbers come from `page_of_numbers`."""
    wanted = _kept().where(ReleaseTarget.row_number.in_(bindparam("numbers", expanding=True)))
    asked = {"release_id": release_id, "numbers": numbers}
    return [tuple(row) for row in session.connection().execute(wanted, asked)]


def rows_between(
    session: Session, release_id: str, first: int, last: int
) -> list[tuple[int, tuple[Any, ...]]]:
    """Return number and row of a stretch of rows, whoever may see them; the last one is in it."""
    asked = {"release_id": release_id, "first": first, "last": last}
    return [(row[0], tuple(row[1:])) for row in session.connection().execute(_stretch(), asked)]


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


def _live(row: Any, release_id: str | BindParameter[str]) -> tuple[ColumnElement[bool], ...]:
    """Rows of a release that are targets."""
    return (row.release_id == release_id, row.change != "remove")


# Built once each: that takes longer than asking.
@cache
def _page(reach: Reach, given: tuple[str, ...], has_node: bool) -> Select[Any]:
    """Numbers of rows in one text; `given` columns have a value, below a node where there is one.

    SQLite gives the interpreter away at every row, which costs more than the row where many ask at once.
    """
    here = (
        select(ReleaseTarget.org_path)
        .where(ReleaseTarget.release_id == bindparam("release_id"))
        .where(ReleaseTarget.row_number == bindparam("after"))
        .scalar_subquery()
    )
    path = ReleaseTarget.org_path
    below = [path >= bindparam("top_from"), path < bindparam("top_to")] if has_node else []
    page = (
        select(ReleaseTarget.row_number)
        .where(
            *_live(ReleaseTarget, bindparam("release_id")),
            within_reach(path, reach),
            *(getattr(ReleaseTarget, name) == bindparam(name) for name in given),
            *below,
            path >= func.coalesce(here, ""),
            ReleaseTarget.row_number > bindparam("after"),
        )
        .order_by(path, ReleaseTarget.row_number)
        .limit(bindparam("most"))
        .subquery()
    )
    return select(func.aggregate_strings(cast(page.c.row_number, String), ","))


@cache
def _top() -> Select[Any]:
    """The path of a node."""
    wanted = ReleaseTarget.node_id == bindparam("node_id")
    rows = select(ReleaseTarget.org_path).where(*_live(ReleaseTarget, bindparam("release_id")), wanted)
    return rows.limit(1)


@cache
def _kept() -> Select[Any]:
    rows = select(*_KEPT).where(ReleaseTarget.release_id == bindparam("release_id"))
    return rows.order_by(ReleaseTarget.row_number)


@cache
def _stretch() -> Select[Any]:
    number = ReleaseTarget.row_number
    rows = select(number, *_KEPT).where(*_live(ReleaseTarget, bindparam("release_id")))
    return rows.where(number >= bindparam("first"), number <= bindparam("last"))


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
