"""Catatan: who did what to which record, searched by what stands in the address, with the same as a table to keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import gettext as _

from exchange.errors import BadRequest
from exchange.store.audit import Asked, AuditRow, acts, all_acts
from exchange.web.act_groups import all_codes, grouped_acts
from exchange.web.act_words import KINDS
from exchange.web.acts import act_word, told
from exchange.web.asking import PAGE, allow, asked, here, onward
from exchange.web.pages import page_or_part, staff_pages
from exchange.wiring import store

bp = staff_pages("audit", "/catatan", reads="log", changes="accounts")

MOST = 100_000  # rows of one table
FILTERS = ("siapa", "perbuatan", "jenis", "data", "dari", "sampai")
_JAKARTA = ZoneInfo("Asia/Jakarta")
_RUNS = ("=", "+", "-", "@", "\t", "\r", "'")


@bp.get("")
def listing() -> Response:
    """A page of acts, the latest first."""
    allow(*FILTERS, "setelah")
    after = _place()
    with store().read() as session:
        rows = acts(session, _asked(), PAGE + 1, after)
    place = f"{int(rows[PAGE - 1].at.timestamp() * 1_000_000)}_{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    table = "?".join(filter(None, (f"{request.path}/tabel.csv", here(setelah=None).partition("?")[2])))
    return page_or_part(
        "audit/page.html",
        "audit/_list.html",
        rows=told(rows[:PAGE]),
        codes=[row.action for row in rows[:PAGE]],
        kinds=KINDS,
        act_groups=grouped_acts(),
        stray=None if asked("perbuatan") in all_codes() else asked("perbuatan"),
        table=table,
        most=MOST,
        next_page=onward(rows, place),
        first_page=here(setelah=None) if after else None,
    )


@bp.get("/tabel.csv")
def table() -> Response:
    """The same acts as CSV, up to a hundred thousand."""
    allow(*FILTERS)
    narrowed, headings = _asked(), [_("Waktu (WIB)"), _("Siapa"), _("Perbuatan"), _("Kode"), _("Jenis"), _("Data"), _("Keterangan")]
    with store().read() as session:
        body = "".join(_lines([str(each) for each in headings], all_acts(session, narrowed, MOST)))
    response = Response("\ufeff" + body, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="catatan.csv")
    return response


def _lines(headings: list[str], rows: Iterator[AuditRow]) -> Iterator[str]:
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(headings)
    for row in rows:
        (its,) = told([row])
        cells = (its.actor, act_word(row.action), row.action, its.kind, its.ident, its.more)
        when = its.at.astimezone(_JAKARTA).strftime("%Y-%m-%d %H:%M:%S")
        lines.writerow([when, *(f"'{cell}" if cell.startswith(_RUNS) else cell for cell in cells)])  # no text runs in a spreadsheet
    yield out.getvalue()


def _asked() -> Asked:
    until = _day("sampai")
    return Asked(asked("siapa"), asked("perbuatan"), asked("jenis"), asked("data"), _day("dari"), until and until + timedelta(days=1))


def _day(name: str) -> datetime | None:
    """The beginning of a day in Jakarta; raises BadRequest for what is no day."""
    said = asked(name)
    if said is None:
        return None
    try:
        day = date.fromisoformat(said)
        if not 2000 <= day.year <= 2200:
            raise ValueError(said)
    except ValueError:
        text = _("Saringan %(name)s bukan tanggal.", name=name)
        raise BadRequest(text, mend=_("Tulis tahun-bulan-hari, misalnya 2027-12-31.")) from None
    return datetime(day.year, day.month, day.day, tzinfo=_JAKARTA).astimezone(UTC)


def _place() -> tuple[datetime, int] | None:
    """The place to go on from; raises BadRequest where it is none."""
    said = asked("setelah")
    if said is None:
        return None
    when, _line, number = said.partition("_")
    if not all(part.isascii() and part.isdigit() and len(part) <= 17 for part in (when, number)):
        raise BadRequest(_("Alamat halaman daftar ini tidak dapat dibaca."), mend=_("Buka daftar dari awal."))
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(when)), int(number)
