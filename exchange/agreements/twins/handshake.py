"""How two nodes begin to hold an agreement together, and what a person does with it: offer, accept, refuse, resolve, close."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from exchange.agreements.node import Node
from exchange.agreements.objects import read_objects
from exchange.agreements.opens import follow
from exchange.agreements.steps import begin, named
from exchange.agreements.twins.message import new_ident
from exchange.agreements.twins.outbox import put
from exchange.agreements.twins.standing import shuts, weigh
from exchange.agreements.twins.views import digest_of
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.agreements import AgreementRow
from exchange.store.audit import audit
from exchange.store.partners import PartnerRow
from exchange.store.twins import LIVE, TwinPeerRow, TwinRow, twin_by_ident, twin_of_case
from schemas.codes import region as region_named

_LONGEST = 2000


def twin_named(session: Session, ident: str) -> TwinRow:
    """The twin of that name, with or without `urn:uuid:`; raises NotFound where there is none."""
    found = twin_by_ident(session, ident if ident.startswith("urn:") else f"urn:uuid:{ident}")
    if found is None:
        raise NotFound(f"Perkara bersama {ident[:60]!r} tidak ada.", mend="Lihat: exchange agreement twin list")
    return found


def offer(session: Session, node: Node, ident: str, peer: TwinPeerRow, *, note: str | None = None, actor: str) -> TwinRow:
    """
    Offer a case to the node of its counterpart, which records it until its staff answer.

    Raises:
        NotFound: no such case. BadRequest: the case is not one with that region. Conflict: it is held with a node already.
    """
    case = named(session, ident, lock=True)
    _fits(session, case, peer)
    twin = TwinRow(
        ident=new_ident(), peer_id=peer.id, agreement_id=case.id, state="offered", title=" ".join(case.title.split())[:200],
        sent=0, acked=0, received=0, head_in="", head_out="", theirs_number=0, differences=[], made_by=actor[:80],
    )  # fmt: skip
    twin.peer, twin.case = peer, case
    session.add(twin)
    session.flush()
    put(session, node.home, twin, "offer", title=twin.title, note=_line(note))
    audit(session, actor, "twin.offer", "agreement", case.ident, twin=twin.ident, region=peer.region)
    return twin


def accept(
    session: Session, node: Node, ident: str, *, case_ident: str | None = None, partner: PartnerRow | None = None, actor: str, on: date
) -> TwinRow:
    """
    Take an offer on, into a case of ours that is there or into a new one in its first state, with the offered objects filled in.

    partner: of a new case, whose access follows it.

    Raises:
        NotFound: no such offer or case. Conflict: it was answered already, or the case is held with a node already.
    """
    twin = _waiting(session, ident)
    if case_ident is None:
        place = region_named(twin.peer.region)
        counterpart = f"Pemerintah {place.name}" if place else f"Pemerintah daerah {twin.peer.region}"
        objects = read_objects(list((twin.theirs or {}).get("objects", ())))
        case = begin(
            session, node, kind="daerah", title=twin.title, counterpart=counterpart[:200], region=twin.peer.region, partner=partner,
            objects=objects, actor=actor, on=on,
        )  # fmt: skip
    else:
        case = named(session, case_ident, lock=True)
        _fits(session, case, twin.peer)
    twin.agreement_id, twin.case, twin.state = case.id, case, "open"
    session.flush()
    put(session, node.home, twin, "accept")
    weigh(twin)
    session.flush()
    follow(session, node.rules, case, on, actor=actor)
    audit(session, actor, "twin.accept", "agreement", case.ident, twin=twin.ident, region=twin.peer.region)
    return twin


def refuse(session: Session, node: Node, ident: str, *, note: str | None, actor: str) -> TwinRow:
    """Answer an offer with no. Raises NotFound, or Conflict where it was answered already."""
    twin = _waiting(session, ident)
    twin.state = "refused"
    put(session, node.home, twin, "refuse", note=_line(note))
    audit(session, actor, "twin.refuse", "twin", twin.ident, note=note)
    return twin


def resolve(session: Session, node: Node, ident: str, *, note: str, actor: str, on: date) -> TwinRow:
    """
    Say as a person that the differences are known; they stay shown, and are not brought to mind until others come.

    What the other side shut opens again with it only where that side itself holds it open again. A fork stays.

    Raises:
        NotFound: no such twin. BadRequest: the note says nothing. Conflict: there is nothing to resolve.
    """
    twin = twin_named(session, ident)
    said = _line(note)
    if said is None:
        raise BadRequest("Catatan kosong.", mend="Tulis apa yang sudah diperiksa dan dengan siapa di pihak mitra.")
    if not twin.differences and twin.closed_since is None:
        raise Conflict("Tidak ada perbedaan yang menunggu.", mend="Tidak ada yang diubah.")
    twin.noted = digest_of(twin.differences) if twin.differences else None
    audit(
        session, actor, "twin.resolve", "twin", twin.ident, note=said, differences=twin.differences,
        case=twin.case and twin.case.ident,
    )  # fmt: skip
    if twin.closed_since is not None and not shuts(twin):
        twin.closed_since = None
        session.flush()
        if twin.case is not None:
            follow(session, node.rules, twin.case, on, actor=actor)
    return twin


def close(session: Session, node: Node, ident: str, *, note: str | None, actor: str, on: date) -> TwinRow:
    """
    Hold a case with the other node no longer; the agreement itself and what it opens go by our own books alone from then on.

    Raises:
        NotFound: no such twin. Conflict: it is over already.
    """
    twin = twin_named(session, ident)
    if twin.state not in (*LIVE, "left"):
        raise Conflict("Perkara bersama ini sudah selesai.", mend="Tidak ada yang diubah.")
    if twin.state in LIVE:
        put(session, node.home, twin, "close", note=_line(note))
    twin.state, twin.closed_since = "closed", None
    session.flush()
    audit(session, actor, "twin.close", "twin", twin.ident, note=note)
    if twin.case is not None:
        follow(session, node.rules, twin.case, on, actor=actor)
    return twin


def _waiting(session: Session, ident: str) -> TwinRow:
    twin = twin_named(session, ident)
    if twin.state != "incoming":
        raise Conflict(f"Tawaran ini tidak menunggu jawaban (keadaannya {twin.state}).", mend="Lihat: exchange agreement twin incoming")
    return twin


def _fits(session: Session, case: AgreementRow, peer: TwinPeerRow) -> None:
    if case.instrument != "ksdd" or case.region != peer.region:
        raise BadRequest(
            f"Perkara {case.ident} bukan kerja sama antardaerah dengan {peer.region}.", mend="Pilih perkara KSDD dengan daerah itu."
        )
    if twin_of_case(session, case.id) is not None:
        raise Conflict(f"Perkara {case.ident} sudah dipegang bersama sebuah simpul.", mend="Lihat: exchange agreement twin list")


def _line(said: str | None) -> str | None:
    """A person's words as one line, None where there are none."""
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in said or "").split())[:_LONGEST]
    return clean or None
