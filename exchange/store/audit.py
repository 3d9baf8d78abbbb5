"""Who did what to which record, with the values before and after; written in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Index, Select, String, Table, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, dumped, utcnow
from exchange.store.bulk import insert_many
from exchange.store.types import UtcDateTime


class AuditRow(Row):
    """One act. actor: a user name, or the command that did it."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "kind", "ident"),
        # each filter of a search ends in the order of its answer, so that a page is read from the index and no further
        Index(None, "at", "id"),
        *(Index(None, column, "at", "id") for column in ("actor", "action", "kind", "ident")),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    ident: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


_AUDIT = cast(Table, AuditRow.__table__)


def audit(session: Session, actor: str, action: str, kind: str, ident: str, **facts: Any) -> None:
    """Put one act on record; `facts` must be JSON."""
    session.add(AuditRow(actor=actor, action=action, kind=kind, ident=ident, facts=facts))


def audit_many(session: Session, actor: str, action: str, kind: str, told: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Put one act about each of many records on record, by (ident, facts)."""
    rows = [(ident, dumped(facts)) for ident, facts in told]
    same = {"at": utcnow(), "actor": actor, "action": action, "kind": kind}
    insert_many(session.connection(), _AUDIT, ("ident", "facts"), rows, same)


def history(session: Session, kind: str, ident: str, limit: int = 50, *, without: tuple[str, ...] = ()) -> list[AuditRow]:
    """What was done to one record, the latest first; acts named in `without` are left out."""
    query = select(AuditRow).where(AuditRow.kind == kind, AuditRow.ident == ident, AuditRow.action.not_in(without))
    return list(session.scalars(query.order_by(AuditRow.id.desc()).limit(limit)))


def last_act(session: Session, action: str, kind: str, ident: str, until: datetime) -> AuditRow | None:
    """The latest of one act about a record up to a time; None where none is on record."""
    query = select(AuditRow).where(AuditRow.kind == kind, AuditRow.ident == ident, AuditRow.action == action, AuditRow.at <= until)
    return session.scalars(query.order_by(AuditRow.id.desc()).limit(1)).first()


def acted_since(session: Session, action: str, kind: str, ident: str, since: datetime) -> bool:
    """Whether one act is on record about a record since a time."""
    query = select(AuditRow.id).where(AuditRow.kind == kind, AuditRow.ident == ident, AuditRow.action == action, AuditRow.at >= since)
    return session.scalar(query.limit(1)) is not None


class Asked(NamedTuple):
    """What a search of the acts is narrowed by; None: by nothing. since: included, until: excluded."""

    actor: str | None = None
    action: str | None = None
    kind: str | None = None
    ident: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def acts(session: Session, asked: Asked, limit: int, after: tuple[datetime, int] | None = None) -> list[AuditRow]:
    """A page of acts, the latest first. after: time and number of the last one before it."""
    return list(session.scalars(_narrowed(asked, after).limit(limit)))


def all_acts(session: Session, asked: Asked, limit: int) -> Iterator[AuditRow]:
    """Up to so many acts, the latest first, read a thousand at a time."""
    query = _narrowed(asked, None).limit(limit).execution_options(yield_per=1000)
    yield from session.scalars(query)


def _narrowed(asked: Asked, after: tuple[datetime, int] | None) -> Select[Any]:
    query = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    for name in ("actor", "action", "kind", "ident"):
        if (value := getattr(asked, name)) is not None:
            query = query.where(getattr(AuditRow, name) == value)
    if asked.since is not None:
        query = query.where(AuditRow.at >= asked.since)
    if asked.until is not None:
        query = query.where(AuditRow.at < asked.until)
    if after is not None:
        query = query.where(tuple_(AuditRow.at, AuditRow.id) < tuple_(*after))
    return query
