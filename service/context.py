"""What a request may use: the parts that `create_app` put together once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, Request
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session

from service.auth.oidc import Identity
from service.clock import Clock
from service.db.database import Database
from service.plans.store import PlanStore
from service.runs.bell import Bell
from service.runs.results import ResultTables
from service.runs.warm import WarmPlans
from service.settings import Settings
from service.wire.rate_limit import RateLimit


class Worker(Protocol):
    """Something that works beside the requests."""

    @property
    def name(self) -> str:
        """What /readyz calls it."""
        ...

    @property
    def is_alive(self) -> bool:
        """Whether it still works."""
        ...


@dataclass(frozen=True)
class Context:
    """The parts of one running service."""

    settings: Settings
    database: Database
    clock: Clock
    registry: CollectorRegistry
    requests: RateLimit
    logins: RateLimit
    plans: PlanStore
    warm: WarmPlans
    results: ResultTables
    bell: Bell
    identity: Identity | None
    background: list[Worker] = field(default_factory=list)


async def context_of(request: Request) -> Context:
    """Return the context of the application that answers; async, so that no thread is asked for it."""
    found: Context = request.app.state.context
    return found


ContextDep = Annotated[Context, Depends(context_of)]


def _reading(context: ContextDep) -> Iterator[Session]:
    with context.database.reads() as session:
        yield session


def _writing(context: ContextDep) -> Iterator[Session]:
    with context.database.writes.begin() as session:
        yield session


# Both end before the answer is sent: what is acknowledged is committed.
ReadSession = Annotated[Session, Depends(_reading, scope="function")]
WriteSession = Annotated[Session, Depends(_writing, scope="function")]
