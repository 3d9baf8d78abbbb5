"""The exchange log: batches of what partners were told beyond the public, chained, and the firms that each tells of."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "exchange_log",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_log")),
    )
    op.create_table(
        "exchange_log_firm",
        sa.Column("id", BigId, nullable=False),
        sa.Column("firm", sa.String(80), nullable=False),
        sa.Column("batch", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_log_firm")),
        sa.UniqueConstraint("firm", "batch", name=op.f("uq_exchange_log_firm_firm_batch")),
    )
    op.create_index(op.f("ix_exchange_log_firm_batch"), "exchange_log_firm", ["batch"])
    op.create_table(
        "exchange_log_head",
        sa.Column("id", BigId, nullable=False),
        sa.Column("number", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("from_number", BigId, nullable=False),
        sa.Column("from_digest", sa.String(64), nullable=False),
        sa.Column("checked_number", BigId, nullable=False),
        sa.Column("checked_digest", sa.String(64), nullable=False),
        sa.Column("checked_at", _TIME, nullable=True),
        sa.Column("full_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_log_head")),
    )


def downgrade() -> None:
    """Take it back."""
    for table in ("exchange_log_head", "exchange_log_firm", "exchange_log"):
        op.drop_table(table)
