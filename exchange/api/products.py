"""Products: the catalogue's lines, as the caller's tier reads them."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from exchange.access.coverage import lifted_rows, segment_for
from exchange.access.policy import Tier
from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, filters, searched
from exchange.api.answers import dump, send_one
from exchange.api.as_publication import negotiated
from exchange.api.asked import DemandsQuery, demands_of
from exchange.api.disclosing import tell_records
from exchange.api.paging import PageQuery, start
from exchange.api.searched import Facet, Searched
from exchange.api.smorest import Blueprint, Query
from exchange.api.sparse import fields_param
from exchange.catalogue.quality.records import quality_records
from exchange.catalogue.quality.score import product_score
from exchange.catalogue.quality.told import told_product
from exchange.errors import NotFound
from exchange.store.products import ProductRow, products_by_sku
from exchange.store.reading import districts
from exchange.store.search import CERTIFICATES
from exchange.wiring import settings, store
from schemas.business import SECTORS
from schemas.codes import kbli_lines
from schemas.codes.classes import hs_lines, kbki_lines
from schemas.quality import ProductQuality
from schemas.suiting import ProductDemands
from schemas.wire import Product, page_of

bp = Blueprint("products", "What the region's small and medium industries make.", "/api/v1/products")

_PLACE = (("product", "producer"), ("business", "district"))

READS: filters.Reads = {
    "q": (
        ("product", "name"),
        ("product", "description"),
        ("product", "keywords"),
        ("product", "producer"),
        ("business", "name"),
    ),
    "district": _PLACE,
    "producer": (("product", "producer"), ("business", "ident")),
    "price_min": (("product", "price_min"), ("product", "price_max")),
    "price_max": (("product", "price_min"), ("product", "price_max")),
    "capacity": (("product", "capacity_band"),),
    "certificate": tuple(("product", name) for name in CERTIFICATES),
    "tkdn_min": (("product", "tkdn_percent"),),
    "lead_time_max": (("product", "lead_time_days"),),
    "changed_since": (("product", "updated_at"),),
    **{name: (("product", name),) for name in ("sector", "kbli", "kbki", "hs", "state")},
}
SORTS = {
    "sku": ("ident", (("product", "sku"),)),
    "name": ("name", (("product", "name"),)),
    "price_min": ("price_low", READS["price_min"]),
    "lead_time_days": ("lead_time", READS["lead_time_max"]),
    "tkdn_percent": ("tkdn", READS["tkdn_min"]),
    "updated_at": ("changed", READS["changed_since"]),
    "relevance": ("relevance", READS["q"]),
}
FACETS = {name: Facet(name, name, READS[name]) for name in ("sector", "kbli", "kbki", "hs", "producer", "state")}
FACETS |= {"district": Facet("district", "place", _PLACE)}
SEARCHED = Searched("product", "sku", READS, SORTS, FACETS)


class ProductQuery(PageQuery):
    """Filters of the list of products."""

    q = filters.text(
        "Words, all of which stand in the name, keywords, description or the producer's name: in any order, by their Indonesian root, "
        "the last one by its beginning too (three letters, no blank behind it).",
        longest=200,
    )
    sector = filters.one_of("Sector of the product.", *SECTORS)
    kbli = filters.digits("Beginning of the KBLI 2020 code.", 1, 5)
    kbki = filters.digits("Beginning of the KBKI code.", 1, 10)
    hs = filters.digits("Beginning of the HS 2022 code.", 1, 6)
    district = filters.text("Kecamatan of the producer.")
    producer = filters.text("Public name of the producer, as in `producer.ident`.", longest=40)
    price_min = filters.Amount("Rupiah; the product's own price or range must reach it.")
    price_max = filters.Amount("Rupiah; the product's own price or range must begin at or below it.")
    capacity = filters.Amount(
        "Least capacity, in the product's own unit and `capacity_period`. Who reads the band alone gets each band that reaches it."
    )
    certificate = filters.Words("Certificates that must all be there.", CERTIFICATES)
    tkdn_min = filters.whole("Least domestic content, per cent.", 0, 100)
    lead_time_max = filters.whole("Most days until delivery.", 0, 3650)
    changed_since = filters.moment("Only products that changed at or after this time.")
    state = filters.text("State of the product; staff only.", longest=20)
    sort = SEARCHED.sort_param()
    facets = SEARCHED.facets_param()
    fields = fields_param("product")  # type: ignore[assignment]  # marshmallow takes it off the class


@bp.reads("", ProductQuery, page_of(Product, facets=tuple(FACETS)), negotiates=True, marks={"x-any-media": True})
def listing(asked: dict[str, Any]) -> Response:
    """
    List and search products.

    Only products on offer of firms that agreed to be published, except for staff, who read all. By SKU, or by `sort`. Without any
    parameter the whole catalogue comes in the media type of a publication that Accept asks for, such as text/csv.
    """
    reader = caller.reader(CATALOGUE_READ)
    tier = reader.tier
    searched.check(asked, SEARCHED, tier)
    whole = negotiated(reader)
    if whole is not None:
        return whole
    after = start(asked, searched.is_key(searched.order_of(asked, SEARCHED)))
    want = searched.want_of(asked, SEARCHED, tier)
    with store().read() as session:
        rows, keys = searched.page(session, asked, SEARCHED, tier, want, after)
        below, rows = rows, lifted_rows(session, "product", reader, rows)
        facets = searched.counted(session, asked, SEARCHED, want)
        if not rows and after is None:
            _check_values(session, asked, tier)
    return searched.send(rows, keys, asked, SEARCHED, tier, facets, below)


def _check_values(session: Session, asked: dict[str, Any], tier: Tier) -> None:
    """Where nothing was found, whether it is because of a value that does not exist at all."""
    if asked["district"]:
        filters.check_value("district", asked["district"], districts(session, tier))
    filters.check_code("kbli", asked["kbli"], (line.code for line in kbli_lines()))
    filters.check_code("kbki", asked["kbki"], (line.code for digits in range(1, 8) for line in kbki_lines(digits)))
    filters.check_code("hs", asked["hs"], (line.code for line in hs_lines()))


@bp.reads("/<sku>", Query, Product)
def one(_asked: dict[str, Any], sku: str) -> Response:
    """
    Read one product.

    `sku` names it everywhere and for good.
    """
    reader = caller.reader(CATALOGUE_READ)
    with store().read() as session:
        found = segment_for(session, "product", reader, sku)
    if found is None:
        raise NotFound(f"Tidak ada produk {sku[:80]!r} yang dapat Anda baca.", mend="Cari SKU-nya di /api/v1/products.")
    tell_records("product", [found.below], [found.body])
    return send_one((found.version, found.body), reader.tier)


@bp.reads("/<sku>/demands", DemandsQuery, ProductDemands, staff=True)
def demands(asked: dict[str, Any], sku: str) -> Response:
    """
    Find the open demands for one product.

    Ranked by the same engine as the matches and beyond them: a demand keeps a match with its ten best products alone.
    """
    caller.staff_only("Permintaan untuk suatu produk")
    with store().read() as session:
        return demands_of(session, _row(session, sku), asked["limit"])


@bp.reads("/<sku>/quality", Query, ProductQuality, staff=True)
def quality(_asked: dict[str, Any], sku: str) -> Response:
    """
    Read the quality of one product's data.

    What each criterion gave, what is missing, and the three improvements that bring most for their effort.
    """
    caller.staff_only("Mutu data suatu produk")
    day = settings().day()
    with store().read() as session:
        row = _row(session, sku)
        return send_one(
            (row.version, dump(told_product(row.sku, product_score(quality_records(session, [row])[0], day), day))), caller.tier()
        )


def _row(session: Session, sku: str) -> ProductRow:
    row = products_by_sku(session, [sku]).get(sku)
    if row is None:
        raise NotFound(f"Tidak ada produk {sku[:80]!r}.", mend="Cari SKU-nya di /api/v1/products.")
    return row
