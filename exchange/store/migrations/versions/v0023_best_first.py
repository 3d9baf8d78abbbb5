"""Matches are read in the order of their page from an index that says all that narrows it; bodies of the index of demands as they are."""

from alembic import op
from sqlalchemy import text

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_index("ix_match_best", "match", ["state", text("score DESC"), "id", "demand_id", "product_id"])
    op.create_index("ix_match_product_best", "match", ["product_id", "state", text("score DESC"), "id"])
    op.drop_index("ix_match_state_score_id", "match")
    op.drop_index("ix_match_product_id_state", "match")
    if op.get_bind().dialect.name == "postgresql":
        # they are packed already: what is read back by the million is not to be unpacked twice
        op.execute("ALTER TABLE demand_posting ALTER COLUMN body SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Go back."""
    op.create_index("ix_match_state_score_id", "match", ["state", "score", "id"])
    op.create_index("ix_match_product_id_state", "match", ["product_id", "state"])
    op.drop_index("ix_match_best", "match")
    op.drop_index("ix_match_product_best", "match")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE demand_posting ALTER COLUMN body SET STORAGE EXTENDED")
