"""Akun saya: one's own sessions, password and second factor."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access.accounts import account, count_try, hashed, is_paused, log_out, take_password, verified
from exchange.access.staff_sessions import LIFE, digest
from exchange.errors import BadRequest
from exchange.store.account_links import count_codes
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.staff_sessions import end_sessions, sessions_of
from exchange.web.asking import allow
from exchange.web.pages import staff_pages
from exchange.wiring import settings, store

bp = staff_pages("account", "/saya", reads="own", changes="own")


@bp.get("")
def page() -> Response:
    """One's own account."""
    allow()
    return _page()


def _page(status: int = 200, *, said: str | None = None) -> Response:
    row = current_user.row.account
    with store().read() as rows:
        sessions, spares = sessions_of(rows, row, utcnow() - LIFE), count_codes(rows, row.id)
    context = {"row": row, "sessions": sessions, "here": current_user.row.id, "spares": spares, "said": said}
    return make_response(render_template("accounts/own.html", obliged=row.role in settings().second_factor, **context), status)


@bp.post("/sesi/<int:session_id>/akhiri")
def end_one(session_id: int) -> WsgiResponse:
    """End one of one's own sessions; that of somebody else is none."""
    with store().work() as rows:
        ended = end_sessions(rows, current_user.row.account_id, only=session_id)
        if ended:
            audit(rows, current_user.name, "user.session.end", "user", current_user.name)
    flash(_("Sesi itu berakhir.") if ended else _("Sesi itu sudah berakhir."), "success")
    return redirect(url_for("web_account.page"), 303)


@bp.post("/sesi/akhiri-lain")
def end_others() -> WsgiResponse:
    """End all of one's own sessions but this one."""
    with store().work() as rows:
        ended = end_sessions(rows, current_user.row.account_id, but=digest(current_user.get_id()))
        audit(rows, current_user.name, "user.session.end", "user", current_user.name, count=ended)
    flash(_("%(count)s sesi lain berakhir.", count=ended), "success")
    return redirect(url_for("web_account.page"), 303)


@bp.post("/keluar-semua")
def leave_everywhere() -> WsgiResponse:
    """End all of one's own sessions, this one too."""
    log_out(store(), current_user.name)
    logout_user()
    session.clear()
    flash(_("Anda sudah keluar, juga di perangkat lain yang memakai akun ini."), "success")
    return redirect(url_for("web_auth.login"), 303)


@bp.post("/kata-sandi")
def new_password() -> WsgiResponse:
    """
    Change one's own password for the old one; all sessions end, and the login begins anew.

    A wrong old password counts towards the account's pause, as at the login.
    """
    old, new = request.form.get("lama", ""), request.form.get("baru", "")
    try:
        new_hash = hashed(new)
    except BadRequest as refusal:
        return _page(422, said=refusal.message)
    row = current_user.row.account
    right, now = verified(row.password_hash, old), utcnow()
    with store().work() as rows:
        own = account(rows, current_user.name)
        if is_paused(own, now) or not right or own.password_hash != row.password_hash:
            if not is_paused(own, now):
                count_try(own, False, now)
            audit(rows, own.name, "login.refused", "user", own.name, locked=is_paused(own, now))
            refused = True
        else:
            take_password(rows, own, new_hash, actor=own.name)
            refused = False
    if refused:
        return _page(422, said=_("Kata sandi yang lama tidak cocok; tidak ada yang diubah."))
    logout_user()
    session.clear()
    flash(_("Kata sandi diganti dan semua sesi berakhir. Masuk dengan kata sandi yang baru."), "success")
    return redirect(url_for("web_auth.login"), 303)
