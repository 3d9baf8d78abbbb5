"""Pemetaan: how the answers of a source are read, written with what it reads beside it, on answers that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from connectors.kit.sheet.columns import assign
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.sources import SourceRow
from exchange.sync.enrol import alter, secrets_of
from exchange.sync.looking import options_digest
from exchange.sync.registry import connector_class
from exchange.sync.toml_text import CannotChange
from exchange.sync.trying import Names, Tried, faults_of, kept_answers, names_found, try_settings
from exchange.web.asking import allow, one_of
from exchange.web.mapping_form import applied, entries, read_text, unshown
from exchange.web.pages import has_right, staff_pages, wants_part
from exchange.web.shown import connector
from exchange.web.source_named import source_named
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
    """The mapping as it is kept, as a form or (`cara=teks`) as a text, and what it reads in the answers that were kept last."""
    allow("cara")
    as_text = one_of("cara", ("formulir", "teks")) == "teks"
    with store().read() as session:
        source = _source(session, name)
        return _page(session, source, Typed(dict(source.options), as_form=not as_text))


@bp.post("/<name>/pemetaan")
def write(name: str) -> WsgiResponse:
    """
    Show what a typed mapping reads (`pratinjau`), go on with it as a text or a form (`teks`, `formulir`), or save it (`simpan`); what was
    typed is kept where it is refused.
    """
    deed = request.form.get("aksi", "")
    if deed not in {"pratinjau", "simpan", "teks", "formulir"}:
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu pilih Pratinjau atau Simpan."))
    seen = request.form.get("dilihat", "")
    with store().read() as session:
        source = _source(session, name)
        typed = _typed(source)
        if deed in {"teks", "formulir"} and not typed.wrong:
            return _page(session, source, Typed(typed.given, as_form=deed == "formulir"), seen=seen)
        if deed != "simpan" or typed.wrong:
            return _page(session, source, typed, seen=seen, status=422 if deed == "simpan" else 200)
    try:
        with store().work() as session:
            before = dict(_source(session, name).options)
            same = alter(session, name, typed.given, current_user.name, seen=seen, action="source.mapping").options == before
    except (BadRequest, Conflict) as refusal:
        with store().read() as session:
            source, second = _source(session, name), isinstance(refusal, Conflict)
            return _page(session, source, typed, said=said_of(refusal), status=409 if second else 422, second=second)
    if same:
        flash(_("Tidak ada yang berubah."), "info")
        return redirect(url_for("web_mappings.editor", name=name), 303)
    flash(_("Pemetaan tersimpan. Setelah sumber disetujui lagi, yang belum terbaca dibaca ulang dengannya sendiri."), "success")
    return redirect(url_for("web_source_admin.look", name=name), 303)


@dataclass
class Typed:
    """
    A mapping as somebody writes it.

    given: the source's settings with it. as_form: it is written by choices, which `form` has where any were sent; wrong: what is wrong with
    these, by field. base: the text on which the choices are made.
    """

    given: dict[str, str]
    as_form: bool = False
    form: Mapping[str, str] | None = None
    wrong: list[tuple[str, str]] = field(default_factory=list)
    base: str = ""


def _page(
    session: Session,
    source: SourceRow,
    typed: Typed,
    *,
    seen: str | None = None,
    said: str | None = None,
    status: int = 200,
    second: bool = False,
) -> Response:
    """The editor with what `typed` reads; `second`: somebody else saved first, so what is kept now stands beside."""
    answers, given = kept_answers(session, source), typed.given
    tried = try_settings(settings(), source, given, answers) if answers else None
    made = given.get("mapping", "")
    document = read_text(typed.base or made) if source.connector == "rest" else None
    as_form = typed.as_form and (document is not None or source.connector == "table")
    kept = dict(source.options)
    found = names_found(settings(), source, answers, given)
    groups = unsaid = None
    if as_form and document is not None:
        faults = [*typed.wrong, *faults_of(made)]
        groups, unsaid = entries(document, found.members, typed.form, faults), unshown(document)
    offers = _digest(found)
    context: dict[str, Any] = {
        "source": source, "tried": tried, "rows": _rows(tried), "answers": answers, "as_form": as_form, "wrong": typed.wrong,
        "made": made if as_form and source.connector == "rest" else None, "given": given, "found": found.members, "place": found.place,
        "names": [setting for setting in connector_class(source.connector).settings if setting.name in _names(source)],
        "fieldsets": groups, "known": _recognised(source, found) if as_form else {}, "may_ask": has_right("sources"),
        "columns_digest": offers,
    }  # fmt: skip
    if wants_part() and status == 200:
        # what is offered is swapped only where it is other than what the page shows: a field is not taken from under a hand
        other = request.form.get("kolom", offers) != offers
        return make_response(render_template("sources/_trying.html", other_columns=other, **context))
    page = render_template(
        "sources/mapping.html",
        kept={each: kept.get(each, "") for each in _names(source)},
        unsaid=unsaid,
        base=typed.base or made,
        digest=options_digest(source) if seen is None else seen,
        said=said,
        differing=[each for each in _names(source) if given.get(each, "") != kept.get(each, "")] if second else [],
        **context,
    )
    return make_response(page, status)


def _digest(found: Names) -> str:
    """Tells the columns that a page offers, with their examples, from others."""
    told = repr((found.place, [(path, each[2]) for path, each in sorted(found.members.items())]))
    return sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def _recognised(source: SourceRow, found: Names) -> dict[str, str]:
    """The columns of a table that are understood without any setting, by the setting that would name another."""
    if source.connector != "table":
        return {}
    return {f"map_{member}": ", ".join(titles) for member, titles in assign(found.members, {}).items()}


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


def _typed(source: SourceRow) -> Typed:
    """The source's settings with the mapping that was typed or chosen; raises BadRequest where it is too long."""
    given = {name: value for name, value in source.options.items() if name not in _names(source)}
    assert not secrets_of(source.connector) & set(_names(source)), "a mapping is no secret"
    if source.connector == "rest" and "dasar" in request.form:
        return _chosen(given)
    for name in _names(source):
        value = _said(name, name)
        if value.strip():
            given[name] = value if name == "mapping" else value.strip()
    return Typed(given, as_form=request.form.get("cara") == "formulir")


def _chosen(given: dict[str, str]) -> Typed:
    """The text with the choices of the form; as it was where they cannot be written into it."""
    base, form = _said("dasar", "mapping"), {name: value.replace("\r\n", "\n") for name, value in request.form.items()}
    try:
        made, wrong = applied(base, form)
    except CannotChange as error:
        made, wrong = base, [("", _("Bagian %(place)s hanya dapat diubah dalam teks.", place=str(error)))]
    return Typed(given | {"mapping": made}, True, form, wrong, base)


def _said(field_name: str, name: str) -> str:
    value = request.form.get(field_name, "").replace("\r\n", "\n")
    if len(value.encode("utf-8", "replace")) > (_LONGEST if name == "mapping" else _LINE):
        raise BadRequest(_("Isian %(name)s terlalu panjang.", name=name), mend=_("Pemetaan paling besar 64 KiB."))
    return value


def _source(session: Session, name: str) -> SourceRow:
    source = source_named(session, name)
    if source.connector not in MAPPED:
        raise NotFound(
            _("Sumber %(name)s tidak memakai pemetaan; ia dibaca sebagai: %(what)s.", name=name, what=connector(source.connector)),
            mend=_("Pemetaan ada pada API (JSON, NDJSON, CSV, XML) dan tabel."),
        )
    return source
