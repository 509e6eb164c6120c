"""The database has the shape of the models, loses no write and keeps moments exactly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError

from service.db.database import Database
from service.db.migrate import is_migrated, migrate, migrate_down
from service.db.models import Account, Base

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def account(name: str) -> Account:
    return Account(
        account_id=f"acc_{name}", name=name, role="rep", scope_path="/a/", employee_id="", created_at=NOW
    )


def test_migrations_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert is_migrated(connection)


def test_migrations_go_down_to_nothing_and_up_again(database: Database) -> None:
    migrate_down(database.engine)
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    with database.engine.connect() as connection:
        assert not is_migrated(connection)
    migrate(database.engine)
    with database.engine.connect() as connection:
        assert is_migrated(connection)


def test_a_moment_comes_back_to_the_microsecond(database: Database) -> None:
    with database.writes.begin() as session:
        session.add(account("ann"))
    with database.reads() as session:
        assert session.scalars(select(Account.created_at)).one() == NOW


def test_writers_at_the_same_time_wait_for_each_other_and_none_is_lost(database: Database) -> None:
    with database.writes.begin() as session:
        session.add(account("counter"))

    def add_one(_: int) -> None:
        with database.writes.begin() as session:
            found = session.scalars(select(Account).with_for_update()).one()
            found.scope_path += "x"

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_one, range(24)))
    with database.reads() as session:
        found = session.scalars(select(Account)).one()
        assert (len(found.scope_path), found.version) == (3 + 24, 25)


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"])
def test_the_database_itself_refuses_to_change_the_audit_log(database: Database, statement: str) -> None:
    columns = "number, at, account_id, action, subject, before, after, previous_hash, entry_hash"
    with database.writes.begin() as session:
        session.execute(text(f"INSERT INTO audit_entries ({columns}) VALUES (1,1,'','','','','','','')"))
    with pytest.raises(DatabaseError, match="append-only"), database.writes.begin() as session:
        session.execute(text(statement))
