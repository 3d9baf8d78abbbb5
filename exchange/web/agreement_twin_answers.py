"""A case offered to the other government's node, and its offers taken on or refused, from the case's page."""

from __future__ import annotations

from typing import NamedTuple

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.agreements.twins import handshake, peers
from exchange.errors import BadRequest, Conflict
from exchange.publish.base64url import decoded
from exchange.store.agreements import AgreementRow
from exchange.store.twins import TwinPeerRow, TwinRow, peer_with_offers
from exchange.web.pages import require_decider
from exchange.wiring import settings, store


class Handing(NamedTuple):
    """The node that a case can be held with, the fingerprint of its pinned key, and its offers that wait."""

    peer: TwinPeerRow
    fingerprint: str
    offers: list[TwinRow]


def handing(session: Session, case: AgreementRow) -> Handing | None:
    """What can be offered or answered for a case that no other node holds; None where no trusted node is there for it."""
    if case.instrument != "ksdd" or case.region is None:
        return None
    found = peer_with_offers(session, case.region)
    return found and Handing(found[0], peers.fingerprint(decoded(found[0].key)), found[1])


def offer(ident: str) -> WsgiResponse:
    """Offer the case to the node of its counterpart."""
    require_decider()
    with store().work() as session:
        peer = _compared(session, ident)
        handshake.offer(session, node_of(settings()), ident, peer, note=request.form.get("catatan"), actor=current_user.name)
    return _back(ident, _("Tawaran dikirim ke simpul mitra; jawabannya tampak di halaman ini."))


def accept(ident: str) -> WsgiResponse:
    """Take an offer of that node on into this case."""
    require_decider()
    with store().work() as session:
        peer = _compared(session, ident)
        twin = _offered(session, peer)
        handshake.accept(session, node_of(settings()), twin, case_ident=ident, actor=current_user.name, on=settings().day())
    return _back(ident, _("Tawaran diterima; kedua simpul kini memegang perkara ini bersama."))


def refuse(ident: str) -> WsgiResponse:
    """Answer an offer of that node with no."""
    require_decider()
    with store().work() as session:
        twin = _offered(session, _peer(session, ident))
        handshake.refuse(session, node_of(settings()), twin, note=request.form.get("catatan"), actor=current_user.name)
    return _back(ident, _("Tawaran ditolak."))


def _peer(session: Session, ident: str) -> TwinPeerRow:
    case = named(session, ident)
    if case.region is None:
        raise BadRequest(_("Perkara ini tanpa daerah mitra."), mend=_("Pilih perkara kerja sama antardaerah."))
    return peers.peer_named(session, case.region)


def _compared(session: Session, ident: str) -> TwinPeerRow:
    """The node, whose key the actor has compared: the very one that is pinned now."""
    peer = _peer(session, ident)
    if request.form.get("cocok") != "ya":
        raise BadRequest(
            _("Sidik jari kunci simpul mitra belum dinyatakan cocok."), mend=_("Cocokkan dengan kantor mitra lewat telepon, lalu centang.")
        )
    if not peers.same_fingerprint(request.form.get("sidik", ""), decoded(peer.key)):
        raise Conflict(
            _("Kunci simpul mitra berganti sejak halaman Anda dibuka; tidak ada yang dikirim."),
            mend=_("Muat ulang halaman, dan cocokkan sidik jari yang baru dengan kantor mitra."),
        )
    return peer


def _offered(session: Session, peer: TwinPeerRow) -> str:
    """The name of the offer that the form chose, which must be that node's."""
    twin = handshake.twin_named(session, request.form.get("tawaran", ""))
    if twin.peer_id != peer.id:
        raise BadRequest(_("Tawaran itu dari simpul lain."), mend=_("Muat ulang halaman, lalu pilih dari yang tampak di sana."))
    return twin.ident


def _back(ident: str, said: str) -> WsgiResponse:
    flash(said, "success")
    return redirect(url_for("web_agreements.one", ident=ident, _anchor="simpul-mitra"), 303)
