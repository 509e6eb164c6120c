"""`allocator serve`: the HTTP service, with no other step before it."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from allocator.errors import Fault, InputFaults
from allocator.results.text_table import text_table
from allocator.texts import text, worded
from service.accounts.service import create_first_admin
from service.app import create_app
from service.cli.output import Output
from service.clock import system_clock
from service.db.database import open_database
from service.db.migrate import migrate
from service.demo.company import DemoKey, load_demo
from service.observability.logs import write_json_logs
from service.runs.crews import dispatcher_of
from service.server import server_of
from service.settings import PREFIX, Settings
from service.webhooks.delivery import Deliverer

HELP = "serve the HTTP API; settings come from ALLOCATOR_* and DATABASE_URL"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="load the demo company with users of every role and one finished run",
    )


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Migrate, make the first admin where nobody is known, and serve until told to end."""
    settings = _settings()
    write_json_logs()
    _prepare(settings, output, with_demo=arguments.demo)
    address = {"host": arguments.host, "port": arguments.port}
    output.show(text("serve.listening", output.lang, **address), {"status": "starting", **address})
    app = create_app(settings, background=[Deliverer, *([dispatcher_of] if settings.workers else [])])
    server = server_of(app, arguments.host, arguments.port)
    server.run()
    return 0 if server.started else 1


def _prepare(settings: Settings, output: Output, *, with_demo: bool) -> None:
    """Bring the database to its shape; at the first start make the first admin and show the key."""
    _make_storage(settings.storage)
    database = open_database(settings.sqlalchemy_url)
    try:
        migrate(database.engine)
        with database.writes.begin() as session:
            secret = create_first_admin(session, system_clock())
            if secret:
                # shown before it is committed: a crash in between costs a key that opens nothing
                words = text("serve.first_key", output.lang, secret=secret)
                output.show(words, {"status": "first-start", "admin_key": secret})
        if with_demo:
            _show_demo(load_demo(database, settings.storage, system_clock), output)
    finally:
        database.engine.dispose()


def _make_storage(folder: Path) -> None:
    """Make the folder where it is missing, kept out of any git repository it lies in: it holds secrets."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")


def _show_demo(keys: Sequence[DemoKey], output: Output) -> None:
    """Show who can come in and with which key; at later starts only that the company is there."""
    if not keys:
        output.show(text("serve.demo_there", output.lang), {"status": "demo", "users": []})
        return
    head = [text(f"serve.demo_{name}", output.lang) for name in ("user", "role", "scope", "key")]
    rows = [[one.name, one.role, one.scope_path or "*", one.key] for one in keys]
    lines = [text("serve.demo_loaded", output.lang), *text_table([head, *rows])]
    users = [asdict(one) for one in keys]
    output.show("\n".join(lines), {"status": "demo", "users": users})


def _settings() -> Settings:
    """Read the settings; what is wrong with them is told like faults of a plan."""
    try:
        return Settings.from_environment(os.environ)
    except ValidationError as error:
        known = ", ".join(map(str.upper, Settings.model_fields))
        raise InputFaults(
            [
                Fault(
                    "environment",
                    0,
                    f"{PREFIX}{str(fault['loc'][0]).upper()}",
                    str(fault["input"])[:200],
                    "bad-setting",
                    worded("fault.option.setting", reason=fault["msg"]),
                    worded("fault.option.setting.hint", names=known),
                )
                for fault in error.errors()
            ]
        ) from error
