"""Logging in and out."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access.accounts import PAUSE, TRIES, log_in, log_out
from exchange.store.base import utcnow
from exchange.store.users import UserRow, user_by_name
from exchange.web import languages
from exchange.web.pages import local_path, open_pages
from exchange.wiring import store

bp = open_pages("auth")


class Staff(UserMixin):  # type: ignore[misc]
    """Who reads: the account's name and role as they were when the request began."""

    def __init__(self, row: UserRow) -> None:
        self.name, self.role, self._key = row.name, row.role, row.session_key

    def get_id(self) -> str:
        """What the session keeps; the account's next key ends it."""
        return f"{self._key}:{self.name}"


def register(app: Flask) -> None:
    """Know the staff by their session."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    app.register_blueprint(bp)


def _load(kept: str) -> Staff | None:
    """The account of a session; None when it is closed, gone, logged out or given another password since, or too long ago."""
    if utcnow().timestamp() - session.get("since", 0) > current_app.permanent_session_lifetime.total_seconds():
        return None
    key, _colon, name = kept.partition(":")
    with store().read() as rows:
        row = user_by_name(rows, name)
    if row is None or not row.active or not key or not secrets.compare_digest(key, row.session_key):
        return None
    return Staff(row)


@bp.get("/masuk")
def login() -> WsgiResponse:
    """The login form."""
    target = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or url_for("web_home.home"))
    return _form(target)


@bp.post("/masuk")
def enter() -> WsgiResponse:
    """Check name and password; a session that was there before is thrown away, so that nobody can plant one."""
    target = local_path(request.form.get("next"))
    name = request.form.get("name", "").strip()
    row = log_in(store(), name, request.form.get("password", ""))
    if row is None:
        return _form(target, name=name, wrong=True)
    language = languages.chosen()
    session.clear()
    languages.keep(language)
    session.permanent = True
    session["since"] = int(utcnow().timestamp())  # the cookie's own time starts anew with each change of the session
    login_user(Staff(row))
    return redirect(target or url_for("web_home.home"), 303)


def _form(target: str | None, *, name: str = "", wrong: bool = False) -> Response:
    minutes = int(PAUSE.total_seconds() // 60)
    page = render_template("login.html", target=target, name=name, wrong=wrong, tries=TRIES, minutes=minutes)
    return make_response(page, 422 if wrong else 200)


@bp.post("/keluar")
def leave() -> WsgiResponse:
    """End the sessions of the account, here and wherever else it is logged in."""
    if current_user.is_authenticated:
        log_out(store(), current_user.name)
    logout_user()
    language = languages.chosen()
    session.clear()
    languages.keep(language)
    flash(_("Anda sudah keluar, juga di perangkat lain yang memakai akun ini."), "success")
    return redirect(url_for("web_auth.login"), 303)
