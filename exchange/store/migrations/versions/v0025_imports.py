"""Imports of the catalogue are looked at before they are taken: the file, and one line for each thing that it says."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "catalogue_import",
        sa.Column("id", BigId, nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=True),
        sa.Column("wanted_at", _TIME, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("marked", sa.String(64), nullable=True),
        sa.Column("refused", sa.String(64), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("mend", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import")),
        sa.ForeignKeyConstraint(["parent_id"], ["catalogue_import.id"], name=op.f("fk_catalogue_import_parent_id_catalogue_import")),
    )
    for columns in (["state", "made_at"], ["digest"], ["parent_id"], ["wanted_at"]):
        op.create_index(op.f(f"ix_catalogue_import_{'_'.join(columns)}"), "catalogue_import", columns)
    op.create_table(
        "catalogue_import_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("import_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("sheet", sa.String(200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("noted", sa.Boolean(), nullable=False),
        sa.Column("print", sa.String(32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_import_line")),
        sa.ForeignKeyConstraint(["import_id"], ["catalogue_import.id"], name=op.f("fk_catalogue_import_line_import_id_catalogue_import")),
    )
    for columns in (["part", "position"], ["noted", "position"], ["part", "chosen"]):
        op.create_index(op.f(f"ix_catalogue_import_line_import_id_{'_'.join(columns)}"), "catalogue_import_line", ["import_id", *columns])


def downgrade() -> None:
    """Bring the database back."""
    op.drop_table("catalogue_import_line")
    op.drop_table("catalogue_import")
