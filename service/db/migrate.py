"""Bringing a database to the shape of the models, and back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, target: str = "head") -> None:
    """Upgrade to `target`, all or nothing."""
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_config(connection), target)


def migrate_down(engine: Engine, target: str = "base") -> None:
    """Downgrade to `target`, all or nothing."""
    with engine.execution_options(writes=True).begin() as connection:
        command.downgrade(_config(connection), target)


def is_migrated(connection: Connection) -> bool:
    """Whether the database stands at the newest migration."""
    newest = ScriptDirectory(str(SCRIPTS)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
