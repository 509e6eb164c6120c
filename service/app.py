"""Putting the service together; importing this creates nothing."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from service.auth.oidc import identity_of
from service.clock import Clock, system_clock
from service.context import Context, Worker
from service.db.database import Database, open_database
from service.observability.observe import ObserveRequests
from service.observability.request_log import RequestLog
from service.openapi.description import describe, operation_id
from service.plans.store import PlanStore
from service.problems.handlers import install_problem_handlers
from service.releases.desk import ReleaseDesk
from service.releases.known_pulls import KnownPulls
from service.releases.pull import ServePulls
from service.routers import ROUTERS
from service.runs.bell import Bell
from service.runs.results import ResultTables
from service.runs.warm import WarmPlans
from service.settings import Settings
from service.wire.guard_body import GuardBody
from service.wire.rate_limit import RateLimit

Background = Callable[[Context], AbstractContextManager[Worker]]


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    seconds: Callable[[], float] = time.monotonic,
    database: Database | None = None,
    background: Sequence[Background] = (),
) -> FastAPI:
    """Return the application; its database is closed when it ends, unless it was given.

    Parameters
    ----------
    background
        What works beside the requests from start to end; /readyz asks whether it still does.
    """
    opened = database or open_database(settings.sqlalchemy_url)
    context = Context(
        settings,
        opened,
        clock,
        CollectorRegistry(),
        RateLimit(settings.requests_per_minute, seconds),
        RateLimit(settings.logins_per_minute, seconds),
        PlanStore(opened, settings.storage / "plans"),
        WarmPlans(),
        ResultTables(),
        Bell(),
        identity_of(settings),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            if database is None:
                stack.callback(opened.engine.dispose)
            context.background.extend(stack.enter_context(start(context)) for start in background)
            yield
            context.background.clear()

    app = FastAPI(
        title="Target Allocator",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    app.state.context = context
    app.state.releases = ReleaseDesk(context.plans)
    install_problem_handlers(app)
    describe(app)
    for router in ROUTERS:
        app.include_router(router)
    log = RequestLog(context.registry)
    app.state.known_pulls = KnownPulls(context.requests, seconds, log)
    app.add_middleware(ServePulls, known=app.state.known_pulls)
    app.add_middleware(GuardBody, limit=settings.body_limit)
    app.add_middleware(ObserveRequests, log=log)
    return app
