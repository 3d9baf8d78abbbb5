"""
Agreements that two nodes hold: the other nodes by the key that was pinned, each shared case (a twin), and every message of both directions.

Nothing of the log is ever changed but what became of a message on its way: what one side said is kept byte for byte, with its signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, and_, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.agreements import AgreementRow
from exchange.store.base import BigId, Row, utcnow
from exchange.store.types import UtcDateTime

# a twin that goes on; `incoming` waits for our staff, `offered` for theirs
LIVE = ("offered", "incoming", "open")
TWIN_STATES = (*LIVE, "refused", "closed", "left")
# of what we send: sending: a worker has it; kept: the other side has it and waits for an earlier one; acked: taken there
UNSENT = ("waiting", "sending", "failed")
OUT_STATES = (*UNSENT, "kept", "acked")
IN_STATES = ("held", "applied")


class TwinPeerRow(Row):
    """
    Another region's node. kid, key: its Ed25519 key (RFC 7638 name, 32 bytes in base64url), which a person compared with its office once.

    local: the operator lets it be on this machine, and without TLS. state: `trusted` or `closed`.
    """

    __tablename__ = "twin_peer"
    __table_args__ = (Index(None, "kid"),)

    region: Mapped[str] = mapped_column(String(10), unique=True)
    url: Mapped[str] = mapped_column(String(300))
    local: Mapped[bool] = mapped_column(default=False)
    kid: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12), default="trusted")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class TwinRow(Row):
    """
    One agreement as both nodes hold it. ident: `urn:uuid:…`, the same on both; agreement_id: our case, None while nobody took it on.

    sent, head_out: number and digest of our last message; acked: up to which the other side has taken them. received, head_in: the same of
    theirs. ours: the view that we told last; theirs, theirs_at, theirs_number: what they told last, and with which message.
    differences: between both, `[]` where there are none, since when; noted: their digest once a person said that they are known.
    closed_since: the other side suspended, ended or called off what is open here: until a person has looked the case opens nothing.
    fork: what shows that the other side's messages do not follow one another any more. checked_at, check_trouble: the nightly comparison.
    leased_by, leased_until: the worker that is sending a message of it.
    """

    __tablename__ = "agreement_twin"
    __table_args__ = (Index(None, "peer_id"), Index(None, "agreement_id"), Index(None, "state"))

    ident: Mapped[str] = mapped_column(String(45), unique=True)
    peer_id: Mapped[int] = mapped_column(BigId, ForeignKey(TwinPeerRow.id))
    agreement_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(AgreementRow.id))
    state: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    sent: Mapped[int] = mapped_column(default=0)
    acked: Mapped[int] = mapped_column(default=0)
    head_out: Mapped[str] = mapped_column(String(64), default="")
    received: Mapped[int] = mapped_column(default=0)
    head_in: Mapped[str] = mapped_column(String(64), default="")
    ours: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    theirs: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    theirs_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    theirs_number: Mapped[int] = mapped_column(default=0)
    differences: Mapped[list[Any]] = mapped_column(default=list)
    differs_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted: Mapped[str | None] = mapped_column(String(64))
    closed_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fork: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_trouble: Mapped[str | None] = mapped_column(Text)
    leased_by: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    peer: Mapped[TwinPeerRow] = relationship(lazy="raise")
    case: Mapped[AgreementRow | None] = relationship(lazy="raise")


class TwinMessageRow(Row):
    """
    One message. direction: `out` or `in`; number: from 1 in each direction; body: the canonical bytes that are signed.

    digest: SHA-256 of the body; signature: detached JWS of the last try, or as it came. tries, next_at, last_at, status, trouble: of
    sending. Where a worker was killed while it sent (`sending`), the lease of the twin lapses and the message is sent again.
    """

    __tablename__ = "twin_message"
    __table_args__ = (UniqueConstraint("twin_id", "direction", "number"), Index(None, "direction", "state", "next_at"))

    twin_id: Mapped[int] = mapped_column(BigId, ForeignKey(TwinRow.id))
    direction: Mapped[str] = mapped_column(String(3))
    number: Mapped[int]
    ident: Mapped[str] = mapped_column(String(45))
    kind: Mapped[str] = mapped_column(String(12))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[int | None]
    trouble: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    twin: Mapped[TwinRow] = relationship(lazy="raise")


def peer_by_region(session: Session, region: str) -> TwinPeerRow | None:
    """The node of that region, trusted or not."""
    return session.scalars(select(TwinPeerRow).where(TwinPeerRow.region == region)).first()


def trusted_peer(session: Session, kids: Sequence[str]) -> TwinPeerRow | None:
    """The trusted node that one of these keys is pinned for."""
    return session.scalars(select(TwinPeerRow).where(TwinPeerRow.kid.in_(kids), TwinPeerRow.state == "trusted")).first()


def all_peers(session: Session) -> list[TwinPeerRow]:
    """Every node that was ever trusted, by region."""
    return list(session.scalars(select(TwinPeerRow).order_by(TwinPeerRow.region)))


def _with_both() -> Any:
    return select(TwinRow).options(joinedload(TwinRow.peer), joinedload(TwinRow.case))


def twin_by_ident(session: Session, ident: str) -> TwinRow | None:
    """The twin of that name, with its node and our case."""
    found: TwinRow | None = session.scalars(_with_both().where(TwinRow.ident == ident)).first()
    return found


def twin_of_case(session: Session, agreement_id: int) -> TwinRow | None:
    """The twin of a case that goes on, with its node and the case."""
    found: TwinRow | None = session.scalars(_with_both().where(TwinRow.agreement_id == agreement_id, TwinRow.state.in_(LIVE))).first()
    return found


def list_twins(session: Session, *, states: Sequence[str] = TWIN_STATES, peer_id: int | None = None) -> list[TwinRow]:
    """Twins in these states, the oldest first, each with its node and our case."""
    query = _with_both().where(TwinRow.state.in_(states)).order_by(TwinRow.id)
    return list(session.scalars(query if peer_id is None else query.where(TwinRow.peer_id == peer_id)))


def peer_with_offers(session: Session, region: str) -> tuple[TwinPeerRow, list[TwinRow]] | None:
    """The trusted node of a region with its offers that wait for our staff, the oldest first; None where none is trusted. One statement."""
    waits = and_(TwinRow.peer_id == TwinPeerRow.id, TwinRow.state == "incoming")
    query = select(TwinPeerRow, TwinRow).outerjoin(TwinRow, waits).where(TwinPeerRow.region == region, TwinPeerRow.state == "trusted")
    rows = session.execute(query.order_by(TwinRow.id)).all()
    return (rows[0][0], [twin for _, twin in rows if twin is not None]) if rows else None


def count_incoming(session: Session, peer_id: int) -> int:
    """How many offers of a node wait for our staff."""
    return session.scalar(select(func.count()).select_from(TwinRow).where(TwinRow.peer_id == peer_id, TwinRow.state == "incoming")) or 0


def closed_by_partner(session: Session, agreement_ids: Sequence[int]) -> set[int]:
    """Which of these cases open nothing since the other side closed them and nobody has looked yet."""
    query = select(TwinRow.agreement_id).where(TwinRow.agreement_id.in_(agreement_ids), TwinRow.closed_since.is_not(None))
    return {number for number in session.scalars(query) if number is not None}


def message_of(session: Session, twin_id: int, direction: str, number: int) -> TwinMessageRow | None:
    """One message of a twin."""
    wanted = TwinMessageRow.twin_id == twin_id, TwinMessageRow.direction == direction, TwinMessageRow.number == number
    return session.scalars(select(TwinMessageRow).where(*wanted)).first()


def messages_of(session: Session, twin_id: int, direction: str | None = None, states: Sequence[str] = ()) -> list[TwinMessageRow]:
    """Messages of a twin by direction and number."""
    query = select(TwinMessageRow).where(TwinMessageRow.twin_id == twin_id)
    if direction is not None:
        query = query.where(TwinMessageRow.direction == direction)
    if states:
        query = query.where(TwinMessageRow.state.in_(states))
    return list(session.scalars(query.order_by(TwinMessageRow.direction, TwinMessageRow.number)))


def taken_there(session: Session, twin: TwinRow, up_to: int) -> None:
    """Write down that the other side has taken our messages up to a number."""
    up_to = min(up_to, twin.sent)
    if up_to <= twin.acked:
        return
    theirs = TwinMessageRow.twin_id == twin.id, TwinMessageRow.direction == "out", TwinMessageRow.number <= up_to
    done: dict[str, Any] = {"state": "acked", "next_at": None, "trouble": None}
    session.execute(update(TwinMessageRow).where(*theirs, TwinMessageRow.state != "acked").values(done))
    twin.acked = up_to


def send_again_from(session: Session, twin: TwinRow, number: int, now: datetime) -> None:
    """Have our messages sent again from a number on: the other side says that it has not got them (any more)."""
    wanted = TwinMessageRow.twin_id == twin.id, TwinMessageRow.direction == "out", TwinMessageRow.number >= number
    anew: dict[str, Any] = {"state": "waiting", "next_at": now}
    session.execute(update(TwinMessageRow).where(*wanted, TwinMessageRow.state.in_(("kept", "acked"))).values(anew))
    twin.acked = min(twin.acked, max(0, number - 1))


def oldest_unsent(session: Session, twin_ids: Sequence[int]) -> dict[int, TwinMessageRow]:
    """Of each twin its first message that the other side has not taken."""
    query = select(TwinMessageRow).where(
        TwinMessageRow.twin_id.in_(twin_ids), TwinMessageRow.direction == "out", TwinMessageRow.state != "acked"
    )  # fmt: skip
    found: dict[int, TwinMessageRow] = {}
    for row in session.scalars(query.order_by(TwinMessageRow.twin_id, TwinMessageRow.number)):
        found.setdefault(row.twin_id, row)
    return found
