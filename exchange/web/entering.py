"""The way into a session: half of a login waits for its second factor, a whole one begins a session of its own."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import current_app, redirect, request, session, url_for
from flask_login import UserMixin, login_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import staff_sessions
from exchange.store.base import utcnow
from exchange.store.staff_sessions import StaffSessionRow
from exchange.store.users import UserRow, user_by_id
from exchange.wiring import settings, store

_HALF = "half"
_PATIENCE = 600  # seconds that half of a login waits for the rest


class Staff(UserMixin):  # type: ignore[misc]
    """Who reads: the account's name and role as they were when the request began, and the session that it came by."""

    def __init__(self, word: str, name: str, role: str, row: StaffSessionRow | None = None) -> None:
        self._word, self.name, self.role, self.row = word, name, role, row

    def get_id(self) -> str:
        """What the cookie keeps: a word that is known by its digest alone."""
        return self._word


class Half(NamedTuple):
    """Who has given the first factor. target: the page to go on to; method: how."""

    account_id: int
    key: str
    method: str
    target: str | None


def load(word: str) -> Staff | None:
    """Who the cookie's word belongs to; None where its session is ended, too old, or of a closed account."""
    if utcnow().timestamp() - session.get("since", 0) > current_app.permanent_session_lifetime.total_seconds():
        return None
    row = staff_sessions.holder(store(), word, settings().second_factor)
    return None if row is None else Staff(word, row.account.name, row.account.role, row)


def go_on(row: UserRow, method: str, target: str | None) -> WsgiResponse:
    """After the first factor: begin the session, or ask for the second, or have it set up where the role must have one."""
    needed = row.totp_secret is not None
    if not needed and row.role not in settings().second_factor:
        return begin(Half(row.id, row.session_key, method, target))
    session.clear()
    session[_HALF] = {"account": row.id, "key": row.session_key, "method": method, "next": target, "at": int(utcnow().timestamp())}
    return redirect(url_for("web_codes.ask" if needed else "web_codes.set_up"), 303)


def half() -> Half | None:
    """The half of a login that this browser has, for ten minutes."""
    kept: Any = session.get(_HALF)
    if not kept or not 0 <= utcnow().timestamp() - kept["at"] <= _PATIENCE:
        return None
    return Half(kept["account"], kept["key"], kept["method"], kept["next"])


def begin(known: Half) -> WsgiResponse:
    """
    Begin a session and go on to the page that was asked for.

    What the browser's session held before is thrown away, so that nobody can plant one. Where the account was closed or its sessions were
    ended since the first factor, the login begins anew.
    """
    with store().work() as rows:
        row = user_by_id(rows, known.account_id)
        if row is None or not row.active or row.session_key != known.key:
            session.clear()
            return redirect(url_for("web_auth.login"), 303)
        agent = request.headers.get("User-Agent", "")
        word = staff_sessions.begin(rows, row, address=request.remote_addr, agent=agent, method=known.method)
        staff = Staff(word, row.name, row.role)
    session.clear()
    session.permanent = True
    session["since"] = int(utcnow().timestamp())  # the cookie's own time starts anew with each change of the session
    login_user(staff)
    return redirect(known.target or url_for("web_home.home"), 303)
