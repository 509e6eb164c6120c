"""What all sequences share: a database, the service before it, its callers, and results of real work."""

import csv
import io
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fastapi.testclient import TestClient

from service.accounts.service import create_first_admin
from service.app import create_app
from service.auth.principal import Principal
from service.db.database import Database, open_database
from service.db.migrate import migrate
from service.db.models import Run as RunRecord
from service.plans.store import PlanStore
from service.runs.job import Job
from service.runs.outcome import Outcome
from service.runs.repository import claim, finish, give_back
from service.runs.work import work
from service.settings import Settings
from tests.service.machine.model import Amounts

SYSTEM = Principal("system", "system", "admin", "")
LEASE = timedelta(days=1)
CALLERS = {"finance": ("finance", ""), "hr": ("hr", ""), "manager": ("manager", "/co/east/")}


class World:
    """The service on a database of its own; sequences make plans in it, one after the other."""

    def __init__(self, database_url: str, storage: Path) -> None:
        self.told: Counter[str] = Counter()
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.names = (f"plan {k}" for k in itertools.count(1))
        self.foreign_run = "run_none"
        self.database: Database = open_database(database_url)
        migrate(self.database.engine)
        self.plans = PlanStore(self.database, storage / "plans")
        settings = Settings(
            database_url=database_url, storage=storage, requests_per_minute=10**9, runs_per_account=10**6
        )
        app = create_app(settings, lambda: self.now, lambda: self.now.timestamp(), self.database)
        self.anybody = TestClient(app)
        self._count_requests = {"response": [lambda _: self.told.update(requests=1)]}
        with self.database.writes.begin() as session:
            key = create_first_admin(session, self.now)
        self.admin = TestClient(app, headers={"Authorization": f"Bearer {key}"})
        self.clients = {name: self._client(app, name, *of) for name, of in CALLERS.items()}
        self._outcomes: dict[tuple[str, str, bool], Outcome] = {}
        self._amounts: dict[tuple[str, str], Amounts] = {}

    def _client(self, app: Any, name: str, role: str, scope_path: str) -> TestClient:
        wanted = {"name": name, "role": role, "scope_path": scope_path}
        account = self.admin.post("/v1/users", json=wanted).json()["account_id"]
        made = self.admin.post("/v1/api-keys", json={"label": "machine", "account_id": account})
        client = TestClient(app, headers={"Authorization": f"Bearer {made.json()['secret']}"})
        client.event_hooks = self._count_requests
        return client

    def __enter__(self) -> Self:
        # one portal for all requests: starting a thread for each would be most of the work
        self.anybody.__enter__()
        for client in (self.admin, *self.clients.values()):
            client.portal = self.anybody.portal
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in (self.admin, *self.clients.values()):
            client.portal = None
            client.close()
        self.anybody.__exit__(kind, error, trace)
        self.database.engine.dispose()

    def line(self) -> str:
        """Say what was played."""
        return ", ".join(
            f"{self.told[name]} {name}" for name in ("sequences", "requests", "ended", "published")
        )

    def tick(self) -> None:
        self.now += timedelta(seconds=1)

    # the work of a worker, as the dispatcher does it

    def claim(self) -> RunRecord | None:
        with self.database.writes.begin() as session:
            return claim(session, "machine", self.now, LEASE)

    def finish(self, run: RunRecord, wish: str) -> Outcome:
        """Work a claimed run off and write its end down."""
        outcome = Outcome("cancelled", "cancelled while it worked")
        if wish != "cancel":
            outcome = self.outcome(run.revision_id, run.chain, is_stopped=wish == "stop")
        with self.database.writes.begin() as session:
            assert finish(session, run.run_id, run.fence, outcome, self.now)
            assert not finish(session, run.run_id, run.fence, outcome, self.now)
        return outcome

    def lose(self, run: RunRecord) -> None:
        """Let the worker of a run die."""
        with self.database.writes.begin() as session:
            assert give_back(session, run.run_id, run.fence, self.now, counts=True)
            assert not give_back(session, run.run_id, run.fence, self.now, counts=True)

    def outcome(self, revision_id: str, chain: str, *, is_stopped: bool) -> Outcome:
        """Return what the work leaves behind; the same work is done once for all sequences."""
        plan = self.plans.plan(revision_id)
        key = (plan.input_hash, chain, is_stopped)
        if key not in self._outcomes:
            self._outcomes[key] = work(Job("run", chain), plan, stop=lambda: is_stopped)
        return self._outcomes[key]

    def amounts(self, outcome: Outcome, products: str) -> Amounts:
        """Return the targets of a result as its own files have them."""
        key = (outcome.result_hash, products)
        if key not in self._amounts:
            self._amounts[key] = _amounts(outcome, products)
        return self._amounts[key]


def written(chain: Sequence[Any]) -> str:
    """Return a chain as it is kept."""
    return json.dumps(list(chain), sort_keys=True, ensure_ascii=False)


def _amounts(outcome: Outcome, products: str) -> Amounts:
    assert outcome.files is not None
    found = {}
    for name in ("targets.csv", "targets_monthly.csv"):
        content = outcome.files[name]
        assert isinstance(content, bytes)
        for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
            if products == "all" or row["product_id"] == "*":
                period = row.get("period") or "2020-01..2020-03"
                found[row["node_id"], row["product_id"], period] = Decimal(row["target"])
    return found
