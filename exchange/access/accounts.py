"""Staff accounts: passwords kept as argon2 hashes, a pause after five wrong ones."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.users import UserRow, user_by_name

ROLES = ("admin", "petugas", "pimpinan", "auditor")
MAY_DECIDE = frozenset({"admin", "petugas"})
MAY_ADMIT = frozenset({"admin"})  # who is let in, and what an agreement opens to whom, is the office's word, not a day's work
SHORTEST = 10
TRIES = 5
PAUSE = timedelta(minutes=5)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against when there is no such account, so that the answer takes as long."""
    return _hasher().hash(secrets.token_hex(16))


def add_user(session: Session, name: str, password: str, role: str = "petugas", *, actor: str = "cli") -> UserRow:
    """
    Make an account.

    Raises:
        BadRequest: the password is shorter than ten characters, or the role is none of ROLES.
        Conflict: the name is taken.
    """
    if len(password) < SHORTEST:
        raise BadRequest(f"Kata sandi terlalu pendek: paling sedikit {SHORTEST} karakter.")
    if role not in ROLES:
        raise BadRequest(f"Peran {role!r} tidak dikenal.", mend=f"Pilih salah satu: {', '.join(ROLES)}.")
    if user_by_name(session, name):
        raise Conflict(f"Pengguna {name!r} sudah ada.", mend="Pakai nama lain, atau ganti kata sandinya.")
    row = UserRow(name=name, password_hash=_hasher().hash(password), role=role, session_key=_new_key())
    session.add(row)
    audit(session, actor, "user.add", "user", name, role=role)
    session.flush()
    return row


def set_password(session: Session, name: str, password: str, *, actor: str = "cli") -> None:
    """Give an account a new password and end its sessions; refuses what `add_user` refuses."""
    row = _account(session, name)
    if len(password) < SHORTEST:
        raise BadRequest(f"Kata sandi terlalu pendek: paling sedikit {SHORTEST} karakter.")
    row.password_hash = _hasher().hash(password)
    row.session_key = _new_key()
    row.failed, row.locked_until = 0, None
    audit(session, actor, "user.password", "user", name)


def set_active(session: Session, name: str, active: bool, *, actor: str = "cli") -> None:
    """
    Close an account or open it again; either ends its sessions. What it did stays on record under its name.

    Raises:
        BadRequest: there is no such account.
    """
    row = _account(session, name)
    row.active, row.session_key = active, _new_key()
    audit(session, actor, "user.enable" if active else "user.disable", "user", name)


def log_out(store: Store, name: str) -> None:
    """End every session of an account, so that a copied cookie is worth nothing either."""
    with store.work() as session:
        row = user_by_name(session, name)
        if row is not None:
            row.session_key = _new_key()
            audit(session, name, "logout", "user", name)


def _new_key() -> str:
    """What all sessions of an account carry; another one ends them."""
    return secrets.token_hex(16)


def _account(session: Session, name: str) -> UserRow:
    row = user_by_name(session, name)
    if row is None:
        raise BadRequest(f"Pengguna {name!r} tidak ada.", mend="Lihat `exchange user list`.")
    return row


def log_in(store: Store, name: str, password: str) -> UserRow | None:
    """
    The account when name and password fit; None otherwise, also during the pause after five wrong passwords.

    Every try is on record, without the password. The hash is checked outside of any writing session: it takes a
    good part of a second on purpose, and no other writer should wait for it.
    """
    with store.read() as session:
        found = user_by_name(session, name)
    try:
        _hasher().verify(found.password_hash if found else _nobody(), password)
        fits = found is not None
    except (VerifyMismatchError, InvalidHashError):
        fits = False
    now = utcnow()
    with store.work() as session:
        row = user_by_name(session, name)
        locked = row is not None and row.locked_until is not None and row.locked_until > now
        unchanged = row is not None and found is not None and row.password_hash == found.password_hash
        right = fits and unchanged and row is not None and row.active and not locked
        audit(session, name[:80], "login" if right else "login.refused", "user", name[:200], locked=locked)
        if row is not None and not locked:
            _count(row, right, now)
        return row if right else None


def _count(row: UserRow, right: bool, now: datetime) -> None:
    """Wrong tries add up to a pause; a right one clears them."""
    row.failed = 0 if right else row.failed + 1
    row.locked_until = None
    if row.failed >= TRIES:
        row.failed, row.locked_until = 0, now + PAUSE
