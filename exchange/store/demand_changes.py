"""Which fields of a demand a retrieval changed, and in which kept answer it found them; recorded since revision 0028."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import orjson
from sqlalchemy import ForeignKey, Index, String, Table, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.bulk import insert_many
from exchange.store.demands import DemandRow
from exchange.store.types import UtcDateTime

# row id of the demand, its version from then on, fields, answer, place in it
Changed = tuple[int, int, list[str], str, int]


class DemandChangeRow(Row):
    """
    One change. version: the demand's from then on; fields: their names; raw_answer, raw_position: where the new values stand.

    forgotten: how many changes before this one, and after the one before it that is kept, are not kept any more (`store/retention.py`).
    """

    __tablename__ = "demand_change"
    __table_args__ = (Index(None, "demand_id", "id"),)

    demand_id: Mapped[int] = mapped_column(BigId, ForeignKey(DemandRow.id))
    run_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int]
    fields: Mapped[list[str]]
    raw_answer: Mapped[str] = mapped_column(String(64))
    raw_position: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    forgotten: Mapped[int] = mapped_column(server_default="0")


_CHANGE = cast(Table, DemandChangeRow.__table__)


def note_changes(session: Session, run_id: int, changed: Sequence[Changed], at: datetime | None) -> None:
    """Put changes on record, all at once."""
    if changed:
        rows = [(demand, version, orjson.dumps(names).decode(), answer, place) for demand, version, names, answer, place in changed]
        names = "demand_id", "version", "fields", "raw_answer", "raw_position"
        insert_many(session.connection(), _CHANGE, names, rows, {"run_id": run_id, "at": at or utcnow()})


def changes_of(session: Session, demand_id: int, limit: int = 100) -> Sequence[DemandChangeRow]:
    """What is on record of a demand, the latest first."""
    query = select(DemandChangeRow).where(DemandChangeRow.demand_id == demand_id).order_by(DemandChangeRow.id.desc())
    return session.scalars(query.limit(limit)).all()


def change_to(session: Session, demand_id: int, version: int) -> DemandChangeRow | None:
    """The change that gave a demand that version, where it is on record."""
    query = select(DemandChangeRow).where(DemandChangeRow.demand_id == demand_id, DemandChangeRow.version == version)
    return session.scalars(query.order_by(DemandChangeRow.id.desc()).limit(1)).first()


def is_forgotten(session: Session, demand_id: int, version: int) -> bool:
    """Whether a change to a version that is not on record may be one that was forgotten."""
    query = select(DemandChangeRow.id).where(DemandChangeRow.demand_id == demand_id, DemandChangeRow.version > version)
    return session.scalar(query.where(DemandChangeRow.forgotten > 0).limit(1)) is not None
