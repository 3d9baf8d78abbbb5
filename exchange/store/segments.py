"""Finished representations: one run of canonical JSON for each entity version and tier; the store knows no tier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from sqlalchemy import LargeBinary, String, Table, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row
from exchange.store.bulk import insert_many
from exchange.store.types import ordered


class SegmentRow(Row):
    """What one tier may read of one entity; absent where the tier may not know of it."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("kind", "ident", "tier"),)

    kind: Mapped[str] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(20))
    ident: Mapped[str] = mapped_column(ordered(80))
    version: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


_SEGMENT = cast(Table, SegmentRow.__table__)


def put_segments(session: Session, kind: str, made: Mapping[str, tuple[int, Mapping[str, bytes]]]) -> dict[str, list[str]]:
    """
    Replace the segments of each ident by (version, {tier: bytes}); a tier left out loses its segment.

    Returns:
        The tiers that had one before, by ident.
    """
    had = drop_segments(session, kind, list(made))
    rows = [(tier, ident, version, body) for ident, (version, tiers) in made.items() for tier, body in tiers.items()]
    insert_many(session.connection(), _SEGMENT, ("tier", "ident", "version", "body"), rows, {"kind": kind})
    return had


def put_new_segments(session: Session, kind: str, version: int, made: Iterable[tuple[str, Mapping[str, bytes]]]) -> None:
    """The segments of idents that have none yet, all of one version, by (ident, {tier: bytes})."""
    rows = [(tier, ident, body) for ident, tiers in made for tier, body in tiers.items()]
    insert_many(session.connection(), _SEGMENT, ("tier", "ident", "body"), rows, {"kind": kind, "version": version})


def drop_segments(session: Session, kind: str, idents: Sequence[str]) -> dict[str, list[str]]:
    """Take the segments of these entities away from every tier; the tiers that had one, by ident."""
    had: dict[str, list[str]] = {}
    for start in range(0, len(idents), 500):
        part = idents[start : start + 500]
        gone = delete(SegmentRow).where(SegmentRow.kind == kind, SegmentRow.ident.in_(part)).returning(SegmentRow.ident, SegmentRow.tier)
        for ident, tier in session.execute(gone, execution_options={"synchronize_session": False}):
            had.setdefault(ident, []).append(tier)
    return had


def segments_of(session: Session, kind: str, tier: str, idents: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """(version, bytes) by ident, for those that this tier may read."""
    query = select(SegmentRow.ident, SegmentRow.version, SegmentRow.body).where(
        SegmentRow.kind == kind, SegmentRow.tier == tier, SegmentRow.ident.in_(idents)
    )
    return {ident: (version, body) for ident, version, body in session.execute(query)}


def all_segments(session: Session, kind: str, tier: str) -> Iterator[tuple[str, int, bytes]]:
    """(ident, version, bytes) of all that this tier may read, in the order of their idents; streamed."""
    query = (
        select(SegmentRow.ident, SegmentRow.version, SegmentRow.body)
        .where(SegmentRow.kind == kind, SegmentRow.tier == tier)
        .order_by(SegmentRow.ident)
        .execution_options(yield_per=500)
    )
    for ident, version, body in session.execute(query):
        yield str(ident), int(version), bytes(body)
