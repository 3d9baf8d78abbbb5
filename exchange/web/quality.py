"""Mutu data: what a product or a firm does not say yet, the lowest scores first, and the sheet for the next visit."""

from __future__ import annotations

import math

from flask import render_template
from flask_babel import gettext as _

from exchange.catalogue.quality.records import quality_records
from exchange.catalogue.quality.score import product_score
from exchange.catalogue.quality.survey import Place, Survey, quality_of_firm, survey_firms, survey_products
from exchange.errors import BadRequest, NotFound
from exchange.store.businesses import business_by_ident, businesses_by_ident
from exchange.store.products import products_by_sku
from exchange.web import exchange_log
from exchange.web.asking import PAGE, allow, asked, here, one_of
from exchange.web.pages import staff_pages
from exchange.wiring import settings, store
from schemas.business import SECTORS

bp = staff_pages("quality")

PRODUCTS_ON_SHEET = 20


@bp.get("/mutu")
def products() -> str:
    """The products on offer by the quality of their data, the lowest first, each with what to mend first."""
    allow("sektor", "setelah")
    sector, after, day = one_of("sektor", SECTORS), _after(), settings().day()
    with store().read() as session:
        found = survey_products(session, day, sector=sector, limit=PAGE + 1, after=after)
        rows = products_by_sku(session, [place.name for place in found.lowest[:PAGE]])
        shown = [(place, rows[place.name]) for place in found.lowest[:PAGE]]
        records = quality_records(session, [row for _place, row in shown])
    scores = {record["sku"]: product_score(record, day) for record in records}
    return render_template(
        "quality/products.html", found=found, shown=shown, scores=scores, sector=sector, sectors=SECTORS, day=day,
        next_page=_onward(found), first_page=here(setelah=None) if after else None,
    )  # fmt: skip


@bp.get("/mutu/ikm")
def firms() -> str:
    """The firms by the quality of their data and their products', the lowest first."""
    allow("sektor", "setelah")
    sector, after, day = one_of("sektor", SECTORS), _after(), settings().day()
    with store().read() as session:
        found = survey_firms(session, day, sector=sector, limit=PAGE + 1, after=after)
        rows = businesses_by_ident(session, [place.name for place in found.lowest[:PAGE]])
    return render_template(
        "quality/firms.html", found=found, shown=[(place, rows[place.name]) for place in found.lowest[:PAGE]], sector=sector,
        sectors=SECTORS, day=day, next_page=_onward(found), first_page=here(setelah=None) if after else None,
    )  # fmt: skip


@bp.get("/usaha/<ident>/mutu")
def sheet(ident: str) -> str:
    """One firm's sheet to print for the next visit: what to ask, the cheapest first."""
    allow()
    day = settings().day()
    with store().read() as session:
        firm = business_by_ident(session, ident)
        if firm is None:
            raise NotFound(_("IKM %(ident)s tidak ada.", ident=ident[:80]), mend=_("Cari di daftar mutu data."))
        score, rated = quality_of_firm(session, firm, day)
        reads = exchange_log.shown(session, ident)
        its = sorted(rated, key=lambda each: (each[0].score, each[1].sku))
    return render_template("quality/sheet.html", firm=firm, score=score, products=its[:PRODUCTS_ON_SHEET], day=day, reads=reads)


def _after() -> Place | None:
    """The place that the list goes on behind, as `_onward` writes it; raises BadRequest for anything else."""
    value = asked("setelah")
    if value is None:
        return None
    score, _line, name = value.partition("_")
    try:
        place = Place(float(score), name)
    except ValueError:
        place = Place(math.nan, "")
    if not (0 <= place.score <= 100 and name):
        raise BadRequest(_("Alamat halaman daftar ini tidak dapat dibaca."), mend=_("Buka daftar mutu data dari halaman Produk."))
    return place


def _onward(found: Survey) -> str | None:
    if len(found.lowest) <= PAGE:
        return None
    last = found.lowest[PAGE - 1]
    return here(setelah=f"{last.score!r}_{last.name}")
