"""Offers that complete runs no longer name are held before they are let go, as demands are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("supply", sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("supply", sa.Column("missing_runs", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("supply", sa.Column("held_why", sa.String(10), nullable=True))


def downgrade() -> None:
    """Take it back."""
    for name in ("held_why", "missing_runs", "missing_since"):
        op.drop_column("supply", name)
