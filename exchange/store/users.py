"""Staff accounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Index, String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime


class UserRow(Row):
    """
    One member of staff.

    password_hash: argon2, empty until the person who was invited sets one. session_key: what every session of the account was begun
    under; another one ends them all. totp_secret, totp_pending: sealed, the latter until a first code proves that it arrived; totp_step:
    the last step of time whose code was used. oidc_issuer, oidc_subject: who the person is at the provider, both or neither.
    """

    __tablename__ = "account"
    __table_args__ = (Index(None, "oidc_issuer", "oidc_subject", unique=True),)

    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="petugas")
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_key: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str | None] = mapped_column(String(200))
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(300))
    totp_pending: Mapped[str | None] = mapped_column(String(300))
    totp_step: Mapped[int | None]
    oidc_issuer: Mapped[str | None] = mapped_column(String(200))
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def user_by_name(session: Session, name: str) -> UserRow | None:
    """The account of that name."""
    return session.scalars(select(UserRow).where(UserRow.name == name)).first()


def user_by_id(session: Session, user_id: int) -> UserRow | None:
    """The account of that number."""
    return session.get(UserRow, user_id)


def user_by_subject(session: Session, issuer: str, subject: str) -> UserRow | None:
    """The account that is linked with somebody at an OIDC provider."""
    return session.scalars(select(UserRow).where(UserRow.oidc_issuer == issuer, UserRow.oidc_subject == subject)).first()


def users_after(session: Session, name: str | None, limit: int) -> Sequence[UserRow]:
    """Accounts by name, those behind `name` only."""
    query = select(UserRow).order_by(UserRow.name).limit(limit)
    return session.scalars(query if name is None else query.where(UserRow.name > name)).all()


def other_admins(session: Session, user_id: int) -> int:
    """How many other accounts are active administrators that somebody can log in to."""
    can_log_in = or_(UserRow.password_hash != "", UserRow.oidc_subject.is_not(None))
    query = select(func.count()).select_from(UserRow)
    return session.scalar(query.where(UserRow.role == "admin", UserRow.active, can_log_in, UserRow.id != user_id)) or 0


def able(session: Session, roles: Collection[str], limit: int) -> list[UserRow]:
    """Open accounts of these roles, by name, at most so many."""
    query = select(UserRow).where(UserRow.active, UserRow.role.in_(roles)).order_by(UserRow.name)
    return list(session.scalars(query.limit(limit)))
