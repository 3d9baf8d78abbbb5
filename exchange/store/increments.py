"""
What became of each record that a reader was told of since a place on the change feed: the sum of its changes, one entry a record.

Whether a reader read a record at that place is said by the first change behind it that the reader is told of: a change of which it is
a gainer begins with nothing, every other with the record. What it reads now is its segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from exchange.store.changes import ChangeRow
from exchange.store.feed import told_to
from exchange.store.segments import SegmentRow


class Became(NamedTuple):
    """One record: known: the reader read it at that place. body: what it reads of it now, None where it does so no longer."""

    ident: str
    known: bool
    body: bytes | None


def newest_told(session: Session, kind: str, bit: int) -> tuple[int, datetime | None]:
    """Number and time of the newest change of a kind that a reader is told of and that is kept; 0 and None where there is none."""
    query = select(ChangeRow.id, ChangeRow.at).where(*told_to(bit, [kind])).order_by(ChangeRow.id.desc()).limit(1)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else (0, None)


def count_became(session: Session, kind: str, tier: str, bit: int, after: int) -> int:
    """How many records `became` tells of in the same session."""
    query = _summed(select(func.count()), kind, tier, bit, after)
    return session.scalar(query) or 0


def became(session: Session, kind: str, tier: str, bit: int, after: int) -> Iterator[Became]:
    """
    The records of a kind that changed behind `after` for a reader, by name; streamed. What came and went again is left out.

    tier: whose segments are read; bit: the same reader as the rows of changes know it.
    """
    query = _summed(select(ChangeRow.ident, ChangeRow.gainers, SegmentRow.body), kind, tier, bit, after)
    for ident, gainers, body in session.execute(query.order_by(ChangeRow.ident).execution_options(yield_per=500)):
        yield Became(str(ident), not gainers & bit, None if body is None else bytes(body))


def _summed(columns: Select[*tuple[Any, ...]], kind: str, tier: str, bit: int, after: int) -> Select[Any]:
    first = (
        select(func.min(ChangeRow.id).label("id")).where(ChangeRow.id > after, *told_to(bit, [kind])).group_by(ChangeRow.ident).subquery()
    )
    mine = and_(SegmentRow.kind == kind, SegmentRow.ident == ChangeRow.ident, SegmentRow.tier == tier)
    known = ChangeRow.gainers.bitwise_and(bit) == 0
    return (
        columns.select_from(ChangeRow)
        .join(first, first.c.id == ChangeRow.id)
        .outerjoin(SegmentRow, mine)
        .where(or_(known, SegmentRow.id.is_not(None)))
    )
