"""Letters about accounts: links that were made for somebody, wishes for a lost password, and the one that tries the mail server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from exchange.access.account_links import Made, new_link
from exchange.jobs.letters import letter_to, send
from exchange.settings import Settings
from exchange.store.account_links import RecoveryAskedRow, links_since, take_wishes, waiting_wishes
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.users import user_by_name

log = logging.getLogger("exchange.account_letters")

ACTOR = "surel"
MOST_AN_HOUR = 3
STALE = timedelta(hours=1)
_PATH = "/akun/"


def can_mail(settings: Settings) -> bool:
    """Whether links can go by letter: to a server, and with an address that does not hang on what a caller says of it."""
    return bool(settings.smtp_url and settings.base_url)


def send_link(store: Store, settings: Settings, made: Made) -> str | None:
    """Send a link to its account's mailbox; what went wrong (Indonesian), None where it went. It is noted without the address."""
    asked = made.kind == "recover"
    lines = [
        f"Tautan ini {'mengganti kata sandi' if asked else 'membuka'} akun {made.row.name} di {settings.office}:",
        "",
        f"{settings.base_url}{_PATH}{made.word}",
        "",
        "Berlaku sekali, satu jam." if asked else "Berlaku sekali, tujuh hari.",
        "Bila Anda tidak memintanya, abaikan surat ini dan beri tahu admin; tidak ada yang berubah.",
    ]
    subject = "Ganti kata sandi" if asked else "Undangan masuk"
    return _send(store, settings, made.row.email or "", subject, lines, made.kind)


def send_test(store: Store, settings: Settings, mailbox: str) -> str | None:
    """Send the letter that tries the settings; what went wrong, None where it went."""
    lines = [f"Surat percobaan dari {settings.office}. Bila Anda membacanya, surel simpul ini bekerja."]
    return _send(store, settings, mailbox, "Surat percobaan", lines, "test")


def _send(store: Store, settings: Settings, mailbox: str, subject: str, lines: list[str], about: str) -> str | None:
    told = send(settings, letter_to(settings, mailbox, subject, lines))
    trouble: str | None = told["trouble"] or (None if told["sent"] else "Surat tidak terkirim.")
    with store.work() as session:
        audit(session, ACTOR, "mail.failed" if trouble else "mail.sent", "mail", about, **({"trouble": trouble} if trouble else {}))
    return trouble


def wish(session: Session, name: str) -> None:
    """Note that somebody wants a recovery letter for the account of that name, whether there is one or not."""
    session.add(RecoveryAskedRow(name=name))


class AccountLetters:
    """The worker's kind of work that answers wishes for a recovery letter."""

    name = "account_letter"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """Up to so many wishes, as what is to be done with them; nobody else takes them, and one whose worker is killed is asked anew."""
        with self._store.read() as session:
            if not waiting_wishes(session):
                return []
        with self._store.work() as session:
            rows = take_wishes(session, room)
        return [partial(self._answer, row.name) for row in rows if row.at > utcnow() - STALE]

    def tidy(self) -> None:
        """Nothing stays."""

    def _answer(self, name: str) -> None:
        """A link by letter, where there is such an account with a mailbox; three an hour at most."""
        if not can_mail(self._settings):
            return
        with self._store.work() as session:
            row = user_by_name(session, name)
            if row is None or not row.active or not row.email or not row.password_hash:
                return
            if links_since(session, row.id, ACTOR, utcnow() - timedelta(hours=1)) >= MOST_AN_HOUR:
                return
            made = new_link(session, row, actor=ACTOR, ends=False)
        trouble = send_link(self._store, self._settings, made)
        if trouble:
            log.warning("%s", trouble)
