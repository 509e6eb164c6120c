"""Commitments, balance requests, submissions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TEXT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ORG_PATH = sa.Text().with_variant(TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "commitments",
        sa.Column("commitment_id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("org_path", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("measure", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.String(length=60), nullable=False),
        sa.Column("confidence", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.plan_id"], name=op.f("fk_commitments_plan_id_plans")),
        sa.PrimaryKeyConstraint("commitment_id", name=op.f("pk_commitments")),
        sa.UniqueConstraint(
            "plan_id",
            "node_id",
            "measure",
            "product_id",
            name=op.f("uq_commitments_plan_id_node_id_measure_product_id"),
        ),
    )
    op.create_index("ix_commitments_scope", "commitments", ["plan_id", "org_path"], unique=False)
    op.create_table(
        "balance_requests",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("thread_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("base_run_id", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("org_path", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("pins", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("settled_on", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_run_id"], ["runs.run_id"], name=op.f("fk_balance_requests_base_run_id_runs")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_balance_requests_plan_id_plans")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name=op.f("fk_balance_requests_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["settled_on"], ["runs.run_id"], name=op.f("fk_balance_requests_settled_on_runs")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_balance_requests")),
        sa.UniqueConstraint("settled_on", name=op.f("uq_balance_requests_settled_on")),
        sa.UniqueConstraint("thread_id", "round", name=op.f("uq_balance_requests_thread_id_round")),
    )
    op.create_index("ix_requests_scope", "balance_requests", ["plan_id", "org_path"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("org_path", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.plan_id"], name=op.f("fk_submissions_plan_id_plans")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("plan_id", "node_id", name=op.f("uq_submissions_plan_id_node_id")),
    )
    op.create_index("ix_submissions_scope", "submissions", ["plan_id", "org_path"], unique=False)
    op.create_table(
        "agreement_steps",
        sa.Column("step_id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("node_id", sa.String(length=200), nullable=False),
        sa.Column("org_path", sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.plan_id"], name=op.f("fk_agreement_steps_plan_id_plans")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_agreement_steps")),
        sa.UniqueConstraint(
            "subject_id",
            "node_id",
            "number",
            name=op.f("uq_agreement_steps_subject_id_node_id_number"),
        ),
    )
    op.create_index("ix_steps_scope", "agreement_steps", ["plan_id", "org_path"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("agreement_steps")
    op.drop_table("submissions")
    op.drop_table("balance_requests")
    op.drop_table("commitments")
