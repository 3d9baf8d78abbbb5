"""What a case was begun with, so that the same form or command begins it once."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    with op.batch_alter_table("agreement") as table:
        table.add_column(sa.Column("begun_with", sa.String(64), nullable=True))
    op.create_index(op.f("ix_agreement_begun_with"), "agreement", ["begun_with"], unique=True)


def downgrade() -> None:
    """Bring the database back."""
    op.drop_index(op.f("ix_agreement_begun_with"), "agreement")
    with op.batch_alter_table("agreement") as table:
        table.drop_column("begun_with")
