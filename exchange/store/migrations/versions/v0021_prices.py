"""Negotiated prices: versions of a case's list, and their lines."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "agreement_price_list",
        sa.Column("id", BigId, nullable=False),
        sa.Column("agreement_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(12), nullable=False),
        sa.Column("reference", sa.String(200), nullable=True),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_price_list")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_price_list_agreement_id_number")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_price_list_agreement_id_agreement")),
    )
    op.create_table(
        "agreement_price",
        sa.Column("id", BigId, nullable=False),
        sa.Column("list_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(60), nullable=False),
        sa.Column("unit", sa.String(3), nullable=True),
        sa.Column("unit_said", sa.String(80), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("quantity_min", sa.BigInteger(), nullable=True),
        sa.Column("quantity_max", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_price")),
        sa.UniqueConstraint("list_id", "position", name=op.f("uq_agreement_price_list_id_position")),
        sa.ForeignKeyConstraint(["list_id"], ["agreement_price_list.id"], name=op.f("fk_agreement_price_list_id_agreement_price_list")),
    )
    op.create_index(op.f("ix_agreement_price_list_id_sku"), "agreement_price", ["list_id", "sku"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("agreement_price")
    op.drop_table("agreement_price_list")
