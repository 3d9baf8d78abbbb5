"""
A message from another node, its signature proved, into our books.

It never takes a legal step here: it is recorded as what the other side says. Where that side suspended, ended or called off the
agreement, what the case opens to the partner is shut in the same transaction, until a person has looked.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from exchange.agreements.node import Node
from exchange.agreements.opens import follow
from exchange.agreements.twins.inbox import Arrived, Inbox, Verdict, judge
from exchange.agreements.twins.message import Message, read
from exchange.agreements.twins.standing import weigh
from exchange.errors import BadRequest, Conflict
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.twins import (
    LIVE,
    TwinMessageRow,
    TwinPeerRow,
    TwinRow,
    count_incoming,
    message_of,
    messages_of,
    twin_by_ident,
)

MOST_INCOMING = 100
_FORK = "Pesan mitra nomor {number} tidak bersambung dengan yang sudah diterima di sini; salah satu sisi mungkin dipulihkan dari cadangan."


class Taken(NamedTuple):
    """What was done. result: as a receipt says it; received: up to which number all was taken; waiting_for: the missing one."""

    message: Message
    result: str
    received: int
    waiting_for: int | None


class Missing(Conflict):
    """A message came before others that this node has not got; `wanted` says from which number on it wants them."""

    slug = "pesan-terlewat"
    title = "Ada pesan sebelumnya yang belum sampai."


class Forked(Conflict):
    """A signed message that does not follow what came before; it was put on record, and a person must look."""

    slug = "pesan-bercabang"
    title = "Rangkaian pesan tidak bersambung."


def actor_of(peer: TwinPeerRow) -> str:
    """How the record of acts names another node."""
    return f"simpul:{peer.region}"


def receive(session: Session, node: Node, peer: TwinPeerRow, body: bytes, signature: str, on: date) -> Taken | Conflict:
    """
    Take a message in. peer: who proved to have signed it. The same message again changes nothing and gets the same answer.

    Returns: what was done, or the conflict that is to be answered; what it put on record is to be committed either way.

    Raises:
        BadRequest: it is no message, or for or from somebody else.
    """
    message = read(body)
    if message.sender != peer.region or message.receiver != node.home:
        raise BadRequest("Pesan ini bukan dari pengirimnya, atau bukan untuk simpul ini.", mend="Periksa sender dan receiver.")
    twin = twin_by_ident(session, message.twin)
    if twin is None:
        if message.kind != "offer" or message.number != 1:
            return Missing("Perkara bersama ini belum dikenal di sini.", mend="Kirim dari pesan pertama.", wanted=1)
        twin = _incoming(session, peer, message)
    elif twin.peer_id != peer.id:
        raise BadRequest("Perkara bersama ini bukan dengan pengirimnya.", mend="Periksa twin.")
    held = {row.number: row for row in messages_of(session, twin.id, "in", ("held",))}
    known = held.get(message.number) or message_of(session, twin.id, "in", message.number)
    inbox = Inbox(twin.received, twin.head_in, {row.number: _arrived(row) for row in held.values()})
    verdict = judge(inbox, Arrived(message.number, message.previous, message.digest), known.digest if known else None)
    if verdict.result == "beyond":
        return Missing("Pesan ini terlalu jauh di depan.", mend="Kirim dari pesan yang terlewat.", wanted=twin.received + 1)
    if verdict.forked is not None:
        _forked(session, twin, peer, verdict.forked)
    if verdict.result == "fork":
        return Forked(_FORK.format(number=message.number), mend="Bandingkan kedua sisi, lalu mulai perkara bersama yang baru.")
    if verdict.result != "repeated" and known is None:
        held[message.number] = _kept(session, twin, message, signature)
    _take(session, node, twin, peer, held, verdict, on)
    waiting = None if message.number <= twin.received else twin.received + 1
    return Taken(message, verdict.result, twin.received, waiting)


def _incoming(session: Session, peer: TwinPeerRow, message: Message) -> TwinRow:
    if count_incoming(session, peer.id) >= MOST_INCOMING:
        raise Conflict("Terlalu banyak tawaran menunggu di sini.", mend="Tunggu sampai petugas di sini menjawabnya.")
    twin = TwinRow(
        ident=message.twin, peer_id=peer.id, state="incoming", title=message.title or "Tanpa judul", note=message.note, sent=0, acked=0,
        received=0, head_in="", head_out="", theirs_number=0, differences=[], made_by=actor_of(peer),
    )  # fmt: skip
    twin.peer, twin.case = peer, None
    session.add(twin)
    session.flush()
    audit(session, actor_of(peer), "twin.offered", "twin", twin.ident, title=twin.title)
    return twin


def _arrived(row: TwinMessageRow) -> Arrived:
    return Arrived(row.number, read(row.body).previous, row.digest)


def _kept(session: Session, twin: TwinRow, message: Message, signature: str) -> TwinMessageRow:
    row = TwinMessageRow(
        twin_id=twin.id, direction="in", number=message.number, ident=message.ident, kind=message.kind, body=message.body,
        digest=message.digest, signature=signature, state="held", tries=0, last_at=utcnow(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _forked(session: Session, twin: TwinRow, peer: TwinPeerRow, number: int) -> None:
    says = _FORK.format(number=number)
    if twin.fork != says:
        twin.fork = says
        audit(session, actor_of(peer), "twin.fork", "twin", twin.ident, number=number)


def _take(
    session: Session, node: Node, twin: TwinRow, peer: TwinPeerRow, held: dict[int, TwinMessageRow], verdict: Verdict, on: date
) -> None:
    """Take the messages whose turn it is; then both sides are weighed once."""
    for number in verdict.apply:
        row = held[number]
        row.state, twin.received, twin.head_in = "applied", number, row.digest
        said = read(row.body)
        _turn(session, twin, peer, said)
        if said.view is not None and number >= twin.theirs_number:
            twin.theirs, twin.theirs_at, twin.theirs_number = dict(said.view), utcnow(), number
    if verdict.apply and twin.state in LIVE:
        settled(session, node, twin, peer, on)


def settled(session: Session, node: Node, twin: TwinRow, peer: TwinPeerRow, on: date) -> None:
    """Weigh a twin after the other side's view changed, and have what its case opens follow."""
    was_shut = twin.closed_since is not None
    weigh(twin)
    session.flush()
    if twin.case is not None and (twin.closed_since is not None) != was_shut:
        audit(session, actor_of(peer), "twin.shut", "agreement", twin.case.ident, theirs=(twin.theirs or {}).get("state"))
        follow(session, node.rules, twin.case, on, actor=actor_of(peer))


def _turn(session: Session, twin: TwinRow, peer: TwinPeerRow, said: Message) -> None:
    """What the beginning and the end of a twin do to its state; a word that does not fit it changes nothing."""
    moves = {("accept", "offered"): "open", ("refuse", "offered"): "refused", **{("close", state): "left" for state in LIVE}}
    state = moves.get((said.kind, twin.state))
    if state is not None:
        twin.state = state
        twin.note = said.note if said.note is not None else twin.note
        audit(session, actor_of(peer), f"twin.{said.kind}", "twin", twin.ident, state=state, note=said.note)
