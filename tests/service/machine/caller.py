"""Asking the service as one of its callers; what had an effect under a key is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis.stateful import RuleBasedStateMachine

from service.db.models import Run as RunRecord
from tests.service.machine import final
from tests.service.machine.model import Model, Release, Run
from tests.service.machine.world import World

PICK = st.integers(0, 1000)


@dataclass
class Sent:
    """A POST that had an effect under its key, and its answer."""

    caller: str
    path: str
    body: Any
    headers: Mapping[str, str]
    answer: Response


class Caller(RuleBasedStateMachine):
    """What the model knows so far, and the ways to ask."""

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
        answer: Response = self.client(caller).post(path, json=body, headers=dict(headers))
        return answer

    def get(self, path: str, caller: str = "finance", expected: int = 200, **more: Any) -> Response:
        answer: Response = self.client(caller).get(path, **more)
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
