"""Releases with rows, bytes and acknowledgements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IMMUTABLE = ("releases", "release_targets", "release_snapshots", "release_acks")
REFUSE_POSTGRESQL = """
CREATE FUNCTION refuse_release_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what was released is immutable'; END $$
"""
ORG_PATH = sa.Text().with_variant(TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "releases",
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("supersedes", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("control_totals", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("effective_from", sa.String(length=10), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.plan_id"], name=op.f("fk_releases_plan_id_plans")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_releases_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["releases.release_id"], name=op.f("fk_releases_supersedes_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_releases")),
        sa.UniqueConstraint("plan_id", "version", name=op.f("uq_releases_plan_id_version")),
    )
    op.create_index(op.f("ix_releases_published_at"), "releases", ["published_at"], unique=False)
    op.create_table(
        "release_targets",
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("row_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("employee_id", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("org_path", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=10), nullable=False),
        sa.Column("product_id", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.String(length=60), nullable=False),
        sa.Column("previous_amount", sa.String(length=60), nullable=True),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.String(length=10), nullable=False),
        sa.Column("row_hash", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.release_id"], name=op.f("fk_release_targets_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", "row_number", name=op.f("pk_release_targets")),
        sa.UniqueConstraint(
            "release_id",
            "node_id",
            "measure",
            "product_id",
            "period",
            name=op.f("uq_release_targets_release_id_node_id_measure_product_id_period"),
        ),
    )
    op.create_index(
        "ix_release_targets_employee", "release_targets", ["release_id", "employee_id"], unique=False
    )
    op.create_index(
        "ix_release_targets_scope", "release_targets", ["release_id", "org_path", "row_number"], unique=False
    )
    op.create_table(
        "release_snapshots",
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.release_id"], name=op.f("fk_release_snapshots_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", "format", "encoding", name=op.f("pk_release_snapshots")),
    )
    op.create_table(
        "release_acks",
        sa.Column("ack_id", sa.String(length=64), nullable=False),
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.release_id"], name=op.f("fk_release_acks_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("ack_id", name=op.f("pk_release_acks")),
    )
    op.create_index(op.f("ix_release_acks_release_id"), "release_acks", ["release_id"], unique=False)
    _guard_releases()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("release_acks")
    op.drop_table("release_snapshots")
    op.drop_table("release_targets")
    op.drop_table("releases")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_release_change()")


def _guard_releases() -> None:
    """Make the database itself refuse to change or drop anything that was released."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE_POSTGRESQL)
        for table in IMMUTABLE:
            op.execute(
                f"CREATE TRIGGER {table}_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_release_change()"
            )
        return
    for table in IMMUTABLE:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{event.lower()} BEFORE {event} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what was released is immutable'); END"
            )
