"""The inbox of matches: who looks after one and until when it rests, steps over many, saved searches, and codes of reasons."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("match", sa.Column("reason_code", sa.String(20), nullable=True))
    coded = sa.text("reason_code IS NOT NULL")
    op.create_index("ix_match_reason_code", "match", ["reason_code", "id"], sqlite_where=coded, postgresql_where=coded)
    op.create_table(
        "match_care",
        sa.Column("id", BigId, nullable=False),
        sa.Column("match_id", BigId, nullable=False),
        sa.Column("assignee_id", BigId, nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("updated_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_care")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_match_care_match_id_match")),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name=op.f("fk_match_care_assignee_id_account")),
        sa.UniqueConstraint("match_id", name=op.f("uq_match_care_match_id")),
    )
    for column in ("assignee_id", "snoozed_until"):
        op.create_index(op.f(f"ix_match_care_{column}_match_id"), "match_care", [column, "match_id"])
    op.create_table(
        "match_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.Column("undone_by", sa.String(80), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_step")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("from_id", BigId, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_search_account_id_account")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_search_account_id_name")),
    )
    op.create_index(op.f("ix_saved_search_shared"), "saved_search", ["shared"])
    op.create_table(
        "saved_look",
        sa.Column("id", BigId, nullable=False),
        sa.Column("search_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("seen_id", BigId, nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("told_id", BigId, nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counted_to", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_look")),
        sa.ForeignKeyConstraint(["search_id"], ["saved_search.id"], name=op.f("fk_saved_look_search_id_saved_search")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_look_account_id_account")),
        sa.UniqueConstraint("search_id", "account_id", name=op.f("uq_saved_look_search_id_account_id")),
    )
    op.create_index(op.f("ix_saved_look_account_id"), "saved_look", ["account_id"])


def downgrade() -> None:
    """Go back."""
    for name in ("saved_look", "saved_search", "match_step", "match_care"):
        op.drop_table(name)
    op.drop_index("ix_match_reason_code", "match")
    op.drop_column("match", "reason_code")
