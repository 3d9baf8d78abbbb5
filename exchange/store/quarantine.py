"""Listings that could not be understood: the rule they broke and where their bytes lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime


class QuarantineRow(Row):
    """
    One listing. `answer` is the digest of the archived answer and `position` the listing's place in it, from 0.

    state: `waiting`, `replayed` once a later reading understood it, or `gone` once its source took it back. reader: what read it last,
    as `sync/reader.py` names it; None where nobody wrote that down.
    """

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "source_id", "reference"), Index(None, "state", "rule"), Index(None, "run_id", "id"))

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey(SourceRow.id))
    run_id: Mapped[int] = mapped_column(BigId, ForeignKey(RunRow.id))
    reference: Mapped[str] = mapped_column(String(200))
    rule: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    connector_version: Mapped[str] = mapped_column(String(40))
    reader: Mapped[str | None] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def waiting_references(session: Session, source_id: int) -> dict[str, QuarantineRow]:
    """What waits from one source, by reference."""
    query = select(QuarantineRow).where(QuarantineRow.source_id == source_id, QuarantineRow.state == "waiting")
    return {row.reference: row for row in session.scalars(query)}


def waiting_by_rule(session: Session, source_id: int | None = None) -> list[dict[str, Any]]:
    """
    The causes of what waits, of all sources or one, those of most listings first.

    Returns: for each `rule` the `count` of listings and of `sources`, `since` when the oldest waits, and of the latest one the message
    (`example`), its `reference` and the name of its `source`.
    """
    its = QuarantineRow
    counted = select(
        its.rule, func.count().label("listings"), func.count(its.source_id.distinct()).label("sources"),
        func.min(its.at).label("since"), func.max(its.id).label("latest"),
    ).where(its.state == "waiting").group_by(its.rule)  # fmt: skip
    group = (counted if source_id is None else counted.where(its.source_id == source_id)).subquery()
    query = (
        select(group.c.rule, group.c.listings, group.c.sources, group.c.since, its.message, its.reference, SourceRow.name)
        .join(its, its.id == group.c.latest)
        .join(SourceRow, SourceRow.id == its.source_id)
        .order_by(group.c.listings.desc(), group.c.rule)
    )
    names = ("rule", "count", "sources", "since", "example", "reference", "source")
    return [dict(zip(names, row, strict=True)) for row in session.execute(query)]


class Cause(NamedTuple):
    """
    Why listings of one source wait. listings: how many. first, last: when the oldest and the latest came; example (its message),
    reference, row_id: of the latest.
    """

    rule: str
    source: str
    listings: int
    first: datetime
    last: datetime
    example: str
    reference: str
    row_id: int


def waiting_causes(session: Session, source_id: int | None = None, limit: int = 200) -> list[Cause]:
    """The causes of what waits, each rule and source apart, those of most listings first."""
    its = QuarantineRow
    counted = select(
        its.rule, its.source_id, func.count().label("listings"), func.min(its.at).label("first"), func.max(its.at).label("last"),
        func.max(its.id).label("latest"),
    ).where(its.state == "waiting").group_by(its.rule, its.source_id)  # fmt: skip
    if source_id is not None:
        counted = counted.where(its.source_id == source_id)
    group = counted.subquery()
    query = (
        select(group.c.rule, SourceRow.name, group.c.listings, group.c.first, group.c.last, its.message, its.reference, its.id)
        .join(its, its.id == group.c.latest)
        .join(SourceRow, SourceRow.id == group.c.source_id)
        .order_by(group.c.listings.desc(), group.c.rule, SourceRow.name)
    )
    return [Cause(*row) for row in session.execute(query.limit(limit))]


def waiting_readers(session: Session) -> dict[int, set[str | None]]:
    """By source: what read its waiting listings last."""
    query = select(QuarantineRow.source_id, QuarantineRow.reader).where(QuarantineRow.state == "waiting").distinct()
    found: dict[int, set[str | None]] = {}
    for source_id, reader in session.execute(query):
        found.setdefault(source_id, set()).add(reader)
    return found


class Waiting(NamedTuple):
    """A listing that waits, as far as it is needed to find it again: the run that brought it, its reference, answer and place there."""

    row_id: int
    run_id: int
    reference: str
    answer: str
    position: int


def waiting_listings(
    session: Session, source_id: int, *, rule: str | None = None, unlike: str | None = None, limit: int | None = None
) -> list[Waiting]:
    """What waits of one source, by run; of one rule, and only what another reader than `unlike` read, where these are given."""
    its = QuarantineRow
    query = select(its.id, its.run_id, its.reference, its.answer, its.position).where(its.source_id == source_id, its.state == "waiting")
    if rule is not None:
        query = query.where(its.rule == rule)
    if unlike is not None:
        query = query.where(func.coalesce(its.reader, "") != unlike)
    return [Waiting(*row) for row in session.execute(query.order_by(its.run_id, its.id).limit(limit))]


def note_reader(session: Session, row_ids: Sequence[int], reader: str) -> None:
    """These were read by this reader last, as far as they wait."""
    its = QuarantineRow
    for start in range(0, len(row_ids), 500):
        part = row_ids[start : start + 500]
        session.execute(update(its).where(its.id.in_(part), its.state == "waiting").values(reader=reader))


def quarantine_list(
    session: Session, limit: int = 50, *, rule: str | None = None, source_id: int | None = None, before: int | None = None
) -> list[QuarantineRow]:
    """What waits, the latest first; of one rule or one source where named; `before` an id for the next page."""
    query = select(QuarantineRow).where(QuarantineRow.state == "waiting").order_by(QuarantineRow.id.desc()).limit(limit)
    if rule:
        query = query.where(QuarantineRow.rule == rule)
    if source_id:
        query = query.where(QuarantineRow.source_id == source_id)
    return list(session.scalars(query.where(QuarantineRow.id < before) if before else query))


def quarantine_of_run(session: Session, run_id: int, *, limit: int, after: int = 0) -> list[QuarantineRow]:
    """What a run brought that could not be understood and was not seen again by a later run, in the order in which it came."""
    its = QuarantineRow
    return list(session.scalars(select(its).where(its.run_id == run_id, its.id > after).order_by(its.id).limit(limit)))


def quarantine_by_id(session: Session, row_id: int) -> QuarantineRow | None:
    """One listing that could not be understood, whatever became of it."""
    return session.get(QuarantineRow, row_id)
