"""Two served processes on one database, and threads that call them with connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx

from service.db.database import Database
from tests.service.kills.fleet import Fleet
from tests.service.kills.publishing import prepared
from tests.waiting import HANG_SECONDS, turns

SENDERS = 32


class Crowd:
    """Threads with connections of their own, spread over the services."""

    def __init__(self, database: Database, url: str, storage: Path, workers: int, stack: ExitStack) -> None:
        self.database = database
        self.key, self.plan_id, self.runs = prepared(database)
        storage.mkdir()
        # nobody is killed here: no lease may run out, however slow the machine
        self.fleet = Fleet(url, storage, workers=workers, lease_seconds=HANG_SECONDS)
        stack.callback(self.fleet.close)
        self.clients = [stack.enter_context(self._client(k)) for k in range(SENDERS)]
        for client in self.clients[:2]:
            self._wait_until_ready(client)

    def _client(self, k: int) -> httpx.Client:
        address = f"http://127.0.0.1:{self.fleet.ports[k % len(self.fleet.ports)]}"
        return httpx.Client(
            base_url=address, headers={"Authorization": f"Bearer {self.key}"}, timeout=HANG_SECONDS
        )

    def _wait_until_ready(self, client: httpx.Client) -> None:
        for _ in turns("a service is ready"):
            with suppress(httpx.TransportError):
                if client.get("/readyz").status_code == 200:
                    return

    def at_once(self, size: int, act: Callable[[httpx.Client], httpx.Response]) -> list[httpx.Response]:
        """Let so many act in the same moment; whoever fails fails the test."""
        gate = Barrier(size)

        def one(client: httpx.Client) -> httpx.Response:
            gate.wait(HANG_SECONDS)
            return act(client)

        with ThreadPoolExecutor(size) as threads:
            return list(threads.map(one, self.clients[:size]))


def wait_until(client: httpx.Client, run_id: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in turns(f"run {run_id} is as wanted"):
        found: dict[str, Any] = client.get(f"/v1/runs/{run_id}").json()
        if is_so(found):
            break
    return found
