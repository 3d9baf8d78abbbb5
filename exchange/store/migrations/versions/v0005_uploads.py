"""Files that regions sent by a link, and the sources that take them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column("source", sa.Column("upload_key", sa.Integer(), nullable=True))
    op.add_column("source", sa.Column("upload", sa.JSON(), nullable=True))
    op.create_table(
        "upload",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("source_id", _KEY, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_upload_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_source_id_id"), "upload", ["source_id", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("upload")
    op.drop_column("source", "upload")
    op.drop_column("source", "upload_key")
