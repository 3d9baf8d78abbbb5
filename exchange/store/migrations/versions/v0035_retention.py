"""How far nights have forgotten what runs noted, and what of it is gone."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "retention",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention")),
        sa.UniqueConstraint("name", name=op.f("uq_retention_name")),
    )
    op.add_column("run", sa.Column("listings_gone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("demand_change", sa.Column("forgotten", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("demand_change", "forgotten")
    op.drop_column("run", "listings_gone_at")
    op.drop_table("retention")
