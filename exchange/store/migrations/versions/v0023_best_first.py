"""
Matches are read in the order of their page from an index that says all that narrows it; scores of products' data are kept by the night;
bodies of the index of demands are kept as they are.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from exchange.store.base import BigId

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_index("ix_match_best", "match", ["state", text("score DESC"), "id", "demand_id", "product_id"])
    op.create_index("ix_match_product_best", "match", ["product_id", "state", text("score DESC"), "id"])
    op.drop_index("ix_match_state_score_id", "match")
    op.drop_index("ix_match_product_id_state", "match")
    op.create_table(
        "quality_score",
        sa.Column("id", BigId, nullable=False),
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_quality_score_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_score")),
        sa.UniqueConstraint("product_id", name=op.f("uq_quality_score_product_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # they are packed already: what is read back by the million is not to be unpacked twice
        op.execute("ALTER TABLE demand_posting ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Go back."""
    op.drop_table("quality_score")
    op.create_index("ix_match_state_score_id", "match", ["state", "score", "id"])
    op.create_index("ix_match_product_id_state", "match", ["product_id", "state"])
    op.drop_index("ix_match_best", "match")
    op.drop_index("ix_match_product_best", "match")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE demand_posting ALTER COLUMN body SET STORAGE EXTENDED")
