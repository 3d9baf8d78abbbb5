"""IKM: the region's firms, and one firm with what is told of it to whom, its consent, corrections, visits and what hangs on it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from exchange.access.policy import Tier
from exchange.catalogue.firms import consent
from exchange.catalogue.firms.listing import BANDS, CONSENT, find
from exchange.catalogue.quality.survey import scores_of_firms
from exchange.store.consents import corrections_waiting
from exchange.store.firms import all_firms, firms_speaking_of, product_counts
from exchange.store.products import products_of_business
from exchange.store.visits import due_visits
from exchange.web import business_acts, firm_shown
from exchange.web.asking import PAGE, allow, asked, here, narrowed, one_of, onward, words_of
from exchange.web.business_page import named, page
from exchange.web.pages import page_or_part, staff_pages
from exchange.wiring import settings, store
from schemas.business import SECTORS

bp = staff_pages("businesses", "/ikm")

# the filter in the address → the facet
FILTERS = {
    "sektor": "sector", "kecamatan": "district", "sentra": "cluster", "kbli": "kbli", "persetujuan": "consent", "mutu": "quality",
    "pelatihan": "training",
}  # fmt: skip
_KNOWN = {"sektor": SECTORS, "persetujuan": CONSENT, "mutu": BANDS}
_FORM = 256 * 1024


@bp.url_value_preprocessor
def _roomy(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came: one signed form beside its fields."""
    request.max_content_length = consent.LARGEST + _FORM


@bp.get("")
def listing() -> Response:
    """Firms by name, narrowed by words and by facets that each say how many there would be."""
    allow("cari", *FILTERS, "setelah")
    text, after = asked("cari"), asked("setelah")
    words = words_of(text)
    said = {name: one_of(name, _KNOWN[name]) if name in _KNOWN else asked(name) for name in FILTERS}
    chosen = {FILTERS[name]: value for name, value in said.items() if value}
    with store().read() as session:
        named = firms_speaking_of(session, text, words) if text else None
        scores = dict(scores_of_firms(session, settings().day()))
        found = find(all_firms(session), scores, chosen, named, PAGE + 1, after)
        rows = found.rows[:PAGE]
        products = product_counts(session, [firm.id for firm in rows])
    return page_or_part(
        "businesses/page.html", "businesses/_list.html",
        rows=rows, count=found.number, facets=[(name, facet, found.facets[facet]) for name, facet in FILTERS.items()], said=said, text=text,
        scores=scores, products=products, narrowed=narrowed,
        next_page=onward(found.rows, rows[-1].ident if rows else None), first_page=here(setelah=None) if after else None,
    )  # fmt: skip


@bp.get("/menunggu")
def waiting() -> str:
    """What firms and visits left to do: corrections to decide, and follow-ups by the day they are due."""
    allow()
    with store().read() as session:
        asked_for, due = corrections_waiting(session), due_visits(session)
    return render_template("businesses/waiting.html", corrections=asked_for, due=due, today=settings().day())


@bp.get("/<ident>")
def one(ident: str) -> Response:
    """One firm."""
    allow()
    return page(ident)


@bp.get("/<ident>/lembar")
def sheet(ident: str) -> str:
    """The sheet for the firm itself: what others than staff are told of it, and a form to put right or to take back."""
    allow()
    with store().read() as session:
        firm = named(session, ident)
        rows = [row for row in products_of_business(session, firm.id) if row.state == "active"]
    told = [line for line in firm_shown.told_of_firm(firm) if any(line.cells[:-1])]
    return render_template(
        "businesses/sheet.html", firm=firm, told=told, products=rows, product_fields=firm_shown.product_fields(),
        first_read=firm_shown.first_read,
        tiers=list(Tier), today=settings().day(), contact=settings().contact,
    )  # fmt: skip


bp.post("/<ident>/persetujuan")(business_acts.consent)
bp.get("/<ident>/persetujuan/<sha256>")(business_acts.paper)
bp.post("/<ident>/koreksi")(business_acts.ask)
bp.post("/<ident>/koreksi/<int:correction_id>")(business_acts.decide)
