"""Laporan: what other regions asked for and nobody here could serve, why, which training would mend it, and whom to visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from tempfile import TemporaryFile
from threading import Lock
from typing import NamedTuple, cast
from urllib.parse import urlencode

from flask import Response, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest
from exchange.reports.asked import judged_demands
from exchange.reports.book import all_tables, write_book
from exchange.reports.causes import CAUSES, OUTCOMES
from exchange.reports.classes import ALL_SECTORS, SECTOR_TITLES
from exchange.reports.plan import Reports, reports
from exchange.reports.unmet import Wanted
from exchange.store.base import utcnow
from exchange.store.listing import demand_regions
from exchange.store.unmet import Window
from exchange.web.asking import PAGE, allow, asked, here, one_of, whole
from exchange.web.pages import staff_pages
from exchange.web.shown import money, number
from exchange.web.told import told
from exchange.wiring import settings, store
from schemas.codes import region as region_of

bp = staff_pages("unmet", "/laporan")

# so many of each sector and cause can be leafed through; the workbook has all
KEPT = 200
TRAININGS, FIRMS, VISITS, LACKED, REGIONS = 12, 8, 10, 15, 15
# a pass over all demands takes seconds to minutes: what it found is shown for so long, with its time and a way to count anew
HOLDS = timedelta(minutes=10)
_MOST_HELD = 4
_CHART = 400
_FILTERS = ("dari", "sampai", "sektor", "daerah")
_SHORT = ((Decimal(10) ** 12, _l("triliun")), (Decimal(10) ** 9, _l("miliar")), (Decimal(10) ** 6, _l("juta")))


class Counted(NamedTuple):
    """The reports and when they were counted."""

    at: datetime
    found: Reports


class _Held:
    """What was counted last, by what was asked; one pass at a time, so that two who ask for one thing cause one."""

    def __init__(self) -> None:
        self._lock, self._by = Lock(), dict[tuple[Window, Wanted], Counted]()

    def get(self, window: Window, want: Wanted, *, anew: bool) -> Counted:
        with self._lock:
            held = self._by.pop((window, want), None)
            if anew or held is None or held.at + HOLDS < utcnow():
                with store().read() as session:
                    held = Counted(utcnow(), reports(session, window, want))
            self._by[window, want] = held
            while len(self._by) > _MOST_HELD:
                del self._by[next(iter(self._by))]
            return held


def _held() -> _Held:
    return cast(_Held, current_app.extensions.setdefault("exchange_unmet", _Held()))


@bp.get("/kebutuhan")
def page() -> str | WsgiResponse:
    """The sums by cause and sector, the demands behind one of them, what is lacking, the training plan and the study visits."""
    allow(*_FILTERS, "sebab", "bagian", "setelah", "baru")
    anew = one_of("baru", ("ya",)) is not None
    window, want = _asked()
    cause, part = one_of("sebab", tuple(CAUSES)), one_of("bagian", ALL_SECTORS)
    start = whole("setelah", 0, len(CAUSES) * len(ALL_SECTORS) * KEPT) or 0
    counted = _held().get(window, want, anew=anew)
    if anew:
        return redirect(here(baru=None), 303)
    with store().read() as session:
        regions = [code for code in demand_regions(session) if code != window.home]
    unmet, plan = counted.found.unmet, counted.found.plan
    listed = unmet.listed(part, cause)
    sums = unmet.of(part, cause)
    return render_template(
        "reports/unmet.html",
        counted=counted, unmet=unmet, plan=plan, visits=counted.found.visits[:VISITS], offers=counted.found.offers, window=window,
        want=want, regions=regions, sectors=ALL_SECTORS, titles=_told(SECTOR_TITLES), causes=_told(CAUSES), outcomes=_told(OUTCOMES),
        cause=cause, part=part,
        bars=_bars(counted), shown=listed[start : start + PAGE], listed=len(listed), sums=sums, trainings=plan.rows()[:TRAININGS],
        others=max(0, len(plan.rows()) - TRAININGS), firms=FIRMS, lacked=unmet.lacked(LACKED),
        months=[(date.fromisoformat(f"{month}-01") if month else None, unmet.months[month]) for month in sorted(unmet.months)],
        by_region=sorted(unmet.regions.items(), key=lambda one: (-one[1].value, one[0]))[:REGIONS], short=short, cell=_cell,
        next_page=f"{here(setelah=str(start + PAGE))}#daftar" if start + PAGE < len(listed) else None,
        first_page=f"{here(setelah=None)}#daftar" if start else None, book=_book_address(), anew=here(baru="ya", setelah=None),
    )  # fmt: skip


@bp.get("/kebutuhan.xlsx")
def book() -> Response:
    """All of it as a workbook, every demand named; counted anew, in one consistent picture."""
    allow(*_FILTERS)
    window, want = _asked()
    out = TemporaryFile()  # noqa: SIM115 - the answer reads it after this view, and closes it
    with store().read() as session:
        found = reports(session, window, want)
        tables = all_tables(found, judged_demands(session, window))
        write_book(out, tables, title="Permintaan yang tidak terlayani", office=settings().office, at=utcnow())
    out.seek(0)
    name = f"kebutuhan-tidak-terlayani-{settings().day():%Y-%m-%d}.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(out, mimetype=kind, as_attachment=True, download_name=name)


def _asked() -> tuple[Window, Wanted]:
    """What the address asks for; the current year where it names no day at all."""
    year = settings().day().year
    open_ended = "dari" in request.args or "sampai" in request.args
    first = _day("dari") if open_ended else date(year, 1, 1)
    last = _day("sampai") if open_ended else date(year, 12, 31)
    if first and last and last < first:
        raise BadRequest(_("Hari terakhir lebih awal daripada hari pertama."), mend=_("Tukar kedua harinya."))
    code = asked("daerah")
    if code is not None and region_of(code) is None:
        raise BadRequest(_("Saringan daerah tidak mengenal “%(code)s”.", code=code), mend=_("Pilih daerah dari daftarnya."))
    return Window(home=settings().home_region, first=first, last=last, region=code), Wanted(sector=one_of("sektor", ALL_SECTORS), most=KEPT)


def _day(name: str) -> date | None:
    value = asked(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        text = _("Saringan %(name)s tidak memuat hari: “%(value)s”.", name=name, value=value)
        raise BadRequest(text, mend=_("Tulis seperti 2027-01-31.")) from error


def _book_address() -> str:
    query = urlencode({name: request.args[name] for name in _FILTERS if name in request.args})
    return url_for("web_unmet.book") + (f"?{query}" if query else "")


def _told(words: Mapping[str, str]) -> dict[str, str]:
    return {code: str(told(word)) for code, word in words.items()}


def _cell(cause: str | None, sector: str | None) -> str:
    return here(sebab=cause, bagian=sector, setelah=None) + "#daftar"


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
