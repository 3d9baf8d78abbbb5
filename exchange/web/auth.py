"""Logging in and out."""

from __future__ import annotations

from flask import Flask, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, logout_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import staff_sessions
from exchange.access.accounts import PAUSE, TRIES, log_in
from exchange.access.roles import may
from exchange.web.entering import go_on, load
from exchange.web.pages import local_path, open_pages
from exchange.wiring import settings, store

bp = open_pages("auth")


def register(app: Flask) -> None:
    """Know the staff by their session."""
    manager = LoginManager(app)
    manager.user_loader(load)
    app.jinja_env.filters["may"] = may
    app.register_blueprint(bp)


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
    row = log_in(store(), name, request.form.get("password", ""), settings().second_factor)
    if row is None:
        return _form(target, name=name, wrong=True)
    return go_on(row, "password", target)


def _form(target: str | None, *, name: str = "", wrong: bool = False) -> Response:
    minutes = int(PAUSE.total_seconds() // 60)
    provider = settings().oidc_name if settings().oidc_issuer else None
    page = render_template("login.html", target=target, name=name, wrong=wrong, tries=TRIES, minutes=minutes, provider=provider)
    return make_response(page, 422 if wrong else 200)


@bp.post("/keluar")
def leave() -> WsgiResponse:
    """End this session; those on other devices go on, as the page of one's own sessions shows."""
    if current_user.is_authenticated:
        staff_sessions.log_out(store(), current_user.row)
    logout_user()
    session.clear()
    flash(_("Anda sudah keluar dari perangkat ini."), "success")
    return redirect(url_for("web_auth.login"), 303)
