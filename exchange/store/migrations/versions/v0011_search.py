"""What products and firms are searched by, made of the records that are kept; public names ordered by their bytes on PostgreSQL too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from schemas.reading.searching import search_terms

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BITS = {"staff": 1, "contracted": 2, "agreed": 4, "public": 8}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDEXED = ("name", "price_low", "changed", "lead_time", "tkdn", "sector", "kbli", "kbki", "hs", "place", "producer")


def _text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Bring the database forward."""
    texts = (("state", 20), ("sector", 20), ("scale", 20), ("kbli", 5), ("kbki", 10), ("hs", 6), ("district", 80), ("place", 80),
             ("cluster", 120), ("producer", 40))  # fmt: skip
    entry = op.create_table(
        "search_entry",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("ident", _text(80), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("name", _text(120), nullable=False),
        *(sa.Column(name, _text(length), nullable=True) for name, length in texts),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in ("price_low", "price_high", "capacity", "tkdn")),
        sa.Column("lead_time", sa.Integer(), nullable=True),
        sa.Column("certificates", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "ident", name=op.f("uq_search_entry_kind_ident")),
    )
    for name in _INDEXED:
        op.create_index(op.f(f"ix_search_entry_kind_{name}_ident"), "search_entry", ["kind", name, "ident"])
    term = op.create_table(
        "search_term",
        sa.Column("term", _text(48), nullable=False),
        sa.Column("entry_id", _KEY, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["search_entry.id"], name=op.f("fk_search_term_entry_id_search_entry")),
        sa.PrimaryKeyConstraint("term", "entry_id", name=op.f("pk_search_term")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_term_entry_id"), "search_term", ["entry_id"])
    _collate("C")
    _fill(entry, term)


def downgrade() -> None:
    """Take it back."""
    _collate("default")
    op.drop_table("search_term")
    op.drop_table("search_entry")


def _collate(name: str) -> None:
    """SQLite orders by bytes already."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE segment ALTER COLUMN ident TYPE varchar(80) COLLATE "{name}"')


def _fill(entry: sa.Table, term: sa.Table) -> None:
    """Make the entries of what is kept; the shapes are those of `exchange.access.searching` when this was written."""
    connection = op.get_bind()
    readers: dict[tuple[str, str], int] = {}
    for kind, ident, tier in connection.execute(sa.text("SELECT kind, ident, tier FROM segment WHERE kind IN ('product', 'business')")):
        readers[kind, ident] = readers.get((kind, ident), 0) + _BITS[tier]
    batch: list[tuple[dict[str, Any], dict[str, int]]] = []
    number = 0
    for values, terms in [*_firms(connection), *_products(connection)]:
        number += 1
        batch.append((values | {"id": number, "readers": readers.get((values["kind"], values["ident"]), 0)}, terms))
        if len(batch) == 500:
            _write(connection, entry, term, batch)
            batch = []
    _write(connection, entry, term, batch)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT setval(pg_get_serial_sequence('search_entry', 'id'), :next, false)"), {"next": number + 1})


def _write(connection: Any, entry: sa.Table, term: sa.Table, batch: list[tuple[dict[str, Any], dict[str, int]]]) -> None:
    if batch:
        connection.execute(entry.insert(), [values for values, _ in batch])
        rows = [{"term": each, "entry_id": values["id"], "weight": weight} for values, terms in batch for each, weight in terms.items()]
        connection.execute(term.insert(), rows)


_NOTHING = dict.fromkeys(("state", "sector", "scale", "kbli", "kbki", "hs", "district", "place", "cluster", "producer", "price_low",
                          "price_high", "capacity", "tkdn", "lead_time"))  # fmt: skip


def _firms(connection: Any) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    for row in _rows(connection, "SELECT ident, name, sector, scale, district, cluster, kbli, updated_at FROM business ORDER BY id"):
        terms = search_terms(((row["name"], 8), (row["cluster"] or "", 4))) | {f"#{code}": 0 for code in _list(row["kbli"])}
        told = {name: row[name] for name in ("ident", "sector", "scale", "district")}
        yield _NOTHING | told | {
            "kind": "business", "name": _lower(row["name"]), "place": _lower(row["district"], 80), "cluster": _lower(row["cluster"]),
            "certificates": 0, "changed": _micros(row["updated_at"]),
        }, terms  # fmt: skip


def _products(connection: Any) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    asked = """SELECT product.*, business.ident AS firm, business.name AS firm_name, business.district AS firm_district
               FROM product JOIN business ON business.id = product.business_id ORDER BY product.id"""
    for row in _rows(connection, asked):
        prices = [price for price in (row["price_min"], row["price_max"]) if price is not None]
        texts = ((row["name"], 8), (" ".join(_list(row["keywords"])), 4), (row["firm_name"], 2), (row["description"] or "", 1))
        told = {name: row[name] for name in ("state", "sector", "kbli", "kbki", "hs")}
        papers = ("sni", "halal", "distribution_permit")
        yield _NOTHING | told | {
            "kind": "product", "ident": row["sku"], "name": _lower(row["name"]), "district": row["firm_district"],
            "place": _lower(row["firm_district"], 80), "producer": row["firm"], "price_low": min(prices, default=None),
            "price_high": max(prices, default=None), "capacity": row["capacity_max"], "tkdn": row["tkdn_percent"],
            "lead_time": row["lead_time_days"], "certificates": sum(1 << at for at, name in enumerate(papers) if row[name]),
            "changed": _micros(row["updated_at"]),
        }, search_terms(texts)  # fmt: skip


def _rows(connection: Any, asked: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.text(asked)).mappings()]


def _list(value: Any) -> list[str]:
    return list(orjson.loads(value) if isinstance(value, str) else value or ())


def _lower(value: str | None, longest: int = 120) -> Any:
    return value.casefold()[:longest] if value else None


def _micros(value: Any) -> int:
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return ((when.replace(tzinfo=UTC) if when.tzinfo is None else when) - _EPOCH) // timedelta(microseconds=1)
