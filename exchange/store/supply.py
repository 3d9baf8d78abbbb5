"""What other regions offer, as their sources list it: kept apart from the own catalogue, and never matched nor published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime

# on offer; no longer named by whole lists, and let go; taken back by its source
STATES = ("live", "missing", "withdrawn")
_PART = 500


class SupplyRow(Row):
    """
    One thing that a source offers; (source, reference) names it for good, `ident` outside.

    record: what was read, as SupplySchema dumps it; name and producer stand beside it for the list. state: one of `STATES`.
    first_seen_at, last_seen_at: when a run first and last named it. missing_since, missing_runs, held_why: as a demand has them, of one
    that is still `live` though complete runs no longer name it. raw_answer, raw_position: where its bytes lie in the archive.
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
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missing_runs: Mapped[int] = mapped_column(default=0, server_default="0")
    held_why: Mapped[str | None] = mapped_column(String(10))

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


def live_supply(session: Session, source_id: int) -> dict[str, tuple[int, bool]]:
    """Of what a source has on offer the row id, and whether the last complete run missed it, by reference."""
    columns = SupplyRow.reference, SupplyRow.id, SupplyRow.missing_since
    query = select(*columns).where(SupplyRow.source_id == source_id, SupplyRow.state == "live")
    return {reference: (row_id, since is not None) for reference, row_id, since in session.execute(query)}


def _is_held(source_id: int) -> tuple[ColumnElement[bool], ...]:
    return SupplyRow.source_id == source_id, SupplyRow.state == "live", SupplyRow.missing_since.is_not(None)


def held_supply(session: Session, source_id: int, limit: int | None = None) -> list[SupplyRow]:
    """What complete runs of a source no longer name and is still shown as on offer."""
    return list(session.scalars(select(SupplyRow).where(*_is_held(source_id)).order_by(SupplyRow.id).limit(limit)))


def count_held_supply(session: Session, source_id: int) -> int:
    """How much of it there is."""
    return session.scalar(select(func.count()).select_from(SupplyRow).where(*_is_held(source_id))) or 0


def set_supply(session: Session, row_ids: Sequence[int], values: Mapping[str, Any], *only: ColumnElement[bool]) -> None:
    """Write these columns of these rows, of those that `only` lets through; a value may be an expression."""
    for start in range(0, len(row_ids), _PART):
        part = SupplyRow.id.in_(row_ids[start : start + _PART])
        session.execute(update(SupplyRow).where(part, *only).values(**values))


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
