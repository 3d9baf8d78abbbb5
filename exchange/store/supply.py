"""What other regions offer, as their sources list it: kept apart from the own catalogue, and never matched nor published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime

# on offer; not named by the last list that was whole; taken back by its source
STATES = ("live", "missing", "withdrawn")
_PART = 500


class SupplyRow(Row):
    """
    One thing that a source offers; (source, reference) names it for good, `ident` outside.

    record: what was read, as SupplySchema dumps it; name and producer stand beside it for the list. state: one of `STATES`.
    first_seen_at, last_seen_at: when a run first and last named it. raw_answer, raw_position: where its bytes lie in the archive.
    """

    __tablename__ = "supply"
    __table_args__ = (UniqueConstraint("source_id", "reference"), Index(None, "state", "region", "id"))

    ident: Mapped[str] = mapped_column(String(40), unique=True)
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("source.id"))
    reference: Mapped[str] = mapped_column(String(200))
    sku: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    region: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text)
    producer: Mapped[str | None] = mapped_column(String(400))
    record: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default="live")
    content_hash: Mapped[str] = mapped_column(String(64))
    connector_version: Mapped[str] = mapped_column(String(40))
    raw_answer: Mapped[str] = mapped_column(String(64))
    raw_position: Mapped[int]
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    source: Mapped[SourceRow] = relationship(lazy="raise")


@dataclass(frozen=True, kw_only=True)
class SupplyFilter:
    """What a list may be narrowed by; None leaves a thing open. `region` may be a province."""

    text: str | None = None
    region: str | None = None
    state: str | None = None


def supply_by_reference(session: Session, source_id: int, references: Sequence[str]) -> dict[str, SupplyRow]:
    """What a source offers under these references."""
    found: dict[str, SupplyRow] = {}
    for start in range(0, len(references), _PART):
        part = references[start : start + _PART]
        query = select(SupplyRow).where(SupplyRow.source_id == source_id, SupplyRow.reference.in_(part))
        found.update((row.reference, row) for row in session.scalars(query))
    return found


def live_supply(session: Session, source_id: int) -> dict[str, int]:
    """Row ids of what a source has on offer, by reference."""
    query = select(SupplyRow.reference, SupplyRow.id).where(SupplyRow.source_id == source_id, SupplyRow.state == "live")
    return {row[0]: row[1] for row in session.execute(query)}


def set_supply_state(session: Session, row_ids: Sequence[int], state: str) -> None:
    """Give these another state."""
    for start in range(0, len(row_ids), _PART):
        session.execute(update(SupplyRow).where(SupplyRow.id.in_(row_ids[start : start + _PART])).values(state=state))


def supply_by_ident(session: Session, ident: str) -> SupplyRow | None:
    """The one of that public name, with its source."""
    return session.scalars(select(SupplyRow).options(joinedload(SupplyRow.source)).where(SupplyRow.ident == ident)).first()


def _narrowed(query: Select[Any], want: SupplyFilter) -> Select[Any]:
    if want.text:
        columns = (SupplyRow.name, SupplyRow.producer, SupplyRow.sku)
        query = query.where(or_(*(column.icontains(want.text, autoescape=True) for column in columns)))
    if want.region:
        query = query.where(or_(SupplyRow.region == want.region, SupplyRow.region.startswith(want.region + ".", autoescape=True)))
    return query.where(SupplyRow.state == want.state) if want.state else query


def list_supply(session: Session, want: SupplyFilter, *, limit: int = 50, before: int | None = None) -> list[SupplyRow]:
    """What is offered, with its sources, the latest come first; `before` is the row id of the last one of the page before."""
    query = _narrowed(select(SupplyRow).options(joinedload(SupplyRow.source)), want).order_by(SupplyRow.id.desc()).limit(limit)
    return list(session.scalars(query.where(SupplyRow.id < before) if before else query))


def count_supply(session: Session, want: SupplyFilter) -> int:
    """How many the filter leaves."""
    return session.scalar(_narrowed(select(func.count()).select_from(SupplyRow), want)) or 0


def supply_regions(session: Session) -> list[str]:
    """The regions that offer anything, by code."""
    return list(session.scalars(select(SupplyRow.region).distinct().order_by(SupplyRow.region)))
