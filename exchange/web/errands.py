"""Buttons beside an advice: an administrator has the worker do at once what else a command does; all see how far it is."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import Conflict
from exchange.store.audit import audit
from exchange.store.errands import CHECK_LOG, PULL, ErrandRow, ask_errand, last_errand
from exchange.web.asking import allow
from exchange.web.pages import staff_pages, wants_part
from exchange.web.source_named import source_named
from exchange.wiring import store

bp = staff_pages("errands", changes="sources")


@bp.post("/sumber/<name>/ambil")
def pull(name: str) -> WsgiResponse:
    """Have a source that is approved pulled at once."""
    with store().work() as session:
        source = source_named(session, name)
        if source.state != "approved":
            raise Conflict(_("Sumber %(name)s belum disetujui.", name=name), mend=_("Setujui sumbernya lewat pratinjau."))
        if ask_errand(session, PULL, name, current_user.name)[1]:
            audit(session, current_user.name, "source.pull", "source", name)
    return redirect(url_for("web_sources.one", name=name, _anchor="ambil"), 303)


@bp.get("/sumber/<name>/ambil")
def pulled(name: str) -> WsgiResponse:
    """How far the last pull that was asked for is, for the part of the page that asks again and again."""
    allow()
    with store().read() as session:
        source, row = source_named(session, name), last_errand(session, PULL, name)
    if not wants_part():
        return redirect(url_for("web_sources.one", name=name, _anchor="ambil"), 303)
    return _part(render_template("errands/_pulled.html", source=source, errand=row), row)


@bp.post("/malam/periksa-catatan")
def check_log() -> WsgiResponse:
    """Have the exchange log proved as a whole."""
    with store().work() as session:
        if ask_errand(session, CHECK_LOG, "", current_user.name)[1]:
            audit(session, current_user.name, "log.check", "log", "")
    return redirect(url_for("web_nights.listing", _anchor="catatan-pertukaran"), 303)


@bp.get("/malam/periksa-catatan")
def checked() -> WsgiResponse:
    """How far the last proof that was asked for is."""
    allow()
    with store().read() as session:
        row = last_errand(session, CHECK_LOG)
    if not wants_part():
        return redirect(url_for("web_nights.listing", _anchor="catatan-pertukaran"), 303)
    return _part(render_template("errands/_checked.html", errand=row), row)


def _part(html: str, row: ErrandRow | None) -> Response:
    answer = make_response(html)
    if row is None or not row.under_way:
        answer.headers["HX-Refresh"] = "true"  # what the page says of it is another thing by now
    return answer
