"""
The second factor: codes of six digits from a telephone (RFC 6238), and spare codes for when it is lost.

A code is taken once: the step of time that it stands for must be a later one than the last that was taken. The secret is sealed by the
node's own key together with the account's name, so that a row of the database opens no other account.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from exchange.access.accounts import count_try, is_paused
from exchange.access.sealing import Sealer
from exchange.access.staff_sessions import digest
from exchange.errors import BadRequest, Conflict
from exchange.store.account_links import replace_codes, take_code
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.users import UserRow, user_by_id

STEP = 30  # seconds
DIGITS = 6
SPARES = 10
_SLACK = 1  # steps that a telephone's clock may be off, either way


def sealer(secret_key: str) -> Sealer:
    """What the secrets are sealed by."""
    return Sealer(secret_key, "second-factor")


def code_at(secret: bytes, step: int) -> str:
    """The code of one step of time, counted from 1970."""
    return TOTP(secret, DIGITS, SHA1(), STEP).generate(step * STEP).decode()  # noqa: S303 - the one hash that every telephone knows


def step_of(secret: bytes, code: str, now: datetime, after: int | None) -> int | None:
    """The step that a code stands for, within the slack and behind the last one that was taken; None where it fits none."""
    present = int(now.timestamp()) // STEP
    fits = None
    for step in range(present - _SLACK, present + _SLACK + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if same and (after is None or step > after):
            fits = step
    return fits


def pending(row: UserRow, by: Sealer, *, fresh: bool) -> bytes:
    """
    The secret that waits for its first code; made where there is none.

    fresh: another one in any case, so that nobody who saw an earlier picture has the factor that its owner sets up later.
    """
    secret = None if fresh or row.totp_pending is None else _opened(row, row.totp_pending, by)
    if secret is None:
        secret = secrets.token_bytes(20)
        row.totp_pending = by.seal(row.name.encode() + b"\0" + secret)
    return secret


def address(office: str, name: str, secret: bytes) -> str:
    """What the picture says to a telephone (`otpauth:`)."""
    label = quote(f"{office}:{name}", safe="")
    return f"otpauth://totp/{label}?secret={b32encode(secret).decode()}&issuer={quote(office, safe='')}"


def switch_on(session: Session, row: UserRow, code: str, by: Sealer) -> list[str]:
    """
    Take the waiting secret for good, as its first code proves that the telephone has it; the spare codes, to be shown once.

    Raises:
        BadRequest: the code does not fit. Conflict: the account has a second factor already, or none waits.
    """
    now = utcnow()
    secret = None if row.totp_pending is None else _opened(row, row.totp_pending, by)
    if row.totp_secret is not None or secret is None:
        raise Conflict("Tidak ada kode QR yang menunggu.", mend="Buka lagi halamannya, lalu pindai kode QR yang baru.")
    step = step_of(secret, _clean(code), now, None)
    if step is None:
        raise BadRequest("Kode itu tidak cocok.", mend="Periksa jam telepon, tunggu kode berikutnya, lalu ketik keenam angkanya.")
    row.totp_secret, row.totp_pending, row.totp_step = row.totp_pending, None, step
    audit(session, row.name, "user.factor.on", "user", row.name)
    return new_spares(session, row)


def new_spares(session: Session, row: UserRow) -> list[str]:
    """Ten new spare codes, which replace those before; to be shown once."""
    words = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(SPARES)]
    replace_codes(session, row.id, [_spare(row, word) for word in words])
    return ["-".join(word[at : at + 4] for at in range(0, 16, 4)) for word in words]


def switch_off(session: Session, row: UserRow, *, actor: str) -> None:
    """Take the second factor from an account, its spare codes too; its sessions stay as the caller decides."""
    row.totp_secret, row.totp_pending, row.totp_step = None, None, None
    replace_codes(session, row.id, [])
    audit(session, actor, "user.factor.off", "user", row.name)


def fits(store: Store, account_id: int, code: str, by: Sealer) -> bool:
    """
    Whether a code, or a spare one, fits now; it fits once. Wrong ones count towards the account's pause, during which none fits.

    Every wrong try is on record, without the code.
    """
    now, typed = utcnow(), _clean(code)
    with store.work() as session:
        row = user_by_id(session, account_id)
        if row is None or not row.active or row.totp_secret is None:
            return False
        locked = is_paused(row, now)
        right = not locked and _taken(session, row, typed, by, now)
        if not right:
            audit(session, row.name, "login.code", "user", row.name, locked=locked)
            if not locked:
                count_try(row, False, now)
        return right


def _taken(session: Session, row: UserRow, typed: str, by: Sealer, now: datetime) -> bool:
    """Use a code up, where it fits."""
    secret = _opened(row, row.totp_secret or "", by)
    step = None if secret is None else step_of(secret, typed, now, row.totp_step)
    if step is not None:
        row.totp_step = step
        return True
    if len(typed) == DIGITS or not take_code(session, row.id, _spare(row, typed)):
        return False
    audit(session, row.name, "user.factor.spare", "user", row.name)
    return True


def _spare(row: UserRow, word: str) -> str:
    return digest(f"{row.id}:{word}")


def _clean(code: str) -> str:
    return "".join(letter for letter in code[:60].lower() if letter.isascii() and letter.isalnum())


def _opened(row: UserRow, sealed: str, by: Sealer) -> bytes | None:
    plain = by.open(sealed)
    name, _nul, secret = (plain or b"").partition(b"\0")
    return secret if secret and name == row.name.encode() else None
