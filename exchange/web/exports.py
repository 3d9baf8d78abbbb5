"""Unduhan: lists written to files in the background, each person's own, with how far they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _pl
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.coverage import STATES as COVERAGE
from exchange.agreements.inbox import ALL, MINE
from exchange.demand.spans import CLOSINGS, month_of
from exchange.errors import BadRequest, NotFound
from exchange.jobs.exports import file_of
from exchange.matching.reasons import REASONS
from exchange.reports.causes import CAUSES, OUTCOMES
from exchange.reports.classes import ALL_SECTORS
from exchange.reports.exporting import LISTINGS
from exchange.reports.match_rows import SINCE
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.exports import FORMATS, MOST_OPEN, ExportRow, count_open, export_of, exports_of
from exchange.store.match_care import NOBODY
from exchange.store.saved_searches import searches_of
from exchange.trade.rules import STATES as DEALS
from exchange.web.asking import allow
from exchange.web.filter_words import in_words
from exchange.web.match_lists import STATES, reader, since_asked
from exchange.web.pages import page_or_part, staff_pages
from exchange.web.typed import WRITING
from exchange.wiring import settings, store
from schemas.business import SECTORS
from schemas.codes import region as region_of
from schemas.demand import CATEGORIES, STATUSES
from schemas.reading.searching import read_query

bp = staff_pages("exports", "/unduhan", changes="own")

_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
_LONGEST = 200
_YES = ("ya",)
_BY_MONTH = ("permintaan", "kecocokan", "perdagangan")  # lists whose spans are months; others have days
_KEPT = "_pada"  # so end the names of what was so when the file was asked for; no list has such a filter
# of each list the filters that take one of some words
_WORDS: Final[Mapping[str, Mapping[str, Collection[str]]]] = {
    "permintaan": {
        "status": STATUSES,
        "kategori": CATEGORIES,
        "ditahan": _YES,
        "ditarik": _YES,
        "sektor": ALL_SECTORS,
        "tutup": CLOSINGS,
        "hasil": OUTCOMES,
        "sebab": CAUSES,
        "sekali": _YES,
    },
    "kecocokan": {
        "status": (*STATES, ALL),
        "sektor": ALL_SECTORS,
        "cakupan": COVERAGE,
        "tunda": _YES,
        "alasan": REASONS,
        "sekali": _YES,
    },
    "produk": {"sektor": SECTORS},
    "perdagangan": {"status": DEALS, "lewat": _YES, "sektor": ALL_SECTORS, "diterima": _YES},
    "kebutuhan": {"sektor": ALL_SECTORS, "sebab": CAUSES},
}
TITLES = {"permintaan": _l("Permintaan"), "kecocokan": _l("Kecocokan"), "produk": _pl("daftar", "Produk"), "perdagangan": _l("Perdagangan"),
          "kebutuhan": _l("Permintaan tidak terlayani")}  # fmt: skip
_LISTED = {"permintaan": "web_demands.listing", "kecocokan": "web_matches.inbox", "produk": "web_products.listing",
           "perdagangan": "web_trade.listing", "kebutuhan": "web_unmet.page"}  # fmt: skip


@bp.get("")
def page() -> Response:
    """The reader's own exports, the latest first."""
    allow()
    with store().read() as session:
        rows = exports_of(session, current_user.name)
    open_ = any(row.state in ("waiting", "running") for row in rows)
    its = settings()
    there = {row.ident for row in rows if row.state == "done" and file_of(its, row).is_file()}
    asked = {row.ident: {name: value for name, value in row.filters.items() if not name.endswith(_KEPT)} for row in rows}
    listed = {row.ident: url_for(_LISTED[row.kind], **asked[row.ident]) for row in rows}
    context: dict[str, Any] = {
        "rows": rows, "open": open_, "there": there, "titles": TITLES, "listed": listed, "asked": asked, "in_words": in_words,
    }  # fmt: skip
    return page_or_part("exports/page.html", "exports/_list.html", **context)


@bp.post("")
def begin() -> WsgiResponse:
    """Have a list written, with the filters that the form bears."""
    kind, form = request.form.get("jenis", ""), request.form.get("format", "")
    if kind not in LISTINGS or form not in FORMATS:
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Buka daftarnya, lalu tekan Unduh di sana."))
    filters = _filters(kind)
    with store().work() as session:
        if count_open(session, current_user.name) >= MOST_OPEN:
            text = _("%(count)s unduhan Anda masih berjalan.", count=MOST_OPEN)
            raise BadRequest(text, mend=_("Tunggu sampai selesai, atau batalkan salah satunya."))
        if "baru" in filters:
            filters[SINCE] = str(since_asked(searches_of(session, reader()), int(filters["baru"])))
        row = ExportRow(account=current_user.name, kind=kind, filters=filters, format=form, language=str(get_locale()))
        session.add(row)
        session.flush()
        audit(session, current_user.name, "export_asked", "export", row.ident, list=kind, format=form, filters=filters)
    flash(_("Unduhan disiapkan di latar; tautannya muncul di halaman ini."), "success")
    return redirect(url_for("web_exports.page"), 303)


@bp.post("/<ident>/batal")
def cancel(ident: str) -> WsgiResponse:
    """Take an export back that waits or runs."""
    with store().work() as session:
        row = export_of(session, current_user.name, ident)
        if row is None:
            raise NotFound(_("Unduhan ini tidak ada."), mend=_("Buka halaman unduhan Anda."))
        if row.state in ("waiting", "running"):
            row.state, row.ended_at = "cancelled", utcnow()
            flash(_("Unduhan dibatalkan."), "success")
    return redirect(url_for("web_exports.page"), 303)


@bp.get("/<ident>/berkas")
def file(ident: str) -> Response:
    """The file, to whoever asked for it, while it is kept."""
    allow()
    with store().read() as session:
        row = export_of(session, current_user.name, ident)
    path = file_of(settings(), row) if row is not None else None
    if row is None or path is None or row.state != "done" or (row.until and row.until < utcnow()) or not path.is_file():
        raise NotFound(_("Berkas unduhan ini tidak ada atau sudah dihapus."), mend=_("Minta lagi dari daftarnya."))
    name = f"{row.kind}-{row.made_at:%Y-%m-%d}.{row.format}"
    return send_file(path.absolute(), mimetype=_TYPES[row.format], as_attachment=True, download_name=name)


def _filters(kind: str) -> dict[str, str]:
    """
    The filters of the form, each checked as its list does.

    Raises:
        BadRequest: one is unknown to exports of that list, or cannot be read.
    """
    passed = {"csrf_token", WRITING, "jenis", "format", "setelah", "langkah"}
    given = {name: value.strip() for name, value in request.form.items() if name not in passed}
    kept = {name: value for name, value in given.items() if value or (kind == "kebutuhan" and name in ("dari", "sampai"))}
    if stray := sorted(kept.keys() - LISTINGS[kind].filters):
        text = _("Unduhan ini tidak mengenal saringan %(names)s.", names=", ".join(stray)[:_LONGEST])
        raise BadRequest(text, mend=_("Hapus saringan itu pada daftarnya, lalu unduh lagi."))
    for name, value in kept.items():
        if not _fits(kind, name, value):
            text = _("Saringan %(name)s tidak mengenal “%(value)s”.", name=name, value=value[:40])
            raise BadRequest(text, mend=_("Buka daftar dari menu dan pilih saringannya di sana."))
    for name in {"lewat", "tutup"} & kept.keys():
        kept[f"{name}_pada"] = settings().day().isoformat()
    if kind == "kebutuhan" and "dari" not in kept and "sampai" not in kept:
        year = settings().day().year
        kept |= {"dari": f"{year}-01-01", "sampai": f"{year}-12-31"}
    return kept


def _fits(kind: str, name: str, value: str) -> bool:
    if name in _WORDS[kind]:
        return value in _WORDS[kind][name]
    try:
        if name == "daerah":
            return region_of(value) is not None
        if name in ("nilai", "di_bawah"):
            return value.isascii() and value.isdigit() and int(value) <= 100
        if kind in _BY_MONTH and name in ("dari", "sampai"):
            return bool(month_of(value, end=name == "sampai"))
        if name in ("dari", "sampai"):
            return not value or bool(date.fromisoformat(value))
        if name == "orang" and value in (MINE, NOBODY):
            return True
        if name in ("orang", "baru"):
            return value.isascii() and value.isdigit() and len(value) <= 15 and int(value) > 0
        if name == "cari" and kind == "kecocokan":
            return "\0" not in value and len(value) <= _LONGEST and (read_query(value) is None or True)
        if name == "cari":
            return "\0" not in value and len(value) <= _LONGEST and read_query(value) is not None
    except ValueError:
        return False
    return len(value) <= _LONGEST and "\0" not in value
