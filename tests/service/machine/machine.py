"""Random lives of a plan over HTTP; the model predicts every answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from service.db.models import Run as RunRecord
from tests.service.kills.release_checks import rows_of, sha256_of
from tests.service.machine import final
from tests.service.machine.model import ENDED, Key, Model, Release, Run
from tests.service.machine.world import World, written
from tests.service.small_plan import as_texts, small_files

MODES = st.sampled_from(("right", "right", "right", "any", "stale", "missing", "nonsense"))
PICK = st.integers(0, 1000)
NAMES = st.sampled_from([f"name {k}" for k in range(6)])
FACTORS = ("0.98", "1.01", "1.02")
CHANGES = st.sampled_from(
    [
        *[[{"kind": "scale_total", "measure": "revenue", "factor": factor}] for factor in FACTORS],
        [{"kind": "hire", "node": "r99", "parent": "t1", "name": "Neu", "employee_id": "999"}],
        [{"kind": "scale_total", "measure": "profit", "factor": "1.1"}],
        [],
    ]
)
REASONS = st.sampled_from(
    [
        [{"reason": "plan"}],
        [{"reason": "east", "node_id": "east"}, {"reason": "rest"}],
        [{"reason": "east only", "node_id": "east"}],
        [{"reason": "plan"}, {"reason": "nowhere", "node_id": "nowhere"}],
        [],
    ]
)
DAYS = st.sampled_from(("2020-01-01", "2020-02-01", "2020-02-15"))
FORMS = st.sampled_from(("json", "json", "ndjson", "csv", "parquet"))
VARIANTS = (10_700, 12_300, 9_900)


@dataclass
class Sent:
    """A POST that had an effect under its key, and its answer."""

    caller: str
    path: str
    body: Any
    headers: Mapping[str, str]
    answer: Response


class ServiceMachine(RuleBasedStateMachine):
    """One plan from its birth on, with its scenarios, runs, revisions, releases and receivers."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.model = world, Model("")
        self.sent: list[Sent] = []
        self.free_keys: list[str] = []
        self.keys = 0
        self.held: dict[str, RunRecord] = {}
        self.etags: dict[str, str] = {}
        self.canonical: dict[str, list[dict[str, Any]]] = {}
        self.audit_from, self.outbox_from = final.numbers_so_far(world)

    # asking

    def client(self, caller: str) -> TestClient:
        return self.world.clients[caller]

    def post(self, path: str, body: Any, expected: int, caller: str = "finance", **headers: str) -> Response:
        """Send a POST under a key that had no effect before; refusals leave the key free."""
        self.world.tick()
        if self.free_keys and self.keys % 2:
            key = self.free_keys.pop()
        else:
            key = f"{self.model.plan_id}-{self.keys}"
        self.keys += 1
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._send(caller, path, body, {**named, "Idempotency-Key": key})
        assert answer.status_code == expected, (answer.status_code, expected, answer.text)
        assert "Idempotent-Replayed" not in answer.headers
        if expected < 300:
            self.sent.append(Sent(caller, path, body, {**named, "Idempotency-Key": key}, answer))
        else:
            self.free_keys.append(key)
        return answer

    def _send(self, caller: str, path: str, body: Any, headers: Mapping[str, str]) -> Response:
        return self.client(caller).post(path, json=body, headers=dict(headers))

    def get(self, path: str, caller: str = "finance", expected: int = 200, **more: Any) -> Response:
        answer = self.client(caller).get(path, **more)
        assert answer.status_code == expected, (answer.status_code, expected, answer.text)
        return answer

    def run(self, pick: int) -> Run:
        runs = [*self.model.runs.values()]
        return runs[pick % len(runs)]

    def release(self, pick: int) -> Release:
        return self.model.releases[pick % len(self.model.releases)]

    def scenario(self, pick: int) -> str | None:
        """Return the id of a scenario, or None for the plan itself."""
        ids = [*self.model.scenarios, None]
        return ids[pick % len(ids)]

    # plan

    @initialize()
    def make_plan(self) -> None:
        wanted = {"name": next(self.world.names), "files": as_texts(small_files())}
        made = self.client("finance").post("/v1/plans", json=wanted)
        assert made.status_code == 201, made.text
        self.model = Model(made.json()["plan_id"])
        self.ask_for_run(0, at_once=True)

    @rule(variant=st.integers(0, len(VARIANTS) - 1), mode=MODES, is_good=st.sampled_from((True, True, False)))
    def patch_table(self, variant: int, mode: str, is_good: bool) -> None:
        self.world.tick()
        headers, refused = self.model.condition(mode, self.model.version)
        node = "r00" if is_good else "r00 who is nobody"
        row = {"period": "2019-01", "node_id": node, "product_id": "bikes", "measure": "revenue"}
        body = {"upsert": [{**row, "amount": VARIANTS[variant]}]}
        path = f"/v1/plans/{self.model.plan_id}/tables/history"
        answer = self.client("finance").patch(path, json=body, headers=headers)
        assert answer.status_code == (refused or (200 if is_good else 422)), answer.text
        if answer.status_code == 200:
            self.model.revise(variant)
            assert answer.headers["ETag"] == f'"{self.model.version}"'

    # scenarios

    @rule(name=NAMES, changes=CHANGES, parent=PICK)
    def make_scenario(self, name: str, changes: list[dict[str, Any]], parent: int) -> None:
        body = {"name": name, "changes": changes, "parent_id": self.scenario(parent)}
        path = f"/v1/plans/{self.model.plan_id}/scenarios"
        answer = self.post(path, body, self.model.name_status(name) or 201)
        if answer.status_code == 201:
            self._made(answer, name, body["parent_id"], changes)

    def _made(self, answer: Response, name: str, parent: str | None, changes: list[dict[str, Any]]) -> None:
        made = answer.json()
        assert (made["name"], made["parent_id"], made["version"]) == (name, parent, 1)
        self._is_canonical(made["changes"], changes)
        assert answer.headers["Location"] == f"/v1/scenarios/{made['scenario_id']}"
        self.model.add_scenario(made)

    def _is_canonical(self, kept: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
        for one, asked in zip(kept, wanted, strict=True):
            assert {name: str(one[name]) for name in asked} == {name: str(asked[name]) for name in asked}
        assert self.canonical.setdefault(json.dumps(wanted), kept) == kept

    @precondition(lambda self: self.model.scenarios)
    @rule(pick=PICK, name=NAMES)
    def clone_scenario(self, pick: int, name: str) -> None:
        of = [*self.model.scenarios.values()][pick % len(self.model.scenarios)]
        path = f"/v1/scenarios/{of.scenario_id}:clone"
        answer = self.post(path, {"name": name}, self.model.name_status(name) or 201)
        if answer.status_code == 201:
            assert answer.json()["changes"] == of.changes
            self.model.add_scenario(answer.json())
            assert answer.json()["parent_id"] == of.parent

    @precondition(lambda self: self.model.scenarios)
    @rule(pick=PICK, mode=MODES, name=NAMES | st.none(), changes=CHANGES | st.none(), parent=PICK | st.none())
    def edit_scenario(
        self, pick: int, mode: str, name: str | None, changes: list[dict[str, Any]] | None, parent: int | None
    ) -> None:
        self.world.tick()
        one = [*self.model.scenarios.values()][pick % len(self.model.scenarios)]
        headers, refused = self.model.condition(mode, one.version)
        body: dict[str, Any] = {"name": name, "changes": changes}
        body = {field: value for field, value in body.items() if value is not None}
        after = {"name": name or one.name, "parent": one.parent}
        if parent is not None:
            body["parent_id"] = after["parent"] = self.scenario(parent)
            refused = refused or self.model.parent_status(one.scenario_id, after["parent"])
        taken = self.model.name_status(name, one.scenario_id) if name else 0
        refused = taken if taken and refused in (0, 422) else refused
        path = f"/v1/scenarios/{one.scenario_id}"
        answer = self.client("finance").patch(path, json=body, headers=headers)
        assert answer.status_code == (refused or 200), (refused, answer.text)
        if not refused:
            kept = answer.json()["changes"]
            if changes is None:
                assert kept == one.changes
            else:
                self._is_canonical(kept, changes)
            is_changed = (one.name, one.parent, one.changes) != (after["name"], after["parent"], kept)
            one.name, one.parent, one.changes = str(after["name"]), after["parent"], kept
            one.version += is_changed
            assert answer.headers["ETag"] == f'"{one.version}"'
            self.model.audit.append(("scenario.change", one.scenario_id))

    @precondition(lambda self: self.model.scenarios)
    @rule(pick=PICK, mode=MODES)
    def delete_scenario(self, pick: int, mode: str) -> None:
        one = [*self.model.scenarios.values()][pick % len(self.model.scenarios)]
        headers, refused = self.model.condition(mode, one.version)
        refused = refused or (409 if self.model.children(one.scenario_id) else 0)
        path = f"/v1/scenarios/{one.scenario_id}"
        answer = self.client("finance").delete(path, headers=headers)
        assert answer.status_code == (refused or 204), answer.text
        if not refused:
            self.model.drop_scenario(one.scenario_id)
            self.get(path, expected=404)

    # runs

    @rule(pick=PICK, at_once=st.booleans())
    def ask_for_run(self, pick: int, at_once: bool) -> None:
        scenario = self.scenario(pick)
        place = f"scenarios/{scenario}" if scenario else f"plans/{self.model.plan_id}"
        made = self.post(f"/v1/{place}/runs", {}, 202).json()
        assert (made["status"], made["scenario_id"]) == ("queued", scenario)
        self.model.add_run(Run(made["run_id"], scenario, self.model.chain(scenario), self.model.variant))
        if at_once:
            self.work_off()

    @rule(changes=CHANGES, name=NAMES)
    def plan_and_run(self, changes: list[dict[str, Any]], name: str) -> None:
        """A scenario is made and worked off: what there is most to release of."""
        count = len(self.model.scenarios)
        self.make_scenario(name, changes, len(self.model.scenarios))
        if len(self.model.scenarios) > count:
            self.ask_for_run(len(self.model.scenarios) - 1, at_once=True)

    @rule()
    def begin(self) -> None:
        """A worker takes the oldest run that waits."""
        self.world.tick()
        expected, claimed = self.model.claim(), self.world.claim()
        assert (claimed and claimed.run_id) == (expected and expected.run_id)
        if claimed is not None and expected is not None:
            assert claimed.chain == written(expected.chain)
            self.held[claimed.run_id] = claimed

    @precondition(lambda self: self.held)
    @rule(pick=PICK)
    def finish(self, pick: int) -> None:
        run_id = [*self.held][pick % len(self.held)]
        run = self.model.runs[run_id]
        outcome = self.world.finish(self.held.pop(run_id), run.wish)
        self.model.end(run, outcome.status)
        made = self.get(f"/v1/runs/{run_id}").json()
        assert (made["status"], made["attempt"], made["result_hash"]) == (
            run.status,
            run.attempt,
            outcome.result_hash,
        )

    @rule()
    def work_off(self) -> None:
        self.begin()
        while self.held:
            self.finish(0)

    @precondition(lambda self: self.held)
    @rule(pick=PICK)
    def lose_worker(self, pick: int) -> None:
        run_id = [*self.held][pick % len(self.held)]
        self.world.lose(self.held.pop(run_id))
        self.model.runs[run_id].status = "queued"

    @rule(pick=PICK, wanted=st.sampled_from(("stop", "cancel")))
    def wish(self, pick: int, wanted: str) -> None:
        run = self.run(pick)
        expected = self.model.wish(run, wanted)
        answer = self.client("finance").post(f"/v1/runs/{run.run_id}:{wanted}")
        assert answer.status_code == expected, answer.text
        if expected == 200:
            assert (answer.json()["status"], answer.json()["wish"]) == (run.status, run.wish)

    @rule(pick=PICK)
    def retry(self, pick: int) -> None:
        run = self.run(pick)
        answer = self.post(f"/v1/runs/{run.run_id}:retry", None, 202 if run.status in ENDED else 409)
        if answer.status_code == 202:
            made = answer.json()
            assert (made["retry_of"], made["scenario_id"]) == (run.run_id, run.scenario_id)
            self.model.add_run(Run(made["run_id"], run.scenario_id, run.chain, run.variant, run.run_id))

    # releases

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
        body = {"sha256": release.head["sha256"], "rows": len(release.amounts)}
        body |= {"sha256": {"sha256": "0" * 64}, "rows": {"rows": 1}}.get(wrong, {})
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

    # keys

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

    # always

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
