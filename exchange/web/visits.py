"""Kunjungan: the form of a monitoring visit, made for a telephone on a poor line, and a visit as it was put on record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from exchange.catalogue.firms import photos, pictures, visiting
from exchange.catalogue.firms.consent import files_of
from exchange.errors import BadRequest, Conflict, ExchangeError, NotFound
from exchange.store.audit import history
from exchange.store.photos import VISIT, photos_of
from exchange.store.visits import FIELDS, VisitRow, visit_by_id
from exchange.web import firm_shown
from exchange.web.acts import told as told_acts
from exchange.web.asking import allow
from exchange.web.business_page import named
from exchange.web.pages import may_decide, page_or_part, require_decider, staff_pages, wants_part
from exchange.web.trade_forms import day, version
from exchange.web.typed import number, whole, written
from exchange.wiring import settings, store
from schemas.product import CAPACITY_PERIODS

bp = staff_pages("visits", "/ikm")

PHOTOS_AT_ONCE = 4
_FORM = 512 * 1024
# the member → the field of the form
NAMES = {
    "on": "tanggal", "capacity": "kapasitas", "capacity_unit": "satuan", "capacity_period": "per", "workers": "tenaga",
    "machines": "mesin", "machines_note": "mesin_catatan", "orders": "pesanan", "problems": "masalah", "training_needs": "pelatihan",
    "follow_up": "tindak_lanjut", "due_on": "tenggat", "notes": "catatan",
}  # fmt: skip


@bp.url_value_preprocessor
def _roomy(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came: a few photos beside the fields."""
    request.max_content_length = PHOTOS_AT_ONCE * pictures.LARGEST + _FORM


@bp.get("/<ident>/kunjungan/baru")
def form(ident: str) -> Response:
    """An empty form, with a key of its own."""
    allow()
    return _form(ident, None, {"kunci": secrets.token_hex(16), "tanggal": settings().day().isoformat()})


@bp.post("/<ident>/kunjungan/baru")
def add(ident: str) -> WsgiResponse:
    """Put a visit on record; the same form over a line that broke is the same visit."""
    require_decider()
    said = request.form
    try:
        taken = _taken()
        with store().work() as session:
            row, new = visiting.add(session, ident, said.get("kunci", ""), _said(said), actor=current_user.name, today=settings().day())
            if new:
                _keep(session, row, taken)
            visit_id = row.id
    except BadRequest as refusal:
        return _form(ident, None, said, 422, refusal=refusal)
    flash(_("Tersimpan: kunjungan dicatat.") if new else _("Kunjungan ini sudah tersimpan sebelumnya; tidak dicatat dua kali."), "success")
    return _go(url_for("web_visits.one", ident=ident, visit_id=visit_id))


@bp.get("/<ident>/kunjungan/<int:visit_id>")
def one(ident: str, visit_id: int) -> Response:
    """One visit with its photos and its history."""
    allow()
    with store().read() as session:
        row = _visit(session, ident, visit_id)
        context: dict[str, Any] = {
            "row": row, "photos": photos_of(session, VISIT, [row.id]), "acts": told_acts(history(session, "visit", str(row.id))),
        }  # fmt: skip
    context |= {"today": settings().day(), "may_decide": may_decide(), "most": photos.MOST}
    return make_response(render_template("visits/one.html", firm=row.business, **context))


@bp.get("/<ident>/kunjungan/<int:visit_id>/ubah")
def edit(ident: str, visit_id: int) -> Response:
    """The form with what is on record."""
    allow()
    with store().read() as session:
        row = _visit(session, ident, visit_id)
    return _form(ident, row, _typed(row))


@bp.post("/<ident>/kunjungan/<int:visit_id>/ubah")
def change(ident: str, visit_id: int) -> WsgiResponse:
    """Change a visit; what somebody else changed meanwhile is shown beside what was typed."""
    require_decider()
    said = request.form
    with store().read() as session:
        row = _visit(session, ident, visit_id)
    try:
        taken = _taken()
        with store().work() as session:
            its: dict[str, Any] = {"actor": current_user.name, "today": settings().day()}
            _keep(session, visiting.change(session, ident, visit_id, version(said), _said(said), **its), taken)
    except (BadRequest, Conflict) as refusal:
        return _form(ident, row, said, 422 if isinstance(refusal, BadRequest) else 409, refusal=refusal)
    flash(_("Tersimpan: kunjungan diubah."), "success")
    return _go(url_for("web_visits.one", ident=ident, visit_id=visit_id))


@bp.post("/<ident>/kunjungan/<int:visit_id>/selesai")
def follow(ident: str, visit_id: int) -> WsgiResponse:
    """Say that what was to follow is done."""
    require_decider()
    with store().work() as session:
        visiting.follow(session, ident, visit_id, actor=current_user.name, today=settings().day())
    flash(_("Tersimpan: tindak lanjut selesai."), "success")
    return redirect(url_for("web_visits.one", ident=ident, visit_id=visit_id), 303)


def _visit(session: Session, ident: str, visit_id: int) -> VisitRow:
    row = visit_by_id(session, visit_id)
    if row is None or row.business.ident != ident:
        raise NotFound(_("Kunjungan itu tidak ada."), mend=_("Pilih dari halaman IKM-nya."))
    return row


def _said(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, each as its member has it."""
    said: dict[str, Any] = {name: form.get(field, "") for name, field in NAMES.items()}
    needs = (need.strip().casefold() for need in (*form.getlist("pelatihan"), *form.get("pelatihan_lain", "").split(",")))
    return said | {
        "on": day(form, "tanggal"), "due_on": day(form, "tenggat"), "capacity": number(form.get("kapasitas", "")),
        "workers": whole(form.get("tenaga", ""), 6),
        "training_needs": list(dict.fromkeys(filter(None, needs))),
    }  # fmt: skip


def _taken() -> list[pictures.Picture]:
    """The photos that came with the form, made anew."""
    came = [file for file in request.files.getlist("foto") if file.filename]
    if len(came) > PHOTOS_AT_ONCE:
        raise BadRequest(
            _("Paling banyak %(most)s foto sekali kirim.", most=PHOTOS_AT_ONCE), mend=_("Tambahkan sisanya dari halaman kunjungan.")
        )
    return [pictures.made_of(file.stream.read(pictures.LARGEST + 1)) for file in came]


def _keep(session: Session, row: VisitRow, taken: list[pictures.Picture]) -> None:
    alt = request.form.get("foto_isi", "").strip() or _("Foto kunjungan %(day)s", day=row.on.isoformat())
    for picture in taken:
        photos.add(session, files_of(settings()), VISIT, row.id, str(row.id), picture, alt, actor=current_user.name)


def _typed(row: VisitRow) -> MultiDict[str, str]:
    """What is on record as the form has it."""
    typed: MultiDict[str, str] = MultiDict()
    for name in FIELDS:
        value = getattr(row, name)
        if name == "training_needs":
            typed.setlist("pelatihan", list(value))
        elif value is not None:
            typed[NAMES[name]] = written(value) if name == "capacity" else value.isoformat() if name in {"on", "due_on"} else str(value)
    return typed


def _form(
    ident: str, row: VisitRow | None, typed: Mapping[str, str], status: int = 200, *, refusal: ExchangeError | None = None
) -> Response:
    with store().read() as session:
        firm = named(session, ident)
    chosen = set(typed.getlist("pelatihan") if isinstance(typed, MultiDict) else ())
    known = sorted({*visiting.NEEDS, *(need.casefold() for need in firm.training_needs), *chosen})
    differing = []
    if isinstance(refusal, Conflict):
        yours = typed.getlist if isinstance(typed, MultiDict) else lambda _name: []
        differing = [
            (firm_shown.field_word(name), firm_shown.value_shown(name, now), ", ".join(yours(NAMES[name])))
            for name, now in refusal.facts["changed"].items()
        ]
    seen = refusal.facts["version"] if isinstance(refusal, Conflict) else typed.get("versi") or (row.version if row else None)
    # a browser keeps no file of a form that comes back
    again = refusal is not None and any(file.filename for file in request.files.getlist("foto"))
    context: dict[str, Any] = {
        "firm": firm, "row": row, "typed": typed, "refusal": refusal, "again": again, "differing": differing, "seen": seen, "known": known,
        "chosen": chosen,
        "machines": visiting.MACHINES, "periods": CAPACITY_PERIODS, "today": settings().day(), "most_photos": PHOTOS_AT_ONCE,
    }  # fmt: skip
    return page_or_part("visits/form.html", "visits/_form.html", status, **context)


def _go(target: str) -> WsgiResponse:
    """On to a page: htmx is told to load it, since a part cannot be one."""
    if wants_part():
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)
