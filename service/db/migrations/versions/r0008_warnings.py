"""What an import's check found improbable."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of checks made before nothing is known."""
    op.add_column("imports", sa.Column("warnings", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("imports", "warnings")
