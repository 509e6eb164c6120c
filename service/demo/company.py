"""Lanhai Instruments in a fresh service: its plan, an account for every role, one finished run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from service.accounts.schemas import AccountCreate, KeyCreate
from service.accounts.service import create_account, create_key
from service.auth.principal import Principal, Role
from service.clock import Clock
from service.db.database import Database
from service.db.models import PlanNode, Run
from service.plans.repository import find_node, plan_named
from service.plans.service import create_plan, find_revision
from service.plans.store import PlanStore, read_files
from service.runs.crew import ProcessCrew
from service.runs.job import Job
from service.runs.orders import Order
from service.runs.repository import claim, finish, give_back
from service.runs.service import RunOptions, ask_for_run

NAME = "demo"
LOADER = Principal("system", "demo", "admin", "")
LEASE = timedelta(minutes=5)
HERE = Path(__file__).parent / "plan"
IN_THE_SOURCES = Path(__file__).parents[2] / "examples" / "demo" / "plan"


@dataclass(frozen=True)
class DemoUser:
    """Somebody of the company: `node` is what they see, empty for all of it."""

    name: str
    role: Role
    node: str = ""


USERS = (
    DemoUser("demo-finance", "finance"),
    DemoUser("demo-analyst", "analyst"),
    DemoUser("demo-hr", "hr"),
    DemoUser("demo-region-manager", "manager", "east"),
    DemoUser("demo-team-manager", "manager", "E01"),
    DemoUser("demo-rep", "rep", "E0101"),
)


@dataclass(frozen=True)
class DemoKey:
    """What a user of the demo needs to come in."""

    name: str
    role: str
    scope_path: str
    key: str


def load_demo(database: Database, storage: Path, clock: Clock) -> tuple[DemoKey, ...]:
    """Load the company where it is not there yet; return the keys of its users, none where it was.

    The plan, the accounts and the question for a run come in one transaction; the run is worked off
    here, so that there is a result at the first request.
    """
    with database.reads() as session:
        if plan_named(session, NAME) is not None:
            return ()
    folder = HERE if HERE.is_dir() else IN_THE_SOURCES
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    plan = read_files(files)
    with database.writes.begin() as session:
        if plan_named(session, NAME) is not None:
            return ()
        now = clock()
        made = create_plan(session, LOADER, NAME, files, plan, "Lanhai Instruments", now)
        revision = find_revision(session, made)
        keys = tuple(_user(session, user, revision.revision_id, now) for user in USERS)
        asked = ask_for_run(session, LOADER, revision, [], None, RunOptions(), now)
    _work_off(database, PlanStore(database, storage / "plans"), asked, clock)
    return keys


def _user(session: Session, user: DemoUser, revision_id: str, now: datetime) -> DemoKey:
    node = find_node(session, LOADER, revision_id, user.node) if user.node else None
    path, employee = _place(node)
    wanted = AccountCreate(name=user.name, role=user.role, scope_path=path, employee_id=employee)
    account = create_account(session, LOADER, wanted, None, now)
    _, secret = create_key(session, LOADER, KeyCreate(label="demo", account_id=account.account_id), now)
    return DemoKey(user.name, user.role, path, secret)


def _place(node: PlanNode | None) -> tuple[str, str]:
    return ("", "") if node is None else (node.org_path, node.employee_id)


def _work_off(database: Database, plans: PlanStore, asked: Run, clock: Clock) -> None:
    """Work the run off; where an older one waits, both are left to the dispatcher."""
    with database.writes.begin() as session:
        run = claim(session, "demo", clock(), LEASE)
        if run is None:
            return
        if run.run_id != asked.run_id:
            give_back(session, run.run_id, run.fence, clock(), counts=False)
            return
    # by a worker, as any run: what solves would stay in the memory of the service
    folder = str(plans.folder(run.revision_id).absolute())
    order = Order(Job(run.run_id, run.chain), run.revision_id, folder, "", "", 0)
    crew = ProcessCrew(1)
    try:
        outcome = crew.submit(order, LEASE.total_seconds()).result()
    finally:
        crew.close()
    with database.writes.begin() as session:
        finish(session, run.run_id, run.fence, outcome, clock())
