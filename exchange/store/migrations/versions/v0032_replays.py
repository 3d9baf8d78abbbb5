"""A cause in quarantine is read again by the worker: what was asked for, how far it is and what became of it."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "replay",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("source_id", BigId, nullable=True),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_replay_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
    )
    op.create_index(op.f("ix_replay_state_id"), "replay", ["state", "id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("replay")
