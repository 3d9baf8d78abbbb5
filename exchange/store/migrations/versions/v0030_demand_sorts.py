"""How the last count sorted each demand; the index of demands is made again, since it knows months of need from here on."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId, utcnow
from exchange.store.types import UtcDateTime, ordered

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward; a worker makes the index again block by block, and counts the figures where they were counted before."""
    op.create_table(
        "demand_sort",
        sa.Column("id", BigId, nullable=False),
        sa.Column("term", ordered(48), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_sort")),
        sa.UniqueConstraint("term", "block", name=op.f("uq_demand_sort_term_block")),
    )
    _make_anew()
    count = sa.table("figure_count", sa.column("wanted_at", UtcDateTime), sa.column("tries"), sa.column("counted_at"))
    op.execute(sa.update(count).where(count.c.counted_at.is_not(None)).values(wanted_at=utcnow(), tries=0))


def downgrade() -> None:
    """Take it back; the column of months goes with the next make of the index."""
    posting = sa.table("demand_posting", sa.column("term"))
    op.execute(sa.delete(posting).where(posting.c.term == "=need"))
    op.drop_table("demand_sort")


def _make_anew() -> None:
    """As `demand_index.begin_anew`; the place in the feed stays, so that nothing is missed meanwhile."""
    index = sa.table("demand_index", sa.column("filled"), sa.column("revision"))
    op.execute(sa.update(index).values(filled=0, revision=index.c.revision + 1))
