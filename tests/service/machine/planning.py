"""A plan, its revisions and its scenarios."""

import json
from typing import Any

import hypothesis.strategies as st
from httpx import Response
from hypothesis.stateful import initialize, precondition, rule

from tests.service.machine.caller import PICK, Caller
from tests.service.machine.model import Model
from tests.service.small_plan import as_texts, small_files

MODES = st.sampled_from(("right", "right", "right", "any", "stale", "missing", "nonsense"))
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
VARIANTS = (10_700, 12_300, 9_900)


class Planning(Caller):
    """Tables patched, scenarios made, cloned, edited and deleted, with right and wrong versions."""

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

    @rule(name=NAMES, changes=CHANGES, parent=PICK)
    def make_scenario(self, name: str, changes: list[dict[str, Any]], parent: int) -> None:
        above = self.scenario(parent)
        body = {"name": name, "changes": changes, "parent_id": above}
        path = f"/v1/plans/{self.model.plan_id}/scenarios"
        answer = self.post(path, body, self.model.name_status(name) or 201)
        if answer.status_code == 201:
            self._made(answer, name, above, changes)

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
