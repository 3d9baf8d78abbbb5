"""How many requests each caller made in the minute that runs, counted in the database so that all server processes share it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row

_KEPT = 5  # windows that a count stays after its own
_SKEW = 2  # windows that two processes' clocks may be apart, and still count together


class RateRow(Row):
    """
    One caller's count. bucket: who, as a word that tells no address; window: which stretch of time, counted from 1970; used: how many
    requests of it are spent or lent to a process.
    """

    __tablename__ = "rate"
    __table_args__ = (Index(None, "window"),)

    bucket: Mapped[str] = mapped_column(String(80), unique=True)
    window: Mapped[int]
    used: Mapped[int]


class Drawn(NamedTuple):
    """granted: how many requests the process may let through; left: how many others may still draw."""

    granted: int
    left: int


def draw(session: Session, bucket: str, window: int, wanted: int, limit: int) -> Drawn:
    """
    Take up to `wanted` requests of a caller's `limit` in this window for one process; what it took and does not use is lost.

    All that is ever granted of one window's count is at most the limit, whoever draws, since writers stand in one queue. Who comes with a
    clock that lags a little takes of the count that others are at already. A count from far ahead was made by a clock that has been put
    back since: it is taken over as it stands, so that its caller is refused for the rest of this window and not until that time comes.
    """
    row = session.scalars(select(RateRow).where(RateRow.bucket == bucket)).first()
    if row is None:
        session.execute(delete(RateRow).where(RateRow.window < window - _KEPT))
        row = RateRow(bucket=bucket, window=window, used=0)
        session.add(row)
    elif row.window < window:
        row.window, row.used = window, 0
    elif row.window > window + _SKEW:
        row.window = window
    granted = max(0, min(wanted, limit - row.used))
    row.used += granted
    return Drawn(granted, max(0, limit - row.used))
