"""Trade: deals with their lines, steps and deliveries."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _table(name: str, *columns: "sa.Column[Any]", unique: tuple[tuple[str, ...], ...], keys: dict[str, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", BigId, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*names, name=op.f(f"uq_{name}_{'_'.join(names)}")) for names in unique),
        *(sa.ForeignKeyConstraint([key], [f"{to}.id"], name=op.f(f"fk_{name}_{key}_{to}")) for key, to in keys.items()),
    )


def _index(name: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{name}_{'_'.join(columns)}"), name, list(columns))


def upgrade() -> None:
    """Bring the database forward."""
    _table(
        "deal",
        sa.Column("ident", sa.String(20), nullable=False),
        sa.Column("demand", sa.String(40), nullable=False),
        sa.Column("demand_id", BigId, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("buyer_name", sa.String(400), nullable=False),
        sa.Column("region", sa.String(10), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("agreement_id", BigId, nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("letter_number", sa.String(80), nullable=True),
        sa.Column("letter_date", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("offered_at", _TIME, nullable=True),
        sa.Column("answer", sa.String(12), nullable=True),
        sa.Column("order_number", sa.String(80), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        unique=(("ident",),),
        keys={"demand_id": "demand", "agreement_id": "agreement"},
    )
    for columns in (("state", "id"), ("region", "id"), ("demand_id",), ("agreement_id",)):
        _index("deal", *columns)
    _table(
        "deal_line",
        sa.Column("deal_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("match_id", BigId, nullable=False),
        sa.Column("product_id", BigId, nullable=False),
        sa.Column("sku", sa.String(60), nullable=False),
        sa.Column("product_name", sa.String(300), nullable=False),
        sa.Column("sector", sa.String(20), nullable=True),
        sa.Column("kbli", sa.String(5), nullable=True),
        sa.Column("business", sa.String(40), nullable=False),
        sa.Column("business_name", sa.String(300), nullable=False),
        sa.Column("unit", sa.String(3), nullable=True),
        sa.Column("unit_said", sa.String(80), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("price_reason", sa.Text(), nullable=True),
        sa.Column("ordered_quantity", sa.BigInteger(), nullable=True),
        sa.Column("ordered_value", sa.BigInteger(), nullable=True),
        sa.Column("object_position", sa.Integer(), nullable=True),
        sa.Column("commodity", sa.String(200), nullable=True),
        unique=(("deal_id", "position"), ("deal_id", "product_id")),
        keys={"deal_id": "deal", "match_id": "match", "product_id": "product"},
    )
    for column in ("business", "match_id"):
        _index("deal_line", column)
    _table(
        "deal_delivery",
        sa.Column("deal_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("corrects_id", BigId, nullable=True),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        unique=(("deal_id", "number"),),
        keys={"deal_id": "deal", "line_id": "deal_line", "corrects_id": "deal_delivery"},
    )
    for column in ("line_id", "day"):
        _index("deal_delivery", column)
    _table(
        "deal_step",
        sa.Column("deal_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        unique=(("deal_id", "number"),),
        keys={"deal_id": "deal"},
    )


def downgrade() -> None:
    """Bring the database back."""
    for name in ("deal_step", "deal_delivery", "deal_line", "deal"):
        op.drop_table(name)
