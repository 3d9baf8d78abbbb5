"""Addresses of partners that are told of events: how they are added, tried, suspended and resumed, and their secrets."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from connectors.kit import SourceError
from connectors.kit.address import refusal
from connectors.kit.masking import mask
from connectors.kit.origin import Origin, origin
from exchange.access.sealing import Sealer
from exchange.access.telling import EVENTS, MATCH_NEW, TEST, may_be_told, pass_over_matches, tell
from exchange.errors import BadRequest, Conflict, NotFound, ScopeMissing
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.partners import PartnerRow
from exchange.store.webhooks import (
    WebhookDeliveryRow,
    WebhookRow,
    begin_again,
    delivery_of,
    remove_webhook,
    webhook_by_ident,
    webhooks_of,
)

MOST = 5  # addresses of one partner
BOTH_SIGN = timedelta(hours=24)  # how long an old secret signs beside the new one
LONGEST_URL = 500
PREFIX = "whsec_"
# why an address is suspended, as people read it
REASONS: Final[dict[str, str]] = {
    "failing": "tidak menerima satu pun kiriman dalam 24 jam",
    "gone": "menjawab 410: alamat itu ditutup",
    "office": "dihentikan oleh kantor",
    "key": "kunci simpul berganti sehingga rahasianya tidak terbaca; buat rahasia baru",
}


class Added(NamedTuple):
    """An address and its secret, which is shown once."""

    row: WebhookRow
    secret: str


def sealer(secret_key: str) -> Sealer:
    """What the secrets of webhooks are sealed by."""
    return Sealer(secret_key, "webhook")


def opened(row: WebhookRow, by: Sealer, now: datetime) -> list[bytes] | None:
    """The keys that sign for an address now, the newest first; None where the node's own key is another one than they were sealed by."""
    sealed = [row.secret, *([row.old_secret] if row.old_secret and row.old_ends_at and row.old_ends_at > now else [])]
    keys = [by.open(word) for word in sealed]
    return None if keys[0] is None else [key for key in keys if key is not None]


def add_webhook(
    session: Session,
    partner: PartnerRow,
    url: str,
    events: Iterable[str],
    by: Sealer,
    *,
    today: date,
    scopes: Collection[str] | None = None,
    local: bool = False,
    actor: str,
) -> Added:
    """
    Add an address; its secret's words are here and never again.

    scopes: of whoever asks, None for the partner's own. local: the operator lets it be on this machine, and without TLS.

    Raises:
        BadRequest: the address or a type cannot be used. ScopeMissing: a type wants a scope that is missing.
        Conflict: the address is there already, or as many as there may be.
    """
    _check_url(url, local=local)
    wanted = _checked_events(events, partner.scopes if scopes is None else set(scopes) & set(partner.scopes))
    held = webhooks_of(session, partner.id)
    if any(row.url == url for row in held):
        raise Conflict("Alamat webhook itu sudah terdaftar.", mend="Pakai yang sudah ada, atau hapus dahulu.")
    if len(held) >= MOST:
        raise Conflict(f"Sudah ada {MOST} alamat webhook.", mend="Hapus salah satu yang tidak dipakai lagi.")
    if MATCH_NEW in wanted and not any(MATCH_NEW in row.events for row in held):
        pass_over_matches(session, partner, today)
    key = secrets.token_bytes(32)
    row = WebhookRow(
        ident=f"wh_{secrets.token_hex(8)}", partner_id=partner.id, url=url, events=wanted, secret=by.seal(key), local=local,
        state="active", failures=0, made_by=actor[:80],
    )  # fmt: skip
    row.partner = partner
    session.add(row)
    _note(session, actor, "add", row, events=wanted, local=local)
    session.flush()
    return Added(row, _word(key))


def _word(key: bytes) -> str:
    return PREFIX + b64encode(key).decode()


def _check_url(url: str, *, local: bool) -> None:
    mend = "Pakai alamat HTTPS di internet, misalnya https://dagang.kota-contoh.go.id/webhook."
    try:
        place = origin(url)
    except SourceError:
        raise BadRequest("Alamat webhook tidak dapat dibaca.", mend=mend) from None
    if len(url) > LONGEST_URL or "#" in url:
        raise BadRequest(f"Alamat webhook lebih dari {LONGEST_URL} tanda, atau memuat tanda #.", mend=mend)
    if place.scheme != "https" and not local:
        raise BadRequest("Alamat webhook harus HTTPS.", mend=mend)
    if why := _closed(place, local=local):
        raise BadRequest(f"Alamat webhook menuju tempat yang tidak boleh dikirimi ({why}).", mend=mend)


def _closed(place: Origin, *, local: bool) -> str | None:
    """Why a numeric host may not be sent to; None for names, which are looked at when they are resolved."""
    why = refusal(place.host, local=local)
    if why == "bukan alamat IP":
        return "nama mesin ini" if place.host == "localhost" and not local else None
    return why


def _checked_events(events: Iterable[str], scopes: Collection[str]) -> list[str]:
    given = list(dict.fromkeys(events))
    for kind in given:
        if kind not in EVENTS:
            near = get_close_matches(str(kind)[:40], list(EVENTS), n=1)
            guess = f"Mungkin maksudnya {near[0]}. " if near else ""
            raise BadRequest(f"Jenis peristiwa {str(kind)[:40]!r} tidak ada.", mend=f"{guess}Yang ada: {', '.join(EVENTS)}.")
    if not given:
        raise BadRequest("Tidak ada jenis peristiwa yang diminta.", mend=f"Pilih dari: {', '.join(EVENTS)}.")
    lacking = [str(EVENTS[kind]) for kind in given if not may_be_told(kind, scopes)]
    if lacking:
        raise ScopeMissing(
            f"Peristiwa yang diminta memerlukan lingkup {', '.join(lacking)}.",
            mend="Minta token dengan lingkup itu, atau hilangkan jenis peristiwanya.",
            missing=lacking,
        )
    return [kind for kind in EVENTS if kind in given]


def webhook_named(session: Session, ident: str, partner_id: int | None = None) -> WebhookRow:
    """The address of that name, of that partner where one is given; raises NotFound."""
    row = webhook_by_ident(session, ident)
    if row is None or partner_id not in {None, row.partner_id}:
        raise NotFound(f"Tidak ada webhook {ident[:30]!r}.", mend="Daftarnya: `exchange webhook list` atau GET /api/v1/partner/webhooks.")
    return row


def rotate(session: Session, row: WebhookRow, by: Sealer, *, actor: str) -> str:
    """
    Give an address a new secret, whose words are here and never again; the one before signs beside it for a day.

    Whoever rotates twice has ended the first one at once. An address that waits for this alone is resumed.
    """
    key = secrets.token_bytes(32)
    row.old_secret, row.old_ends_at, row.secret = row.secret, utcnow() + BOTH_SIGN, by.seal(key)
    _note(session, actor, "rotate", row)
    if row.reason == "key":
        row.old_secret = row.old_ends_at = None
        _activate(session, row)
    return _word(key)


def ping(session: Session, row: WebhookRow, *, actor: str) -> WebhookDeliveryRow:
    """Send a test event to an address; raises Conflict while it is suspended."""
    _must_be_active(row)
    event = tell(session, TEST, [row], {"webhook": row.ident})
    row.rest_until = None
    _note(session, actor, "test", row, message=event.ident)
    return _delivery(session, row, event.ident)


def redeliver(session: Session, row: WebhookRow, message: str, *, actor: str) -> WebhookDeliveryRow:
    """
    Send an event again, whatever became of it, with its identifier and a new timestamp.

    Raises:
        NotFound: this address has no such event, or no more. Conflict: the address is suspended.
    """
    delivery = _delivery(session, row, message)
    _must_be_active(row)
    delivery.state, delivery.tries, delivery.begun_at, delivery.next_at = "waiting", 0, None, utcnow()
    row.rest_until = None
    _note(session, actor, "redeliver", row, message=message)
    return delivery


def _delivery(session: Session, row: WebhookRow, message: str) -> WebhookDeliveryRow:
    found = delivery_of(session, row.id, message)
    if found is None:
        raise NotFound(f"Webhook {row.ident} tidak punya kiriman {message[:40]!r}.", mend="Kiriman disimpan 30 hari; lihat daftarnya.")
    return found


def _must_be_active(row: WebhookRow) -> None:
    if row.state != "active":
        raise Conflict(f"Webhook {row.ident} sedang dihentikan: {REASONS.get(row.reason or '', '')}.", mend="Aktifkan lagi lebih dahulu.")


def suspend(session: Session, row: WebhookRow, reason: str, *, actor: str) -> None:
    """Send nothing to an address any more; events go on waiting for it."""
    if row.state == "active":
        row.state, row.reason, row.since = "suspended", reason, utcnow()
        _note(session, actor, "suspend", row, reason=reason)


def resume(session: Session, row: WebhookRow, *, actor: str, by_partner: bool = False) -> None:
    """
    Send again to a suspended address, beginning with what waits for it.

    Raises:
        Conflict: its secret must be made anew first, or the office suspended it and its partner asks.
    """
    if row.state == "active":
        return
    if row.reason == "key" or (by_partner and row.reason == "office"):
        mend = "Buat rahasia baru untuknya." if row.reason == "key" else "Hubungi kantor yang menghentikannya."
        raise Conflict(f"Webhook {row.ident} dihentikan: {REASONS[row.reason or '']}.", mend=mend)
    _activate(session, row)
    _note(session, actor, "resume", row)


def _activate(session: Session, row: WebhookRow) -> None:
    row.state, row.reason, row.since, row.failures, row.rest_until = "active", None, None, 0, None
    begin_again(session, row.id, utcnow())


def remove(session: Session, row: WebhookRow, *, actor: str) -> None:
    """Take an address away with all that waits for it."""
    _note(session, actor, "remove", row)
    remove_webhook(session, row)


def _note(session: Session, actor: str, act: str, row: WebhookRow, **facts: object) -> None:
    audit(session, actor, f"webhook.{act}", "partner", row.partner.ident, webhook=row.ident, url=mask(row.url), **facts)
