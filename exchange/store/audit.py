"""Who did what to which record, with the values before and after; written in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime


class AuditRow(Row):
    """One act. actor: a user name, or the command that did it."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "kind", "ident"),)

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    ident: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def audit(session: Session, actor: str, action: str, kind: str, ident: str, **facts: Any) -> None:
    """Put one act on record; `facts` must be JSON."""
    session.add(AuditRow(actor=actor, action=action, kind=kind, ident=ident, facts=facts))


def history(session: Session, kind: str, ident: str, limit: int = 50, *, without: tuple[str, ...] = ()) -> list[AuditRow]:
    """What was done to one record, the latest first; acts named in `without` are left out."""
    query = select(AuditRow).where(AuditRow.kind == kind, AuditRow.ident == ident, AuditRow.action.not_in(without))
    return list(session.scalars(query.order_by(AuditRow.id.desc()).limit(limit)))


def acted_since(session: Session, action: str, kind: str, ident: str, since: datetime) -> bool:
    """Whether one act is on record about a record since a time."""
    query = select(AuditRow.id).where(AuditRow.kind == kind, AuditRow.ident == ident, AuditRow.action == action, AuditRow.at >= since)
    return session.scalar(query.limit(1)) is not None
