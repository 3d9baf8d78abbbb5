"""
Claiming work that waits in a table: at most one worker has a piece of it, and what a dead worker left is begun again.

A row waits, runs, and ends. A claim is the row's id with how often it was begun by then; it lapses where its worker gave no sign for long
enough, and whoever held it can neither give a sign nor end it any more. Work that came to no end too often is given up, with the reason.
Named locks with work behind them (`store.locks`: imports, counts) and leases of an address (`store.sending`) are other things: there one
holder works through all that waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, String, Text, and_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from exchange.store.base import Row
from exchange.store.types import UtcDateTime

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class Claimed:
    """Columns of a table of work. state: `waiting`, `running`, then its own ends or `failed`, of which trouble says why."""

    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(Text)

    @property
    def under_way(self) -> bool:
        """Whether a worker has it to do still."""
        return self.state in {WAITING, RUNNING}


class ClaimedRow(Claimed, Row):
    """A table of work; wants an index on state and id."""

    __abstract__ = True


R = TypeVar("R", bound=ClaimedRow)


@dataclass(frozen=True, kw_only=True)
class Queue(Generic[R]):
    """
    One table of work.

    sign: its column of the worker's last sign. lapse: after how long without one a claim is lost. tries: how often work is begun before
    it is given up, with `given_up` as its trouble. one_at_once: whether nothing is claimed while a claim holds. anew: values of a row
    that is begun.
    """

    row: type[R]
    sign: InstrumentedAttribute[datetime | None]
    lapse: timedelta
    tries: int
    given_up: str
    one_at_once: bool = False
    anew: Mapping[str, Any] = field(default_factory=dict)

    def waits(self, session: Session, now: datetime) -> bool:
        """Whether there is anything to claim."""
        return not self._is_taken(session, now) and any(
            session.scalar(each.with_only_columns(self.row.id).limit(1)) is not None for each in self._free(now)
        )

    def claim(self, session: Session, room: int, now: datetime) -> list[R]:
        """Take up to so many that wait or whose claim lapsed, the oldest first, in a transaction that writes."""
        if self.one_at_once:
            room = 0 if self._is_taken(session, now) else min(room, 1)
        rows: list[R] = []
        while len(rows) < room:
            found = [row for each in self._free(now) for row in session.scalars(each.order_by(self.row.id).limit(room - len(rows)))]
            if not found:
                break
            for row in sorted(found, key=lambda row: row.id)[: room - len(rows)]:
                if self._begin(session, row, now):
                    rows.append(row)
        return rows

    def beat(self, session: Session, row_id: int, tries: int, now: datetime, **values: Any) -> bool:
        """Give a sign of life, with how far it is; whether the claim still holds, else nothing is written."""
        done = session.execute(
            update(self.row).where(*self._mine(row_id, tries)).values({self.sign.key: now, **values}).returning(self.row.id)
        )
        return done.first() is not None

    def held(self, session: Session, row_id: int, tries: int) -> R | None:
        """The row of a claim that still holds, for whoever ends it in this transaction; None where it was lost."""
        return session.scalars(select(self.row).where(*self._mine(row_id, tries)).with_for_update()).first()

    def _begin(self, session: Session, row: R, now: datetime) -> bool:
        """Note a row as begun by this worker, or as given up; whether it is this worker's."""
        its, found = self.row, (row.state, row.tries)
        values: dict[str, Any] = {"state": RUNNING, self.sign.key: now, "tries": row.tries + 1, **self.anew}
        if over := row.tries >= self.tries:
            values = {"state": FAILED, "ended_at": now, "trouble": self.given_up}
        # what it was when it was found: nobody else has begun it since
        as_found = update(its).where(its.id == row.id, its.state == found[0], its.tries == found[1]).values(values).returning(its.id)
        done = session.execute(as_found).first() is not None
        session.refresh(row)
        return done and not over

    def _is_taken(self, session: Session, now: datetime) -> bool:
        its = self.row
        return self.one_at_once and session.scalar(select(its.id).where(its.state == RUNNING, ~self._lapsed(now)).limit(1)) is not None

    def _free(self, now: datetime) -> tuple[Select[R], Select[R]]:
        """What waits and what lapsed, each walked along the index of its state."""
        its = self.row
        return select(its).where(its.state == WAITING), select(its).where(its.state == RUNNING, self._lapsed(now))

    def _lapsed(self, now: datetime) -> ColumnElement[bool]:
        return or_(self.sign.is_(None), self.sign < now - self.lapse)

    def _mine(self, row_id: int, tries: int) -> tuple[ColumnElement[bool], ...]:
        its = self.row
        return its.id == row_id, and_(its.state == RUNNING, its.tries == tries)
