"""Staff accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime


class UserRow(Row):
    """One member of staff; the password is kept as an argon2 hash only."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="petugas")
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_key: Mapped[str] = mapped_column(String(40), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def user_by_name(session: Session, name: str) -> UserRow | None:
    """The account of that name."""
    return session.scalars(select(UserRow).where(UserRow.name == name)).first()
