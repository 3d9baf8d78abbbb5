"""Staff accounts: passwords kept as argon2 hashes, a pause after five wrong ones, always an administrator left."""

from __future__ import annotations

import secrets
from collections.abc import Set
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from exchange.access.roles import ROLES
from exchange.errors import BadRequest, Conflict
from exchange.store.account_links import end_links
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.users import UserRow, other_admins, user_by_name

SHORTEST = 10
LONGEST = 1000
TRIES = 5
PAUSE = timedelta(minutes=5)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against when there is no such account, so that the answer takes as long."""
    return _hasher().hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """
    What is kept of a password. Takes a good part of a second on purpose: call it outside of any writing session.

    Raises:
        BadRequest: it is shorter than ten characters, or longer than any person's.
    """
    if len(password) < SHORTEST:
        raise BadRequest(f"Kata sandi terlalu pendek: paling sedikit {SHORTEST} karakter.")
    if len(password) > LONGEST:
        raise BadRequest(f"Kata sandi terlalu panjang: paling banyak {LONGEST} karakter.")
    return _hasher().hash(password)


def check_role(role: str) -> None:
    """Raise BadRequest where a role is none of ROLES."""
    if role not in ROLES:
        raise BadRequest(f"Peran {role[:20]!r} tidak dikenal.", mend=f"Pilih salah satu: {', '.join(ROLES)}.")


def add_user(session: Session, name: str, password: str, role: str = "petugas", *, actor: str = "cli") -> UserRow:
    """
    Make an account.

    Raises:
        BadRequest: the password is shorter than ten characters, or the role is none of ROLES.
        Conflict: the name is taken.
    """
    check_role(role)
    return new_account(session, name, hashed(password), role, actor=actor, act="user.add")


def new_account(
    session: Session, name: str, password_hash: str, role: str, *, actor: str, act: str, email: str | None = None
) -> UserRow:  # fmt: skip
    """An account of that name; password_hash: empty where its owner sets a password later. Raises Conflict where the name is taken."""
    if user_by_name(session, name):
        raise Conflict(f"Pengguna {name!r} sudah ada.", mend="Pakai nama lain, atau ganti kata sandinya.")
    row = UserRow(name=name, password_hash=password_hash, role=role, session_key=new_key(), email=email)
    session.add(row)
    audit(session, actor, act, "user", name, role=role)
    session.flush()
    return row


def set_password(session: Session, name: str, password: str, *, actor: str = "cli") -> None:
    """Give an account a new password and end its sessions and links; refuses what `add_user` refuses."""
    take_password(session, account(session, name), hashed(password), actor=actor)


def take_password(session: Session, row: UserRow, password_hash: str, *, actor: str) -> None:
    """Give an account a password that is hashed already; its sessions and one-time links end, a pause is over."""
    row.password_hash = password_hash
    row.session_key = new_key()
    row.failed, row.locked_until = 0, None
    end_links(session, row.id, utcnow())
    audit(session, actor, "user.password", "user", row.name)


def set_active(session: Session, name: str, active: bool, *, actor: str = "cli") -> None:
    """
    Close an account or open it again; either ends its sessions and links. What it did stays on record under its name.

    Raises:
        BadRequest: there is no such account. Conflict: it is the last administrator that is left.
    """
    row = account(session, name)
    if not active:
        keep_an_admin(session, row)
    row.active, row.session_key = active, new_key()
    end_links(session, row.id, utcnow())
    audit(session, actor, "user.enable" if active else "user.disable", "user", name)


def set_role(session: Session, name: str, role: str, *, actor: str = "cli") -> None:
    """
    Give an account another role, which its open sessions have at once.

    Raises:
        BadRequest: there is no such account or role. Conflict: it is the last administrator that is left.
    """
    check_role(role)
    row = account(session, name)
    if row.role == role:
        return
    if role != "admin":
        keep_an_admin(session, row)
    audit(session, actor, "user.role", "user", name, before=row.role, after=role)
    row.role = role


def keep_an_admin(session: Session, row: UserRow) -> None:
    """
    Let an account be closed or demoted only where another administrator is left; in a writing session, whose turn nobody shares.

    Raises:
        Conflict: none is.
    """
    if row.role == "admin" and row.active and not other_admins(session, row.id):
        raise Conflict(
            f"{row.name} adalah admin aktif yang terakhir; tidak ada yang diubah.", mend="Jadikan orang lain admin dahulu, lalu ulangi."
        )


def log_out(store: Store, name: str, *, actor: str | None = None) -> None:
    """End every session of an account, so that a copied cookie is worth nothing either. actor: who does it where not its owner."""
    with store.work() as session:
        row = user_by_name(session, name)
        if row is not None:
            row.session_key = new_key()
            audit(session, actor or name, "user.sessions.end" if actor else "logout.everywhere", "user", name)


def new_key() -> str:
    """What all sessions of an account carry; another one ends them."""
    return secrets.token_hex(16)


def account(session: Session, name: str) -> UserRow:
    """The account of that name; raises BadRequest where there is none."""
    row = user_by_name(session, name)
    if row is None:
        raise BadRequest(f"Pengguna {name[:80]!r} tidak ada.", mend="Lihat `exchange user list`.")
    return row


def log_in(store: Store, name: str, password: str, obliged: Set[str] = frozenset()) -> UserRow | None:
    """
    The account when name and password fit; None otherwise, also during the pause after five wrong passwords.

    Every try is on record, without the password. Where a second factor follows (the account has one, or its role is one of `obliged`)
    wrong tries are not forgotten yet: else each right password would give five more guesses at the code. The hash is checked outside of
    any writing session: it takes a good part of a second on purpose, and no other writer should wait for it.
    """
    with store.read() as session:
        found = user_by_name(session, name)
    fits = verified(found.password_hash if found else "", password) and found is not None
    now = utcnow()
    with store.work() as session:
        row = user_by_name(session, name)
        locked = row is not None and is_paused(row, now)
        unchanged = row is not None and found is not None and row.password_hash == found.password_hash
        right = fits and unchanged and row is not None and row.active and not locked
        half = right and row is not None and (row.totp_secret is not None or row.role in obliged)
        if not right or half:
            audit(session, name[:80], "login.half" if right else "login.refused", "user", name[:200], locked=locked)
        if row is not None and not locked and not half:
            count_try(row, right, now)
        return row if right else None


def verified(password_hash: str, password: str) -> bool:
    """Whether a password fits a hash; an empty hash, which none fits, is checked for as long as any other."""
    try:
        return _hasher().verify(password_hash or _nobody(), password) and bool(password_hash)
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_paused(row: UserRow, now: datetime) -> bool:
    """Whether an account rests after five wrong tries."""
    return row.locked_until is not None and row.locked_until > now


def count_try(row: UserRow, right: bool, now: datetime) -> None:
    """Wrong tries, of passwords and of codes, add up to a pause; a right one clears them."""
    row.failed = 0 if right else row.failed + 1
    row.locked_until = None
    if row.failed >= TRIES:
        row.failed, row.locked_until = 0, now + PAUSE
