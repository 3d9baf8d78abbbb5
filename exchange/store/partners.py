"""Partners: the offices of other regions that read and write through the API, their secrets, tokens and use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime

PUSH = "push"  # the connector's word in the source of a partner that brings its demand itself


class PartnerRow(Row):
    """
    One office of another region; ident is its public name and its OAuth client id.

    scopes: what its tokens may carry. stage: the tier that its agreement opens, `public` where there is none; stage_until: the last day
    of that, None for no end; lapse_told: that day once it is known to be over; within: what a contract (PKS) covers, `sectors` and
    `kbli`, beyond which its reader is that of the stage before; openings: what its agreements open from which day to which, from which
    these follow, empty where they were set by hand. per_minute: requests a minute, None for the node's usual number.
    source_id: under which its own demand is kept, None before it brought any.
    """

    __tablename__ = "partner"

    ident: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(10))
    contact: Mapped[str | None] = mapped_column(String(200))
    scopes: Mapped[list[str]] = mapped_column(default=list)
    stage: Mapped[str] = mapped_column(String(12), default="public")
    stage_until: Mapped[date | None]
    lapse_told: Mapped[date | None]
    within: Mapped[dict[str, Any]] = mapped_column(default=dict)
    openings: Mapped[list[Any]] = mapped_column(default=list)
    per_minute: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(SourceRow.id))
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class PartnerSecretRow(Row):
    """
    One client secret, of which only the SHA-256 is kept: it has 256 bits of chance, so that a slow hash would protect nothing more.

    ident: what it is called when it is ended. hint: its first letters. ends_at: from when on it is worth nothing, None while it holds.
    """

    __tablename__ = "partner_secret"
    __table_args__ = (Index(None, "partner_id"),)

    ident: Mapped[str] = mapped_column(String(12), unique=True)
    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey("partner.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessTokenRow(Row):
    """One access token by its SHA-256; it ends with its time, its secret or its partner, whichever is first."""

    __tablename__ = "access_token"
    __table_args__ = (Index(None, "secret_id"), Index(None, "ends_at"))

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey("partner.id"))
    secret_id: Mapped[int] = mapped_column(BigId, ForeignKey("partner_secret.id"))
    scopes: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)

    partner: Mapped[PartnerRow] = relationship(lazy="raise")


class PartnerUseRow(Row):
    """How often a partner asked for one operation on one day (UTC), and how often it was refused (4xx)."""

    __tablename__ = "partner_use"
    __table_args__ = (UniqueConstraint("partner_id", "day", "operation"),)

    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey("partner.id"))
    day: Mapped[date]
    operation: Mapped[str] = mapped_column(String(80))
    asked: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class Use(NamedTuple):
    """What is added to one row of use."""

    partner_id: int
    day: date
    operation: str
    asked: int
    refused: int


def partner_by_ident(session: Session, ident: str) -> PartnerRow | None:
    """The partner of that name."""
    return session.scalars(select(PartnerRow).where(PartnerRow.ident == ident)).first()


def all_partners(session: Session) -> list[PartnerRow]:
    """All partners by name."""
    return list(session.scalars(select(PartnerRow).order_by(PartnerRow.ident)))


def kept_openings(session: Session) -> list[list[Any]]:
    """What the agreements of all partners open, one after the other."""
    return [one for openings in session.scalars(select(PartnerRow.openings).order_by(PartnerRow.ident)) for one in openings]


def lapsed_partners(session: Session, today: date) -> list[PartnerRow]:
    """Partners whose agreement's last day is over, and of whom that was not known before."""
    unknown = PartnerRow.lapse_told.is_(None) | (PartnerRow.lapse_told != PartnerRow.stage_until)
    return list(session.scalars(select(PartnerRow).where(PartnerRow.stage_until < today, unknown).order_by(PartnerRow.id)))


def secrets_of(session: Session, partner_id: int, now: datetime) -> list[PartnerSecretRow]:
    """A partner's secrets that hold now, the oldest first."""
    query = select(PartnerSecretRow).where(PartnerSecretRow.partner_id == partner_id).order_by(PartnerSecretRow.id)
    return [row for row in session.scalars(query) if row.ends_at is None or row.ends_at > now]


def secret_by_digest(session: Session, digest: str) -> PartnerSecretRow | None:
    """The secret of that SHA-256."""
    return session.scalars(select(PartnerSecretRow).where(PartnerSecretRow.digest == digest)).first()


def token_by_digest(session: Session, digest: str) -> AccessTokenRow | None:
    """The token of that SHA-256 with its partner."""
    query = select(AccessTokenRow).options(joinedload(AccessTokenRow.partner)).where(AccessTokenRow.digest == digest)
    return session.scalars(query).first()


def end_tokens(session: Session, *, secret_id: int | None = None, partner_id: int | None = None, digest: str | None = None) -> int:
    """Take tokens away at once: those of a secret, of a partner, or a single one of a partner; how many went."""
    gone = delete(AccessTokenRow)
    if secret_id is not None:
        gone = gone.where(AccessTokenRow.secret_id == secret_id)
    if partner_id is not None:
        gone = gone.where(AccessTokenRow.partner_id == partner_id)
    if digest is not None:
        gone = gone.where(AccessTokenRow.digest == digest)
    return int(getattr(session.execute(gone), "rowcount", 0))


def forget_tokens(session: Session, before: datetime) -> None:
    """Drop tokens whose time was over before that."""
    session.execute(delete(AccessTokenRow).where(AccessTokenRow.ends_at < before))


def add_use(session: Session, counted: Iterable[Use]) -> None:
    """Add to what partners asked for."""
    for one in counted:
        where = (
            PartnerUseRow.partner_id == one.partner_id,
            PartnerUseRow.day == one.day,
            PartnerUseRow.operation == one.operation,
        )
        more = {"asked": PartnerUseRow.asked + one.asked, "refused": PartnerUseRow.refused + one.refused}
        done = session.execute(update(PartnerUseRow).where(*where).values(more), execution_options={"synchronize_session": False})
        if not getattr(done, "rowcount", 0):
            session.add(PartnerUseRow(**one._asdict()))
            session.flush()


def use_of(session: Session, partner_id: int, since: date) -> list[PartnerUseRow]:
    """What a partner asked for since a day, the latest day first, by operation."""
    query = select(PartnerUseRow).where(PartnerUseRow.partner_id == partner_id, PartnerUseRow.day >= since)
    return list(session.scalars(query.order_by(PartnerUseRow.day.desc(), PartnerUseRow.operation)))


def use_by_partner(session: Session, since: date) -> dict[int, tuple[int, int]]:
    """How often each partner asked and was refused since a day."""
    query = select(PartnerUseRow.partner_id, func.sum(PartnerUseRow.asked), func.sum(PartnerUseRow.refused))
    rows = session.execute(query.where(PartnerUseRow.day >= since).group_by(PartnerUseRow.partner_id))
    return {ident: (int(asked), int(refused)) for ident, asked, refused in rows}


def last_used(session: Session) -> dict[int, datetime]:
    """When each partner last got a token, by any of its secrets, those that ended too."""
    query = select(PartnerSecretRow.partner_id, func.max(PartnerSecretRow.used_at)).where(PartnerSecretRow.used_at.is_not(None))
    return {number: at for number, at in session.execute(query.group_by(PartnerSecretRow.partner_id)) if at is not None}
