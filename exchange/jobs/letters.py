"""
Letters about a night: one at most, and only when something new needs a person.

What was told already and still stands is told again after a week; in between it would be one letter a night that nobody opens.
Nothing that a source sent is repeated in a letter (`needs.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from connectors.kit.masking import mask_text
from exchange.errors import ExchangeError
from exchange.jobs.mail import deliver
from exchange.jobs.needs import Need
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.nights import letter_before, night_by_id, note_letter

log = logging.getLogger("exchange.letters")

AGAIN = timedelta(days=7)
_LISTED = 30
_JAKARTA = ZoneInfo("Asia/Jakarta")
_FOOT = "Surat ini datang hanya bila ada yang baru, paling banyak sekali semalam; yang belum beres diingatkan lagi setelah tujuh hari."


def is_due(needs: Iterable[Need], letter: Mapping[str, Any], now: datetime) -> bool:
    """
    Whether a letter is due.

    letter: what the nights before left (`left_by`): when the last one went, and what it told that still stands.
    """
    needs = list(needs)
    told: Mapping[str, int] = letter.get("told", {})
    if any(need.kind == "notice" or need.concerns > told.get(_key(need), -1) for need in needs):
        return True
    return bool(needs) and (letter.get("at") is None or now - datetime.fromisoformat(letter["at"]) >= AGAIN)


def left_by(needs: Iterable[Need], letter: Mapping[str, Any], now: datetime, *, sent: bool) -> dict[str, Any]:
    """What a night leaves for the next: after a letter all that it told, else what was told before and still stands."""
    stands = {_key(need): need.concerns for need in needs}
    if sent:
        return {"at": now.isoformat(timespec="seconds"), "told": stands}
    told: Mapping[str, int] = letter.get("told", {})
    return {"at": letter.get("at"), "told": {key: min(told[key], stands[key]) for key in told.keys() & stands.keys()}}


def _key(need: Need) -> str:
    return f"{need.source} {need.kind}"


def left_before(store: Store, number: int) -> dict[str, Any]:
    """What the nights before this one left; what it left itself where it was broken off and told so."""
    with store.read() as session:
        return letter_before(session, number)


def tell(
    store: Store, settings: Settings, number: int, needs: Sequence[Need], letter: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """
    Send a letter about a night that came to its end, where one is due.

    Returns:
        Whether it went (`sent`, `trouble`), None where none was due; and what the night leaves for the next.
    """
    now = utcnow()
    if letter.get("broken") == number or not is_due(needs, letter, now):
        return None, left_by(needs, letter, now, sent=False)
    told = send(settings, write(settings, number, _began(store, number), needs))
    return told, left_by(needs, letter, now, sent=told["sent"])


def tell_broken(store: Store, settings: Settings, number: int, error: Exception) -> None:
    """Send a letter about a night that does not come to its end; once for a night, however often it is taken up and breaks again."""
    if not settings.smtp_url:
        return
    began, letter = utcnow(), {}
    try:
        letter, began = left_before(store, number), _began(store, number)
    except Exception as also:  # the database may be what the night broke on
        log.error("letters cannot be read (%s)", type(also).__name__)
    if letter.get("broken") == number:
        return
    if send(settings, write_broken(settings, number, began, error))["sent"]:
        try:
            with store.work() as session:
                note_letter(session, number, letter | {"broken": number})
        except Exception as also:
            log.error("letters cannot be noted (%s)", type(also).__name__)


def _began(store: Store, number: int) -> datetime:
    with store.read() as session:
        row = night_by_id(session, number)
        return row.started_at if row else utcnow()


def write(settings: Settings, number: int, began: datetime, needs: Sequence[Need]) -> EmailMessage:
    """The letter of a night that came to its end: what, where, and what to do next."""
    day = _day(began)
    lines = [f"Proses malam {settings.office}, {day}, selesai. {len(needs)} hal perlu dilihat orang:", ""]
    for place, need in enumerate(needs[:_LISTED], 1):
        lines += [f"{place}. {need.source}: {need.what}", f"   Langkah berikutnya: {need.mend}", f"   {_link(settings, need.path)}", ""]
    if len(needs) > _LISTED:
        lines += [f"dan {len(needs) - _LISTED} hal lain.", ""]
    lines += [f"Seluruh laporan: {_link(settings, f'/malam/{number}')}", "", _FOOT]
    return _letter(settings, f"Malam {day}: {len(needs)} hal perlu dilihat", lines)


def write_broken(settings: Settings, number: int, began: datetime, error: Exception) -> EmailMessage:
    """The letter of a night that did not come to its end, and what came in its way."""
    day = _day(began)
    what, mend = f"Kesalahan dalam ({type(error).__name__}); lihat keluaran perintahnya.", None
    if isinstance(error, ExchangeError):
        what, mend = mask_text(error.message), error.mend
    following = "Jalankan lagi: exchange nightly. Yang sudah datang tersimpan, dan malam ini dilanjutkan dari tempatnya berhenti."
    lines = [f"Proses malam {settings.office}, {day}, terputus sebelum selesai.", "", what, *([mend] if mend else []), following, ""]
    lines += [f"Yang sudah selesai: {_link(settings, f'/malam/{number}')}"]
    return _letter(settings, f"Malam {day}: terputus sebelum selesai", lines)


def send(settings: Settings, letter: EmailMessage) -> dict[str, Any]:
    """Send a letter; whether it went (`sent`) and what went wrong (`trouble`, Indonesian). Nothing is raised."""
    trouble: str | None
    try:
        sent, trouble = deliver(settings.smtp_url, letter)
    except Exception as error:  # whatever it is, the night is done
        sent, trouble = False, f"Surat tidak terkirim ({type(error).__name__})."
    if trouble:
        log.warning("%s", trouble)
    return {"sent": sent, "trouble": trouble}


def _letter(settings: Settings, subject: str, lines: list[str]) -> EmailMessage:
    return letter_to(settings, settings.mail_to, subject, lines)


def letter_to(settings: Settings, mailboxes: str, subject: str, lines: list[str]) -> EmailMessage:
    """A letter of the office to mailboxes, comma between them."""
    letter = EmailMessage()
    sender = settings.mail_from or settings.contact
    letter["From"] = formataddr((" ".join(settings.office.split()), sender))
    letter["To"] = mailboxes
    letter["Subject"] = subject
    letter["Date"] = format_datetime(datetime.now(_JAKARTA))
    letter["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n".join(lines) + "\n", cte="quoted-printable")
    return letter


def _day(when: datetime) -> str:
    return str(format_date(when.astimezone(_JAKARTA), "d MMMM yyyy", locale="id"))


def _link(settings: Settings, path: str) -> str:
    return f"{settings.base_url}{path}" if settings.base_url else f"halaman {path}"
