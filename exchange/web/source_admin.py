"""Sources as an administrator keeps them: added, asked in another way, looked at, approved after what was seen, stopped."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest, Conflict, ExchangeError
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.looks import SourceLookRow, ask_look, looks_of, seen_of
from exchange.store.sources import SourceRow
from exchange.sync.enrol import UPLOADED, Enrolment, alter, enrol, secrets_of
from exchange.sync.looking import changed_settings, options_digest, setting_digests
from exchange.sync.registry import connector_class, found
from exchange.web.asking import allow, asked
from exchange.web.pages import has_right, page_or_part, staff_pages
from exchange.web.source_named import source_named
from exchange.web.told import said_of, told
from exchange.web.understood import lines
from exchange.wiring import store

bp = staff_pages("source_admin", changes="sources")

LONGEST = 70_000
# of a source of connector `rest` that is added without a mapping: enough to look at it, then the form of its mapping offers what came
START = """\
format = "json"

[listing]
reference = "id"

[demand]
title = "title"

[demand.buyer]
name = "buyer"
"""
_LINE = 2_000


@bp.get("/tambah-sumber")
def new() -> Response:
    """The form for a source: first its connector, then what that wants to be told."""
    allow("konektor")
    return _new(asked("konektor"))


@bp.post("/tambah-sumber")
def add() -> WsgiResponse:
    """Enrol the source; it waits for a look and an approval."""
    form, connector = request.form, request.form.get("konektor", "")
    name, upload = form.get("nama", "").strip(), form.get("unggahan") == "ya"
    try:
        given = _given(connector, {})
        if upload:
            given.pop("url", None)
        if connector == "rest":
            given.setdefault("mapping", START)
        want = Enrolment(name, connector, form.get("wilayah", "").strip(), given, public=form.get("umum") == "ya", upload=upload)
        with store().work() as session:
            enrol(session, want, current_user.name)
    except (BadRequest, Conflict) as refusal:
        return _new(connector, said=_said(refusal), status=409 if isinstance(refusal, Conflict) else 422)
    flash(_("Sumber %(name)s didaftarkan dan belum diambil. Lihat pratinjaunya, lalu setujui.", name=name), "success")
    return redirect(url_for("web_source_admin.look", name=name), 303)


@bp.get("/sumber/<name>/pengaturan")
def settings_of(name: str) -> Response:
    """What a source is asked by, without its secrets."""
    allow()
    with store().read() as session:
        return _settings(source_named(session, name))


@bp.post("/sumber/<name>/pengaturan")
def change(name: str) -> WsgiResponse:
    """Ask a source in another way; who is second sees what the first changed."""
    try:
        with store().work() as session:
            source = source_named(session, name)
            before = dict(source.options)
            row = alter(session, name, _given(source.connector, before), current_user.name, seen=request.form.get("dilihat", ""))
            same = row.options == before
    except (BadRequest, Conflict) as refusal:
        with store().read() as session:
            status = 409 if isinstance(refusal, Conflict) else 422
            return _settings(source_named(session, name), said=_said(refusal), status=status)
    if same:
        flash(_("Tidak ada yang berubah."), "info")
        return redirect(url_for("web_sources.one", name=name), 303)
    flash(_("Tersimpan. Sumber ini menunggu persetujuan lagi: lihat pratinjaunya."), "success")
    return redirect(url_for("web_source_admin.look", name=name), 303)


@bp.get("/sumber/<name>/pratinjau")
def look(name: str) -> Response:
    """What was seen of a source, and the way to approve it."""
    allow()
    with store().read() as session:
        source = source_named(session, name)
        rows = looks_of(session, source.id, 10)
        shown = next((row for row in rows if not row.under_way), None)
        seen = seen_of(session, shown.id) if shown else None
        why = _stale(source, shown, seen)
    listings = [(each, lines(each["demand"] or each["supply"] or {})) for each in (seen["listings"] if seen else [])]
    return page_or_part(
        "sources/look.html",
        "sources/_look.html",
        source=source,
        looks=rows,
        shown=shown,
        seen=seen,
        listings=listings,
        under_way=rows[0] if rows and rows[0].under_way else None,
        why=why,
        may_ask=has_right("sources"),
    )


@bp.post("/sumber/<name>/pratinjau")
def ask(name: str) -> WsgiResponse:
    """Have the worker look at the source."""
    with store().work() as session:
        source = source_named(session, name)
        ask_look(session, source, current_user.name, options_digest(source))
    return redirect(url_for("web_source_admin.look", name=name), 303)


@bp.post("/sumber/<name>/setujui")
def approve(name: str) -> WsgiResponse:
    """Have the worker approve the source, if it still sends what the reader saw."""
    number = request.form.get("pratinjau", "")
    if request.form.get("dilihat") != "ya" or not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Buka lagi pratinjaunya, baca, centang, lalu setujui."))
    with store().work() as session:
        source = source_named(session, name)
        row = session.get(SourceLookRow, int(number))
        seen = seen_of(session, row.id) if row else None
        if row is None or row.source_id != source.id or row.under_way or row.state == "failed" or seen is None:
            raise Conflict(_("Pratinjau itu tidak dapat disetujui."), mend=_("Lihat sumbernya lagi, lalu setujui yang terlihat."))
        if why := _stale(source, row, seen):
            raise Conflict(why, mend=_("Lihat sumbernya lagi, lalu setujui yang terlihat."))
        if source.state == "approved":
            raise Conflict(_("Sumber ini sudah disetujui."), mend=_("Tidak ada yang diubah."))
        ask_look(session, source, current_user.name, options_digest(source), against=row.id)
    return redirect(url_for("web_source_admin.look", name=name), 303)


@bp.post("/sumber/<name>/hentikan")
def stop(name: str) -> WsgiResponse:
    """Ask a source no more; its data stay."""
    with store().work() as session:
        source = source_named(session, name)
        if source.state == "disabled":
            raise Conflict(_("Sumber ini sudah dihentikan."), mend=_("Tidak ada yang diubah."))
        before, source.state, source.decided_by, source.decided_at = source.state, "disabled", current_user.name, utcnow()
        audit(session, current_user.name, "source.disabled", "source", name, before=before)
    flash(_("Sumber %(name)s dihentikan; datanya tetap ada. Setujui lagi lewat pratinjau untuk mengambilnya lagi.", name=name), "success")
    return redirect(url_for("web_sources.one", name=name), 303)


def _stale(source: SourceRow, row: SourceLookRow | None, seen: dict[str, Any] | None) -> str | None:
    """Why a look says nothing of the source as it is asked now; None where it does."""
    if row is None or seen is None:
        return None
    names = changed_settings(seen["settings"], setting_digests(source))
    return _("Pengaturan berubah sejak pratinjau ini: %(names)s.", names=", ".join(names)) if names else None


def _said(refusal: ExchangeError) -> str:
    """What was wrong, in the reader's words; what to do next only where that is not the word of a command line."""
    return str(told(refusal.message)) if re.search(r"--|exchange ", refusal.mend or "") else said_of(refusal)


def _given(connector: str, before: dict[str, str]) -> dict[str, str]:
    """
    The settings that were typed, empty ones left out; a secret that is left empty stays as it was.

    Raises:
        BadRequest: there is no such connector, or a value is too long.
    """
    given = {}
    for setting in connector_class(connector).settings:
        name = setting.name
        value = request.form.get(f"set_{name}", "").replace("\r\n", "\n").strip()
        if len(value) > (LONGEST if name == "mapping" else _LINE):
            raise BadRequest(_("Isian %(name)s terlalu panjang.", name=name))
        kept = before.get(name, "") if setting.secret or f"set_{name}" not in request.form else ""
        if value or kept:
            given[name] = value or kept
    return given


def _new(connector: str | None, *, said: str | None = None, status: int = 200) -> Response:
    kinds = found().usable
    chosen = kinds.get(connector or "")
    if connector and chosen is None:
        raise BadRequest(_("Konektor %(name)s tidak ada.", name=connector[:80]), mend=_("Pilih dari daftarnya."))
    columns = [setting for setting in (chosen.settings if chosen else ()) if setting.name.startswith("map_")]
    context = {"kinds": kinds, "chosen": chosen, "columns": columns, "said": said, "typed": request.form, "uploaded": UPLOADED}
    page = render_template("sources/new.html", may_ask=has_right("sources"), **context)
    return make_response(page, status)


def _settings(source: SourceRow, *, said: str | None = None, status: int = 200) -> Response:
    kind, secret = connector_class(source.connector), secrets_of(source.connector)
    typed = request.form if request.method == "POST" else None
    shown = {name: value for name, value in source.options.items() if name not in secret}
    differing = {name for name in shown if typed is not None and typed.get(f"set_{name}", "").replace("\r\n", "\n").strip() != shown[name]}
    page = render_template(
        "sources/settings.html", source=source, kind=kind, shown=shown, typed=typed, differing=differing if status == 409 else (),
        said=said, digest=options_digest(source), may_ask=has_right("sources"),
    )  # fmt: skip
    return make_response(page, status)
