"""Papers to take away: the report of an agreement in one period, and the letter of a deal."""

from __future__ import annotations

import io
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Response, render_template, send_file
from flask_babel import gettext as _

from exchange.agreements.steps import named
from exchange.errors import BadRequest, NotFound
from exchange.reports import letters
from exchange.reports.deal_letter import KIND, facts_of_letter
from exchange.reports.emblem import emblem
from exchange.reports.pack import Pack, pack_of
from exchange.store.base import utcnow
from exchange.store.trade import deal_by_ident
from exchange.trade.letter_facts import letter_facts
from exchange.web.asking import allow, asked
from exchange.web.pages import staff_pages
from exchange.wiring import settings, store

bp = staff_pages("papers")
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
_JAKARTA = ZoneInfo("Asia/Jakarta")


def _day(name: str) -> date | None:
    said = asked(name)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise BadRequest(_("%(name)s harus tanggal, seperti 2026-11-27.", name=name), mend=_("Perbaiki tanggalnya.")) from None


def _quarter(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _pack(ident: str) -> tuple[Pack, date, date]:
    """The report that is asked for; without days the last whole quarter and what ran of this one."""
    allow("dari", "sampai", "nomor", "nama", "jabatan")
    until = _day("sampai") or settings().day()
    since = _day("dari") or _quarter(_quarter(until) - timedelta(1))
    signed = {"number": asked("nomor"), "signer": asked("nama"), "title": asked("jabatan")}
    with store().read() as session:
        row = named(session, ident)
        return pack_of(session, row, settings(), since, until, utcnow().astimezone(_JAKARTA), **signed), since, until


@bp.get("/kerja-sama/<ident>/laporan")
def report(ident: str) -> str:
    """The report's figures, its period, and the files."""
    pack, since, until = _pack(ident)
    given = {name: asked(name) for name in ("nomor", "nama", "jabatan")}
    context = {"facts": pack.facts, "missing": pack.missing, "since": since, "until": until, "given": given, "ident": ident}
    return render_template("agreements/report.html", **context)


@bp.get("/kerja-sama/<ident>/laporan.<form>")
def report_file(ident: str, form: str) -> Response:
    """The report as a file: `docx`, `pdf`, `xlsx`, or all three as `zip`."""
    if form not in MEDIA:
        raise NotFound(_("Laporan ada sebagai docx, pdf, xlsx atau zip."), mend=_("Pilih dari halaman laporannya."))
    pack, since, until = _pack(ident)
    name = f"laporan-{ident}-{since:%Y%m%d}-{until:%Y%m%d}"
    body = pack.zipped(name) if form == "zip" else {"docx": pack.docx, "pdf": pack.pdf, "xlsx": pack.xlsx}[form]()
    return send_file(io.BytesIO(body), mimetype=MEDIA[form], as_attachment=True, download_name=f"{name}.{form}")


@bp.get("/perdagangan/<ident>/surat.<form>")
def letter(ident: str, form: str) -> Response:
    """The letter of a deal that was offered, for Word or as a PDF; final where nothing is missing, else a draft that shows it."""
    allow()
    if form not in {"docx", "pdf"}:
        raise NotFound(_("Surat ada sebagai docx atau pdf."), mend=_("Pilih dari halaman dagangnya."))
    with store().read() as session:
        row = deal_by_ident(session, ident)
        if row is None:
            raise NotFound(_("Dagang %(ident)s tidak ada.", ident=ident[:30]), mend=_("Lihat daftar dagang."))
        offer = letter_facts(session, row, settings())
        facts = facts_of_letter(offer, row.version, row.offered_at or row.updated_at, emblem(settings()))
    make = letters.draft_docx if form == "docx" else letters.draft_pdf if letters.missing(KIND, facts) else letters.final_pdf
    name = f"surat-penawaran-{ident}.{form}"
    return send_file(io.BytesIO(make(KIND, facts)), mimetype=MEDIA[form], as_attachment=True, download_name=name)
