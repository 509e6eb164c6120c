"""Putting the service together; importing this creates nothing."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from service.accounts.endpoints import router as accounts
from service.audit.endpoints import router as audit
from service.clock import Clock, system_clock
from service.context import Context
from service.db.database import Database, open_database
from service.health.endpoints import router as health
from service.imports.endpoints import router as imports
from service.observability.observe import ObserveRequests
from service.plans.endpoints import router as plans
from service.plans.table_endpoints import router as tables
from service.problems.handlers import install_problem_handlers
from service.settings import Settings
from service.wire.guard_body import GuardBody
from service.wire.rate_limit import RateLimit


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    seconds: Callable[[], float] = time.monotonic,
    database: Database | None = None,
) -> FastAPI:
    """Return the application; its database is closed when it ends, unless it was given."""
    opened = database or open_database(settings.sqlalchemy_url)
    context = Context(
        settings,
        opened,
        clock,
        CollectorRegistry(),
        RateLimit(settings.requests_per_minute, seconds),
        RateLimit(settings.logins_per_minute, seconds),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if database is None:
            opened.engine.dispose()

    app = FastAPI(title="Target Allocator", version="1", lifespan=lifespan, redirect_slashes=False)
    app.state.context = context
    install_problem_handlers(app)
    for router in (health, accounts, audit, imports, plans, tables):
        app.include_router(router)
    app.add_middleware(GuardBody, limit=settings.body_limit)
    app.add_middleware(ObserveRequests, registry=context.registry)
    return app
