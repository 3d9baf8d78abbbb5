"""How likely a demand is served, which model matched it, and what a match's criteria come to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.add_column(sa.Column("matched_model", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("served", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verdict", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("flip", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("match", schema=None) as batch_op:
        batch_op.drop_column("flip")
        batch_op.drop_column("verdict")
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_column("served")
        batch_op.drop_column("matched_model")
