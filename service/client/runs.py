"""Runs and their results."""

import json
from collections.abc import Iterator
from typing import Any

from service.client.transport import Transport
from service.runs.outcome import ENDED
from service.runs.schemas import Explanation, ResultPage, ResultRow, RunCreate, RunPage, RunView

WAIT_SECONDS = 30
NOTHING = RunCreate()


class Runs:
    """/v1/runs."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def run_plan(self, plan_id: str, wanted: RunCreate = NOTHING, wait: int = 0) -> RunView:
        """Ask for a run of the plan itself; wait so many seconds for its end."""
        return self._ask(f"/v1/plans/{plan_id}/runs", wanted, wait)

    def run_scenario(self, scenario_id: str, wanted: RunCreate = NOTHING, wait: int = 0) -> RunView:
        """Ask for a run of a scenario; wait so many seconds for its end."""
        return self._ask(f"/v1/scenarios/{scenario_id}/runs", wanted, wait)

    def get(self, run_id: str) -> RunView:
        """Return a run as it stands."""
        return self._http.get(f"/v1/runs/{run_id}", RunView)

    def all(self, plan_id: str | None = None, *, mine: bool = False) -> Iterator[RunView]:
        """Yield runs, the newest first."""
        return self._http.pages("/v1/runs", RunPage, {"plan": plan_id, "mine": mine or None})

    def wait(self, run_id: str) -> RunView:
        """Follow the events of a run until it has ended, and return it."""
        while (run := self.get(run_id)).status not in ENDED:
            for _ in self.events(run_id):
                pass
        return run

    def events(self, run_id: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the events of a run as they come; ends with the run."""
        headers = {"Last-Event-ID": str(after)} if after else {}
        answer = self._http.request("GET", f"/v1/runs/{run_id}/events", headers=headers)
        for line in answer.text.splitlines():
            if line.startswith("data:"):
                yield json.loads(line.removeprefix("data:"))

    def stop(self, run_id: str) -> RunView:
        """End a run with the best it has."""
        return self._http.post(f"/v1/runs/{run_id}:stop", RunView)

    def cancel(self, run_id: str) -> RunView:
        """End a run without a result."""
        return self._http.post(f"/v1/runs/{run_id}:cancel", RunView)

    def retry(self, run_id: str, wait: int = 0) -> RunView:
        """Ask for the same run again."""
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        return self._http.post(f"/v1/runs/{run_id}:retry", RunView, headers=headers)

    def targets(
        self,
        run_id: str,
        measure: str | None = None,
        level: str | None = None,
        node: str | None = None,
        product: str | None = None,
    ) -> Iterator[ResultRow]:
        """Yield the targets that the caller may see."""
        params = {"measure": measure, "level": level, "node": node, "product": product}
        return self._http.pages(f"/v1/runs/{run_id}/result", ResultPage, params)

    def explanation(
        self, run_id: str, node: str, product: str = "*", measure: str | None = None
    ) -> Explanation:
        """Say why a node has its number: steps that add up to it, and the rules that moved it."""
        params = {"node": node, "product": product, "measure": measure}
        return self._http.get(f"/v1/runs/{run_id}/explanation", Explanation, params)

    def fairness(self, run_id: str) -> dict[str, Any]:
        """Return the judgement of fairness."""
        found: dict[str, Any] = self._http.request("GET", f"/v1/runs/{run_id}/fairness").json()
        return found

    def certificate(self, run_id: str) -> dict[str, Any]:
        """Return what proves the run."""
        found: dict[str, Any] = self._http.request("GET", f"/v1/runs/{run_id}/certificate").json()
        return found

    def file(self, run_id: str, name: str) -> bytes:
        """Return a file that the run left behind, such as `targets.csv`."""
        return self._http.request("GET", f"/v1/runs/{run_id}/files/{name}").content

    def _ask(self, path: str, wanted: RunCreate, wait: int) -> RunView:
        headers = {"Prefer": f"wait={min(wait, WAIT_SECONDS)}"} if wait else {}
        return self._http.post(path, RunView, wanted, headers)
