"""Random lives of a plan over HTTP; the model predicts every answer."""

import hypothesis.strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.service.machine import final
from tests.service.machine.caller import PICK
from tests.service.machine.releasing import Releasing


class ServiceMachine(Releasing):
    """One plan from its birth on, with its scenarios, runs, revisions, releases and receivers."""

    @precondition(lambda self: self.sent)
    @rule(pick=PICK, other_version=st.booleans())
    def repeat(self, pick: int, other_version: bool) -> None:
        one = self.sent[-1 - pick % len(self.sent)]
        stale = {"If-Match": '"1"'} if other_version and "If-Match" in one.headers else {}
        answer = self._send(one.caller, one.path, one.body, {**one.headers, **stale})
        assert (answer.status_code, answer.content) == (one.answer.status_code, one.answer.content)
        assert answer.headers["Location"] == one.answer.headers["Location"]
        assert answer.headers["Idempotent-Replayed"] == "true"

    @precondition(lambda self: self.sent)
    @rule(pick=PICK)
    def reuse_key(self, pick: int) -> None:
        one = self.sent[-1 - pick % len(self.sent)]
        body = {"name": "never made"}
        path = f"/v1/plans/{self.model.plan_id}/scenarios"
        if one.caller == "finance":
            answer = self._send("finance", path, body, one.headers)
            assert answer.status_code == 422, answer.text
            assert answer.json()["type"] == "/problems/key-reused"

    @invariant()
    def plan_and_releases_are_those_of_the_model(self) -> None:
        if not self.model.plan_id:
            return
        plan = self.get(f"/v1/plans/{self.model.plan_id}")
        assert plan.headers["ETag"] == f'"{self.model.version}"'
        assert (plan.json()["revision"], plan.json()["released"]) == (
            self.model.revision,
            len(self.model.releases),
        )
        listed = self.get(f"/v1/plans/{self.model.plan_id}/releases", "hr").json()["items"]
        assert [one["version"] for one in listed] == [*range(1, len(self.model.releases) + 1)]
        for one, release in zip(listed, self.model.releases, strict=True):
            assert {**one, "status": "final", "effective_to": None} == release.head
            assert one["status"] == ("superseded" if self.model.until(release) else "final")

    def teardown(self) -> None:
        """Compare everything there is, and leave nothing to do for the next sequence."""
        if not self.model.plan_id:
            return
        for run in self.model.runs.values():
            if run.status == "queued" and not run.wish:
                self.model.wish(run, "cancel")
                assert self.client("finance").post(f"/v1/runs/{run.run_id}:cancel").status_code == 200
        while self.held or any(run.status == "queued" for run in self.model.runs.values()):
            self.work_off()
        self.world.foreign_run = next(iter(self.model.runs))
        final.check_everything(self.world, self.model, self.audit_from, self.outbox_from)
