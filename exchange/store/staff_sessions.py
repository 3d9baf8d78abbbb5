"""Sessions of staff: one row for each browser that is logged in, known by the digest of a word that only its cookie bears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.types import UtcDateTime
from exchange.store.users import UserRow


class StaffSessionRow(Row):
    """
    One session. digest: SHA-256 of the cookie's word; key: the account's `session_key` when it began; seen_at: to a quarter of an hour;
    address: the network it came from, never the whole address; agent: browser and system in short; method: how its owner logged in.
    """

    __tablename__ = "staff_session"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey(UserRow.id), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    address: Mapped[str] = mapped_column(String(60))
    agent: Mapped[str] = mapped_column(String(60))
    method: Mapped[str] = mapped_column(String(20))
    account: Mapped[UserRow] = relationship(lazy="raise")


def session_by_digest(session: Session, digest: str) -> StaffSessionRow | None:
    """A session with its account, in one statement."""
    query = select(StaffSessionRow).where(StaffSessionRow.digest == digest)
    return session.scalars(query.options(joinedload(StaffSessionRow.account, innerjoin=True))).first()


def sessions_of(session: Session, account: UserRow, since: datetime) -> Sequence[StaffSessionRow]:
    """The sessions of an account that still hold, the latest first; since: when the oldest that may hold began."""
    return session.scalars(
        select(StaffSessionRow)
        .where(StaffSessionRow.account_id == account.id, StaffSessionRow.key == account.session_key, StaffSessionRow.made_at > since)
        .order_by(StaffSessionRow.id.desc())
    ).all()


def open_sessions(session: Session, since: datetime) -> dict[int, int]:
    """How many sessions each account has that still hold."""
    query = (
        select(StaffSessionRow.account_id, func.count())
        .join(UserRow, UserRow.id == StaffSessionRow.account_id)
        .where(StaffSessionRow.key == UserRow.session_key, StaffSessionRow.made_at > since)
        .group_by(StaffSessionRow.account_id)
    )
    return dict(session.execute(query).all())


def end_sessions(session: Session, account_id: int, *, only: int | None = None, but: str | None = None) -> int:
    """End sessions of an account: one by its number, or all but the one of a digest; how many."""
    query = delete(StaffSessionRow).where(StaffSessionRow.account_id == account_id)
    if only is not None:
        query = query.where(StaffSessionRow.id == only)
    if but is not None:
        query = query.where(StaffSessionRow.digest != but)
    return int(getattr(session.execute(query), "rowcount", 0))


def forget_sessions(session: Session, before: datetime) -> None:
    """Drop what nobody can use any more."""
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.made_at <= before))
