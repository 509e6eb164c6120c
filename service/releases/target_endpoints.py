"""The pull: targets of a release, changes between releases, and one's own targets."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from service.auth.dependencies import Caller
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession
from service.problems.problem import Problem
from service.releases import repository, rows_repository
from service.releases.answers import Pulled, accepted_format, takes_gzip
from service.releases.desk import DeskDep, ReleaseDesk
from service.releases.endpoints import ID, Id, Limit, release_or_404
from service.releases.formats import KEPT_COLUMNS, MEDIA_TYPES, Format, Head, around, objects, render
from service.releases.rows_repository import Filters
from service.releases.schemas import ChangePage, OwnTargets, TargetPage
from service.releases.snapshots import Content, etag_of
from service.wire.cursors import DIGEST, key_of, onward

router = APIRouter(prefix="/v1", tags=["targets"])
Word = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
PullCursor = Annotated[str | None, Query(max_length=80, pattern=r"^[a-z0-9_]{1,64}\.[fs]\.[0-9]{1,9}$")]
PlanQuery = Annotated[str, Query(max_length=64, pattern=ID)]
FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": TargetPage,
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string"}}
            for form, media in MEDIA_TYPES.items()
            if form != "json"
        },
        "headers": {"ETag": {"schema": {"type": "string"}}},
    },
    304: {"description": "The caller has it already (If-None-Match)"},
}
DEFAULT_LIMIT = 100
FINAL, SUPERSEDED = "f", "s"
"""How a release stood on the first page; all pages of it say the same."""
OWN_CURSOR = rf"^({DIGEST}\.[a-z0-9_]{{1,64}}\.[0-9]{{1,9}})?$"


async def filters(
    node: Word = None,
    employee_id: Word = None,
    measure: Word = None,
    product: Word = None,
    period: Word = None,
) -> Filters:
    """Return which rows are asked for; `node` means the node and everything below it."""
    return Filters(node, employee_id, measure, product, period)


@dataclass(frozen=True)
class Asked:
    """Format, filters and page of a pull."""

    request: Request
    filters: Filters
    form: Format
    cursor: str | None
    limit: int | None

    @property
    def release_id(self) -> str | None:
        """The release that the pages are of, None on the first one."""
        return self.cursor.partition(".")[0] if self.cursor else None

    @property
    def began_final(self) -> bool:
        """Whether nothing had superseded the release when the first page was given."""
        return bool(self.cursor) and str(self.cursor).split(".")[1] == FINAL

    @property
    def after(self) -> int:
        """The number of the row after which the page goes on."""
        return int(self.cursor.split(".")[2]) if self.cursor else 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing narrows the question."""
        return self.filters == Filters() and self.cursor is None and self.limit is None


async def asked_of(
    request: Request,
    wanted: Annotated[Filters, Depends(filters)],
    form: Annotated[Format | None, Query(alias="format")] = None,
    cursor: PullCursor = None,
    limit: Annotated[int | None, Query(ge=1, le=500)] = None,
) -> Asked:
    """Return what is asked for; async, so that no thread is asked for it."""
    return Asked(request, wanted, form or accepted_format(request), cursor, limit)


AskedDep = Annotated[Asked, Depends(asked_of)]


@router.get("/releases/latest/targets", response_class=Response, responses=FORMS)
def pull_newest_targets(
    context: ContextDep, desk: DeskDep, caller: Caller, asked: AskedDep, plan: PlanQuery
) -> Response:
    """Return the targets of the newest release of a plan; all pages are of the release of the first."""
    with context.database.reads() as session:
        if asked.release_id is None:
            found = repository.newest_release(session, caller, plan)
        else:
            found = repository.find_release(session, caller, asked.release_id)
        if found is None or found.release.plan_id != plan:
            raise Problem("not-found")
        return _pull(session, desk, caller, asked, found)


@router.get("/releases/{release_id}/targets", response_class=Response, responses=FORMS)
def pull_targets(
    context: ContextDep, desk: DeskDep, caller: Caller, asked: AskedDep, release_id: Id
) -> Response:
    """Return the targets of a release: all at once for the whole company, else the own part by page."""
    if asked.release_id not in (None, release_id):
        raise Problem("not-found")
    with context.database.reads() as session:
        found = release_or_404(session, caller, release_id)
        return _pull(session, desk, caller, asked, found)


@router.get("/targets/changes", response_class=Response, responses={200: {"model": ChangePage}})
def read_changes(
    session: ReadSession,
    caller: Caller,
    since_release: Annotated[str, Query(max_length=64, pattern=ID)],
    cursor: Annotated[str, Query(max_length=80, pattern=r"^([a-z0-9_]{1,64}\.[ur]\.[0-9]{1,9})?$")] = "",
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Return what differs between a release and the newest one: new and changed rows, then removed ones."""
    since, _ = release_or_404(session, caller, since_release)
    to, part, after = cursor.split(".") if cursor else ("", "u", "0")
    if to:
        newest, _ = release_or_404(session, caller, to)
    else:
        found = repository.newest_release(session, caller, since.plan_id)
        newest = found[0] if found else since
    if newest.plan_id != since.plan_id or newest.version < since.version:
        raise Problem("not-found")
    rows: list[tuple[str, tuple[Any, ...]]] = []
    if part == "u":
        changed = rows_repository.changed_rows(session, caller, since, newest, int(after), limit + 1)
        rows, after = [("u", row) for row in changed], "0"
    if len(rows) <= limit:
        room = limit + 1 - len(rows)
        removed = rows_repository.removed_rows(session, caller, since, newest, int(after), room)
        rows += [("r", row) for row in removed]
    following = None
    if len(rows) > limit:
        last_part, last = rows[limit - 1]
        following = f"{newest.release_id}.{last_part}.{last[0]}"
    items = objects(("change", *KEPT_COLUMNS), [row[1:] for _, row in rows[:limit]], {})
    head = {
        "since_release": since.release_id,
        "release_id": newest.release_id,
        "version": newest.version,
        "sha256": newest.sha256,
        "next": following,
    }
    return _document(head, items)


@router.get("/targets/me", response_class=Response, responses={200: {"model": OwnTargets}})
def read_own_targets(
    request: Request,
    session: ReadSession,
    caller: Caller,
    plan: Annotated[str | None, Query(max_length=64, pattern=ID)] = None,
    cursor: Annotated[str, Query(max_length=80, pattern=OWN_CURSOR)] = "",
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Return the caller's own targets in the newest release of each plan, by employee id or own node.

    A release published between two pages ends them with 410.
    """
    newest = repository.digest_of_newest(session, plan)
    release_id, _, number = key_of(cursor, newest, request).partition(".")
    rows = rows_repository.own_rows(session, caller, plan, (release_id, int(number or 0)), limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = onward(newest, f"{last[0]}.{last[3]}") if last else None
    columns = ("release_id", "version", "status", "effective_to", *KEPT_COLUMNS)
    shown = [(row[0], row[1], "final", None, *row[4:]) for row in rows[:limit]]
    return _document({"next": following}, objects(columns, shown, {}))


def _pull(
    session: Session, desk: ReleaseDesk, caller: Principal, asked: Asked, found: repository.Found
) -> Response:
    release, following_from = found
    next_from = None if asked.began_final else following_from
    status = "final" if next_from is None else "superseded"
    until = repository.day_before(next_from)
    head = Head(release.release_id, release.version, status, until, release.sha256)
    whole = repository.sees_whole(caller)
    if whole and asked.is_whole:
        gzipped = takes_gzip(asked.request)
        content = desk.snapshots.content(session, head, asked.form, gzipped=gzipped)
        return Pulled(content, asked.form, head, release.rows, is_whole=True).answer(asked.request, caller)
    limit = asked.limit or DEFAULT_LIMIT
    numbers = rows_repository.page_of_numbers(
        session, caller, release.release_id, asked.filters, asked.after, limit + 1
    )
    began = FINAL if next_from is None else SUPERSEDED
    following = onward(f"{release.release_id}.{began}", numbers[limit - 1]) if len(numbers) > limit else None
    body = _written(session, desk, asked, head, numbers[:limit], following)
    content = Content(body, "identity", etag_of(body))
    link = _link(asked.request, head.release_id, following)
    counted = release.rows if whole else None
    return Pulled(content, asked.form, head, counted, link=link).answer(asked.request, caller)


def _written(
    session: Session, desk: ReleaseDesk, asked: Asked, head: Head, numbers: list[int], following: str | None
) -> bytes:
    """Return a page; what is written row by row is written once."""
    if asked.form == "parquet":
        return render(asked.form, head, rows_repository.rows_numbered(session, head.release_id, numbers))
    return around(asked.form, head, desk.blocks.lines(session, asked.form, head, numbers), following)


def _link(request: Request, release_id: str, following: str | None) -> str:
    """Return the address of the next page; it names the release, so that a new one does not get between."""
    if following is None:
        return ""
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in ("cursor", "plan")
    ]
    return f"/v1/releases/{release_id}/targets?{urlencode([*kept, ('cursor', following)])}"


def _document(head: dict[str, Any], items: list[str]) -> Response:
    """Return a page around rows that are JSON already."""
    start = objects(tuple(head), [tuple(head.values())], {})[0][:-1]
    return Response(f'{start},"items":[{",".join(items)}]}}'.encode(), media_type="application/json")
