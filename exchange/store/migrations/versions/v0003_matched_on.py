"""The day that a demand's matches were reckoned from: what time is left changes without anybody changing a row."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.add_column(sa.Column("matched_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_column("matched_on")
