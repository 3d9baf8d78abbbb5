"""Which file, and which columns of it, the fields of firms and products came from; an import's line is found by its row."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "import_source",
        sa.Column("id", BigId, nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", BigId, nullable=True),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_source")),
        sa.ForeignKeyConstraint(["import_id"], ["catalogue_import.id"], name=op.f("fk_import_source_import_id_catalogue_import")),
    )
    op.create_index(op.f("ix_import_source_digest"), "import_source", ["digest"])
    op.create_index(op.f("ix_catalogue_import_line_import_id_line"), "catalogue_import_line", ["import_id", "line"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_catalogue_import_line_import_id_line"), table_name="catalogue_import_line")
    op.drop_table("import_source")
