"""
What products and firms are searched, sorted and counted by: one narrow row for each, and the terms that it is found by.

Derived from the typed columns in the transaction that changes them, like segments; `exchange doctor` makes them anew and compares.
Whole numbers and texts ordered by their bytes, so that both databases give the same answer in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import cast

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row
from exchange.store.bulk import fetch_raw, insert_many
from exchange.store.types import ordered

_PART = 500
LONGEST_KEY = 120


class EntryRow(Row):
    """
    One product or firm as it is searched; None stands where the record says nothing.

    readers: who reads the record, as a sum of bits. name: in lower case, cut to `LONGEST_KEY`. district: as it is written; place,
    cluster: in lower case. price_low, price_high: rupiah in 10^-4; capacity: the largest, in 10^-6; tkdn: per cent in 10^-4.
    certificates: bits, in the order of `CERTIFICATES`; changed: microseconds since 1970.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        UniqueConstraint("kind", "ident"),
        *(
            Index(None, "kind", name, "ident")
            for name in ("name", "price_low", "changed", "lead_time", "tkdn", "sector", "kbli", "kbki", "hs", "place", "producer")
        ),
    )

    kind: Mapped[str] = mapped_column(String(10))
    ident: Mapped[str] = mapped_column(ordered(80))
    readers: Mapped[int]
    name: Mapped[str] = mapped_column(ordered(LONGEST_KEY))
    state: Mapped[str | None] = mapped_column(ordered(20))
    sector: Mapped[str | None] = mapped_column(ordered(20))
    scale: Mapped[str | None] = mapped_column(ordered(20))
    kbli: Mapped[str | None] = mapped_column(ordered(5))
    kbki: Mapped[str | None] = mapped_column(ordered(10))
    hs: Mapped[str | None] = mapped_column(ordered(6))
    district: Mapped[str | None] = mapped_column(ordered(80))
    place: Mapped[str | None] = mapped_column(ordered(80))
    cluster: Mapped[str | None] = mapped_column(ordered(120))
    producer: Mapped[str | None] = mapped_column(ordered(40))
    price_low: Mapped[int | None] = mapped_column(BigInteger)
    price_high: Mapped[int | None] = mapped_column(BigInteger)
    capacity: Mapped[int | None] = mapped_column(BigInteger)
    tkdn: Mapped[int | None] = mapped_column(BigInteger)
    lead_time: Mapped[int | None]
    certificates: Mapped[int]
    changed: Mapped[int] = mapped_column(BigInteger)


# a root, `~` and a word as it was written, or `#` and a code of a firm that has several; weight: what a hit counts for
TERM = Table(
    "search_term",
    Row.metadata,
    Column("term", ordered(48), primary_key=True),
    Column("entry_id", BigId, ForeignKey("search_entry.id"), primary_key=True),
    Column("weight", Integer, nullable=False),
    Index(None, "entry_id"),
    sqlite_with_rowid=False,
)
_ENTRY = cast(Table, EntryRow.__table__)
CERTIFICATES = ("sni", "halal", "distribution_permit")
CODE = "#"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The values of one `EntryRow` but kind and ident, and its terms with what each counts for."""

    readers: int
    name: str
    changed: int
    state: str | None = None
    sector: str | None = None
    scale: str | None = None
    kbli: str | None = None
    kbki: str | None = None
    hs: str | None = None
    district: str | None = None
    place: str | None = None
    cluster: str | None = None
    producer: str | None = None
    price_low: int | None = None
    price_high: int | None = None
    capacity: int | None = None
    tkdn: int | None = None
    lead_time: int | None = None
    certificates: int = 0
    terms: Mapping[str, int] = field(default_factory=dict)


_COLUMNS = tuple(each.name for each in fields(Entry) if each.name != "terms")


def put_entries(session: Session, kind: str, made: Mapping[str, Entry]) -> None:
    """Replace the entries of these idents, with their terms."""
    _drop(session, kind, list(made))
    rows = [(ident, *(getattr(entry, name) for name in _COLUMNS)) for ident, entry in made.items()]
    insert_many(session.connection(), _ENTRY, ("ident", *_COLUMNS), rows, {"kind": kind})
    ids = _ids(session, kind, list(made))
    terms = sorted((term, ids[ident], weight) for ident, entry in made.items() for term, weight in entry.terms.items())
    insert_many(session.connection(), TERM, ("term", "entry_id", "weight"), terms)


def _ids(session: Session, kind: str, idents: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(idents), _PART):
        query = select(EntryRow.ident, EntryRow.id).where(EntryRow.kind == kind, EntryRow.ident.in_(idents[start : start + _PART]))
        found.update((row[0], row[1]) for row in session.execute(query))
    return found


def _drop(session: Session, kind: str, idents: Sequence[str]) -> None:
    ids = list(_ids(session, kind, idents).values())
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        session.execute(delete(TERM).where(TERM.c.entry_id.in_(part)))
        session.execute(delete(_ENTRY).where(_ENTRY.c.id.in_(part)))


def all_entries(session: Session) -> dict[tuple[str, str], Entry]:
    """Every entry that is kept, by kind and ident."""
    terms: dict[int, dict[str, int]] = {}
    for entry_id, term, weight in fetch_raw(session.connection(), select(TERM.c.entry_id, TERM.c.term, TERM.c.weight)):
        terms.setdefault(entry_id, {})[term] = weight
    query = select(EntryRow.id, EntryRow.kind, EntryRow.ident, *(getattr(EntryRow, name) for name in _COLUMNS))
    return {
        (kind, ident): Entry(**dict(zip(_COLUMNS, values, strict=True)), terms=terms.get(row_id, {}))
        for row_id, kind, ident, *values in fetch_raw(session.connection(), query)
    }
