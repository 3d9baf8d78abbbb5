"""Sources are looked at by the worker before they are approved; what a run changed, missed and took back is kept by run."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "run_listing",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("demand_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_listing_run_id_run")),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_run_listing_demand_id_demand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_listing")),
    )
    op.create_index(op.f("ix_run_listing_run_id_outcome_id"), "run_listing", ["run_id", "outcome", "id"])
    op.create_index(op.f("ix_quarantine_run_id_id"), "quarantine", ["run_id", "id"])
    op.create_table(
        "source_look",
        sa.Column("id", BigId, nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("against_id", BigId, nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("options_digest", sa.String(32), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_source_look_source_id_source")),
        sa.ForeignKeyConstraint(["against_id"], ["source_look.id"], name=op.f("fk_source_look_against_id_source_look")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_look")),
    )
    op.create_index(op.f("ix_source_look_source_id_id"), "source_look", ["source_id", "id"])
    op.create_index(op.f("ix_source_look_state_id"), "source_look", ["state", "id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("source_look")
    op.drop_index(op.f("ix_quarantine_run_id_id"), "quarantine")
    op.drop_table("run_listing")
