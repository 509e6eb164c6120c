"""`allocator serve`: the HTTP service, with no other step before it."""

import argparse
import os

import uvicorn
from pydantic import ValidationError

from allocator.errors import Fault, InputFaults
from allocator.texts import text
from service.accounts.service import create_first_admin
from service.app import create_app
from service.cli.output import Output
from service.clock import system_clock
from service.db.database import open_database
from service.db.migrate import migrate
from service.observability.logs import write_json_logs
from service.runs.crews import dispatcher_of
from service.settings import PREFIX, Settings
from service.webhooks.delivery import Deliverer

HELP = "serve the HTTP API; settings come from ALLOCATOR_* and DATABASE_URL"
GRACE_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Migrate, make the first admin where nobody is known, and serve until told to end."""
    settings = _settings()
    write_json_logs()
    _prepare(settings, output)
    address = {"host": arguments.host, "port": arguments.port}
    output.show(text("serve.listening", output.lang, **address), {"status": "starting", **address})
    config = uvicorn.Config(
        create_app(settings, background=[Deliverer, *([dispatcher_of] if settings.workers else [])]),
        host=arguments.host,
        port=arguments.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


def _prepare(settings: Settings, output: Output) -> None:
    """Bring the database to its shape; at the first start make the first admin and show the key."""
    settings.storage.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.sqlalchemy_url)
    try:
        migrate(database.engine)
        with database.writes.begin() as session:
            secret = create_first_admin(session, system_clock())
            if secret:
                # shown before it is committed: a crash in between costs a key that opens nothing
                words = text("serve.first_key", output.lang, secret=secret)
                output.show(words, {"status": "first-start", "admin_key": secret})
    finally:
        database.engine.dispose()


def _settings() -> Settings:
    """Read the settings; what is wrong with them is told like faults of a plan."""
    try:
        return Settings.from_environment(os.environ)
    except ValidationError as error:
        raise InputFaults(
            [
                Fault(
                    "environment",
                    0,
                    f"{PREFIX}{str(fault['loc'][0]).upper()}",
                    str(fault["input"])[:200],
                    "bad-setting",
                    str(fault["msg"]),
                    f"mend or unset it; known: {', '.join(map(str.upper, Settings.model_fields))}",
                )
                for fault in error.errors()
            ]
        ) from error
