"""Both sides' views of every shared agreement, compared each night by asking the other node; and the first look at another node's key."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connectors.kit import SourceError
from connectors.kit.post import talk
from exchange.agreements.node import Node, node_of
from exchange.agreements.twins.message import canonical, read_view
from exchange.agreements.twins.receive import settled
from exchange.errors import BadRequest, Conflict
from exchange.jobs.twins import TALK
from exchange.publish.base64url import encoded
from exchange.publish.detached import CHAIN, HEADER, chain_of, sign
from exchange.publish.keys import ACTIVE, Key, Ring, public_key
from exchange.publish.peers import is_signed_by
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.twins import TwinPeerRow, TwinRow, list_twins, send_again_from, taken_there, twin_by_ident
from schemas.twin import VIEW

log = logging.getLogger("exchange.twins")


class Compared(NamedTuple):
    """What one comparison found: how many things differ, or why the other side could not be asked (Indonesian)."""

    twin: str
    region: str
    differences: int
    trouble: str | None


def compare_all(
    store: Store, settings: Settings, clock: Callable[[], datetime] = utcnow, *, only: str | None = None,
    beat: Callable[[], None] = lambda: None,
) -> list[Compared]:  # fmt: skip
    """
    Ask the other node of each open twin for its view, and keep what differs. Where one cannot be asked, that is kept, and the rest goes on.

    only: of this twin alone. beat: called before each question. A node that did not answer one question is not asked the next ones.
    """
    with store.read() as session:
        asked = [(row.ident, row.peer) for row in list_twins(session, states=("open",)) if row.peer.state == "trusted"]
    node = node_of(settings)
    found: list[Compared] = []
    silent: dict[str, str] = {}
    for ident, peer in asked:
        if only in (None, ident):
            beat()
            found.append(_compare(store, settings, node, ident, peer, clock, silent))
    return found


def _compare(
    store: Store, settings: Settings, node: Node, ident: str, peer: TwinPeerRow, clock: Callable[[], datetime], silent: dict[str, str]
) -> Compared:
    said: dict[str, Any] = {}
    trouble = silent.get(peer.region)
    try:
        said = {} if trouble else _asked(settings, ident, peer, clock())
    except SourceError as error:
        trouble = silent[peer.region] = error.message
    except BadRequest as error:
        trouble = error.message
    except Exception as error:  # one node's answer must not end the night
        log.exception("comparing %s", ident)
        trouble = f"Kesalahan dalam ({type(error).__name__}); lihat log."
    with store.work() as session:
        twin = twin_by_ident(session, ident)
        if twin is None:
            return Compared(ident, peer.region, 0, trouble)
        twin.checked_at, twin.check_trouble = clock(), trouble
        if trouble is None:
            _take(session, node, twin, said, settings, clock())
        return Compared(ident, peer.region, len(twin.differences), trouble)


def _asked(settings: Settings, ident: str, peer: TwinPeerRow, now: datetime) -> dict[str, Any]:
    """The other side's answer, its signature and every member proved; raises SourceError or BadRequest with what is wrong."""
    path = f"/api/v1/twins/{ident}/view"
    word = secrets.token_urlsafe(16)
    question = view_question(path, word, peer.region)
    keys = Ring(settings.data_dir).all_keys()
    headers = {"Accept": "application/json", "Exchange-Nonce": word, HEADER: sign(next(key for key in keys if key.secret), question, now)}
    if chain := chain_of(keys):
        headers[CHAIN] = " ".join(chain)
    told = talk("GET", peer.url + path, None, headers, local=peer.local, limits=TALK, contact=settings.contact)
    if told.status != 200:
        says = {401: "Simpul mitra tidak mengenali kunci simpul ini.", 404: "Simpul mitra tidak mengenal perkara bersama ini."}
        raise BadRequest(says.get(told.status, f"Simpul mitra menjawab dengan status {told.status}."))
    if not told.whole or not is_signed_by(
        peer, told.headers.get(HEADER.lower(), ""), told.headers.get(CHAIN.lower(), "").split(), told.body
    ):
        raise BadRequest("Jawaban simpul mitra tidak ditandatangani dengan kunci yang dipercaya.")
    try:
        said: dict[str, Any] = orjson.loads(told.body)
        wanted = {"type": VIEW, "twin": ident, "asked": word, "sender": peer.region, "receiver": settings.home_region}
        if any(said[name] != value for name, value in wanted.items()):
            raise ValueError("of another question")
        said["view"] = read_view(said["view"])
        if not all(type(said[name]) is int and said[name] >= 0 for name in ("sent", "received")):
            raise ValueError("numbers")
    except (ValueError, KeyError, TypeError, ValidationError):
        raise BadRequest("Jawaban simpul mitra tidak dapat dibaca.") from None
    return said


def view_question(path: str, word: str, receiver: str) -> bytes:
    """What is signed to ask for a view: the address, a word of chance that the answer repeats, and who is asked."""
    return canonical({"get": path, "nonce": word, "receiver": receiver})


def _take(session: Session, node: Node, twin: TwinRow, said: dict[str, Any], settings: Settings, now: datetime) -> None:
    """Keep what the other side says now; a view that is older than a message that came since changes nothing."""
    if said["view"] is not None and said["sent"] >= twin.theirs_number:
        twin.theirs, twin.theirs_at, twin.theirs_number = said["view"], now, said["sent"]
    if said["received"] < twin.acked:
        send_again_from(session, twin, said["received"] + 1, now)
    taken_there(session, twin, said["received"])
    settled(session, node, twin, twin.peer, settings.day())


def key_of(url: str, *, local: bool, contact: str) -> tuple[Key, str]:
    """
    The key that another node says it signs with, for a person to compare with its office; with its base64url.

    Raises:
        Conflict: it cannot be reached. BadRequest: what answers is no node.
    """
    place = url.rstrip("/") + "/api/v1/keys"
    try:
        told = talk("GET", place, None, {"Accept": "application/json"}, local=local, limits=TALK, contact=contact)
    except SourceError as error:
        raise Conflict(error.message, mend="Periksa alamatnya; untuk simpul di mesin ini tambahkan --local.") from None
    try:
        if told.status != 200 or not told.whole:
            raise ValueError(told.status)
        keys = [public_key(said) for said in orjson.loads(told.body)["keys"]]
        (active,) = [key for key in keys if key.state == ACTIVE]
    except (ValueError, KeyError, TypeError):
        raise BadRequest("Di alamat itu tidak ada kunci sebuah simpul pertukaran.", mend="Periksa alamatnya, tanpa jalur.") from None
    return active, encoded(active.public)
