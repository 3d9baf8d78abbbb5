"""What maps, charts and reports share: the filters of their addresses, when the figures were counted, and tables as files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.demand.spans import month_of
from exchange.errors import BadRequest
from exchange.reports.book import Table, write_book
from exchange.reports.classes import ALL_SECTORS, SECTOR_TITLES
from exchange.store.base import utcnow
from exchange.store.figures import FigureCountRow, FigureFilter, figure_count
from exchange.web.asking import asked, one_of
from exchange.web.pages import may_decide
from exchange.web.told import told
from exchange.wiring import settings
from schemas.codes import Region, regions
from schemas.codes import region as region_of

FILTERS = ("dari", "sampai", "sektor", "daerah")
STEPS = ("bulan", "triwulan", "tahun")
_RUNS = ("=", "+", "-", "@", "\t", "\r")
Row = Sequence[str | int | Decimal | None]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for; given: the address's own words of it, by name."""

    figures: FigureFilter
    given: Mapping[str, str]

    @property
    def region(self) -> Region | None:
        """The region, where one is asked for."""
        return region_of(self.figures.region) if self.figures.region else None

    def query(self, **more: str | None) -> str:
        """The filters as the end of an address, some changed; None takes one away. A month that stands empty stays: it is not this year."""
        kept = {name: value for name, value in {**self.given, **more}.items() if value is not None}
        return f"?{urlencode(kept)}" if kept else ""


def read_wish() -> Wish:
    """
    The filters of the address; this year where it names no month at all.

    Raises:
        BadRequest: a filter cannot be read, or the last month lies before the first.
    """
    year = settings().day().year
    first, last = months_asked()
    if "dari" not in request.args and "sampai" not in request.args:
        first, last = f"{year}-01", f"{year}-12"
    region = asked("daerah")
    if region is not None and region_of(region) is None:
        raise BadRequest(_("Saringan daerah tidak mengenal “%(code)s”.", code=region[:40]), mend=_("Pilih daerah dari daftarnya."))
    given = {name: request.args[name].strip() for name in FILTERS if name in request.args}
    given = {name: value for name, value in given.items() if value or name in ("dari", "sampai")}
    return Wish(figures=FigureFilter(first=first, last=last, sector=one_of("sektor", ALL_SECTORS), region=region), given=given)


def months_asked() -> tuple[str | None, str | None]:
    """
    The months (YYYY-MM) from `dari` to `sampai` of the address, both included.

    Raises:
        BadRequest: one of them is no month, quarter or year, or the last lies before the first.
    """
    first, last = _month("dari", end=False), _month("sampai", end=True)
    if first and last and last < first:
        raise BadRequest(_("Bulan terakhir lebih awal daripada bulan pertama."), mend=_("Tukar kedua bulannya."))
    return first, last


def _month(name: str, *, end: bool) -> str | None:
    said = asked(name)
    try:
        return month_of(said, end=end) if said else None
    except ValueError as error:
        text = _("Saringan %(name)s tidak memuat bulan: “%(value)s”.", name=name, value=(said or "")[:40])
        raise BadRequest(text, mend=_("Tulis bulan seperti 2027-01, triwulan seperti 2027-T1, atau tahun seperti 2027.")) from error


def choices(wish: Wish) -> dict[str, Any]:
    """What the form of filters shows."""
    day, its = settings().day(), wish.figures.region
    quarter = (day.month - 1) // 3 + 1
    spans = [
        (str(_("Tahun ini")), {"dari": None, "sampai": None}),
        (str(_("Triwulan ini")), dict.fromkeys(("dari", "sampai"), f"{day.year}-T{quarter}")),
        (str(_("Bulan ini")), dict.fromkeys(("dari", "sampai"), f"{day:%Y-%m}")),
        (str(_("Tahun lalu")), dict.fromkeys(("dari", "sampai"), str(day.year - 1))),
        (str(_("Semua waktu")), {"dari": "", "sampai": ""}),
    ]
    inside = [each for each in regions() if its and each.parent == its[:2]]
    return {
        "may_count": may_decide(), "sector_word": sector_word, "wish": wish, "want": wish.figures, "spans": spans, "sectors": ALL_SECTORS,
        "provinces": [each for each in regions() if each.level == "provinsi"], "inside": inside,
    }  # fmt: skip


def sector_word(code: str) -> str:
    """A sector as the reader calls it."""
    return str(told(SECTOR_TITLES.get(code, code)))


def counted(session: Session) -> FigureCountRow | None:
    """When the figures were counted, and whether a count waits; None before the first."""
    return figure_count(session)


def step_of(month: str, step: str) -> str:
    """The quarter or year that a month (YYYY-MM) lies in, as its key; "" stays."""
    if not month or step == "bulan":
        return month
    return month[:4] if step == "tahun" else f"{month[:4]}-T{(int(month[5:]) - 1) // 3 + 1}"


def first_day(key: str) -> date:
    """The first day of a month's key."""
    return date(int(key[:4]), int(key[5:7]), 1)


def narrowed(wish: Wish, **more: Any) -> FigureFilter:
    """The filter with something else."""
    return replace(wish.figures, **more)


def as_csv(name: str, headings: Sequence[str], rows: Sequence[Row]) -> Response:
    """A table as CSV: numbers bare with a point, no text that a spreadsheet would run."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(headings)
    for row in rows:
        lines.writerow([_cell(each) for each in row])
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


def _cell(value: str | int | Decimal | None) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_RUNS) else text


def as_xlsx(name: str, title: str, headings: Sequence[str], rows: Sequence[Row]) -> Response:
    """A table as a workbook."""
    out = TemporaryFile()  # noqa: SIM115 - the answer reads it after the view, and closes it
    sheet = Table(re.sub(r"[\[\]:*?/\\]", " ", title)[:31], [(heading, 24) for heading in headings], rows)
    write_book(out, [sheet], title=title, office=settings().office, at=utcnow())
    out.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(out, mimetype=kind, as_attachment=True, download_name=f"{name}.xlsx")


def as_svg(name: str, drawn: str) -> Response:
    """A drawing as a file."""
    response = Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n', mimetype="image/svg+xml")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.svg")
    return response
