"""Webhooks: addresses of partners, events for them and their deliveries; which matches and which ends of agreements were told."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "webhook",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ident", sa.String(30), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("old_secret", sa.String(200), nullable=True),
        sa.Column("old_ends_at", _TIME, nullable=True),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(12), nullable=True),
        sa.Column("since", _TIME, nullable=True),
        sa.Column("good_at", _TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", _TIME, nullable=True),
        sa.Column("leased_by", sa.String(120), nullable=True),
        sa.Column("leased_until", _TIME, nullable=True),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("ident", name=op.f("uq_webhook_ident")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_webhook_partner_id_partner")),
    )
    op.create_index(op.f("ix_webhook_partner_id"), "webhook", ["partner_id"])
    op.create_table(
        "webhook_event",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ident", sa.String(40), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("partner_id", BigId, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("ident", name=op.f("uq_webhook_event_ident")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_webhook_event_partner_id_partner")),
    )
    op.create_index(op.f("ix_webhook_event_made_at"), "webhook_event", ["made_at"])
    op.create_index(op.f("ix_webhook_event_partner_id"), "webhook_event", ["partner_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", BigId, nullable=False),
        sa.Column("event_id", BigId, nullable=False),
        sa.Column("webhook_id", BigId, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("begun_at", _TIME, nullable=True),
        sa.Column("next_at", _TIME, nullable=True),
        sa.Column("last_at", _TIME, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("event_id", "webhook_id", name=op.f("uq_webhook_delivery_event_id_webhook_id")),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_event.id"], name=op.f("fk_webhook_delivery_event_id_webhook_event")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook")),
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id_state_next_at"), "webhook_delivery", ["webhook_id", "state", "next_at"])
    op.add_column("match", sa.Column("told_at", _TIME, nullable=True))
    op.add_column("partner", sa.Column("lapse_told", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("partner", "lapse_told")
    op.drop_column("match", "told_at")
    for table in ("webhook_delivery", "webhook_event", "webhook"):
        op.drop_table(table)
