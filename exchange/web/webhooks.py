"""Webhook: where partners are told of events, what became of each, and sending again, suspending and resuming by hand."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import webhooks
from exchange.access.webhook_records import delivery_records, for_staff
from exchange.access.webhooks import webhook_named
from exchange.store.webhooks import WebhookRow, webhooks_of
from exchange.web.asking import allow
from exchange.web.pages import may_decide, require_decider, staff_pages
from exchange.wiring import store

bp = staff_pages("webhooks", "/webhook")


@bp.get("")
def listing() -> Response:
    """Every partner's addresses; those that are suspended first."""
    allow()
    with store().read() as session:
        rows = for_staff(session, webhooks_of(session))
    rows.sort(key=lambda row: (row["state"] == "active", row["partner"]))
    return make_response(render_template("webhooks/page.html", webhooks=rows))


@bp.get("/<ident>")
def one(ident: str) -> Response:
    """One address with its last 50 deliveries."""
    allow()
    with store().read() as session:
        row = webhook_named(session, ident)
        its, deliveries = for_staff(session, [row])[0], delivery_records(session, row)
    return make_response(render_template("webhooks/one.html", its=its, deliveries=deliveries, may_decide=may_decide()))


@bp.post("/<ident>/coba")
def test(ident: str) -> WsgiResponse:
    """Send a test event."""

    def act(session: Session, row: WebhookRow) -> str:
        webhooks.ping(session, row, actor=current_user.name)
        return str(_("Peristiwa percobaan menunggu dikirim; muat ulang halaman untuk melihat hasilnya."))

    return _change(ident, act)


@bp.post("/<ident>/hentikan")
def suspend(ident: str) -> WsgiResponse:
    """Send nothing to an address any more."""

    def act(session: Session, row: WebhookRow) -> str:
        webhooks.suspend(session, row, "office", actor=current_user.name)
        return str(_("Kiriman ke alamat ini dihentikan; peristiwa tetap menunggu."))

    return _change(ident, act)


@bp.post("/<ident>/aktifkan")
def resume(ident: str) -> WsgiResponse:
    """Send again to an address that was suspended."""

    def act(session: Session, row: WebhookRow) -> str:
        webhooks.resume(session, row, actor=current_user.name)
        return str(_("Alamat ini aktif lagi; yang menunggu dikirim."))

    return _change(ident, act)


@bp.post("/<ident>/kiriman/<message>/ulangi")
def redeliver(ident: str, message: str) -> WsgiResponse:
    """Send an event again, with its identifier."""

    def act(session: Session, row: WebhookRow) -> str:
        webhooks.redeliver(session, row, message, actor=current_user.name)
        return str(_("Kiriman %(message)s menunggu dikirim lagi.", message=message))

    return _change(ident, act)


def _change(ident: str, act: Callable[[Session, WebhookRow], str]) -> WsgiResponse:
    require_decider()
    with store().work() as session:
        said = act(session, webhook_named(session, ident))
    flash(said, "success")
    return redirect(url_for("web_webhooks.one", ident=ident), 303)
