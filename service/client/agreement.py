"""Commitments, balance requests and submissions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from service.agreement.balance_requests.schemas import (
    BalanceAsk,
    Counter,
    Decision,
    Pins,
    Rejection,
    RequestDetail,
    RequestPage,
    RequestView,
)
from service.agreement.commitments.schemas import (
    CommitmentLine,
    CommitmentsPut,
    GapLine,
    GapPage,
    NodeCommitments,
    Taken,
)
from service.agreement.submissions.schemas import (
    Asked,
    Progress,
    SubmissionDetail,
    SubmissionPage,
    SubmissionsAsk,
    SubmissionView,
    Submit,
    Word,
)
from service.agreement.submissions.schemas import Rejection as SubmissionRejection
from service.client.transport import Transport


class Commitments:
    """/v1/plans/{id}/commitments and the gap."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def get(self, plan_id: str, node: str) -> NodeCommitments:
        """Return what a node commits to, with its history."""
        return self._http.get(f"/v1/plans/{plan_id}/commitments/{node}", NodeCommitments)

    def put(
        self, seen: NodeCommitments, items: Sequence[CommitmentLine], comment: str = ""
    ) -> NodeCommitments:
        """Say what a node commits to, in place of the state that was seen."""
        path = f"/v1/plans/{seen.plan_id}/commitments/{seen.node_id}"
        wanted = CommitmentsPut(items=list(items), comment=comment)
        return self._http.edit("PUT", path, NodeCommitments, wanted, seen.version)

    def gap(self, plan_id: str, run_id: str, measure: str) -> Iterator[GapLine]:
        """Yield what is committed against the numbers from above, node by node."""
        params = {"run_id": run_id, "measure": measure}
        return self._http.pages(f"/v1/plans/{plan_id}/gap", GapPage, params)

    def take(self, plan_id: str) -> Taken:
        """Put what was collected into the plan, as its next revision."""
        return self._http.post(f"/v1/plans/{plan_id}:take-commitments", Taken)


class BalanceRequests:
    """/v1/balance-requests: a manager's own subtree, inside what was given to him."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def ask(self, plan_id: str, run_id: str, node: str, pins: Pins, comment: str = "") -> RequestDetail:
        """Balance a subtree again with some numbers fixed.

        Raises
        ------
        Refusal
            If it cannot be inside the frame; the refusal says what the frame would have to be.
        """
        wanted = BalanceAsk(plan_id=plan_id, run_id=run_id, node_id=node, pins=pins, comment=comment)
        return self._http.post("/v1/balance-requests", RequestDetail, wanted)

    def all(self, **filters: str) -> Iterator[RequestView]:
        """Yield requests of the own subtree."""
        return self._http.pages("/v1/balance-requests", RequestPage, filters)

    def get(self, request_id: str) -> RequestDetail:
        """Return a request with its proposal, its rounds and its history."""
        return self._http.get(f"/v1/balance-requests/{request_id}", RequestDetail)

    def accept(self, seen: RequestView, comment: str = "") -> RequestDetail:
        """Agree: a run holds the new targets from then on."""
        return self._decide(seen, "accept", Decision(comment=comment))

    def reject(self, seen: RequestView, comment: str) -> RequestDetail:
        """Say no, and why."""
        return self._decide(seen, "reject", Rejection(comment=comment))

    def counter(self, seen: RequestView, pins: Pins, comment: str = "") -> RequestDetail:
        """Propose other numbers: the next round."""
        return self._decide(seen, "counter", Counter(pins=pins, comment=comment))

    def withdraw(self, seen: RequestView, comment: str = "") -> RequestDetail:
        """Take a request back."""
        return self._decide(seen, "withdraw", Decision(comment=comment))

    def _decide(self, seen: RequestView, word: str, body: Any) -> RequestDetail:
        path = f"/v1/balance-requests/{seen.request_id}:{word}"
        return self._http.post(path, RequestDetail, body, {"If-Match": f'"{seen.version}"'})


class Submissions:
    """/v1/submissions: plans go up the tree."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def ask(self, plan_id: str, due_at: datetime) -> Asked:
        """Ask every node above the reps for its plan."""
        return self._http.post(f"/v1/plans/{plan_id}/submissions", Asked, SubmissionsAsk(due_at=due_at))

    def all(self, plan_id: str) -> Iterator[SubmissionView]:
        """Yield the submissions of the own subtree."""
        return self._http.pages(f"/v1/plans/{plan_id}/submissions", SubmissionPage)

    def of_node(self, plan_id: str, node: str) -> SubmissionView:
        """Return the submission of a node.

        Raises
        ------
        LookupError
            If the node owes none, or is not the caller's to see.
        """
        for one in self.all(plan_id):
            if one.node_id == node:
                return one
        raise LookupError(f"{node} owes no submission")

    def submit(
        self, seen: SubmissionView, comment: str = "", without: Sequence[str] = ()
    ) -> SubmissionDetail:
        """Hand in."""
        return self._step(seen, "submit", Submit(comment=comment, without=list(without)))

    def approve(self, seen: SubmissionView, comment: str = "") -> SubmissionDetail:
        """Agree with what was handed in."""
        return self._step(seen, "approve", Word(comment=comment))

    def reject(self, seen: SubmissionView, comment: str) -> SubmissionDetail:
        """Send it back, and say why."""
        return self._step(seen, "reject", SubmissionRejection(comment=comment))

    def recall(self, seen: SubmissionView, comment: str = "") -> SubmissionDetail:
        """Take back what was handed in."""
        return self._step(seen, "recall", Word(comment=comment))

    def progress(self, plan_id: str) -> Progress:
        """Say how far each subtree is, and who is overdue."""
        return self._http.get(f"/v1/plans/{plan_id}/progress", Progress)

    def _step(self, seen: SubmissionView, word: str, body: Any) -> SubmissionDetail:
        path = f"/v1/submissions/{seen.submission_id}:{word}"
        return self._http.post(path, SubmissionDetail, body, {"If-Match": f'"{seen.version}"'})
