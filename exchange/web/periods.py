"""Laporan: the office's monthly and yearly reports, closed ones as they were closed, each figure with what it means."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.reports.causes import CAUSES
from exchange.reports.closing import LONGEST_REASON, close_period
from exchange.reports.period import DEFINITIONS, Period, Report, period_of, report_from, report_on, told_since
from exchange.reports.period_paper import office_of, period_book, period_pdf, state_words
from exchange.store.figures import Sum, figure_count
from exchange.store.period_reports import PeriodReportRow, closed_periods, editions
from exchange.web.asking import allow, whole
from exchange.web.chart_shapes import place
from exchange.web.figured import first_day, sector_word
from exchange.web.pages import may_decide, page_or_part, staff_pages
from exchange.web.shown import day
from exchange.web.told import said_of, told
from exchange.web.unmet import short
from exchange.wiring import settings, store

bp = staff_pages("periods", "/laporan")

MONTHS, YEARS = 18, 3
_MOST_EDITIONS = 10_000


class Told(NamedTuple):
    """A report with its editions. shown: the one that is shown, None while the period is open; differs: lines that changed since."""

    report: Report
    kept: list[PeriodReportRow]
    shown: PeriodReportRow | None
    differs: list[str]
    now: Report | None


@bp.get("")
def listing() -> Response:
    """The periods to choose from, and which are closed."""
    allow()
    with store().read() as session:
        closed = dict(closed_periods(session)[::-1])
        row, since = figure_count(session), told_since(session)
    periods = _periods(since)
    chosen = [*periods, *(Period(key=key) for key in closed if key not in {each.key for each in periods})]
    context: dict[str, Any] = {
        "months": sorted((each for each in chosen if not each.is_year), key=lambda each: each.key, reverse=True),
        "years": sorted((each for each in chosen if each.is_year), key=lambda each: each.key, reverse=True),
        "closed": closed, "row": row, "title_of": title_of, "today": settings().day(),
        "since": Period(key=since) if since and since <= f"{settings().day():%Y-%m}" else None,
    }  # fmt: skip
    return page_or_part("periods/listing.html", "periods/listing.html", **context)


@bp.get("/masa/<key>")
def page(key: str) -> Response:
    """One period's report."""
    return _page(period_of(key))


@bp.get("/masa/<key>/berkas.<kind>")
def file(key: str, kind: str) -> Response:
    """The report as PDF or XLSX."""
    period = period_of(key)
    if kind not in ("pdf", "xlsx"):
        raise NotFound(_("Berkas ini tidak ada."), mend=_("Buka laporannya dan unduh dari sana."))
    with store().read() as session:
        found = _told(session, period)
    if found is None:
        raise NotFound(_("Angkanya belum pernah dihitung."), mend=_("Hitung dahulu di halaman grafik, atau tunggu proses malam."))
    shown, office = found.shown, settings().office
    facts = (shown.edition, shown.closed_at, shown.reason) if shown else (None, None, None)
    out = TemporaryFile()  # noqa: SIM115 - the answer reads it after this view, and closes it
    if kind == "pdf":
        out.write(period_pdf(found.report, office_of(settings()), *facts))
    else:
        period_book(out, found.report, office, state_words(found.report, *facts))
    out.seek(0)
    mime = "application/pdf" if kind == "pdf" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(out, mimetype=mime, as_attachment=True, download_name=f"laporan-{key}.{kind}")


@bp.post("/masa/<key>/tutup")
def close(key: str) -> WsgiResponse:
    """Close a period, or correct a closed one."""
    period, form = period_of(key), request.form
    seen = form.get("edisi", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) <= 5):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman laporannya."))
    try:
        with store().work() as session:
            row = close_period(session, period, settings(), current_user.name, int(seen), form.get("alasan"))
    except (BadRequest, Conflict) as refusal:
        return _page(period, 409 if isinstance(refusal, Conflict) else 422, refused=said_of(refusal), typed=form.get("alasan"))
    flash(_("Laporan ditutup.") if row.edition == 1 else _("Pembetulan diterbitkan."), "success")
    return redirect(url_for("web_periods.page", key=key), 303)


def _page(period: Period, status: int = 200, **more: Any) -> Response:
    if request.method == "GET":
        allow("edisi")
    edition = whole("edisi", 1, _MOST_EDITIONS) if request.method == "GET" else None
    with store().read() as session:
        row = figure_count(session)
        found = _told(session, period, edition)
    context: dict[str, Any] = {
        "period": period, "row": row, "found": found, "title_of": title_of, "definitions": DEFINITIONS, "short": short, "change": change,
        "tables": _tables(found.report) if found else [], "may_close": may_decide(), "over": settings().day() >= period.following,
        "longest": LONGEST_REASON,
    }  # fmt: skip
    return page_or_part("periods/page.html", "periods/page.html", status, **context, **more)


def _told(session: Session, period: Period, edition: int | None = None) -> Told | None:
    """A closed period as it was kept, with what differs today; an open one as it is counted now. None where nothing is counted."""
    count, kept = figure_count(session), editions(session, period.key)
    now = report_on(session, period, count.counted_at) if count is not None and count.counted_at else None
    if not kept:
        return None if now is None else Told(now, [], None, [], now)
    shown = next((row for row in kept if row.edition == edition), None) if edition else kept[-1]
    if shown is None:
        raise NotFound(_("Edisi ini tidak ada."), mend=_("Buka laporannya tanpa nomor edisi."))
    return Told(report_from(shown.body), kept, shown, now.differing(report_from(kept[-1].body)) if now else [], now)


def _tables(report: Report) -> list[tuple[str, str, list[tuple[str, Sum]]]]:
    """(heading, first column, rows) of the tables below the figures."""
    sectors = [(sector_word(key), one) for key, one in report.sectors]
    return [
        (str(_("Permintaan menurut sektor")), str(_("Sektor")), sectors),
        (str(_("Tidak terlayani menurut sebab utama")), str(_("Sebab")), [(str(told(CAUSES[key])), one) for key, one in report.causes]),
        (str(_("Provinsi yang terbanyak meminta")), str(_("Provinsi")), [(place(key), one) for key, one in report.provinces]),
        (str(_("Perdagangan terealisasi menurut sektor")), str(_("Sektor")), [(sector_word(key), one) for key, one in report.trades]),
    ]


def title_of(period: Period) -> str:
    """A period as the reader names it."""
    return str(_("tahun %(year)s", year=period.key)) if period.is_year else day(first_day(period.key), "month")


def change(one: Decimal | int, before: Decimal | int) -> str:
    """How much more or less than before, in whole per cent; what was nothing before has no share."""
    if one == before:
        return str(_("tetap"))
    if not before:
        return str(_("baru"))
    part = round((Decimal(one) - Decimal(before)) * 100 / abs(Decimal(before)))
    if not part:
        return str(_("hampir tetap"))
    return f"+{part}\u00a0%" if part > 0 else f"−{abs(part)}\u00a0%"


def _periods(since: str | None) -> Sequence[Period]:
    """The last months and years up to today's, from the month on of which anything is known; today's in any case."""
    today = settings().day()
    first = min(since or "9999", f"{today:%Y-%m}")
    month, found = Period(key=f"{today:%Y-%m}"), []
    for _each in range(MONTHS):
        found.append(month)
        month = month.before
    found += [Period(key=str(today.year - ago)) for ago in range(YEARS)]
    return [each for each in found if each.key >= first[: len(each.key)]]
