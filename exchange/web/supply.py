"""Pasokan: what other regions offer, as their nodes and catalogues tell it; kept apart from the office's own catalogue."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template
from flask_babel import gettext as _

from exchange.errors import NotFound
from exchange.store.supply import SupplyFilter, count_supply, list_supply, supply_by_ident, supply_regions
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward, whole
from exchange.web.pages import page_or_part, staff_pages
from exchange.wiring import store

bp = staff_pages("supply", "/pasokan")


@bp.get("")
def listing() -> Response:
    """What is offered, the latest come first."""
    allow("cari", "daerah", "lama", "setelah")
    state = None if one_of("lama", ("ya",)) else "live"
    want = SupplyFilter(text=asked("cari"), region=asked("daerah"), state=state)
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        rows = list_supply(session, want, limit=PAGE + 1, before=before)
        count, regions = count_supply(session, want), supply_regions(session)
    return page_or_part(
        "supply/page.html",
        "supply/_list.html",
        rows=rows[:PAGE],
        count=count,
        want=want,
        regions=regions,
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
    )


@bp.get("/<ident>")
def one(ident: str) -> str:
    """One offer in its source's words, and where it comes from."""
    allow()
    with store().read() as session:
        row = supply_by_ident(session, ident)
    if row is None:
        raise NotFound(_("Pasokan %(ident)s tidak ada.", ident=ident[:40]), mend=_("Cari di daftar pasokan."))
    until = row.record.get("price_valid_until")
    return render_template("supply/one.html", row=row, record=row.record, until=date.fromisoformat(until) if until else None)
