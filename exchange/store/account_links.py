"""One-time links of accounts, spare codes of a second factor, and who asked for a recovery letter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.types import UtcDateTime
from exchange.store.users import UserRow


class AccountLinkRow(Row):
    """One link. kind: `invite` or `recover`; digest: SHA-256 of its word; until: its end, brought forward when it is used or taken back."""

    __tablename__ = "account_link"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey(UserRow.id), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[UserRow] = relationship(lazy="raise")


class SpareCodeRow(Row):
    """One spare code of a second factor, as the SHA-256 of account and code; gone once it is used."""

    __tablename__ = "spare_code"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey(UserRow.id), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class RecoveryAskedRow(Row):
    """A wish for a recovery letter, whether or not there is such an account: the answer to it must not depend on that."""

    __tablename__ = "recovery_asked"

    name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def link_by_digest(session: Session, digest: str) -> AccountLinkRow | None:
    """A link with its account."""
    query = select(AccountLinkRow).where(AccountLinkRow.digest == digest)
    return session.scalars(query.options(joinedload(AccountLinkRow.account, innerjoin=True))).first()


def end_links(session: Session, account_id: int, now: datetime) -> None:
    """End all links of an account that still hold."""
    holding = AccountLinkRow.account_id == account_id, AccountLinkRow.until > now
    session.execute(update(AccountLinkRow).where(*holding).values(until=now))


def links_since(session: Session, account_id: int, made_by: str, since: datetime) -> int:
    """How many links of an account somebody made since a time."""
    query = select(func.count()).select_from(AccountLinkRow)
    return session.scalar(query.where(AccountLinkRow.account_id == account_id, AccountLinkRow.made_by == made_by,
                                      AccountLinkRow.made_at > since)) or 0  # fmt: skip


def take_code(session: Session, account_id: int, digest: str) -> bool:
    """Use a spare code up; False where the account has none such."""
    gone = session.execute(delete(SpareCodeRow).where(SpareCodeRow.account_id == account_id, SpareCodeRow.digest == digest))
    return bool(getattr(gone, "rowcount", 0))


def count_codes(session: Session, account_id: int) -> int:
    """How many spare codes an account has left."""
    return session.scalar(select(func.count()).select_from(SpareCodeRow).where(SpareCodeRow.account_id == account_id)) or 0


def replace_codes(session: Session, account_id: int, digests: list[str]) -> None:
    """Give an account these spare codes and no others."""
    session.execute(delete(SpareCodeRow).where(SpareCodeRow.account_id == account_id))
    session.add_all(SpareCodeRow(account_id=account_id, digest=digest) for digest in digests)


def waiting_wishes(session: Session) -> int:
    """How many wishes for a letter wait."""
    return session.scalar(select(func.count()).select_from(RecoveryAskedRow)) or 0


def take_wishes(session: Session, limit: int) -> list[RecoveryAskedRow]:
    """The oldest wishes, which nobody else takes again."""
    rows = list(session.scalars(select(RecoveryAskedRow).order_by(RecoveryAskedRow.id).limit(limit)))
    session.execute(delete(RecoveryAskedRow).where(RecoveryAskedRow.id.in_([row.id for row in rows])))
    return rows
