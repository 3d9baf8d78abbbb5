"""What a person accepted as the new normal of a source's lists."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("source", sa.Column("accepted", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("source", "accepted")
