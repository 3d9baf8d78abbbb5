"""
Messages to other nodes on their way: taken one at a time of each twin, signed, sent, and taken for arrived by a signed receipt alone.

Anything else that answers 200 (a login page of a network, a proxy that keeps and forwards) is no receipt: the message is sent again. The
receiver knows a repeated message by its number and digest, so nothing is done twice. A message is never given up; the pauses grow.
"""

from __future__ import annotations

import logging
import os
import platform
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy.orm import Session

from connectors.kit import SourceError
from connectors.kit.masking import mask
from connectors.kit.post import SENT, Answered, talk
from exchange.publish.detached import CHAIN, HEADER, chain_of, sign
from exchange.publish.keys import Ring
from exchange.publish.peers import is_signed_by
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.twin_sending import message_held, take_next, twins_due
from exchange.store.twins import TwinMessageRow, TwinPeerRow, send_again_from, taken_there
from schemas.twin import RECEIPT

log = logging.getLogger("exchange.twins")
LEASE = timedelta(seconds=90)  # longer than one try takes, looking its name up included
PAUSES: Final = (1.0, 5.0, 30.0, 300.0, 1800.0, 7200.0, 21600.0)
TALK: Final = replace(SENT, sent=512 * 1024, expanded=512 * 1024)
PATH: Final = "/api/v1/twins/messages"


class Parcel(NamedTuple):
    """What one try needs, so that no transaction is open while it is made."""

    message: int
    holder: str
    number: int
    digest: str
    twin: str
    body: bytes
    peer: TwinPeerRow


class Outcome(NamedTuple):
    """
    What came of a try. received: up to which number the other side has taken all, None where no receipt of it came; kept: it waits there
    for an earlier one; wanted: from which number on it wants them again; trouble: in words, for a person; wait: seconds asked for.
    """

    status: int | None = None
    received: int | None = None
    kept: bool = False
    wanted: int | None = None
    trouble: str | None = None
    wait: float | None = None


class Twins:
    """The worker's kind of work that sends messages to other nodes. clock, pauses: replaced in tests."""

    name = "twin"

    def __init__(
        self, store: Store, settings: Settings, clock: Callable[[], datetime] = utcnow, *, pauses: Sequence[float] = PAUSES,
        lease: timedelta = LEASE,
    ) -> None:  # fmt: skip
        self._store, self._settings, self._clock = store, settings, clock
        self._pauses, self._lease = pauses, lease

    def take(self, room: int) -> list[Callable[[], None]]:
        """Up to so many messages that are due, each of another twin, as what is to be done with them; nobody else takes them meanwhile."""
        now = self._clock()
        with self._store.read() as session:
            if not twins_due(session, now, 1):
                return []
        parcels = []
        with self._store.work() as session:
            for twin in twins_due(session, now, room):
                holder = f"{platform.node()}:{os.getpid()}:{secrets.token_hex(8)}"[-120:]
                row = take_next(session, twin, holder, now, self._lease)
                if row is not None:
                    parcels.append(Parcel(row.id, holder, row.number, row.digest, twin.ident, row.body, twin.peer))
        return [partial(self._deliver, parcel) for parcel in parcels]

    def tidy(self) -> None:
        """Nothing: what two governments told each other is kept."""

    def _deliver(self, parcel: Parcel) -> None:
        """One try, and what came of it; where somebody else took the twin over meanwhile, nothing is kept of it."""
        signature, outcome = self._sent(parcel)
        with self._store.work() as session:
            row = message_held(session, parcel.message, parcel.holder)
            if row is None:
                log.warning("message %s of %s: taken over while it was sent", parcel.number, parcel.twin)
                return
            self._settle(session, row, outcome, signature)
        says = outcome.trouble or ("kept there" if outcome.kept else "taken there")
        log.info("message %s of %s to %s: %s", parcel.number, parcel.twin, mask(parcel.peer.url), says)

    def _sent(self, parcel: Parcel) -> tuple[str, Outcome]:
        keys = Ring(self._settings.data_dir).all_keys()
        signature = sign(next(key for key in keys if key.secret), parcel.body, self._clock())
        headers = {"Content-Type": "application/json", "Accept": "application/json", HEADER: signature}
        if chain := chain_of(keys):
            headers[CHAIN] = " ".join(chain)
        try:
            told = talk(
                "POST", parcel.peer.url + PATH, parcel.body, headers, local=parcel.peer.local, limits=TALK, contact=self._settings.contact
            )
        except SourceError as error:
            return signature, Outcome(trouble=error.message)
        except Exception as error:  # a fault of ours in one message must not hold up the others
            log.exception("message %s of %s", parcel.number, parcel.twin)
            return signature, Outcome(trouble=f"Kesalahan dalam ({type(error).__name__}); lihat log.")
        return signature, outcome_of(told, parcel, self._settings.home_region)

    def _settle(self, session: Session, row: TwinMessageRow, outcome: Outcome, signature: str) -> None:
        now, twin = self._clock(), row.twin
        twin.leased_by, twin.leased_until = None, now
        row.tries, row.last_at, row.status, row.trouble, row.signature = row.tries + 1, now, outcome.status, outcome.trouble, signature
        if outcome.received is not None:
            row.state, row.next_at = ("kept", None) if outcome.kept else ("acked", None)
            session.flush()
            taken_there(session, twin, outcome.received)
            if outcome.kept and outcome.received < row.number:
                self._missing(session, row, outcome.received + 1, now)
            return
        row.state = "failed"
        row.next_at = now + timedelta(seconds=max(outcome.wait or 0.0, self._pause(row.tries)))
        session.flush()
        if outcome.wanted is not None and outcome.wanted < row.number:
            self._missing(session, row, outcome.wanted, now)

    def _missing(self, session: Session, row: TwinMessageRow, number: int, now: datetime) -> None:
        """The other side lacks a message that we took for arrived, since its books were brought back from a backup, say: send it again."""
        if number <= row.twin.acked:
            log.warning("%s lacks message %s of %s again", row.twin.peer.region, number, row.twin.ident)
            send_again_from(session, row.twin, number, now)

    def _pause(self, tries: int) -> float:
        return self._pauses[min(tries, len(self._pauses)) - 1] * random.uniform(0.9, 1.1)


def outcome_of(told: Answered, parcel: Parcel, home: str) -> Outcome:
    """What an answer means: a receipt that the other node signed for this very message, or a refusal in words."""
    said = _json(told.body) if told.whole else None
    if told.status in {200, 202}:
        signature, chain = told.headers.get(HEADER.lower(), ""), told.headers.get(CHAIN.lower(), "").split()
        wanted = {
            "type": RECEIPT, "twin": parcel.twin, "number": parcel.number, "digest": parcel.digest, "sender": parcel.peer.region,
            "receiver": home,
        }  # fmt: skip
        fits = isinstance(said, dict) and all(said.get(name) == value for name, value in wanted.items())
        if not fits or not is_signed_by(parcel.peer, signature, chain, told.body):
            return Outcome(told.status, trouble="Jawaban tanpa tanda terima yang ditandatangani simpul mitra; pesan dikirim lagi.")
        received = said["received"] if isinstance(said, dict) and isinstance(said.get("received"), int) else None
        return Outcome(told.status, received, kept=told.status == 202)
    number = said.get("wanted") if isinstance(said, dict) and told.status == 409 else None
    says = {
        401: "Simpul mitra tidak mengenali kunci simpul ini; minta kantornya mempercayainya (lagi).",
        409: "Simpul mitra menunggu pesan sebelumnya." if number else "Rangkaian pesan tidak bersambung bagi simpul mitra.",
    }.get(told.status, f"Simpul mitra menjawab dengan status {told.status}.")
    return Outcome(told.status, wanted=number if isinstance(number, int) and number > 0 else None, trouble=says, wait=told.wait)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
