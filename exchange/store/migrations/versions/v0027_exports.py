"""Sums for maps and charts, boundaries, exports in the background, reports of closed periods."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId
from exchange.store.types import ordered

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _table(name: str, *parts: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(name, sa.Column("id", BigId, nullable=False), *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def _column(name: str, kind: Any, *, empty: bool = False) -> "sa.Column[object]":
    return sa.Column(name, kind, nullable=empty)


def upgrade() -> None:
    """Bring the database forward."""
    _table(
        "figure", _column("kind", sa.String(10)), _column("province", sa.String(2)), _column("region", ordered(10)),
        _column("sector", sa.String(20)), _column("month", ordered(7)), _column("part", sa.String(30)), _column("number", BigId),
        _column("value", sa.BigInteger()), _column("unknown", BigId),
    )  # fmt: skip
    op.create_index(op.f("ix_figure_kind_month_province"), "figure", ["kind", "month", "province"])
    _table(
        "figure_count", _column("wanted_at", _TIME, empty=True), _column("tries", sa.Integer()), _column("counted_at", _TIME, empty=True),
        _column("demands", sa.Integer(), empty=True), _column("seconds", sa.Float(), empty=True), _column("trouble", sa.Text(), empty=True),
    )  # fmt: skip
    _table(
        "boundary", _column("level", sa.String(10)), _column("code", sa.String(10)), _column("path", sa.Text()), _column("x", sa.Integer()),
        _column("y", sa.Integer()), _column("source", sa.String(200)), _column("imported_by", sa.String(80)), _column("imported_at", _TIME),
        sa.UniqueConstraint("code", name=op.f("uq_boundary_code")),
    )  # fmt: skip
    op.create_index(op.f("ix_boundary_level_code"), "boundary", ["level", "code"])
    _table(
        "export", _column("ident", sa.String(40)), _column("account", sa.String(80)), _column("kind", sa.String(20)),
        _column("filters", sa.JSON()), _column("format", sa.String(5)), _column("language", sa.String(5)), _column("state", sa.String(10)),
        _column("rows", sa.Integer()), _column("total", sa.Integer(), empty=True), _column("size", sa.BigInteger(), empty=True),
        _column("tries", sa.Integer()), _column("made_at", _TIME), _column("beat_at", _TIME, empty=True),
        _column("ended_at", _TIME, empty=True), _column("until", _TIME, empty=True), _column("trouble", sa.Text(), empty=True),
        sa.UniqueConstraint("ident", name=op.f("uq_export_ident")),
    )  # fmt: skip
    op.create_index(op.f("ix_export_account_id"), "export", ["account", "id"])
    op.create_index(op.f("ix_export_state_id"), "export", ["state", "id"])
    _table(
        "period_report", _column("period", sa.String(7)), _column("edition", sa.Integer()), _column("counted_at", _TIME),
        _column("closed_at", _TIME), _column("closed_by", sa.String(80)), _column("reason", sa.Text(), empty=True),
        _column("body", sa.JSON()), sa.UniqueConstraint("period", "edition", name=op.f("uq_period_report_period_edition")),
    )  # fmt: skip


def downgrade() -> None:
    """Take it back."""
    for name in ("period_report", "export", "boundary", "figure_count", "figure"):
        op.drop_table(name)
