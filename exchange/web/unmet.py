"""Laporan: what other regions asked for and nobody here could serve, why, which training would mend it, and whom to visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from threading import Lock
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from flask import Response, current_app, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest
from exchange.jobs.unmet import KEPT, looked_at, this_year
from exchange.reports.asked import judged_demands
from exchange.reports.book import all_tables, write_book
from exchange.reports.causes import CAUSES, CIRCUMSTANCES, OUTCOMES
from exchange.reports.classes import ALL_SECTORS, SECTOR_TITLES
from exchange.reports.kept import loaded
from exchange.reports.plan import Reports, reports
from exchange.reports.unmet import Wanted
from exchange.store.base import utcnow
from exchange.store.listing import demand_regions
from exchange.store.unmet import Window
from exchange.store.unmet_counts import UnmetCountRow, body_of, count_of, want_count
from exchange.web.asking import PAGE, allow, one_of, whole
from exchange.web.pages import page_or_part, staff_pages
from exchange.web.shown import money, number
from exchange.web.told import told
from exchange.wiring import settings, store
from schemas.codes import region as region_of

bp = staff_pages("unmet", "/laporan")

TRAININGS, FIRMS, VISITS, LACKED, REGIONS = 12, 8, 10, 15, 15
_MOST_OPENED = 4
_CHART = 400
_DAYS = ("dari", "sampai")
_FILTERS = ("dari", "sampai", "sektor", "daerah")
_SHORT = ((Decimal(10) ** 12, _l("triliun")), (Decimal(10) ** 9, _l("miliar")), (Decimal(10) ** 6, _l("juta")))


class Counted(NamedTuple):
    """The reports and when they were counted."""

    at: datetime
    found: Reports


class _Opened:
    """The counts that were read last: what is kept is unpacked once for many who leaf through it."""

    def __init__(self) -> None:
        self._lock, self._by = Lock(), dict[int, Counted]()

    def get(self, session: Session, row: UnmetCountRow) -> Counted | None:
        """What a row keeps; None where it was never counted, or by another edition of this service."""
        if row.counted_at is None:
            return None
        with self._lock:
            held = self._by.get(row.id)
        if held is not None and held.at == row.counted_at:
            return held
        kept = body_of(session, row.id)
        found = loaded(kept[1]) if kept else None
        if kept is None or found is None:
            return None
        held = Counted(kept[0], found)
        with self._lock:
            self._by.pop(row.id, None)
            self._by[row.id] = held
            while len(self._by) > _MOST_OPENED:
                del self._by[next(iter(self._by))]
        return held


def opened() -> _Opened:
    """The counts that this process read last."""
    return cast(_Opened, current_app.extensions.setdefault("exchange_unmet", _Opened()))


@bp.get("/kebutuhan")
def page() -> Response:
    """
    The sums by cause and sector, the demands behind one of them, what is lacking, the training plan and the study visits.

    All of it as it was last counted; what was never counted is said to be so, and nothing is counted here.
    """
    allow(*_FILTERS, "sebab", "bagian", "setelah")
    window, want = _asked(request.args)
    cause, part = one_of("sebab", tuple(CAUSES)), one_of("bagian", ALL_SECTORS)
    start = whole("setelah", 0, len(CAUSES) * len(ALL_SECTORS) * KEPT) or 0
    with store().read() as session:
        row = count_of(session, window, want.sector)
        counted = None if row is None else opened().get(session, row)
        # to find all regions is to walk through all demands, so that a count keeps them too
        asking = counted.found.asking if counted else demand_regions(session)
    context: dict[str, Any] = {
        "counted": counted, "row": row, "window": window, "want": want,
        "regions": [code for code in asking if code != window.home], "sectors": ALL_SECTORS,
        "titles": _told(SECTOR_TITLES), "causes": _told(CAUSES), "outcomes": _told(OUTCOMES),
        "cause": cause, "of_sector": part, "book": _book_address(),
        "here": _here(), "year": _whole_year(window),
        "given": {name: request.args.get(name, "") for name in _FILTERS if name in request.args},
    }  # fmt: skip
    if counted is not None:
        context |= _shown(counted, cause, part, start)
    return page_or_part("reports/unmet.html", "reports/_unmet.html", **context)


def _shown(counted: Counted, cause: str | None, part: str | None, start: int) -> dict[str, Any]:
    """What the page tells of one count."""
    unmet, plan = counted.found.unmet, counted.found.plan
    listed = unmet.listed(part, cause)
    return {
        "unmet": unmet, "plan": plan, "visits": counted.found.visits[:VISITS], "offers": counted.found.offers, "bars": _bars(counted),
        "shown": listed[start : start + PAGE], "listed": len(listed), "sums": unmet.of(part, cause), "trainings": plan.rows()[:TRAININGS],
        "others": max(0, len(plan.rows()) - TRAININGS), "firms": FIRMS, "lacked": unmet.lacked(LACKED),
        "months": [(date.fromisoformat(f"{month}-01") if month else None, unmet.months[month]) for month in sorted(unmet.months)],
        "by_region": sorted(unmet.regions.items(), key=lambda one: (-one[1].value, one[0]))[:REGIONS], "short": short, "cell": _cell,
        "circumstances": _told(CIRCUMSTANCES), "looked": looked_at(counted.found),
        "next_page": f"{_here(setelah=str(start + PAGE))}#daftar" if start + PAGE < len(listed) else None,
        "first_page": f"{_here(setelah=None)}#daftar" if start else None,
    }  # fmt: skip


@bp.post("/kebutuhan/hitung")
def count() -> WsgiResponse:
    """
    Have the worker count what was never counted, or (`baru`) count anew. Whoever reads the report may: it decides nothing.

    Raises:
        BadRequest: the form's filters cannot be read.
    """
    window, want = _asked(request.form)
    with store().work() as session:
        row = count_of(session, window, want.sector)
        if row is None or row.counted_at is None or request.form.get("baru") == "ya":
            want_count(session, window, want.sector, utcnow())
    query = urlencode({name: request.form[name] for name in _FILTERS if name in request.form})
    return redirect(url_for("web_unmet.page") + (f"?{query}" if query else ""), 303)


@bp.get("/kebutuhan.xlsx")
def book() -> Response:
    """All of it as a workbook, every demand named; counted anew, in one consistent picture."""
    allow(*_FILTERS)
    window, want = _asked(request.args)
    out = TemporaryFile()  # noqa: SIM115 - the answer reads it after this view, and closes it
    with store().read() as session:
        found = reports(session, window, want)
        tables = all_tables(found, judged_demands(session, window))
        write_book(out, tables, title="Permintaan tidak terlayani", office=settings().office, at=utcnow())
    out.seek(0)
    name = f"permintaan-tidak-terlayani-{settings().day():%Y-%m-%d}.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(out, mimetype=kind, as_attachment=True, download_name=name)


def _asked(given: Mapping[str, str]) -> tuple[Window, Wanted]:
    """What an address or form asks for; the current year where it names no day at all."""
    window, named = this_year(settings()), {name: given.get(name, "").strip() or None for name in _FILTERS}
    if "dari" in given or "sampai" in given:
        window = replace(window, first=_day("dari", named["dari"]), last=_day("sampai", named["sampai"]))
    if window.first and window.last and window.last < window.first:
        raise BadRequest(_("Hari terakhir lebih awal daripada hari pertama."), mend=_("Tukar kedua harinya."))
    code, sector = named["daerah"], named["sektor"]
    if code is not None and region_of(code) is None:
        raise BadRequest(_("Saringan daerah tidak mengenal “%(code)s”.", code=code[:40]), mend=_("Pilih daerah dari daftarnya."))
    if sector is not None and sector not in ALL_SECTORS:
        said = _("Saringan %(name)s tidak mengenal “%(value)s”.", name="sektor", value=sector[:40])
        raise BadRequest(said, mend=_("Pilih sektor dari daftarnya."))
    return replace(window, region=code), Wanted(sector=sector, most=KEPT)


def _day(name: str, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        text = _("Saringan %(name)s tidak memuat hari: “%(value)s”.", name=name, value=(value or "")[:40])
        raise BadRequest(text, mend=_("Tulis seperti 2027-01-31.")) from error


def _whole_year(window: Window) -> bool:
    return replace(window, region=None) == this_year(settings())


def _here(**changed: str | None) -> str:
    """The page's own address, some of its filters changed, None takes one away; an empty day stays, for it is not the current year."""
    kept = {name: value for name, value in request.args.items() if value or name in _DAYS} | changed
    query = urlencode({name: value for name, value in kept.items() if value is not None})
    return url_for("web_unmet.page") + (f"?{query}" if query else "")


def _book_address() -> str:
    query = urlencode({name: request.args[name] for name in _FILTERS if name in request.args})
    return url_for("web_unmet.book") + (f"?{query}" if query else "")


def _told(words: Mapping[str, str]) -> dict[str, str]:
    return {code: str(told(word)) for code, word in words.items()}


def _cell(cause: str | None, sector: str | None) -> str:
    return _here(sebab=cause, bagian=sector, setelah=None) + "#daftar"


class Bar(NamedTuple):
    """A bar of the chart: what it is of, how long it is of `_CHART`, and what is said beside it."""

    title: str
    length: int
    said: str
    top: int


def _bars(counted: Counted) -> list[Bar]:
    """One bar a cause, by value."""
    unmet = counted.found.unmet
    sums = sorted(((cause, unmet.of(None, cause)) for cause in unmet.causes()), key=lambda one: (-one[1].value, one[0]))
    most = max((each.value for _cause, each in sums), default=Decimal(0)) or Decimal(1)
    return [
        Bar(str(told(CAUSES[cause])), max(2, round(_CHART * each.value / most)) if each.value else 0, short(each.value), 44 * at)
        for at, (cause, each) in enumerate(sums)
    ]


def short(value: Decimal) -> str:
    """A sum as it is spoken: Rp 3,7 triliun; exact below a million."""
    for unit, name in _SHORT:
        if value >= unit:
            return f"Rp\u00a0{number(round(value / unit, 1))}\u00a0{name}"
    return money(value)
