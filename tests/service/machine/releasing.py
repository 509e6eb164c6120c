"""Releases and those who pull them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from service.db.models import Run as RunRecord
from tests.service.kills.release_checks import rows_of, sha256_of
from tests.service.machine import final
from tests.service.machine.caller import PICK
from tests.service.machine.model import Key, Release, Run
from tests.service.machine.planning import MODES
from tests.service.machine.running import Running

REASONS = st.sampled_from(
    [
        [{"reason": "plan"}],
        [{"reason": "east", "node_id": "east"}, {"reason": "rest"}],
        [{"reason": "east only", "node_id": "east"}],
        [{"reason": "plan"}, {"reason": "nowhere", "node_id": "nowhere"}],
        [],
    ]
)
ALL_DAYS = ("2020-01-01", "2020-02-01", "2020-02-15")
DAYS = st.sampled_from(ALL_DAYS)
FORMS = st.sampled_from(("json", "json", "ndjson", "csv", "parquet"))


class Releasing(Running):
    """Releases published well and badly, pulled, acknowledged, compared."""

    @rule(
        pick=PICK,
        mode=MODES,
        day=DAYS,
        reasons=REASONS,
        products=st.sampled_from(("total", "all")),
        who=st.sampled_from(("finance", "finance", "finance", "finance", "hr", "foreign")),
    )
    def publish(
        self, pick: int, mode: str, day: str, reasons: list[dict[str, str]], products: str, who: str
    ) -> None:
        done = [run for run in self.model.runs.values() if run.status == "succeeded"]
        run = (
            None if who == "foreign" else done[-1 - pick % len(done)] if pick % 8 and done else self.run(pick)
        )
        headers, refused = self.model.condition(mode, self.model.version)
        amounts = self._amounts(run, products)
        pointers = self.model.refusals(run, day, amounts, reasons)
        body = {
            "run_id": run.run_id if run else self.world.foreign_run,
            "effective_from": day,
            "reasons": reasons,
            "products": products,
        }
        expected = 403 if who == "hr" else refused or (409 if pointers else 201)
        path = f"/v1/plans/{self.model.plan_id}/releases"
        answer = self.post(path, body, expected, "hr" if who == "hr" else "finance", **headers)
        if expected == 409:
            assert {error["pointer"] for error in answer.json()["errors"]} == pointers, answer.text
        if expected == 201 and run is not None:
            self._check_head(self.model.publish(answer.json(), run, day, amounts, reasons))

    @rule(pick=st.integers(1, 7), step=st.integers(0, 2), products=st.sampled_from(("total", "all")))
    def publish_well(self, pick: int, step: int, products: str) -> None:
        """Publish so that nothing speaks against it."""
        last = self.model.newest
        days = [day for day in ALL_DAYS if last is None or day >= last.day]
        reasons = [{"reason": "east", "node_id": "east"}, {"reason": f"reason {step}"}]
        self.publish(pick, "right", days[min(step, len(days) - 1) // 2], reasons, products, "finance")

    def _amounts(self, run: Run | None, products: str) -> Mapping[Key, Decimal]:
        if run is None or run.status != "succeeded":
            return {}
        with self.world.database.reads() as session:
            kept = session.get_one(RunRecord, run.run_id)
        outcome = self.world.outcome(kept.revision_id, kept.chain, is_stopped=run.wish == "stop")
        return self.world.amounts(outcome, products)

    def _check_head(self, release: Release) -> None:
        head, last = release.head, self.model.releases[-2] if release.version > 1 else None
        assert head["version"] == release.version
        assert head["supersedes"] == (last and last.release_id)
        assert (head["status"], head["effective_to"], head["rows"]) == ("final", None, len(release.amounts))
        assert [Decimal(one["amount"]) for one in head["control_totals"]] == [sum(release.amounts.values())]

    @rule(
        pick=PICK,
        form=FORMS,
        caller=st.sampled_from(("hr", "finance", "manager")),
        limit=st.sampled_from((None, None, 7, 500)),
        is_latest=st.booleans(),
    )
    def pull(self, pick: int, form: str, caller: str, limit: int | None, is_latest: bool) -> None:
        if not self.model.releases:
            self.get(f"/v1/releases/latest/targets?plan={self.model.plan_id}", caller, 404)
            return
        release = self.model.releases[-1] if is_latest else self.release(pick)
        path = f"/v1/releases/{'latest' if is_latest else release.release_id}/targets?format={form}"
        path += f"&plan={self.model.plan_id}" if is_latest else ""
        path += f"&limit={limit}" if limit else ""
        first = self.get(path, caller)
        rows, answer = rows_of(first.content, form), first
        while "Link" in answer.headers:
            answer = self.get(answer.headers["Link"].partition(">")[0][1:], caller)
            rows += rows_of(answer.content, form)
        final.check_rows(self.model, release, rows, form, is_part=caller == "manager")
        if caller != "manager":
            assert sha256_of(rows) == release.head["sha256"]
        again = self.client(caller).get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        state = f"{path} {caller} {release.release_id} {self.model.until(release)}"
        assert self.etags.setdefault(state, first.headers["ETag"]) == first.headers["ETag"]

    @precondition(lambda self: self.model.releases)
    @rule(pick=PICK, wrong=st.sampled_from(("", "", "", "sha256", "rows", "caller")))
    def acknowledge(self, pick: int, wrong: str) -> None:
        release = self.release(pick)
        body: dict[str, Any] = {"sha256": release.head["sha256"], "rows": len(release.amounts)}
        if wrong in ("sha256", "rows"):
            body[wrong] = "0" * 64 if wrong == "sha256" else 1
        expected = {"": 201, "caller": 403}.get(wrong, 409)
        caller = "finance" if wrong == "caller" else "hr"
        answer = self.post(f"/v1/releases/{release.release_id}/acks", body, expected, caller)
        if expected == 201:
            self.model.acknowledge(release, answer.json()["ack_id"])

    @precondition(lambda self: self.model.releases)
    @rule(pick=PICK, limit=st.sampled_from((9, 500)))
    def read_changes(self, pick: int, limit: int) -> None:
        final.check_changes(self.model, self.release(pick), self.client("hr"), limit)

    @rule(day=st.sampled_from(("2019-12-31", "2020-01-31", "2020-02-01", "2020-02-14", "2031-01-01")))
    def read_as_of(self, day: str) -> None:
        answer = self.get("/v1/releases", "hr", params={"plan": self.model.plan_id, "as_of": day})
        held = self.model.held(day)
        assert [one["release_id"] for one in answer.json()["items"]] == ([held.release_id] if held else [])
