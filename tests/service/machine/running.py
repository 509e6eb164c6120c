"""Runs with workers that die and wishes that come at any time."""

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from tests.service.machine.caller import PICK
from tests.service.machine.model import ENDED, Run
from tests.service.machine.planning import CHANGES, NAMES, Planning
from tests.service.machine.world import written


class Running(Planning):
    """Runs asked for, begun, finished, lost, stopped, cancelled and tried again."""

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
