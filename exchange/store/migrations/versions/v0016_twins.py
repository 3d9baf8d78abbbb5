"""Agreements that two nodes hold: other nodes, twins, and the messages between them."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "twin_peer",
        sa.Column("id", BigId, nullable=False),
        sa.Column("region", sa.String(10), nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("kid", sa.String(60), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin_peer")),
        sa.UniqueConstraint("region", name=op.f("uq_twin_peer_region")),
    )
    op.create_index(op.f("ix_twin_peer_kid"), "twin_peer", ["kid"])
    op.create_table(
        "agreement_twin",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ident", sa.String(45), nullable=False),
        sa.Column("peer_id", BigId, nullable=False),
        sa.Column("agreement_id", BigId, nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("acked", sa.Integer(), nullable=False),
        sa.Column("head_out", sa.String(64), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("head_in", sa.String(64), nullable=False),
        sa.Column("ours", sa.JSON(), nullable=True),
        sa.Column("theirs", sa.JSON(), nullable=True),
        sa.Column("theirs_at", _TIME, nullable=True),
        sa.Column("theirs_number", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("differs_since", _TIME, nullable=True),
        sa.Column("noted", sa.String(64), nullable=True),
        sa.Column("closed_since", _TIME, nullable=True),
        sa.Column("fork", sa.Text(), nullable=True),
        sa.Column("checked_at", _TIME, nullable=True),
        sa.Column("check_trouble", sa.Text(), nullable=True),
        sa.Column("leased_by", sa.String(120), nullable=True),
        sa.Column("leased_until", _TIME, nullable=True),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_twin")),
        sa.UniqueConstraint("ident", name=op.f("uq_agreement_twin_ident")),
        sa.ForeignKeyConstraint(["peer_id"], ["twin_peer.id"], name=op.f("fk_agreement_twin_peer_id_twin_peer")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_twin_agreement_id_agreement")),
    )
    for column in ("peer_id", "agreement_id", "state"):
        op.create_index(op.f(f"ix_agreement_twin_{column}"), "agreement_twin", [column])
    op.create_table(
        "twin_message",
        sa.Column("id", BigId, nullable=False),
        sa.Column("twin_id", BigId, nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ident", sa.String(45), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", _TIME, nullable=True),
        sa.Column("last_at", _TIME, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin_message")),
        sa.UniqueConstraint("twin_id", "direction", "number", name=op.f("uq_twin_message_twin_id_direction_number")),
        sa.ForeignKeyConstraint(["twin_id"], ["agreement_twin.id"], name=op.f("fk_twin_message_twin_id_agreement_twin")),
    )
    op.create_index(op.f("ix_twin_message_direction_state_next_at"), "twin_message", ["direction", "state", "next_at"])


def downgrade() -> None:
    """Bring the database back."""
    for name in ("twin_message", "agreement_twin", "twin_peer"):
        op.drop_table(name)
