"""Login at the OIDC provider: the way there and back, and linking an account on the way of its one-time link."""

from __future__ import annotations

from dataclasses import asdict

import orjson
from flask import current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import account_links, accounts
from exchange.access.oidc import Asked, Client, Provider, fresh, mapped_role
from exchange.access.sealing import Sealer
from exchange.errors import Conflict, Denied, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.users import UserRow, user_by_subject
from exchange.web.asking import asked as asked_for
from exchange.web.entering import go_on
from exchange.web.pages import local_path, open_pages
from exchange.wiring import settings, store

bp = open_pages("oidc", "/masuk/penyedia")

_KEY = "exchange.oidc"
_BEGUN = "oidc"
_PATIENCE = 600  # seconds that a login may stay at the provider


@bp.get("")
def begin() -> WsgiResponse:
    """Go to the provider. `next`: the page to go on to; `tautan`: the one-time link whose account is to be linked."""
    provider, begun = _provider(), fresh()
    link = asked_for("tautan")
    if link:
        with store().read() as rows:
            account_links.opened(rows, link)
    kept = asdict(begun) | {"next": local_path(request.args.get("next")), "link": link, "at": int(utcnow().timestamp())}
    address = provider.begin(begun, _back())
    session[_BEGUN] = _sealer().seal(orjson.dumps(kept))
    return redirect(address)


@bp.get("/balik")
def come_back() -> WsgiResponse:
    """Take the provider's answer, once, and go on as after a password; a second factor of our own is asked for as ever."""
    provider = _provider()
    plain = _sealer().open(session.pop(_BEGUN, ""))
    kept = orjson.loads(plain) if plain else None
    if kept is None or not 0 <= utcnow().timestamp() - kept["at"] <= _PATIENCE:
        raise Denied(_("Percobaan masuk ini tidak dikenal atau terlalu lama."), mend=_("Mulai lagi dari halaman masuk."))
    try:
        claims = provider.finish(Asked(kept["state"], kept["nonce"], kept["verifier"]), request.args, _back())
        role = mapped_role(settings().oidc_roles, claims)
        row = _account(claims["sub"], kept["link"], role)
    except Denied as refusal:
        with store().work() as rows:
            audit(rows, "oidc", "login.oidc", "user", "", reason=refusal.message[:200])
        raise
    return go_on(row, "oidc", kept["next"])


def _account(subject: str, link: str | None, role: str | None) -> UserRow:
    """The account of somebody at the provider, linked on the way where a one-time link was brought; with the role that is mapped."""
    issuer = settings().oidc_issuer
    with store().work() as rows:
        row = account_links.link_with_provider(rows, link, issuer, subject) if link else user_by_subject(rows, issuer, subject)
        if row is None or not row.active:
            raise Denied(
                _("Identitas Anda di penyedia belum terhubung dengan akun di sini."),
                mend=_("Minta admin mengundang Anda, lalu buka tautannya."),
            )
        if accounts.is_paused(row, utcnow()):
            raise Denied(_("Akun ini sedang dijeda."), mend=_("Tunggu beberapa menit, lalu coba lagi."))
        if role is not None and role != row.role:
            try:
                accounts.set_role(rows, row.name, role, actor="oidc")
            except Conflict as refusal:
                raise Denied(refusal.message, mend=refusal.mend) from None
        return row


def _provider() -> Provider:
    """The provider of this process; raises NotFound where none is set."""
    its = settings()
    if not its.oidc_issuer:
        raise NotFound(_("Masuk lewat penyedia tidak diatur di sini."), mend=_("Masuk dengan nama dan kata sandi."))
    known = current_app.extensions.get(_KEY)
    if known is None:
        client = Client(its.oidc_issuer, its.oidc_client_id, its.oidc_client_secret, its.oidc_local, its.contact)
        known = current_app.extensions.setdefault(_KEY, Provider(client))
    assert isinstance(known, Provider)
    return known


def _back() -> str:
    """Where the provider sends the browser back to, as it is registered there."""
    path = url_for("web_oidc.come_back")
    return (settings().base_url or request.host_url.rstrip("/")) + path


def _sealer() -> Sealer:
    return Sealer(settings().with_secret().secret_key, "oidc")
