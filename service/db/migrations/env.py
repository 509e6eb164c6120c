"""Run by Alembic with the connection that `service.db.migrate` gives."""

from alembic import context

from service.db.models import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
