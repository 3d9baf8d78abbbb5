"""The unmet demand as it was last counted, by what was asked for; counted by the night and by the worker, never for a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Float, LargeBinary, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from exchange.store.base import Row
from exchange.store.types import UtcDateTime
from exchange.store.unmet import Window

# beyond these the one that was asked for longest ago is forgotten
MOST_KEPT = 40
TRIES = 3


class UnmetCountRow(Row):
    """
    One window with what was counted of it.

    asked: `key_of` it; asked_at: when somebody last asked for a count. wanted_at: since when a count waits to be made, None: none does;
    tries: how often that was begun. counted_at, demands, seconds, body: of the last count that came to its end, which stays until the
    next one does; all None before the first. trouble: why the latest try gave nothing.
    """

    __tablename__ = "unmet_count"

    asked: Mapped[str] = mapped_column(String(80), unique=True)
    first: Mapped[date | None]
    last: Mapped[date | None]
    region: Mapped[str | None] = mapped_column(String(10))
    sector: Mapped[str | None] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    demands: Mapped[int | None]
    seconds: Mapped[float | None] = mapped_column(Float)
    trouble: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    def window(self, home: str) -> Window:
        """The window that was asked for."""
        return Window(home=home, first=self.first, last=self.last, region=self.region)


def key_of(window: Window, sector: str | None) -> str:
    """What tells one count from another; the home region is the node's own."""
    return "/".join(str(part or "") for part in (window.first, window.last, window.region, sector))


def count_of(session: Session, window: Window, sector: str | None) -> UnmetCountRow | None:
    """What is known of a window and sector, without the body."""
    return session.scalars(select(UnmetCountRow).where(UnmetCountRow.asked == key_of(window, sector))).first()


def body_of(session: Session, count_id: int) -> tuple[datetime, bytes] | None:
    """When a count was made and what it found, both of one moment; None where none came to its end yet."""
    found = session.execute(select(UnmetCountRow.counted_at, UnmetCountRow.body).where(UnmetCountRow.id == count_id)).first()
    return None if found is None or found[0] is None or found[1] is None else (found[0], found[1])


def want_count(session: Session, window: Window, sector: str | None, now: datetime) -> UnmetCountRow:
    """Have a window counted; one that waits already goes on waiting. Of more than `MOST_KEPT` the oldest wish is forgotten."""
    row = count_of(session, window, sector)
    if row is None:
        named = {"first": window.first, "last": window.last, "region": window.region, "sector": sector}
        row = UnmetCountRow(asked=key_of(window, sector), tries=0, **named)
        session.add(row)
    row.asked_at = now
    if row.wanted_at is None:
        row.wanted_at, row.tries, row.trouble = now, 0, None
    session.flush()
    kept = select(UnmetCountRow.id).order_by(UnmetCountRow.asked_at.desc(), UnmetCountRow.id.desc()).limit(MOST_KEPT)
    session.execute(delete(UnmetCountRow).where(UnmetCountRow.id.not_in(list(session.scalars(kept)))))
    return row


def first_wanted(session: Session) -> UnmetCountRow | None:
    """The count that waits longest."""
    query = select(UnmetCountRow).where(UnmetCountRow.wanted_at.is_not(None)).order_by(UnmetCountRow.wanted_at, UnmetCountRow.id)
    return session.scalars(query.limit(1)).first()


def is_wanted(session: Session) -> bool:
    """Whether any count waits."""
    return session.scalar(select(UnmetCountRow.id).where(UnmetCountRow.wanted_at.is_not(None)).limit(1)) is not None


def want_again(session: Session, now: datetime, within: timedelta) -> int:
    """Have all windows counted anew that somebody asked for within a time; how many."""
    rows = list(session.scalars(select(UnmetCountRow).where(UnmetCountRow.asked_at >= now - within)))
    for row in rows:
        if row.wanted_at is None:
            row.wanted_at, row.tries = now, 0
    return len(rows)
