"""What a night must remember: since how many runs a demand is missing, how a source fares, which answers a broken run has."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


# added and dropped one by one, and without a foreign key: SQLite would make the whole table anew for it, which others point to
def _columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("demand", sa.Column("missing_runs", sa.Integer(), nullable=False, server_default="0")),
        ("demand", sa.Column("held_why", sa.String(10), nullable=True)),
        ("source", sa.Column("health", sa.String(10), nullable=False, server_default="good")),
        ("source", sa.Column("failures", sa.Integer(), nullable=False, server_default="0")),
        ("source", sa.Column("last_good_at", sa.DateTime(timezone=True), nullable=True)),
        ("source", sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True)),
        ("run", sa.Column("night_id", _KEY, nullable=True)),
        ("answer", sa.Column("request", sa.String(64), nullable=True)),
        ("answer", sa.Column("facts", sa.JSON(), nullable=False, server_default="{}")),
        ("source", sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True)),
        ("run", sa.Column("duplicates", sa.Integer(), nullable=False, server_default="0")),
        ("quarantine", sa.Column("reader", sa.String(160), nullable=True)),
        ("change", sa.Column("readers", sa.Integer(), nullable=False, server_default="0")),
        ("change", sa.Column("losers", sa.Integer(), nullable=False, server_default="0")),
        ("source", sa.Column("cursor", sa.JSON(), nullable=True)),
    ]


def _tables() -> None:
    """The tables that a night's look back fills."""
    op.create_table(
        "source_profile",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("source_id", _KEY, nullable=False),
        sa.Column("connector", sa.String(80), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_source_profile_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_profile")),
        sa.UniqueConstraint("source_id", name=op.f("uq_source_profile_source_id")),
    )
    op.create_table(
        "demand_link",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("low_id", _KEY, nullable=False),
        sa.Column("high_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source_id", _KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["low_id"], ["demand.id"], name=op.f("fk_demand_link_low_id_demand")),
        sa.ForeignKeyConstraint(["high_id"], ["demand.id"], name=op.f("fk_demand_link_high_id_demand")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_demand_link_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_link")),
        sa.UniqueConstraint("low_id", "high_id", "kind", name=op.f("uq_demand_link_low_id_high_id_kind")),
    )
    op.create_index(op.f("ix_demand_link_high_id"), "demand_link", ["high_id"])
    op.create_index(op.f("ix_demand_link_source_id"), "demand_link", ["source_id"])
    op.create_table(
        "demand_code",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("demand_id", _KEY, nullable=False),
        sa.Column("code", sa.String(220), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_code_demand_id_demand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_code")),
        sa.UniqueConstraint("code", "demand_id", name=op.f("uq_demand_code_code_demand_id")),
    )
    op.create_index(op.f("ix_demand_code_demand_id"), "demand_code", ["demand_id"])


def _supply() -> None:
    """What other regions offer."""
    op.create_table(
        "supply",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("ident", sa.String(40), nullable=False),
        sa.Column("source_id", _KEY, nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("sku", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("producer", sa.String(400), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("connector_version", sa.String(40), nullable=False),
        sa.Column("raw_answer", sa.String(64), nullable=False),
        sa.Column("raw_position", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_supply_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply")),
        sa.UniqueConstraint("ident", name=op.f("uq_supply_ident")),
        sa.UniqueConstraint("source_id", "reference", name=op.f("uq_supply_source_id_reference")),
    )
    op.create_index(op.f("ix_supply_state_region_id"), "supply", ["state", "region", "id"])


def _feed() -> None:
    """Who is told of a change, and what names this database's feed."""
    told = sa.text("(readers > 1 OR losers > 1)")
    op.create_index("ix_change_told", "change", ["id"], sqlite_where=told, postgresql_where=told)
    feed = op.create_table(
        "feed",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("floors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    op.bulk_insert(feed, [{"epoch": secrets.token_hex(8), "floors": {}}])


def upgrade() -> None:
    """Bring the database forward; what was held before waits for a person, as it did."""
    op.create_table(
        "night",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("brief", sa.JSON(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night")),
    )
    op.create_index(op.f("ix_night_state_id"), "night", ["state", "id"])
    for table, column in _columns():
        op.add_column(table, column)
    _tables()
    _feed()
    _supply()
    op.create_index(op.f("ix_run_night_id"), "run", ["night_id"])
    missing = sa.text("missing_since IS NOT NULL")
    op.create_index("ix_demand_missing", "demand", ["source_id", "state"], sqlite_where=missing, postgresql_where=missing)
    # each new row wrote to them all over, and the other index of each table serves the same questions
    op.drop_index(op.f("ix_segment_kind_tier_ident"), "segment")
    op.drop_index(op.f("ix_change_kind_ident"), "change")
    op.execute("UPDATE demand SET missing_runs = 1, held_why = 'guard' WHERE missing_since IS NOT NULL AND state = 'live'")


def downgrade() -> None:
    """Take it back."""
    op.create_index(op.f("ix_change_kind_ident"), "change", ["kind", "ident"])
    op.create_index(op.f("ix_segment_kind_tier_ident"), "segment", ["kind", "tier", "ident"])
    op.drop_index("ix_demand_missing", "demand")
    op.drop_index(op.f("ix_run_night_id"), "run")
    op.drop_index("ix_change_told", "change")
    op.drop_table("feed")
    op.drop_table("supply")
    for table in ("demand_code", "demand_link", "source_profile"):
        op.drop_table(table)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
    op.drop_index(op.f("ix_night_state_id"), "night")
    op.drop_table("night")
