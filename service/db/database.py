"""Connections and sessions: reads and writes begin differently."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 30


@dataclass(frozen=True)
class Database:
    """An engine and its two kinds of sessions; closed by `engine.dispose()`."""

    engine: Engine
    reads: sessionmaker[Session]
    writes: sessionmaker[Session]


def open_database(url: str) -> Database:
    """Make an engine; nothing is connected yet.

    A session that reads sees one state of the database from its first statement on, on both databases.

    On SQLite: write-ahead log, every commit on disk before it is acknowledged, foreign keys, and a
    transaction that writes takes its lock when it begins (a lock taken later fails at once when
    somebody else writes).
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url, poolclass=QueuePool, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True)
    is_sqlite = engine.dialect.name == "sqlite"
    reading = engine if is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
    writing = engine.execution_options(writes=True)
    return Database(
        engine, sessionmaker(reading, expire_on_commit=False), sessionmaker(writing, expire_on_commit=False)
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
