"""What staff send from a firm's page: its word about being published, what it says is wrong, and the decision about that."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from exchange.catalogue.firms import consent as consents
from exchange.catalogue.firms import corrections
from exchange.catalogue.firms.corrections import Asking
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.businesses import business_by_ident
from exchange.store.consents import CorrectionRow, consent_with_file
from exchange.web.business_page import page
from exchange.web.pages import require_decider
from exchange.web.trade_forms import day, position, version
from exchange.web.typed import number, whole
from exchange.web.words import word
from exchange.wiring import settings, store

Form = MultiDict[str, str]


def consent(ident: str) -> WsgiResponse:
    """Put a firm's word about being published on record."""
    require_decider()
    form, said = request.form, request.form.get("pernyataan", "")

    def work(session: Session) -> object:
        its = consents.Word(
            said, day(form, "tanggal"), form.get("cara", ""), form.get("sebagai", ""), form.get("lingkup", ""), form.get("kunci", ""),
            _paper(),
        )  # fmt: skip
        files = consents.files_of(settings())
        new = consents.record(session, files, ident, version(form), its, actor=current_user.name, today=settings().day())
        told = word(said, "consent")
        if new:
            return _("Tersimpan: usaha %(what)s.", what=told)
        return _("Formulir ini sudah tersimpan sebelumnya: usaha %(what)s.", what=told)

    return _done(ident, "persetujuan", form, work)


def paper(ident: str, sha256: str) -> Response:
    """A paper that proves a consent, to be saved; never shown in the page."""
    with store().read() as session:
        firm = business_by_ident(session, ident)
        row = consent_with_file(session, firm.id, sha256) if firm else None
    if row is None or row.sha256 is None:
        raise NotFound(_("Berkas itu tidak ada pada IKM ini."), mend=_("Pilih dari halaman IKM-nya."))
    body = io.BytesIO(consents.files_of(settings()).read(row.sha256))
    answer = send_file(body, mimetype=row.media, as_attachment=True, download_name=row.file_name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def ask(ident: str) -> WsgiResponse:
    """Keep what a firm asks to be put right."""
    require_decider()
    form = request.form

    def work(session: Session) -> object:
        which = form.get("data", "")
        record, _slash, field = form.get("bagian", "").partition(".")
        about = Asking(record, ident if record == "business" else which, field, form.get("keliru", ""), form.get("seharusnya", ""),
                       day(form, "tanggal"), form.get("kunci", ""))  # fmt: skip
        new = corrections.ask(session, ident, about, actor=current_user.name, today=settings().day())
        return _("Tersimpan: koreksi menunggu keputusan.") if new else _("Koreksi ini sudah tersimpan sebelumnya.")

    return _done(ident, "koreksi", form, work)


def decide(ident: str, correction_id: int) -> WsgiResponse:
    """Apply what a firm asked, or decline it with a reason."""
    require_decider()
    form, verdict = request.form, request.form.get("putusan", "")

    def work(session: Session) -> object:
        if verdict not in {"terapkan", "tolak"}:
            raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu isi lagi."))
        its: dict[str, Any] = {"apply": verdict == "terapkan", "reason": form.get("alasan", ""), "actor": current_user.name}
        row = session.get(CorrectionRow, correction_id)
        value = _value(row, form) if row is not None and its["apply"] else None
        corrections.decide(session, ident, correction_id, version(form), value=value, **its)
        if its["apply"]:
            return _("Tersimpan: koreksi diterapkan dan mitra diberi tahu.")
        return _("Tersimpan: koreksi tidak diterapkan.")

    return _done(ident, f"koreksi-{correction_id}", form, work)


def _value(row: CorrectionRow, form: Form) -> Any:
    """What was typed for a field, as its shape has it."""
    said, shape = form.get("isi", "").strip(), corrections.shape_of(row.kind, row.field)
    if not said:
        return None
    if shape == "list":
        return corrections.listed(said)
    if shape == "day":
        return day(form, "isi")
    if shape == "whole":
        return whole(said, 6)
    if shape == "number":
        return number(said, money=row.field in {"price_min", "price_max"})
    if shape == "degrees":
        value = number(said)
        return None if value is None else float(value)
    return said


def _paper() -> tuple[str, bytes] | None:
    file = request.files.get("berkas")
    if file is None or not file.filename:
        return None
    return file.filename, file.stream.read(consents.LARGEST + 1)


def _done(ident: str, tried: str, form: Form, work: Callable[[Session], object]) -> WsgiResponse:
    """Do it, and come back to the firm; what is refused is said there, what was typed kept."""
    position(form.get("versi"))
    try:
        with store().work() as session:
            said = work(session)
    except (BadRequest, Conflict) as refusal:
        return page(ident, 422 if isinstance(refusal, BadRequest) else 409, refusal=refusal, tried=tried, typed=form)
    flash(str(said), "success")
    return redirect(url_for("web_businesses.one", ident=ident, _anchor=tried.partition("-")[0]), 303)
