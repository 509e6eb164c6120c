"""What an import's check inferred about when reps came."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of checks made before nothing is known."""
    op.add_column("imports", sa.Column("presence", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("imports", "presence")
