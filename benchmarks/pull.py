"""The pull of a release beside a bare uvicorn ping, in one run.

python -m benchmarks.pull --scratch out/pull [--database-url URL] [--seconds 10] [--json FILE]
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx
import uvicorn
from starlette.types import Receive, Scope, Send

from benchmarks.load import Load, load, question
from benchmarks.plans import write_benchmark_plan
from service.accounts.service import create_first_admin
from service.auth.principal import Principal
from service.clock import system_clock
from service.db.database import Database, open_database
from service.db.migrate import migrate
from service.plans.service import create_plan, find_revision
from service.plans.store import read_files
from service.runs.job import Job
from service.runs.repository import claim, finish
from service.runs.service import RunOptions, ask_for_run
from service.runs.work import work
from service.settings import Settings

REPS, PRODUCTS = 700, 4
"""With teams, regions and the company a bit more than 10,000 rows of thirteen periods."""
GATES = "fairness: {gap: 0.99, effect: 1.0, alpha: 0.000001}\n"
SYSTEM = Principal("system", "system", "admin", "")
MANY = "100000000"
WAIT = 30.0
PAGE = 500
PING = "ping"


@dataclass(frozen=True)
class Ready:
    """A release that can be pulled, and who pulls it."""

    release_id: str
    rows: int
    hr_key: str
    manager_key: str
    etag: str
    megabytes: float


async def ping(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `pong`: the least that uvicorn can do."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"pong"})


def serve_ping(port: int) -> None:
    """Serve `ping` until told to end."""
    uvicorn.run(ping, port=port, log_config=None, access_log=False, lifespan="off")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scratch", type=Path, default=Path("out/pull"))
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL database (default: SQLite)")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--ping", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ping is not None:
        serve_ping(chosen.ping)
        return 0
    shutil.rmtree(chosen.scratch, ignore_errors=True)
    chosen.scratch.mkdir(parents=True)
    figures = measure(chosen.scratch.absolute(), chosen.database_url, chosen.seconds, chosen.connections)
    written = json.dumps(figures, indent=1)
    if chosen.json is not None:
        chosen.json.write_text(written + "\n")
    print(written)
    return 0


def measure(scratch: Path, database_url: str, seconds: float, connections: int) -> dict[str, object]:
    """Return the figures of every way to pull, with those of the ping before and after."""
    settings = Settings(storage=scratch, database_url=database_url)
    database = open_database(settings.sqlalchemy_url)
    migrate(database.engine)
    with database.writes.begin() as session:
        admin_key = create_first_admin(session, system_clock())
    assert admin_key is not None
    run_id, plan_id = worked_off(database, scratch)
    database.engine.dispose()
    port, ping_port = free_port(), free_port()
    serve = ["-m", "service.cli.main", "serve", "--port", str(port)]
    with (
        served([*serve], port, scratch, database_url) as server,
        served(["-m", "benchmarks.pull", "--ping", str(ping_port)], ping_port, scratch, "") as pinged,
    ):
        ready = publish(port, admin_key, run_id, plan_id)
        asks = questions(ready)
        found = {}
        for name, ask in asks.items():
            before = cpu_seconds(pinged), cpu_seconds(server)
            base = load(ping_port, asks[PING], seconds / 2, connections)
            one = load(port, ask, seconds, connections) if name != PING else base
            after = cpu_seconds(pinged), cpu_seconds(server)
            found[name] = figures_of(one, after[1] - before[1], base, after[0] - before[0])
    return {"release_rows": ready.rows, "gzip_megabytes": ready.megabytes, "pulls": found}


def figures_of(one: Load, cpu: float, base: Load, base_cpu: float) -> dict[str, object]:
    """Return rate and times beside the ping just before, and what both servers took per answer."""
    return {
        **asdict(one),
        "rate": round(one.rate, 1),
        "ping_rate": round(base.rate, 1),
        "of_ping": round(one.rate / base.rate, 3),
        "cpu_microseconds": round(cpu / one.requests * 1e6, 1),
        "ping_cpu_microseconds": round(base_cpu / base.requests * 1e6, 1),
    }


def cpu_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def worked_off(database: Database, scratch: Path) -> tuple[str, str]:
    """Make a plan, allocate it in this process and return the ids of run and plan."""
    write_benchmark_plan(scratch / "plan", REPS, PRODUCTS, seed=1)
    files = {path.name: path.read_bytes() for path in sorted((scratch / "plan").iterdir())}
    files["plan.yaml"] += GATES.encode()
    plan, now = read_files(files), system_clock()
    with database.writes.begin() as session:
        made = create_plan(session, SYSTEM, "pulled", files, plan, "", now)
        asked = ask_for_run(session, SYSTEM, find_revision(session, made), [], None, RunOptions(), now)
    with database.writes.begin() as session:
        claimed = claim(session, "benchmark", now, timedelta(hours=1))
    assert claimed is not None
    outcome = work(Job(asked.run_id, asked.chain), plan)
    with database.writes.begin() as session:
        assert finish(session, asked.run_id, claimed.fence, outcome, system_clock())
    return asked.run_id, made.plan_id


def publish(port: int, admin_key: str, run_id: str, plan_id: str) -> Ready:
    """Publish the run as an HTTP caller, and make those who pull."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {admin_key}"}, timeout=120
    ) as admin:
        wanted = {"run_id": run_id, "effective_from": "2020-01-01", "products": "total"}
        released = admin.post(f"/v1/plans/{plan_id}/releases", json=wanted, headers={"If-Match": "*"})
        if released.status_code != 201:
            raise RuntimeError(released.text)
        made = released.json()
        whole = admin.get(f"/v1/releases/{made['release_id']}/targets", headers={"Accept-Encoding": "gzip"})
        paths = [row["org_path"] for row in whole.json()["items"]]
        region = next(path for path in paths if path.count("/") == 3)
        keys = [key_of(admin, "hr", "hr", ""), key_of(admin, "manager", "manager", region)]
        size = int(whole.headers["content-length"]) / 1e6
        return Ready(made["release_id"], made["rows"], keys[0], keys[1], whole.headers["etag"], size)


def key_of(admin: httpx.Client, name: str, role: str, scope: str) -> str:
    """Return the key of a new account."""
    made = admin.post("/v1/users", json={"name": name, "role": role, "scope_path": scope})
    key = admin.post("/v1/api-keys", json={"label": "pull", "account_id": made.json()["account_id"]})
    return str(key.json()["secret"])


def questions(ready: Ready) -> dict[str, Callable[[], bytes]]:
    """Return what is asked, by name; pages begin anywhere, so that no two are the same."""
    path = f"/v1/releases/{ready.release_id}/targets"
    hr = {"Authorization": f"Bearer {ready.hr_key}"}
    manager = {"Authorization": f"Bearer {ready.manager_key}"}
    whole = question(path, {**hr, "Accept-Encoding": "gzip"})
    plain = question(path, hr)
    seen = question(path, {**hr, "Accept-Encoding": "gzip", "If-None-Match": ready.etag})
    chance = Random(1)

    def page() -> bytes:
        return question(f"{path}?limit={PAGE}&cursor={chance.randrange(ready.rows)}", hr)

    def scoped() -> bytes:
        return question(f"{path}?limit={PAGE}&cursor={chance.randrange(200)}", manager)

    return {
        PING: lambda: question("/", {}),
        "whole, gzip": lambda: whole,
        "whole, identity": lambda: plain,
        "304": lambda: seen,
        f"page of {PAGE}": page,
        f"scoped page of {PAGE}": scoped,
    }


@contextmanager
def served(
    command: list[str], port: int, storage: Path, database_url: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server of its own process and wait until it answers."""
    environment = {**os.environ, "ALLOCATOR_STORAGE": str(storage), "ALLOCATOR_REQUESTS_PER_MINUTE": MANY}
    if database_url:
        environment["DATABASE_URL"] = database_url
    with (storage / f"server-{port}.log").open("w") as log:
        process = subprocess.Popen([sys.executable, *command], env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield process
        finally:
            process.terminate()
            process.wait(WAIT)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port}")


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
