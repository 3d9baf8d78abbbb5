"""Photos: shown to staff, and added, ordered, said anew and removed on the page of the product or the visit."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.catalogue.firms import photos, pictures
from exchange.catalogue.firms.consent import files_of
from exchange.errors import BadRequest, NotFound
from exchange.store.photos import PRODUCT, VISIT, photo_by_id
from exchange.store.products import ProductRow, products_by_sku
from exchange.store.visits import VisitRow, visit_by_id
from exchange.web.asking import allow
from exchange.web.pages import require_decider, staff_pages
from exchange.web.told import said_of
from exchange.web.trade_forms import position
from exchange.wiring import settings, store

bp = staff_pages("photos")

_FORM = 64 * 1024
ACTS = ("tambah", "pertama", "maju", "isi", "hapus")


@bp.url_value_preprocessor
def _roomy(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came: one photo beside its words."""
    request.max_content_length = pictures.LARGEST + _FORM


@bp.get("/foto/<int:photo_id>")
def picture(photo_id: int) -> Response:
    """A photo as it is kept."""
    allow()
    return _sent(photo_id, small=False)


@bp.get("/foto/<int:photo_id>/kecil")
def thumb(photo_id: int) -> Response:
    """Its small copy."""
    allow()
    return _sent(photo_id, small=True)


@bp.post("/produk/<sku>/foto/<act>")
def of_product(sku: str, act: str) -> WsgiResponse:
    """Add a photo of a product, show it earlier, say what it shows, or show it no longer."""
    require_decider()
    back = redirect(url_for("web_products.one", sku=sku, _anchor="foto"), 303)
    try:
        taken = _taken() if act == "tambah" else None
        with store().work() as session:
            row = _product(session, sku)
            _act(session, act, PRODUCT, row.id, sku, taken)
    except BadRequest as refusal:
        flash(said_of(refusal), "danger")
    return back


@bp.post("/ikm/<ident>/kunjungan/<int:visit_id>/foto/<act>")
def of_visit(ident: str, visit_id: int, act: str) -> WsgiResponse:
    """Add a photo of a visit, show it earlier, say what it shows, or show it no longer."""
    require_decider()
    back = redirect(url_for("web_visits.one", ident=ident, visit_id=visit_id, _anchor="foto"), 303)
    try:
        taken = _taken() if act == "tambah" else None
        with store().work() as session:
            row = _visit(session, ident, visit_id)
            _act(session, act, VISIT, row.id, str(row.id), taken)
    except BadRequest as refusal:
        flash(said_of(refusal), "danger")
    return back


def _act(session: Session, act: str, kind: str, owner_id: int, ident: str, taken: pictures.Picture | None) -> None:
    actor = current_user.name
    if act == "tambah" and taken is not None:
        photos.add(session, files_of(settings()), kind, owner_id, ident, taken, request.form.get("isi", ""), actor=actor)
        flash(_("Tersimpan: foto ditambahkan."), "success")
    elif act == "pertama":
        photos.put_first(session, kind, owner_id, ident, position(request.form.get("foto")), actor=actor)
        flash(_("Tersimpan: foto ditampilkan pertama."), "success")
    elif act == "maju":
        photos.put_forward(session, kind, owner_id, ident, position(request.form.get("foto")), actor=actor)
        flash(_("Tersimpan: foto dimajukan."), "success")
    elif act == "isi":
        said = request.form.get("isi", "")
        photos.say(session, kind, owner_id, ident, position(request.form.get("foto")), said, actor=actor)
        flash(_("Tersimpan: keterangan foto diubah."), "success")
    elif act == "hapus":
        photos.remove(session, kind, owner_id, ident, position(request.form.get("foto")), actor=actor)
        flash(_("Tersimpan: foto tidak ditampilkan lagi."), "success")
    else:
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu isi lagi."))


def _taken() -> pictures.Picture:
    file = request.files.get("foto")
    if file is None or not file.filename:
        raise BadRequest(_("Belum ada foto yang dipilih."), mend=_("Pilih fotonya, lalu unggah."))
    return pictures.made_of(file.stream.read(pictures.LARGEST + 1))


def _product(session: Session, sku: str) -> ProductRow:
    row = products_by_sku(session, [sku]).get(sku)
    if row is None:
        raise NotFound(_("Produk %(sku)s tidak ada.", sku=sku), mend=_("Cari di daftar produk."))
    return row


def _visit(session: Session, ident: str, visit_id: int) -> VisitRow:
    row = visit_by_id(session, visit_id)
    if row is None or row.business.ident != ident:
        raise NotFound(_("Kunjungan itu tidak ada."), mend=_("Pilih dari halaman IKM-nya."))
    return row


def _sent(photo_id: int, *, small: bool) -> Response:
    with store().read() as session:
        row = photo_by_id(session, photo_id)
    if row is None:
        raise NotFound(_("Foto itu tidak ada."), mend=_("Muat ulang halaman, lalu pilih lagi."))
    answer = make_response(files_of(settings()).read(row.thumb if small else row.sha256))
    answer.mimetype = "image/jpeg"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
