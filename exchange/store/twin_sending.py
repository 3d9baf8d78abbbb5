"""
Which message to another node a worker may send now: one at a time of each twin, taken by a lease that ends by itself.

All of it is asked inside of writing transactions, which stand in one queue: of two workers only one finds a twin free. A message that
rests after a failure does not hold up the next one: the receiver puts them back into their order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager

from exchange.store.locks import is_dead
from exchange.store.twins import UNSENT, TwinMessageRow, TwinPeerRow, TwinRow


def _due(now: datetime) -> list[ColumnElement[bool]]:
    return [TwinMessageRow.direction == "out", TwinMessageRow.state.in_(UNSENT), TwinMessageRow.next_at <= now]


def twins_due(session: Session, now: datetime, limit: int) -> list[TwinRow]:
    """Twins that a message is due of and that nobody is sending for, the one that was served longest ago first, each with its node."""
    waits = select(TwinMessageRow.id).where(TwinMessageRow.twin_id == TwinRow.id, *_due(now)).exists()
    query = select(TwinRow).join(TwinRow.peer).options(contains_eager(TwinRow.peer)).where(TwinPeerRow.state == "trusted", waits)
    found = session.scalars(query.order_by(func.coalesce(TwinRow.leased_until, TwinRow.made_at), TwinRow.id))
    return [row for row in found if not is_leased(row, now)][:limit]


def is_leased(row: TwinRow, now: datetime) -> bool:
    """Whether somebody alive is sending for the twin now."""
    return bool(row.leased_by) and row.leased_until is not None and row.leased_until > now and not is_dead(row.leased_by or "")


def take_next(session: Session, twin: TwinRow, holder: str, now: datetime, lease: timedelta) -> TwinMessageRow | None:
    """Take a twin and the first of its messages that is due, which is `sending` from now on; None where none is due any more."""
    query = select(TwinMessageRow).where(TwinMessageRow.twin_id == twin.id, *_due(now)).order_by(TwinMessageRow.number).limit(1)
    first = session.scalars(query).first()
    if first is not None:
        twin.leased_by, twin.leased_until = holder, now + lease
        first.state = "sending"
    return first


def message_held(session: Session, message_id: int, holder: str) -> TwinMessageRow | None:
    """A message with its twin and that one's node; None where this holder has the twin no more."""
    query = select(TwinMessageRow).join(TwinMessageRow.twin).join(TwinRow.peer)
    query = query.options(contains_eager(TwinMessageRow.twin).contains_eager(TwinRow.peer))
    return session.scalars(query.where(TwinMessageRow.id == message_id, TwinRow.leased_by == holder)).first()
