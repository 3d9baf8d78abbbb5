"""What a one-time link opens, and the wish for one by letter when a password is lost."""

from __future__ import annotations

import hashlib

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import account_links
from exchange.access.accounts import SHORTEST, hashed
from exchange.errors import BadRequest, TooOften
from exchange.jobs.account_letters import can_mail, wish
from exchange.store.base import utcnow
from exchange.store.rates import draw
from exchange.web.languages import begin_session
from exchange.web.pages import csrf, linked_pages, open_pages
from exchange.wiring import settings, store

bp = linked_pages("user_links", "/akun")
lost = open_pages("recovery", "/lupa")

_A_MINUTE = 5
_LONGEST = 200


@bp.get("/<word>")
def form(word: str) -> Response:
    """The form that sets the password of an invited or recovered account; to open it uses nothing up."""
    return _form(word)


@bp.post("/<word>")
def take(word: str) -> WsgiResponse:
    """Set the password, which uses the link up; whoever was logged in in this browser is logged out."""
    with store().read() as rows:
        account_links.opened(rows, word)
    csrf.protect()  # after the link was looked up, which is what a stranger is told about
    typed = request.form.get("baru", "")
    if typed != request.form.get("ulang", ""):
        return _form(word, said=_("Kedua isian kata sandi tidak sama."))
    try:
        password_hash = hashed(typed)
    except BadRequest as refusal:
        return _form(word, said=refusal.message)
    with store().work() as rows:
        account_links.use(rows, word, password_hash)
    logout_user()
    begin_session()
    flash(_("Kata sandi tersimpan. Masuk dengan nama dan kata sandi itu."), "success")
    return redirect(url_for("web_auth.login"), 303)


def _form(word: str, *, said: str | None = None) -> Response:
    with store().read() as rows:
        link = account_links.opened(rows, word)
    provider = settings().oidc_name if settings().oidc_issuer else None
    page = render_template("accounts/password.html", link=link, word=word, said=said, shortest=SHORTEST, provider=provider)
    return make_response(page, 422 if said else 200)


@lost.get("")
def ask() -> str:
    """What to do about a lost password: a form where mail is set up, whom to ask where it is not."""
    return render_template("accounts/lost.html", mail=can_mail(settings()), asked=False)


@lost.post("")
def send() -> WsgiResponse:
    """
    Note the wish for a letter. The answer says nothing about the account and takes as long with and without one, since nothing is looked
    up here: a worker does, and writes the letter.
    """
    name = request.form.get("name", "").strip()[:_LONGEST]
    if can_mail(settings()):
        bucket = "lupa:" + hashlib.blake2b((request.remote_addr or "").encode(), digest_size=12, key=_key()).hexdigest()
        now = int(utcnow().timestamp())
        with store().work() as rows:
            if not draw(rows, bucket, now // 60, 1, _A_MINUTE).granted:
                said = _("Terlalu banyak permintaan dari jaringan ini.")
                raise TooOften(said, mend=_("Tunggu semenit, lalu coba lagi."), retry_after=60 - now % 60)
            wish(rows, name)
    return make_response(render_template("accounts/lost.html", mail=can_mail(settings()), asked=True))


def _key() -> bytes:
    return settings().with_secret().secret_key.encode()[:64]
