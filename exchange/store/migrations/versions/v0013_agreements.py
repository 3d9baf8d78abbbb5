"""Cooperation between governments: cases, steps, files, objects and matches; what a partner's agreements open, by day."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _of_case(name: str, *columns: sa.Column[Any], unique: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", BigId, nullable=False),
        sa.Column("agreement_id", BigId, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f(f"fk_{name}_agreement_id_agreement")),
    )


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "agreement",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ident", sa.String(20), nullable=False),
        sa.Column("instrument", sa.String(12), nullable=False),
        sa.Column("category", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("region", sa.String(10), nullable=True),
        sa.Column("counterpart", sa.String(200), nullable=False),
        sa.Column("partner_id", BigId, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("state_since", _TIME, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("kb_until", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("extends_id", BigId, nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("ident", name=op.f("uq_agreement_ident")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_agreement_partner_id_partner")),
        sa.ForeignKeyConstraint(["extends_id"], ["agreement.id"], name=op.f("fk_agreement_extends_id_agreement")),
    )
    op.create_index(op.f("ix_agreement_state_state_since"), "agreement", ["state", "state_since"])
    op.create_index(op.f("ix_agreement_partner_id"), "agreement", ["partner_id"])
    op.create_index(op.f("ix_agreement_region"), "agreement", ["region"])
    _of_case(
        "agreement_step",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("office", sa.String(24), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("article", sa.String(120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        unique=("agreement_id", "number"),
    )
    _of_case(
        "agreement_file",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        unique=("agreement_id", "kind", "sha256"),
    )
    _of_case(
        "agreement_object",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(20), nullable=True),
        sa.Column("kbli", sa.String(5), nullable=True),
        sa.Column("commodity", sa.String(200), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(3), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("district", sa.String(80), nullable=True),
        unique=("agreement_id", "position"),
    )
    _of_case(
        "agreement_match",
        sa.Column("demand", sa.String(80), nullable=False),
        sa.Column("product", sa.String(80), nullable=False),
        unique=("agreement_id", "demand", "product"),
    )
    with op.batch_alter_table("partner") as table:
        table.add_column(sa.Column("openings", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Bring the database back."""
    with op.batch_alter_table("partner") as table:
        table.drop_column("openings")
    for name in ("agreement_match", "agreement_object", "agreement_file", "agreement_step", "agreement"):
        op.drop_table(name)
