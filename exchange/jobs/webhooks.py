"""Events on their way to partners: taken one at a time for each address, signed, sent, and what came of it kept."""

from __future__ import annotations

import logging
import os
import platform
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy.orm import Session

from connectors.kit import SourceError
from connectors.kit.masking import mask
from connectors.kit.post import post
from exchange.access.telling import may_be_told
from exchange.access.webhooks import opened, sealer, suspend
from exchange.jobs.retrying import Outcome, settle
from exchange.jobs.signing import signed_headers
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.sending import delivery_held, take_first, webhooks_due
from exchange.store.webhooks import WebhookRow, forget_events

log = logging.getLogger("exchange.webhooks")
ACTOR = "worker"
KEPT = timedelta(days=30)
LEASE = timedelta(seconds=90)  # longer than one try takes, looking its name up included


class Parcel(NamedTuple):
    """What one try needs, so that no transaction is open while it is made."""

    delivery: int
    holder: str
    ident: str
    body: bytes
    url: str
    local: bool
    keys: list[bytes]


class Webhooks:
    """The worker's kind of work that sends events. clock: replaced in tests."""

    name = "webhook"

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime] = utcnow) -> None:
        self._store, self._contact, self._clock = store, settings.contact, clock
        self._sealer = sealer(settings.with_secret().secret_key)

    def take(self, room: int) -> list[Callable[[], None]]:
        """Up to so many events that are due, each of another address, as what is to be done with them; nobody else takes them meanwhile."""
        now = self._clock()
        with self._store.read() as session:
            if not webhooks_due(session, now, 1):
                return []
        with self._store.work() as session:
            parcels = [self._parcel(session, row, now) for row in webhooks_due(session, now, room)]
        return [partial(self._deliver, parcel) for parcel in parcels if parcel is not None]

    def tidy(self) -> None:
        """Drop what is past its days."""
        forget_old_events(self._store)

    def _parcel(self, session: Session, row: WebhookRow, now: datetime) -> Parcel | None:
        """The first event that is due for an address; None where none may be sent."""
        keys = opened(row, self._sealer, now)
        if keys is None:
            suspend(session, row, "key", actor=ACTOR)
            return None
        holder = f"{platform.node()}:{os.getpid()}:{secrets.token_hex(8)}"[-120:]
        while delivery := take_first(session, row, holder, now, LEASE):
            if may_be_told(delivery.event.type, row.partner.scopes):
                return Parcel(delivery.id, holder, delivery.event.ident, delivery.event.body, row.url, row.local, keys)
            delivery.state, delivery.next_at, delivery.trouble = "given_up", None, "Lingkup yang diperlukan peristiwa ini sudah dicabut."
            session.flush()
        row.leased_by = None
        return None

    def _deliver(self, parcel: Parcel) -> None:
        """One try, and what came of it; where somebody else took the address over meanwhile, nothing is kept of it."""
        outcome = self._sent(parcel)
        with self._store.work() as session:
            delivery = delivery_held(session, parcel.delivery, parcel.holder)
            if delivery is None:
                log.warning("%s: taken over or removed while it was sent", parcel.ident)
                return
            why = settle(delivery, outcome, self._clock())
            state = delivery.state
            if why:
                suspend(session, delivery.webhook, why, actor=ACTOR)
        log.info("%s to %s: %s (%s)%s", parcel.ident, mask(parcel.url), state, outcome.status, f", suspended: {why}" if why else "")

    def _sent(self, parcel: Parcel) -> Outcome:
        headers = signed_headers(parcel.ident, self._clock(), parcel.body, parcel.keys)
        try:
            answer = post(parcel.url, parcel.body, headers, local=parcel.local, contact=self._contact)
        except SourceError as error:
            return Outcome(trouble=error.message)
        except Exception as error:  # a fault of ours in one event must not hold up the others
            log.exception("%s", parcel.ident)
            return Outcome(trouble=f"Kesalahan dalam ({type(error).__name__}); lihat log.")
        says = None if 200 <= answer.status < 300 else f"Penerima menjawab dengan status {answer.status}."
        return Outcome(answer.status, says, answer.wait)


def forget_old_events(store: Store) -> None:
    """Drop events that are past their days, in short transactions."""
    before, gone = utcnow() - KEPT, 1
    while gone:
        with store.work() as session:
            gone = forget_events(session, before)
