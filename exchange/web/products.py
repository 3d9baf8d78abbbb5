"""Produk: what the region's firms can make, and one product with its firm."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.agreements.coverage import coverage_of, covers_of
from exchange.agreements.node import node_of
from exchange.catalogue.firms.listing import CONSENT
from exchange.catalogue.firms.photos import MOST as MOST_PHOTOS
from exchange.catalogue.quality.score import product_score
from exchange.errors import NotFound
from exchange.matching.asking import suited
from exchange.matching.demand_for import MOST, demand_for
from exchange.matching.matcher import THRESHOLD, TOP
from exchange.matching.twins import PAGE as PAIRS
from exchange.matching.twins import twins
from exchange.store.import_sources import history_with_sources
from exchange.store.listing import ProductFilter, count_listed_products, count_product_facets, list_products
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.photos import PRODUCT, photos_of
from exchange.store.products import FIELDS, ProductRow, product_record, products_by_sku, products_of_business
from exchange.store.search import CERTIFICATES
from exchange.web.asking import PAGE, allow, asked, here, narrowed, one_of, onward, whole, words_of
from exchange.web.pages import may_decide, page_or_part, staff_pages
from exchange.web.provenance import LOOKED_AT, of_record
from exchange.wiring import model_in_use, settings, store
from schemas.business import SECTORS

bp = staff_pages("products", "/produk")

BEST = 10
# the filter in the address → the facet
FILTERS = {"sektor": "sector", "kecamatan": "district", "sertifikat": "certificate", "persetujuan": "consent"}
_KNOWN = {"sektor": SECTORS, "sertifikat": CERTIFICATES, "persetujuan": CONSENT}


@bp.get("")
def listing() -> Response:
    """Products with their firms, by SKU."""
    allow("cari", *FILTERS, "setelah")
    text = asked("cari")
    said = {name: one_of(name, _KNOWN[name]) if name in _KNOWN else asked(name) for name in FILTERS}
    narrow: dict[str, Any] = {FILTERS[name]: value for name, value in said.items()}
    want = ProductFilter(text=text, words=words_of(text), **narrow)
    after = asked("setelah")
    with store().read() as session:
        rows = list_products(session, want, limit=PAGE + 1, after=after)
        count, facets = count_listed_products(session, want), count_product_facets(session, want)
    return page_or_part(
        "products/page.html",
        "products/_list.html",
        rows=rows[:PAGE],
        count=count,
        want=want,
        text=text,
        said=said,
        facets=[(name, facet, facets[facet]) for name, facet in FILTERS.items()],
        narrowed=narrowed,
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
            found = suited(session, text, settings().home_region, top=BEST, model=model_in_use())
    return render_template("products/suiting.html", text=text, found=found)


@bp.get("/kembar")
def alike() -> str:
    """Pairs of products that may be one thing listed twice."""
    allow("mulai")
    start = whole("mulai", 0, 1_000_000) or 0
    with store().read() as session:
        pairs, count = twins(session, settings().home_region, start=start)
    return render_template(
        "products/twins.html", pairs=pairs, count=count, start=start,
        next_page=here(mulai=str(start + PAIRS)) if count > start + PAIRS else None, first_page=here(mulai=None) if start else None,
    )  # fmt: skip


def _row(session: Session, sku: str) -> ProductRow:
    row = products_by_sku(session, [sku]).get(sku)
    if row is None:
        raise NotFound(_("Produk %(sku)s tidak ada.", sku=sku), mend=_("Cari di daftar produk."))
    return row


@bp.get("/<sku>/permintaan")
def demands(sku: str) -> str:
    """The open demands that a product suits, those too that keep no match with it."""
    allow()
    its = settings()
    with store().read() as session:
        row = _row(session, sku)
        looked = demand_for(session, row, its.home_region, its.index(), its.day(), top=PAGE, model=model_in_use())
    return render_template("products/demands.html", row=row, looked=looked, most=MOST, kept=TOP, least=THRESHOLD)


@bp.get("/<sku>")
def one(sku: str) -> str:
    """One product, its firm, the firm's other products, the demands that it fits best, and what its data lack."""
    with store().read() as session:
        row = _row(session, sku)
        others = [other for other in products_of_business(session, row.business_id) if other.id != row.id]
        matches = list_matches(session, MatchFilter(product_id=row.id), limit=BEST)
        covers = covers_of(coverage_of(session, node_of(settings()), settings().day()), matches) if matches else {}
        photos = photos_of(session, PRODUCT, [row.id])
        quality = product_score(product_record(row) | {"photos": len(photos)}, settings().day())
        acts = history_with_sources(session, "product", sku, LOOKED_AT)
    said = [name for name in FIELDS if getattr(row, name) not in (None, [], "")]
    return render_template(
        "products/one.html", origins=of_record(acts, said), row=row,
        firm=row.business, others=others, matches=matches, covers=covers, quality=quality, photos=photos,
        most=MOST_PHOTOS, may_decide=may_decide(),
    )  # fmt: skip
