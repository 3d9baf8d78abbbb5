"""Partners of the API: their secrets, tokens, use and answers; counts of requests; answers kept by their Idempotency-Key."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _id() -> sa.Column[Any]:
    return sa.Column("id", BigId, nullable=False)


def _key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _partner(table: str) -> tuple[sa.Column[Any], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_partner_id_partner")
    return sa.Column("partner_id", BigId, nullable=False), sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=name)


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "partner",
        _id(),
        sa.Column("ident", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("region", sa.String(10), nullable=False),
        sa.Column("contact", sa.String(200), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("stage_until", sa.Date(), nullable=True),
        sa.Column("within", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("source_id", BigId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        _key("partner"),
        sa.UniqueConstraint("ident", name=op.f("uq_partner_ident")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_partner_source_id_source")),
    )
    op.create_table(
        "partner_secret",
        _id(),
        sa.Column("ident", sa.String(12), nullable=False),
        *_partner("partner_secret"),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.Column("ends_at", _TIME, nullable=True),
        _key("partner_secret"),
        sa.UniqueConstraint("ident", name=op.f("uq_partner_secret_ident")),
        sa.UniqueConstraint("digest", name=op.f("uq_partner_secret_digest")),
    )
    op.create_index(op.f("ix_partner_secret_partner_id"), "partner_secret", ["partner_id"])
    op.create_table(
        "access_token",
        _id(),
        sa.Column("digest", sa.String(64), nullable=False),
        *_partner("access_token"),
        sa.Column("secret_id", BigId, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        _key("access_token"),
        sa.UniqueConstraint("digest", name=op.f("uq_access_token_digest")),
        sa.ForeignKeyConstraint(["secret_id"], ["partner_secret.id"], name=op.f("fk_access_token_secret_id_partner_secret")),
    )
    op.create_index(op.f("ix_access_token_secret_id"), "access_token", ["secret_id"])
    op.create_index(op.f("ix_access_token_ends_at"), "access_token", ["ends_at"])
    op.create_table(
        "partner_use",
        _id(),
        *_partner("partner_use"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("operation", sa.String(80), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        _key("partner_use"),
        sa.UniqueConstraint("partner_id", "day", "operation", name=op.f("uq_partner_use_partner_id_day_operation")),
    )
    op.create_table(
        "rate",
        _id(),
        sa.Column("bucket", sa.String(80), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        _key("rate"),
        sa.UniqueConstraint("bucket", name=op.f("uq_rate_bucket")),
    )
    op.create_index(op.f("ix_rate_window"), "rate", ["window"])
    op.create_table(
        "idempotency",
        _id(),
        *_partner("idempotency"),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(80), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _key("idempotency"),
        sa.UniqueConstraint("partner_id", "key", name=op.f("uq_idempotency_partner_id_key")),
    )
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"])
    op.create_table(
        "match_answer",
        _id(),
        sa.Column("match_id", BigId, nullable=False),
        *_partner("match_answer"),
        sa.Column("answer", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _key("match_answer"),
        sa.UniqueConstraint("match_id", name=op.f("uq_match_answer_match_id")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_match_answer_match_id_match")),
    )
    op.create_index(op.f("ix_match_answer_partner_id"), "match_answer", ["partner_id"])


def downgrade() -> None:
    """Take it back."""
    for table in ("match_answer", "idempotency", "rate", "partner_use", "access_token", "partner_secret", "partner"):
        op.drop_table(table)
