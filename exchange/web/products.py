"""Produk: what the region's firms can make, and one product with its firm."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import gettext as _

from exchange.errors import NotFound
from exchange.matching.asking import suited
from exchange.store.listing import ProductFilter, count_listed_products, list_products
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.products import products_by_sku, products_of_business
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward
from exchange.web.pages import page_or_part, staff_pages
from exchange.wiring import settings, store
from schemas.business import SECTORS

bp = staff_pages("products", "/produk")

BEST = 10


@bp.get("")
def listing() -> Response:
    """Products with their firms, by SKU."""
    allow("cari", "sektor", "setelah")
    want = ProductFilter(text=asked("cari"), sector=one_of("sektor", SECTORS))
    after = asked("setelah")
    with store().read() as session:
        rows = list_products(session, want, limit=PAGE + 1, after=after)
        count = count_listed_products(session, want)
    return page_or_part(
        "products/page.html",
        "products/_list.html",
        rows=rows[:PAGE],
        count=count,
        want=want,
        sectors=SECTORS,
        next_page=onward(rows, rows[PAGE - 1].sku if len(rows) > PAGE else None),
        first_page=here(setelah=None) if after else None,
    )


@bp.get("/untuk")
def suiting() -> str:
    """The products that suit a need told in one's own words, with the engine's reasons."""
    allow("kebutuhan")
    text = asked("kebutuhan")
    found = []
    if text:
        with store().read() as session:
            found = suited(session, text, settings().home_region, top=BEST)
    return render_template("products/suiting.html", text=text, found=found)


@bp.get("/<sku>")
def one(sku: str) -> str:
    """One product, its firm, the firm's other products and the demands that it fits best."""
    with store().read() as session:
        row = products_by_sku(session, [sku]).get(sku)
        if row is None:
            raise NotFound(_("Produk %(sku)s tidak ada.", sku=sku), mend=_("Cari di daftar produk."))
        others = [other for other in products_of_business(session, row.business_id) if other.id != row.id]
        matches = list_matches(session, MatchFilter(product_id=row.id), limit=BEST)
    return render_template("products/one.html", row=row, firm=row.business, others=others, matches=matches)
