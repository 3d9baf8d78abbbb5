"""Products: the catalogue's lines, as the caller's tier reads them."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, filters
from exchange.api.answers import send_one
from exchange.api.asked import DemandsQuery, demands_of
from exchange.api.paging import PageQuery, is_name, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.store.products import products_by_sku
from exchange.store.reading import ProductWant, districts, product_page
from exchange.store.segments import segments_of
from exchange.wiring import store
from schemas.business import SECTORS
from schemas.suiting import ProductDemands
from schemas.wire import Product, page_of

bp = Blueprint("products", "What the region's small and medium industries make.", "/api/v1/products")

READS: filters.Reads = {
    "sector": (("product", "sector"),),
    "kbli": (("product", "kbli"),),
    "district": (("product", "producer"), ("business", "district")),
    "q": (
        ("product", "name"),
        ("product", "description"),
        ("product", "keywords"),
        ("product", "producer"),
        ("business", "name"),
    ),
    "state": (("product", "state"),),
}


class ProductQuery(PageQuery):
    """Filters of the list of products."""

    sector = filters.one_of("Sector of the product.", *SECTORS)
    kbli = filters.digits("Beginning of the KBLI 2020 code.", 1, 5)
    district = filters.text("Kecamatan of the producer.")
    q = filters.text("Words that stand in the name, description or keywords, or in the producer's name, as they are.", longest=200)
    state = filters.text("State of the product; staff only.", longest=20)


@bp.reads("", ProductQuery, page_of(Product))
def listing(asked: dict[str, Any]) -> Response:
    """
    List products by SKU.

    Only products on offer of firms that agreed to be published, except for staff, who read all.
    """
    tier = caller.tier(CATALOGUE_READ)
    filters.check(asked, READS, tier)
    after = start(asked, is_name)
    want = ProductWant(sector=asked["sector"], kbli=asked["kbli"], district=asked["district"], text=asked["q"], state=asked["state"])
    with store().read() as session:
        rows = product_page(session, tier, want, limit=asked["limit"] + 1, after=after)
        if not rows and want.district:
            filters.check_value("district", want.district, districts(session, tier))
    return send_page(rows, asked, tier, key=lambda row: row.ident, body=lambda row: row.body)


@bp.reads("/<sku>", Query, Product)
def one(_asked: dict[str, Any], sku: str) -> Response:
    """
    Read one product.

    `sku` names it everywhere and for good.
    """
    tier = caller.tier(CATALOGUE_READ)
    with store().read() as session:
        found = segments_of(session, "product", tier, [sku]).get(sku)
    if found is None:
        raise NotFound(f"Tidak ada produk {sku[:80]!r} yang dapat Anda baca.", mend="Cari SKU-nya di /api/v1/products.")
    return send_one(found, tier)


@bp.reads("/<sku>/demands", DemandsQuery, ProductDemands, staff=True)
def demands(asked: dict[str, Any], sku: str) -> Response:
    """
    Find the open demands for one product.

    Ranked by the same engine as the matches and beyond them: a demand keeps a match with its ten best products alone.
    """
    caller.staff_only("Permintaan untuk suatu produk")
    with store().read() as session:
        row = products_by_sku(session, [sku]).get(sku)
        if row is None:
            raise NotFound(f"Tidak ada produk {sku[:80]!r}.", mend="Cari SKU-nya di /api/v1/products.")
        return demands_of(session, row, asked["limit"])
