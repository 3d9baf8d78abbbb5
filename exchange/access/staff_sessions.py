"""Sessions of staff: begun after a whole login, known by a word that only the cookie bears, ended one by one or all at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Set
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy.orm import Session

from exchange.store.audit import audit
from exchange.store.base import Store, TurnMissed, utcnow
from exchange.store.staff_sessions import StaffSessionRow, end_sessions, forget_sessions, session_by_digest
from exchange.store.users import UserRow

LIFE = timedelta(hours=12)
SEEN = timedelta(minutes=15)
_PATIENCE = 0.2
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("SamsungBrowser", "Samsung Internet"), ("Chrome", "Chrome"),
             ("Safari", "Safari"), ("curl", "curl"), ("python", "Python"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"),
            ("Linux", "Linux"))  # fmt: skip


def digest(word: str) -> str:
    """What is kept of a word that its bearer alone has; the word is random, so that a quick hash is enough."""
    return hashlib.sha256(word.encode()).hexdigest()


def begin(session: Session, row: UserRow, *, address: str | None, agent: str, method: str) -> str:
    """A session for an account whose login is whole; the word for its cookie. Wrong tries are forgotten, and so are old sessions."""
    word, now = secrets.token_urlsafe(32), utcnow()
    forget_sessions(session, now - LIFE)
    session.add(
        StaffSessionRow(account_id=row.id, digest=digest(word), key=row.session_key, made_at=now, seen_at=now, address=network(address),
                        agent=browser(agent), method=method)
    )  # fmt: skip
    row.failed, row.locked_until, row.last_login_at = 0, None, now
    audit(session, row.name, "login", "user", row.name, method=method)
    return word


def holder(store: Store, word: str, obliged: Set[str]) -> StaffSessionRow | None:
    """
    The session of a cookie's word with its account; None where it holds no more.

    obliged: roles that need a second factor; a session of such an account without one is none, however it was begun. That it was seen is
    written down four times an hour at most, and not at all where other writers are at it.
    """
    now = utcnow()
    with store.read() as session:
        row = session_by_digest(session, digest(word))
    if row is None or row.made_at <= now - LIFE or not row.account.active:
        return None
    if not secrets.compare_digest(row.key, row.account.session_key) or (row.account.totp_secret is None and row.account.role in obliged):
        return None
    if row.seen_at <= now - SEEN:
        _note_seen(store, row.id, now)
    return row


def _note_seen(store: Store, session_id: int, now: datetime) -> None:
    try:
        with store.work(patience=_PATIENCE) as session:
            row = session.get(StaffSessionRow, session_id)
            if row is not None:
                row.seen_at = now
    except TurnMissed:
        return  # the next page tells it


def log_out(store: Store, row: StaffSessionRow) -> None:
    """End one session, so that a copy of its cookie is worth nothing either."""
    with store.work() as session:
        if end_sessions(session, row.account_id, only=row.id):
            audit(session, row.account.name, "logout", "user", row.account.name)


def network(address: str | None) -> str:
    """The network of an address: enough to know the office from elsewhere, too little to follow a person."""
    try:
        found = ip_address((address or "").removeprefix("::ffff:"))
    except ValueError:
        return "?"
    if found.is_loopback:
        return "localhost"
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def browser(agent: str) -> str:
    """Browser and system of a user agent, in a few words of our own; never the caller's text."""
    name = next((told for sign, told in _BROWSERS if sign in agent), "?")
    system = next((told for sign, told in _SYSTEMS if re.search(sign, agent)), None)
    return f"{name} · {system}" if system else name
