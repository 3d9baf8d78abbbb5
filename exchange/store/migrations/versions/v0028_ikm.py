"""What firms agreed to and asked to be put right, monitoring visits, photos, and which fields of a demand changed."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _firm(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f(f"fk_{table}_business_id_business")),
        sa.UniqueConstraint("form_key", name=op.f(f"uq_{table}_form_key")),
    ]


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "consent",
        sa.Column("id", BigId, nullable=False),
        sa.Column("business_id", BigId, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("means", sa.String(10), nullable=False),
        sa.Column("capacity", sa.String(20), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=True),
        sa.Column("media", sa.String(100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(40), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        *_firm("consent"),
    )
    op.create_index(op.f("ix_consent_business_id_id"), "consent", ["business_id", "id"])
    op.create_table(
        "correction",
        sa.Column("id", BigId, nullable=False),
        sa.Column("business_id", BigId, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("ident", sa.String(80), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("stood", sa.JSON(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("form_key", sa.String(40), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        *_firm("correction"),
    )
    op.create_index(op.f("ix_correction_business_id_id"), "correction", ["business_id", "id"])
    op.create_index(op.f("ix_correction_state_id"), "correction", ["state", "id"])
    op.create_table(
        "visit",
        sa.Column("id", BigId, nullable=False),
        sa.Column("business_id", BigId, nullable=False),
        sa.Column("form_key", sa.String(40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(80), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("capacity_unit", sa.String(80), nullable=True),
        sa.Column("capacity_period", sa.String(10), nullable=True),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column("machines", sa.String(20), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("machines_note", "orders", "problems")),
        sa.Column("training_needs", sa.JSON(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("followed_on", sa.Date(), nullable=True),
        sa.Column("followed_by", sa.String(80), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        *_firm("visit"),
    )
    op.create_index(op.f("ix_visit_business_id_on_day_id"), "visit", ["business_id", "on_day", "id"])
    op.create_index(op.f("ix_visit_followed_on_due_on"), "visit", ["followed_on", "due_on"])
    op.create_table(
        "photo",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("thumb", sa.String(64), nullable=False),
        sa.Column("alt", sa.String(300), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("width", "height", "size")),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("removed_by", sa.String(80), nullable=True),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_kind_owner_id_position"), "photo", ["kind", "owner_id", "position"])
    op.create_index(op.f("ix_photo_sha256"), "photo", ["sha256"])
    op.create_table(
        "demand_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("demand_id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("raw_answer", sa.String(64), nullable=False),
        sa.Column("raw_position", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_change")),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_change_demand_id_demand")),
    )
    op.create_index(op.f("ix_demand_change_demand_id_id"), "demand_change", ["demand_id", "id"])


def downgrade() -> None:
    """Bring the database back."""
    for name in ("demand_change", "photo", "visit", "correction", "consent"):
        op.drop_table(name)
