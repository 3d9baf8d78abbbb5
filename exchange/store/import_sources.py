"""Which columns of which sheets an import read: kept once for a file, so that an act needs but the place of its row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from exchange.store.audit import AuditRow
from exchange.store.base import BigId, Row
from exchange.store.imports import ImportRow
from exchange.store.types import UtcDateTime


class ImportSourceRow(Row):
    """
    One taking of a file. digest: of its name and tables, which acts name; at: when the taking began.

    import_id: the import of the page that it was, None where a command read the file; tables: [sheet, {heading's member: column}] of
    each table that was read.
    """

    __tablename__ = "import_source"

    digest: Mapped[str] = mapped_column(String(16), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    import_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(ImportRow.id))
    tables: Mapped[list[Any]]


def history_with_sources(session: Session, kind: str, ident: str, limit: int) -> list[tuple[AuditRow, ImportSourceRow | None]]:
    """What was done to one record, the latest first, each act with the taking of a file that it was part of; one statement."""
    named = AuditRow.facts[("cell", 0)].as_string()
    taking = select(func.max(ImportSourceRow.id)).where(ImportSourceRow.digest == named, ImportSourceRow.at <= AuditRow.at)
    source = aliased(ImportSourceRow)
    query = select(AuditRow, source).outerjoin(source, source.id == taking.correlate(AuditRow).scalar_subquery())
    query = query.where(AuditRow.kind == kind, AuditRow.ident == ident).order_by(AuditRow.id.desc()).limit(limit)
    return [(act, its) for act, its in session.execute(query)]
