"""/v1/plans/{id}/submissions and /progress, /v1/submissions/{id}."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from service.agreement.fields import IfMatch, Limit, PinnedCursor, PlanId, RecordId
from service.agreement.steps import steps_of
from service.agreement.submissions import repository, service
from service.agreement.submissions.progress import progress_lines
from service.agreement.submissions.repository import Placed
from service.agreement.submissions.schemas import (
    Asked,
    Progress,
    Rejection,
    SubmissionDetail,
    SubmissionPage,
    SubmissionsAsk,
    SubmissionView,
    Submit,
    Word,
)
from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession, WriteSession
from service.plans import service as plans
from service.wire.cursors import digest_of, key_of, onward
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1", tags=["agreement"])
Planner = Annotated[Principal, Depends(allowed("admin", "finance"))]
Reader = Annotated[Principal, Depends(allowed("admin", "finance", "manager", "analyst"))]
Actor = Annotated[Principal, Depends(allowed("admin", "finance", "manager"))]
Status = Literal["", "open", "submitted", "approved", "rejected"]
MOST_OVERDUE = 500


@router.post("/plans/{plan_id}/submissions", status_code=201, response_model=Asked)
def ask_for_submissions(
    session: WriteSession,
    context: ContextDep,
    caller: Planner,
    attempt: AttemptDep,
    plan_id: PlanId,
    wanted: SubmissionsAsk,
) -> Response:
    """Ask every node above the reps for its plan, due at a moment; again moves the date."""
    now = context.clock()

    def act() -> Answer:
        revision = plans.find_revision(session, plans.find_plan(session, caller, plan_id))
        created, moved = service.ask_for_submissions(
            session, caller, plan_id, revision.revision_id, wanted.due_at, now
        )
        asked = Asked(plan_id=plan_id, due_at=wanted.due_at, created=created, moved=moved)
        return Answer(201, asked.model_dump_json().encode(), f"/v1/plans/{plan_id}/submissions")

    return answer_once(session, caller, attempt, now, act)


@router.get("/plans/{plan_id}/submissions")
def list_submissions(
    request: Request,
    session: ReadSession,
    context: ContextDep,
    caller: Reader,
    plan_id: PlanId,
    status: Status = "",
    cursor: PinnedCursor = "",
    limit: Limit = 100,
) -> SubmissionPage:
    """Return what the nodes in scope owe, parents first; a revision between two pages ends them with 410."""
    standing = digest_of(plans.find_plan(session, caller, plan_id).revision)
    after = key_of(cursor, standing, request)
    rows = repository.page_of_submissions(session, caller, plan_id, status, after, limit + 1)
    items = [_view(row, context.clock()) for row in rows[:limit]]
    return SubmissionPage(
        items=items, next=onward(standing, items[-1].org_path) if len(rows) > limit else None
    )


@router.get("/plans/{plan_id}/progress")
def read_progress(
    request: Request,
    session: ReadSession,
    context: ContextDep,
    caller: Reader,
    plan_id: PlanId,
    cursor: PinnedCursor = "",
    limit: Limit = 100,
) -> Progress:
    """Return per subtree in scope how much is submitted and approved, and who is late.

    The counts of all pages are of one moment: what changes, or falls due, between two pages ends them
    with 410.
    """
    plan = plans.find_plan(session, caller, plan_id)
    now = context.clock()
    rows = repository.submissions_in_scope(session, caller, plan_id)
    standing = digest_of(
        plan.revision, [(row.submission_id, row.version, service.is_overdue(row, now)) for row, _ in rows]
    )
    after = key_of(cursor, standing, request)
    lines = [line for line in progress_lines(rows, now) if line.org_path > after]
    late = sorted(
        (_view(row, now) for row in rows if service.is_overdue(row[0], now)),
        key=lambda view: (view.due_at or now, view.org_path),
    )
    return Progress(
        plan_id=plan_id,
        at=now,
        items=lines[:limit],
        overdue=late[:MOST_OVERDUE],
        next=onward(standing, lines[limit - 1].org_path) if len(lines) > limit else None,
    )


@router.get("/submissions/{submission_id:id}")
def read_submission(
    session: ReadSession,
    context: ContextDep,
    caller: Reader,
    submission_id: RecordId,
    response: Response,
) -> SubmissionDetail:
    """Return a submission with its history and its ETag."""
    found = service.find_submission(session, caller, submission_id)
    response.headers["ETag"] = etag(found[0].version)
    return _detail(session, caller, found, context.clock())


@router.post("/submissions/{submission_id}:submit", response_model=SubmissionDetail)
def submit_plan(
    session: WriteSession,
    context: ContextDep,
    caller: Actor,
    attempt: AttemptDep,
    submission_id: RecordId,
    wanted: Submit,
    if_match: IfMatch = None,
) -> Response:
    """Hand in the own node, when what is below it is approved or left out by name."""
    step = _Step(session, caller, attempt, submission_id, if_match, context.clock())
    return step.take("submit", wanted.comment, wanted.without)


@router.post("/submissions/{submission_id}:approve", response_model=SubmissionDetail)
def approve_submission(
    session: WriteSession,
    context: ContextDep,
    caller: Actor,
    attempt: AttemptDep,
    submission_id: RecordId,
    wanted: Word,
    if_match: IfMatch = None,
) -> Response:
    """Approve what a child handed in."""
    return _Step(session, caller, attempt, submission_id, if_match, context.clock()).take(
        "approve", wanted.comment
    )


@router.post("/submissions/{submission_id}:reject", response_model=SubmissionDetail)
def reject_submission(
    session: WriteSession,
    context: ContextDep,
    caller: Actor,
    attempt: AttemptDep,
    submission_id: RecordId,
    wanted: Rejection,
    if_match: IfMatch = None,
) -> Response:
    """Send back what a child handed in, with the reason."""
    return _Step(session, caller, attempt, submission_id, if_match, context.clock()).take(
        "reject", wanted.comment
    )


@router.post("/submissions/{submission_id}:recall", response_model=SubmissionDetail)
def recall_submission(
    session: WriteSession,
    context: ContextDep,
    caller: Actor,
    attempt: AttemptDep,
    submission_id: RecordId,
    wanted: Word,
    if_match: IfMatch = None,
) -> Response:
    """Take back what was handed in and is not decided."""
    return _Step(session, caller, attempt, submission_id, if_match, context.clock()).take(
        "recall", wanted.comment
    )


class _Step:
    """One step of one request; the same request again has no second effect."""

    def __init__(
        self,
        session: Session,
        caller: Principal,
        attempt: AttemptDep,
        submission_id: str,
        if_match: str | None,
        now: datetime,
    ) -> None:
        self._session, self._caller, self._attempt = session, caller, attempt
        self._submission_id, self._now = submission_id, now
        self._version = None if if_match is None else seen_version(if_match)

    def take(self, action: str, comment: str, without: list[str] | None = None) -> Response:
        """Take the step and answer with the submission."""
        return answer_once(
            self._session, self._caller, self._attempt, self._now, lambda: self._act(action, comment, without)
        )

    def _act(self, action: str, comment: str, without: list[str] | None) -> Answer:
        found = service.take_step(
            self._session,
            self._caller,
            self._submission_id,
            action,
            comment,
            self._version,
            self._now,
            without or (),
        )
        view = _detail(self._session, self._caller, found, self._now)
        return Answer(200, view.model_dump_json().encode(), f"/v1/submissions/{self._submission_id}")


def _view(placed: Placed, now: datetime) -> SubmissionView:
    row, node = placed
    own = {"name": node.name, "org_path": node.org_path, "is_overdue": service.is_overdue(row, now)}
    kept = {name: getattr(row, name) for name in SubmissionView.model_fields if name not in own}
    return SubmissionView.model_validate({**kept, **own})


def _detail(session: Session, caller: Principal, placed: Placed, now: datetime) -> SubmissionDetail:
    row, _ = placed
    history = steps_of(session, caller, row.submission_id, row.node_id)
    return SubmissionDetail(**_view(placed, now).model_dump(), history=history)
