"""Services on one database, killed again and again; what they accepted must end once and right."""

import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from service.accounts.service import create_first_admin
from service.auth.principal import Principal
from service.clock import system_clock
from service.db.database import Database, open_database
from service.db.migrate import migrate
from service.db.models import OutboxEvent, Run, RunEvent
from service.plans.service import create_plan
from service.plans.store import read_files
from service.runs.job import Job
from service.runs.work import work
from tests.service.kills.fleet import SERVICES, Fleet
from tests.waiting import HANG_SECONDS, turns, until

LONGEST_PAUSE = 0.7
WORKERS_SHARE = 0.6
"""This share of the kills hits a worker, the others a whole service."""
FACTORS = (None, "1.01", "0.99", "1.02")


@dataclass
class Report:
    """What a campaign did and what was wrong at its end."""

    services_killed: int = 0
    workers_killed: int = 0
    accepted: int = 0
    attempts: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        ended = ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.services_killed} services and {self.workers_killed} workers killed, {self.accepted} runs "
            f"accepted, {self.attempts} attempts, {ended}; {len(self.wrong)} wrong"
        )


def run_campaign(database_url: str, storage: Path, plan_folder: Path, cycles: int, seed: int) -> Report:
    """Ask for a run and kill something at a random moment, cycle by cycle; then wait and look."""
    storage.mkdir(parents=True, exist_ok=True)
    database = open_database(database_url)
    try:
        migrate(database.engine)
        key, plan_id, expected = _prepared(database, plan_folder)
        report, chance = Report(), random.Random(seed)
        fleet = Fleet(database_url, storage)
        try:
            with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=HANG_SECONDS) as client:
                asked = _attack(fleet, client, plan_id, cycles, chance, report)
            _wait_for_end(database)
        finally:
            fleet.close()
        _judge(database, asked, expected, report)
    finally:
        database.engine.dispose()
    return report


def _prepared(database: Database, folder: Path) -> tuple[str, str, dict[str, str]]:
    """Make the plan; return key, plan and the result hash of each chain when nobody is disturbed."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    plan = read_files(files)
    now = system_clock()
    with database.writes.begin() as session:
        key = create_first_admin(session, now)
        system = Principal("system", "system", "admin", "")
        made = create_plan(session, system, "kills", files, plan, "", now)
        plan_id = made.plan_id
    assert key is not None
    expected = {}
    for factor in FACTORS:
        chain = json.dumps(_chain(factor), sort_keys=True)
        expected[str(factor)] = work(Job("reference", chain), plan).result_hash
    assert all(expected.values())
    return key, plan_id, expected


def _changes(factor: str) -> list[dict[str, str]]:
    return [{"kind": "scale_total", "measure": "revenue", "factor": factor}]


def _chain(factor: str | None) -> list[dict[str, object]]:
    return [] if factor is None else [{"name": factor, "changes": _changes(factor)}]


def _attack(
    fleet: Fleet, client: httpx.Client, plan_id: str, cycles: int, chance: random.Random, report: Report
) -> dict[str, str]:
    """Return run -> factor of everything that was acknowledged."""
    places: dict[str | None, str] = {None: f"/v1/plans/{plan_id}/runs"}
    for factor in FACTORS[1:]:
        body = {"name": factor, "changes": _changes(str(factor))}
        made = _acknowledged(fleet, client, f"/v1/plans/{plan_id}/scenarios", body, f"s-{factor}", chance)
        places[factor] = f"/v1/scenarios/{made['scenario_id']}/runs"
    asked: dict[str, str] = {}
    for cycle in range(cycles):
        chosen = chance.choice(FACTORS)
        run = _acknowledged(fleet, client, places[chosen], {}, f"run-{cycle}", chance)
        asked[run["run_id"]] = str(chosen)
        time.sleep(chance.uniform(0.0, LONGEST_PAUSE))
        victim = chance.randrange(SERVICES)
        if chance.random() < WORKERS_SHARE:
            # the run of this cycle needs a worker or has had one, so there is or will be one
            until(lambda: any(map(fleet.kill_worker, range(SERVICES))), "there is a worker")
            report.workers_killed += 1
        else:
            fleet.kill_service(victim)
            report.services_killed += 1
    report.accepted = len(asked)
    return asked


def _acknowledged(
    fleet: Fleet,
    client: httpx.Client,
    place: str,
    body: Mapping[str, object],
    key: str,
    chance: random.Random,
) -> dict[str, str]:
    """Send a request until somebody acknowledges it; its key makes it one request."""
    for _ in turns("a service answers"):
        address = fleet.address(chance)
        try:
            answer = client.post(f"{address}{place}", json=dict(body), headers={"Idempotency-Key": key})
        except httpx.TransportError:
            continue
        assert answer.status_code in (201, 202), answer.text
        found: dict[str, str] = answer.json()
        return found
    raise AssertionError("unreachable: turns end by themselves")


def _wait_for_end(database: Database) -> None:
    for _ in turns("no run is left that waits or works"):
        with database.reads() as session:
            waiting = select(func.count()).where(Run.status.in_(("queued", "running")))
            if not session.scalar(waiting):
                return


def _judge(database: Database, asked: dict[str, str], expected: dict[str, str], report: Report) -> None:
    with database.reads() as session:
        runs: Sequence[Run] = session.scalars(select(Run)).all()
        told = Counter(
            session.scalars(select(OutboxEvent.subject).where(OutboxEvent.kind == "run.ended")).all()
        )
        ends = Counter(session.scalars(select(RunEvent.run_id).where(RunEvent.kind == "ended")).all())
    if {run.run_id for run in runs} != set(asked):
        report.wrong.append(f"{len(runs)} runs are there, {len(asked)} were acknowledged")
    for run in runs:
        report.statuses[run.status] += 1
        report.attempts += run.attempt
        if run.status != "succeeded":
            report.wrong.append(f"{run.run_id} ended as {run.status}: {run.reason}")
        elif run.result_hash != expected[asked.get(run.run_id, "")]:
            report.wrong.append(f"{run.run_id} has another result than an undisturbed run")
        if (told[run.run_id], ends[run.run_id]) != (1, 1):
            report.wrong.append(f"{run.run_id} ended {ends[run.run_id]} times, told {told[run.run_id]} times")
