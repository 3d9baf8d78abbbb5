"""What demands are searched by; empty here, a worker fills it from the demands that are kept."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TERM = sa.String(48).with_variant(sa.String(48, collation="C"), "postgresql")


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "demand_posting",
        sa.Column("id", BigId, nullable=False),
        sa.Column("term", _TERM, nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_posting")),
        sa.UniqueConstraint("term", "block", name=op.f("uq_demand_posting_term_block")),
    )
    op.create_index(op.f("ix_demand_posting_block"), "demand_posting", ["block"])
    op.create_table(
        "demand_index",
        sa.Column("id", BigId, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("only", sa.String(1), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_index")),
        sa.UniqueConstraint("only", name=op.f("uq_demand_index_only")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("demand_index")
    op.drop_table("demand_posting")
