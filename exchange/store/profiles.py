"""What the listings of a source look like: the members they have, and what of that changed and waits for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.errands import PULL, ErrandRow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime


class SourceProfileRow(Row):
    """
    One source's profile, in a table of its own so that lists of sources need not carry it.

    connector: the one that it was learned by. runs: complete runs that it was learned from. members: by path (`buyer`, `buyer.name`,
    `items[].unit`) the share of listings that have a value there and the share of each JSON type among these values. changes: by path
    what differs from that and was told, with `what`, `example`, `was` and `now` (share and types as in members), `runs` (complete ones
    that saw it) and `since`.
    """

    __tablename__ = "source_profile"

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey(SourceRow.id), unique=True)
    connector: Mapped[str] = mapped_column(String(80))
    runs: Mapped[int] = mapped_column(default=0)
    members: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def source_with_profile(session: Session, name: str) -> tuple[SourceRow, SourceProfileRow | None, ErrandRow | None] | None:
    """
    The source of that name, its profile (None before its first run with listings), and the last pull of it that was asked for.

    None where there is no such source. One statement.
    """
    last = select(func.max(ErrandRow.id)).where(ErrandRow.kind == PULL, ErrandRow.subject == name).scalar_subquery()
    query = select(SourceRow, SourceProfileRow, ErrandRow).outerjoin(SourceProfileRow, SourceProfileRow.source_id == SourceRow.id)
    found = session.execute(query.outerjoin(ErrandRow, ErrandRow.id == last).where(SourceRow.name == name)).first()
    return (found[0], found[1], found[2]) if found else None


def profile_of(session: Session, source_id: int) -> SourceProfileRow | None:
    """A source's profile; None before its first run with listings."""
    return session.scalars(select(SourceProfileRow).where(SourceProfileRow.source_id == source_id)).first()
