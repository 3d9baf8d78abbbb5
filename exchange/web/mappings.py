"""Pemetaan: how the answers of a source are read, written with what it reads beside it, on answers that are kept."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.enrol import alter, secrets_of
from exchange.sync.looking import options_digest
from exchange.sync.registry import connector_class
from exchange.sync.trying import Tried, kept_answers, names_found, try_settings
from exchange.web.asking import allow
from exchange.web.pages import has_right, staff_pages, wants_part
from exchange.web.told import said_of
from exchange.web.understood import lines, part_lines
from exchange.wiring import settings, store

bp = staff_pages("mappings", "/sumber", changes="sources")

MAPPED = ("rest", "table")
_LONGEST = 64 * 1024
_LINE = 300
# of a table's settings those that say what its columns mean
_OWN = ("sheet", "buyer", "buyer_code")


@bp.get("/<name>/pemetaan")
def editor(name: str) -> Response:
    """The mapping as it is kept, and what it reads in the answers that were kept last."""
    allow()
    with store().read() as session:
        source = _source(session, name)
        return _page(session, source, dict(source.options))


@bp.post("/<name>/pemetaan")
def write(name: str) -> WsgiResponse:
    """Show what a typed mapping reads (`pratinjau`), or save it (`simpan`); what was typed is kept where it is refused."""
    deed = request.form.get("aksi", "")
    if deed not in {"pratinjau", "simpan"}:
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu pilih Pratinjau atau Simpan."))
    with store().read() as session:
        source = _source(session, name)
        given = _typed(source)
        if deed == "pratinjau":
            return _page(session, source, given, seen=request.form.get("dilihat"))
    try:
        with store().work() as session:
            before = dict(_source(session, name).options)
            seen = request.form.get("dilihat", "")
            same = alter(session, name, given, current_user.name, seen=seen, action="source.mapping").options == before
    except (BadRequest, Conflict) as refusal:
        with store().read() as session:
            source, second = _source(session, name), isinstance(refusal, Conflict)
            return _page(session, source, given, said=said_of(refusal), status=409 if second else 422, second=second)
    if same:
        flash(_("Tidak ada yang berubah."), "info")
        return redirect(url_for("web_mappings.editor", name=name), 303)
    flash(_("Pemetaan tersimpan. Setelah sumber disetujui lagi, yang belum terbaca dibaca ulang dengannya sendiri."), "success")
    return redirect(url_for("web_source_admin.look", name=name), 303)


def _page(
    session: Session,
    source: SourceRow,
    given: dict[str, str],
    *,
    seen: str | None = None,
    said: str | None = None,
    status: int = 200,
    second: bool = False,
) -> Response:
    """The editor with what `given` reads; `second`: somebody else saved first, so what is kept now stands beside."""
    answers = kept_answers(session, source)
    tried = try_settings(settings(), source, given, answers) if answers else None
    context: dict[str, Any] = {"source": source, "tried": tried, "rows": _rows(tried), "answers": answers}
    if wants_part() and status == 200:
        return make_response(render_template("sources/_tried.html", **context))
    kept = dict(source.options)
    differing = [each for each in _names(source) if given.get(each, "") != kept.get(each, "")] if second else []
    page = render_template(
        "sources/mapping.html",
        given=given,
        kept={each: kept.get(each, "") for each in _names(source)},
        names=[setting for setting in connector_class(source.connector).settings if setting.name in _names(source)],
        found=names_found(settings(), source, answers),
        digest=options_digest(source) if seen is None else seen,
        said=said,
        differing=differing,
        may_ask=has_right("sources"),
        **context,
    )
    return make_response(page, status)


def _rows(tried: Tried | None) -> list[tuple[dict[str, Any], list[Any]]]:
    if tried is None:
        return []
    told = []
    for each in tried.listings:
        record = each["demand"] or each["supply"]
        told.append((each, part_lines(each["parts"]) if each["parts"] else lines(record or {})))
    return told


def _names(source: SourceRow) -> list[str]:
    """The settings that are its mapping."""
    if source.connector == "rest":
        return ["mapping"]
    names = [setting.name for setting in connector_class(source.connector).settings]
    return [name for name in names if name in _OWN or name.startswith("map_")]


def _typed(source: SourceRow) -> dict[str, str]:
    """The source's settings with the mapping that was typed; raises BadRequest where it is too long."""
    given = {name: value for name, value in source.options.items() if name not in _names(source)}
    assert not secrets_of(source.connector) & set(_names(source)), "a mapping is no secret"
    for name in _names(source):
        value = request.form.get(name, "").replace("\r\n", "\n")
        if len(value.encode("utf-8", "replace")) > (_LONGEST if name == "mapping" else _LINE):
            raise BadRequest(_("Isian %(name)s terlalu panjang.", name=name), mend=_("Pemetaan paling besar 64 KiB."))
        if value.strip():
            given[name] = value if name == "mapping" else value.strip()
    return given


def _source(session: Session, name: str) -> SourceRow:
    source = source_by_name(session, name)
    if source is None:
        raise NotFound(_("Sumber %(name)s tidak ada.", name=name), mend=_("Pilih dari daftar sumber."))
    if source.connector not in MAPPED:
        raise NotFound(
            _("Sumber %(name)s dibaca konektor %(connector)s, yang tidak memakai pemetaan.", name=name, connector=source.connector),
            mend=_("Pemetaan ada pada konektor rest dan table."),
        )
    return source
