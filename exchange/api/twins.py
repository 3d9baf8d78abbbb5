"""
Agreements that another region's node holds too: its messages come in here, and it asks what we hold.

No token: who asks is known by a signature of the key that a person pinned. Everybody else gets one answer, whatever is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from exchange.access.segments import canonical_time
from exchange.agreements.node import node_of
from exchange.agreements.twins.message import LARGEST, canonical
from exchange.agreements.twins.outbox import current_view
from exchange.agreements.twins.receive import Taken, receive
from exchange.api.answers import JSON
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound, Unauthenticated
from exchange.jobs.twin_check import view_question
from exchange.publish.detached import CHAIN, HEADER, chain_of, read, sign
from exchange.publish.keys import Ring
from exchange.publish.peers import signer
from exchange.store.base import utcnow
from exchange.store.twins import twin_by_ident
from exchange.wiring import settings, store
from schemas import twin as shapes

bp = Blueprint("twins", "Agreements that this node and another region's node both hold; for those nodes alone.", "/api/v1/twins")

FRESH = timedelta(minutes=5)  # how old a question may be, so that one who caught it cannot ask again
_LONGEST_CHAIN = 8_000


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "Permintaan ini tidak ditandatangani oleh simpul yang dipercaya di sini.",
        mend="Kantor kedua simpul saling mencocokkan sidik jari kuncinya: exchange agreement twin trust.",
        missing=["signature"],
    )


@bp.writes(
    "/messages", "POST", shapes.TwinMessage, shapes.TwinReceipt, scopes=None, keyed=None,
    marks={"x-signed": True, "x-problems": ["400", "403", "409"], "x-kept": True},
)  # fmt: skip
def take() -> Response:
    """
    Send a message.

    The body is canonical JSON, and Exchange-Signature a detached JWS over it by the node's key. 200: it was taken, now or before. 202: it
    is kept until an earlier one comes. 409: from `wanted` on messages are missing here, or this one does not follow the others. Only a
    receipt with the receiver's own Exchange-Signature says that a message arrived.
    """
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    body, word, chain = request.get_data(), request.headers.get(HEADER, ""), _chain()
    if len(body) > LARGEST:
        raise RequestEntityTooLarge
    with store().read() as session:  # whoever is nobody here writes nothing and waits for nobody
        if signer(session, word, chain, body, pin=False) is None:
            raise _refused()
    its = settings()
    with store().work() as session:
        peer = signer(session, word, chain, body)
        if peer is None:
            raise _refused()
        taken = receive(session, node_of(its), peer, body, word, its.day())
        region = peer.region
    if not isinstance(taken, Taken):
        raise taken
    told = {
        "type": shapes.RECEIPT, "twin": taken.message.twin, "number": taken.message.number, "digest": taken.message.digest,
        "result": taken.result, "received": taken.received, "waiting_for": taken.waiting_for, "sender": its.home_region,
        "receiver": region, "at": canonical_time(utcnow()),
    }  # fmt: skip
    return _signed(told, 200 if taken.waiting_for is None else 202)


@bp.reads("/<twin>/view", Query, shapes.TwinViewAnswer, marks={"x-signed": True, "x-nonce": True, "x-conditional": False})
def view(_asked: dict[str, Any], twin: str) -> Response:
    """
    Read what this node holds of an agreement.

    For the nightly comparison. Signed are the canonical bytes of `{"get": path, "nonce": Exchange-Nonce, "receiver": region}`, not more
    than five minutes ago; the answer repeats the nonce and is signed too.
    """
    its, word = settings(), request.headers.get(HEADER, "")
    nonce = request.headers.get("Exchange-Nonce", "")
    if not 8 <= len(nonce) <= 100 or not _is_fresh(word):
        raise _refused()
    with store().read() as session:
        peer = signer(session, word, _chain(), view_question(request.path, nonce, its.home_region), pin=False)
        if peer is None:
            raise _refused()
        row = twin_by_ident(session, twin)
        if row is None or row.peer_id != peer.id:
            raise NotFound("Perkara bersama ini tidak ada di sini.", mend="Periksa pengenalnya.")
        told = {
            "type": shapes.VIEW, "twin": row.ident, "asked": nonce, "sender": its.home_region, "receiver": peer.region,
            "at": canonical_time(utcnow()), "sent": row.sent, "received": row.received, "state": row.state,
            "view": None if row.case is None else current_view(session, its.home_region, row.case, peer.region),
        }  # fmt: skip
    return _signed(told, 200)


def _is_fresh(word: str) -> bool:
    """Whether a question's signature says that it was made a moment ago."""
    try:
        return abs(utcnow().timestamp() - read(word).at) <= FRESH.total_seconds()
    except (ValueError, TypeError):
        return False


def _chain() -> list[str]:
    said = request.headers.get(CHAIN, "")
    return said.split() if len(said) <= _LONGEST_CHAIN else []


def _signed(told: Mapping[str, Any], status: int) -> Response:
    """An answer that this node vouches for."""
    body, keys = canonical(told), Ring(settings().data_dir).all_keys()
    response = Response(body, status, mimetype=JSON)
    response.headers[HEADER] = sign(next(key for key in keys if key.secret), body, utcnow())
    if chain := chain_of(keys):
        response.headers[CHAIN] = " ".join(chain)
    response.headers["Cache-Control"] = "no-store"
    return response
