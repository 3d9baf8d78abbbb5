"""What a night must remember: since how many runs a demand is missing, how a source fares, which answers a broken run has."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward; what was held before waits for a person, as it did."""
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.add_column(sa.Column("missing_runs", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("held_why", sa.String(10), nullable=True))
    op.execute("UPDATE demand SET missing_runs = 1, held_why = 'guard' WHERE missing_since IS NOT NULL AND state = 'live'")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("health", sa.String(10), nullable=False, server_default="good"))
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("last_good_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("facts")
        batch_op.drop_column("request")
    with op.batch_alter_table("source", schema=None) as batch_op:
        for name in ("next_try_at", "last_good_at", "failures", "health"):
            batch_op.drop_column(name)
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_column("held_why")
        batch_op.drop_column("missing_runs")
