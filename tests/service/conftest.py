"""A real SQLite file and a real PostgreSQL for every test that asks for a database."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from allocator.wording import Wording
from service.accounts.service import create_first_admin
from service.app import create_app
from service.auth.principal import Principal
from service.db.database import Database, open_database
from service.db.migrate import is_migrated, migrate
from service.db.models import PlanRecord, Run
from service.plans.service import create_plan, find_revision
from service.plans.store import PlanStore, read_files
from service.problems.problem import FieldError, Problem
from service.runs.job import Job
from service.runs.repository import claim, finish
from service.runs.service import RunOptions, ask_for_run
from service.runs.work import work
from service.settings import Settings
from tests.languages import is_chinese


@pytest.fixture(autouse=True)
def _fields_are_refused_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Faults of plans have tests of their own; what the auditor says of a run (`/run_id`) is English."""
    found: list[FieldError] = []
    start = Problem.__init__

    def init(self: Problem, code: str, **more: Any) -> None:
        if code != "plan-at-fault":
            found.extend(more.get("errors", ()))
        start(self, code, **more)

    monkeypatch.setattr(Problem, "__init__", init)
    yield
    assert [
        error
        for error in found
        if error.pointer != "/run_id"
        and not (isinstance(error.message, Wording) and is_chinese(error.message.chinese))
    ] == []


def postgres_tool(name: str) -> str | None:
    """Return the newest installed server tool."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    return str(installed[-1]) if installed else shutil.which(name)


def as_owner(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def run_quietly(*command: str) -> None:
    subprocess.run(as_owner(list(command)), check=True, cwd="/", stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server of its own and return the URL of its databases without the last name."""
    initdb, pg_ctl = postgres_tool("initdb"), postgres_tool("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL is not installed (initdb and pg_ctl are missing)")
    home = Path(tempfile.gettempdir()) / f"pg-{uuid4().hex[:12]}"
    home.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    port, store = free_port(), home / "store"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off"
    try:
        run_quietly(initdb, "-D", str(store), "-A", "trust", "-U", "postgres", "-E", "UTF8")
        run_quietly(pg_ctl, "-D", str(store), "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            run_quietly(pg_ctl, "-D", str(store), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with all tables; copied for each test, since migrating takes longer than most."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgresql_server: str) -> str:
    """Return the name of a PostgreSQL database with all tables, a template for those of the tests."""
    name = f"migrated{uuid4().hex}"
    _create_database(postgresql_server, name, "template1")
    _migrate(_with_driver(postgresql_server, name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database: with all tables for who asks for `database` too, else an empty one."""
    has_tables = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        if has_tables:
            shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("migrated_database") if has_tables else "template1"
    name = f"t{uuid4().hex}"
    _create_database(server, name, template)
    return _with_driver(server, name)


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def database(empty_database: Database) -> Database:
    with empty_database.engine.connect() as connection:
        has_tables = is_migrated(connection)
    if not has_tables:
        migrate(empty_database.engine)
    return empty_database


def _create_database(server: str, name: str, template: str) -> None:
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _with_driver(server: str, name: str) -> str:
    return f"{server.replace('postgresql:', 'postgresql+psycopg:')}/{name}"


def _migrate(url: str) -> None:
    made = open_database(url)
    migrate(made.engine)
    made.engine.dispose()


class Moment:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, storage=tmp_path, body_limit=100_000)


@pytest.fixture
def app(settings: Settings, database: Database, moment: Moment) -> FastAPI:
    return create_app(settings, moment, moment.seconds, database)


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def admin(app: FastAPI, database: Database, moment: Moment) -> Iterator[TestClient]:
    with database.writes.begin() as session:
        key = create_first_admin(session, moment())
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


@pytest.fixture
def client_of(app: FastAPI, admin: TestClient) -> Callable[[str, str, str], TestClient]:
    """Return a maker of accounts (name, role, scope) that speak with a key of their own."""

    def make(name: str, role: str, scope_path: str) -> TestClient:
        made = admin.post("/v1/users", json={"name": name, "role": role, "scope_path": scope_path})
        assert made.status_code == 201, made.text
        key = admin.post("/v1/api-keys", json={"label": "test", "account_id": made.json()["account_id"]})
        return TestClient(app, headers={"Authorization": f"Bearer {key.json()['secret']}"})

    return make


DEMO = Path(__file__).parents[2] / "examples" / "demo" / "plan"
SYSTEM = Principal("system", "system", "admin", "")


def plan_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def demo_plan(database: Database, moment: Moment) -> PlanRecord:
    """Return the demo company as a plan with one revision."""
    files = plan_files(DEMO)
    with database.writes.begin() as session:
        return create_plan(session, SYSTEM, "demo", files, read_files(files), "first", moment())


@pytest.fixture
def demo_run(database: Database, demo_plan: PlanRecord, moment: Moment, tmp_path: Path) -> Run:
    """Return a run of the demo company that has really been worked off."""
    return worked_off(database, demo_plan, [], moment, tmp_path)


def worked_off(
    database: Database,
    plan: PlanRecord,
    chain: Sequence[Mapping[str, Any]],
    moment: Moment,
    folder: Path,
) -> Run:
    """Ask for a run of the newest revision, work it off in this process and return it."""
    with database.writes.begin() as session:
        revision = find_revision(session, plan)
        asked = ask_for_run(session, SYSTEM, revision, chain, None, RunOptions(), moment())
    with database.writes.begin() as session:
        claimed = claim(session, "test", moment(), timedelta(minutes=5))
        assert claimed is not None
        assert claimed.run_id == asked.run_id
    outcome = work(
        Job(asked.run_id, asked.chain), PlanStore(database, folder / "plans").plan(asked.revision_id)
    )
    with database.writes.begin() as session:
        assert finish(session, asked.run_id, claimed.fence, outcome, moment())
        return session.get_one(Run, asked.run_id)


def work_off(database: Database, moment: Moment, folder: Path) -> int:
    """Work off every run that waits, in this process; return how many there were."""
    plans = PlanStore(database, folder / "plans")
    done = 0
    while True:
        moment.now += timedelta(seconds=1)
        with database.writes.begin() as session:
            run = claim(session, "test", moment(), timedelta(minutes=5))
        if run is None:
            return done
        outcome = work(Job(run.run_id, run.chain), plans.plan(run.revision_id))
        with database.writes.begin() as session:
            assert finish(session, run.run_id, run.fence, outcome, moment())
        done += 1
