"""Files that regions sent by a link: where their bytes lie, what was seen in them, and which of them is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime


class UploadRow(Row):
    """
    One file. digest: where its bytes lie in the archive; kind: `csv` or `xlsx`, by its bytes; label: the link's, an office and no
    person; look: what was seen in it (`sync/uploads.py`), empty until it was looked at; sent_at: when it was sent for good, None
    where it was only looked at. Its name is not kept, since people put their own into it.
    """

    __tablename__ = "upload"
    __table_args__ = (Index(None, "source_id", "id"),)

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey(SourceRow.id))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(60))
    look: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def uploads_of(session: Session, source_id: int, limit: int = 10) -> list[UploadRow]:
    """A source's files, the latest first."""
    query = select(UploadRow).where(UploadRow.source_id == source_id).order_by(UploadRow.id.desc()).limit(limit)
    return list(session.scalars(query))


def upload_by_id(session: Session, source_id: int, upload_id: int) -> UploadRow | None:
    """One file of a source; one of another source is none."""
    return session.scalars(select(UploadRow).where(UploadRow.source_id == source_id, UploadRow.id == upload_id)).first()


def nth_latest(session: Session, source_id: int, number: int) -> datetime | None:
    """When the file came that is the so many-th of a source's latest; None where there are fewer."""
    query = select(UploadRow.at).where(UploadRow.source_id == source_id).order_by(UploadRow.at.desc()).offset(number - 1).limit(1)
    return session.scalar(query)
