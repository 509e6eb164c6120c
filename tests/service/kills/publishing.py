"""Publishers and receivers at work while services are killed: a release is there whole or not at all."""

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import httpx

from service.accounts.service import create_first_admin
from service.auth.principal import Principal
from service.clock import system_clock
from service.db.database import Database, open_database
from service.db.migrate import migrate
from service.db.models import PlanRecord
from service.plans.service import create_plan, find_revision
from service.plans.store import read_files
from service.releases.formats import FORMATS
from service.runs.job import Job
from service.runs.repository import claim, finish
from service.runs.service import RunOptions, ask_for_run
from service.runs.work import work
from tests.service.kills.fleet import SERVICES, Fleet
from tests.service.kills.release_checks import Bytes, faults_of_pull, faults_of_storage
from tests.service.small_plan import small_files
from tests.waiting import HANG_SECONDS, turns, until

FACTORS = (None, "1.01", "0.99")
PUBLISHERS = 2
TOLD = ("version", "sha256", "rows", "control_totals", "run_id")
LONGEST_LIFE = 0.5
LONGEST_PAUSE = 0.3
SYSTEM = Principal("system", "system", "admin", "")


@dataclass
class Published:
    """A release that was acknowledged, and the request that made it."""

    wanted: Mapping[str, Any]
    headers: Mapping[str, str]
    answer: Mapping[str, Any]


@dataclass
class PublishingReport:
    """What a campaign did and what was wrong."""

    killed: int = 0
    late: int = 0
    pulls: int = 0
    repeats: int = 0
    published: list[Published] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"{self.killed} services killed, {len(self.published)} releases acknowledged, "
            f"{self.late} refused as stale, {self.repeats} requests sent again, "
            f"{self.pulls} pulls; {len(self.wrong)} wrong"
        )


class Campaign:
    """Who publishes, who pulls, who kills, and what they share."""

    def __init__(self, fleet: Fleet, key: str, plan_id: str, runs: list[str], seed: int) -> None:
        self.fleet, self.plan_id, self.runs, self.seed = fleet, plan_id, runs, seed
        self.report, self.bytes = PublishingReport(), Bytes()
        self._ended, self._lock = Event(), Lock()
        self._headers = {"Authorization": f"Bearer {key}"}

    def run(self, cycles: int) -> None:
        """Let everybody work, kill cycle by cycle, and look at each service that came back."""
        works = [*[self._publish] * PUBLISHERS, self._pull]
        threads = [Thread(target=self._guarded, args=(act, k)) for k, act in enumerate(works)]
        for thread in threads:
            thread.start()
        try:
            self._guarded(lambda client, chance: self._kill(client, chance, cycles), len(works))
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
        self._guarded(self._pull_everything, len(works) + 1)

    def _guarded(self, act: Callable[[httpx.Client, random.Random], None], place: int) -> None:
        chance = random.Random(self.seed * 1000 + place)
        try:
            with httpx.Client(headers=self._headers, timeout=HANG_SECONDS) as client:
                act(client, chance)
        except Exception as error:  # a thread of its own: what is wrong is told by the report
            self._wrong(f"{act}: {error!r}")

    def _wrong(self, words: str) -> None:
        with self._lock:
            self.report.wrong.append(words)

    # publishers

    def _publish(self, client: httpx.Client, chance: random.Random) -> None:
        count = 0
        while not self._ended.is_set():
            count += 1
            seen = self._ask(client, chance, "GET", f"/v1/plans/{self.plan_id}").headers["ETag"]
            headers = {"If-Match": seen, "Idempotency-Key": f"{chance.random()}-{count}"}
            wanted = {
                "run_id": chance.choice(self.runs),
                "effective_from": "2020-01-01",
                "note": f"release {count}",
                "reasons": [{"reason": "campaign"}],
            }
            answer = self._post(client, chance, wanted, headers)
            if answer.status_code == 201:
                made = Published(wanted, headers, answer.json())
                with self._lock:
                    self.report.published.append(made)
                self._repeat(client, chance, made, self.fleet.address(chance))
            elif answer.status_code == 412:
                self.report.late += 1
            else:
                self._wrong(f"publishing was answered with {answer.status_code}: {answer.text}")
            time.sleep(chance.uniform(0, LONGEST_PAUSE))

    def _post(
        self,
        client: httpx.Client,
        chance: random.Random,
        wanted: Mapping[str, Any],
        headers: Mapping[str, str],
        address: str = "",
    ) -> httpx.Response:
        path = f"/v1/plans/{self.plan_id}/releases"
        return self._ask(client, chance, "POST", path, address, json=dict(wanted), headers=dict(headers))

    def _repeat(self, client: httpx.Client, chance: random.Random, made: Published, address: str) -> None:
        """The same request again, perhaps of another service, gives the same release."""
        again = self._post(client, chance, made.wanted, made.headers, address)
        if again.status_code != 201 or again.json() != made.answer:
            self._wrong(f"a repeated request gave {again.status_code} {again.text} for {made.answer}")
        if again.headers.get("Idempotent-Replayed") != "true":
            self._wrong(f"{made.answer['release_id']} was made a second time")

    def _ask(
        self,
        client: httpx.Client,
        chance: random.Random,
        method: str,
        path: str,
        address: str = "",
        **more: Any,
    ) -> httpx.Response:
        """Send a request until a service answers it; a service of one's own choice, if it is given."""
        for _ in turns("a service answers"):
            try:
                return client.request(method, f"{address or self.fleet.address(chance)}{path}", **more)
            except httpx.TransportError:
                self.report.repeats += 1
        raise AssertionError("unreachable: turns end by themselves")

    # receivers

    def _pull(self, client: httpx.Client, chance: random.Random) -> None:
        while not self._ended.is_set():
            self._pull_one(client, chance, "latest", chance.choice(FORMATS))
            time.sleep(chance.uniform(0, LONGEST_PAUSE))

    def _pull_one(
        self, client: httpx.Client, chance: random.Random, release_id: str, form: str, address: str = ""
    ) -> None:
        path = f"/v1/releases/{release_id}/targets?format={form}"
        path += f"&plan={self.plan_id}" if release_id == "latest" else ""
        answer = self._ask(client, chance, "GET", path, address)
        self.report.pulls += 1
        if answer.status_code == 404 and release_id == "latest" and not self.report.published:
            return
        for words in faults_of_pull(answer, form, self.bytes):
            self._wrong(words)

    def _pull_everything(self, client: httpx.Client, chance: random.Random) -> None:
        for made in list(self.report.published):
            for form in FORMATS:
                self._pull_one(client, chance, made.answer["release_id"], form)

    # kills

    def _kill(self, client: httpx.Client, chance: random.Random, cycles: int) -> None:
        for cycle in range(cycles):
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            # the machine may be too busy for a release between two deaths
            until(lambda least=cycle // 3: len(self.report.published) > least, "enough is published")
            victim = chance.randrange(SERVICES)
            self.fleet.kill_service(victim)
            self.report.killed += 1
            self._look(client, chance, f"http://127.0.0.1:{self.fleet.ports[victim]}")

    def _look(self, client: httpx.Client, chance: random.Random, address: str) -> None:
        """What was acknowledged is there as it was told, by the service that has just come back."""
        known = {made.answer["release_id"]: made for made in list(self.report.published)}
        listed = self._listed(client, chance, address)
        versions = [release["version"] for release in listed]
        if versions != list(range(1, len(versions) + 1)):
            self._wrong(f"the versions after a restart are {versions}")
        there = {release["release_id"]: release for release in listed}
        for release_id, made in known.items():
            kept = {name: made.answer[name] for name in TOLD}
            if release_id not in there or not kept.items() <= there[release_id].items():
                self._wrong(f"{release_id} was acknowledged as {kept} and is now {there.get(release_id)}")
        for made in [*known.values()][-2:]:
            self._pull_one(client, chance, made.answer["release_id"], chance.choice(FORMATS), address)
        if known:
            self._repeat(client, chance, chance.choice([*known.values()]), address)

    def _listed(self, client: httpx.Client, chance: random.Random, address: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            path = f"/v1/plans/{self.plan_id}/releases?limit=500&cursor={cursor}"
            page = self._ask(client, chance, "GET", path, address).json()
            found += page["items"]
            if page["next"] is None:
                # the ids begin with the time; two services may have clocks that differ within a millisecond
                return sorted(found, key=lambda one: int(one["version"]))
            cursor = page["next"]


def run_publishing_campaign(database_url: str, storage: Path, cycles: int, seed: int) -> PublishingReport:
    """Publish and pull while services are killed; then read everything published, in every format."""
    storage.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = open_database(database_url)
        stack.callback(database.engine.dispose)
        migrate(database.engine)
        key, plan_id, runs = prepared(database)
        fleet = Fleet(database_url, storage, workers=0)
        try:
            campaign = Campaign(fleet, key, plan_id, runs, seed)
            campaign.run(cycles)
        finally:
            fleet.close()
        acknowledged = [made.answer["release_id"] for made in campaign.report.published]
        campaign.report.wrong += faults_of_storage(database, plan_id, acknowledged)
    return campaign.report


def prepared(database: Database) -> tuple[str, str, list[str]]:
    """Make key, plan and runs that have really been worked off."""
    files, now = small_files(), system_clock()
    plan = read_files(files)
    with database.writes.begin() as session:
        key = create_first_admin(session, now)
        assert key is not None
        plan_id = create_plan(session, SYSTEM, "publishing", files, plan, "", now).plan_id
    runs = []
    for factor in FACTORS:
        change = {"kind": "scale_total", "measure": "revenue", "factor": factor}
        chain = [] if factor is None else [{"name": factor, "changes": [change]}]
        outcome = work(Job("run", json.dumps(chain)), plan)
        assert outcome.status == "succeeded", outcome.reason
        with database.writes.begin() as session:
            revision = find_revision(session, session.get_one(PlanRecord, plan_id))
            asked = ask_for_run(session, SYSTEM, revision, chain, None, RunOptions(), now)
            claimed = claim(session, "campaign", now, timedelta(minutes=5))
            assert claimed is not None
            assert finish(session, asked.run_id, claimed.fence, outcome, now)
            runs.append(asked.run_id)
    return key, plan_id, runs
