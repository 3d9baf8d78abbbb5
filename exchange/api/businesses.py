"""Firms that agreed to be published, as the caller's tier reads them."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.access.coverage import lifted_rows, segment_for
from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, filters, searched
from exchange.api.answers import dump, send_one
from exchange.api.disclosing import tell_records
from exchange.api.paging import PageQuery, start
from exchange.api.searched import Facet, Searched
from exchange.api.smorest import Blueprint, Query
from exchange.api.sparse import fields_param
from exchange.catalogue.quality.survey import quality_of_firm
from exchange.catalogue.quality.told import told_firm
from exchange.errors import NotFound
from exchange.store.businesses import business_by_ident
from exchange.store.reading import districts
from exchange.wiring import settings, store
from schemas.business import SCALES, SECTORS
from schemas.codes import kbli_lines
from schemas.quality import BusinessQuality
from schemas.wire import Business, page_of

bp = Blueprint("businesses", "The firms behind the products. Contact goes through the trade office.", "/api/v1/businesses")

READS: filters.Reads = {
    "q": (("business", "name"), ("business", "cluster")),
    "changed_since": (("business", "updated_at"),),
    **{name: (("business", name),) for name in ("sector", "kbli", "scale", "district", "cluster")},
}
SORTS = {
    "ident": ("ident", (("business", "ident"),)),
    "name": ("name", (("business", "name"),)),
    "updated_at": ("changed", READS["changed_since"]),
    "relevance": ("relevance", READS["q"]),
}
FACETS = {name: Facet(name, name, READS[name]) for name in ("sector", "scale")}
FACETS |= {"district": Facet("district", "place", READS["district"])}
SEARCHED = Searched("business", "ident", READS, SORTS, FACETS)


class BusinessQuery(PageQuery):
    """Filters of the list of firms."""

    q = filters.text("Words, all of which stand in the name or the cluster (sentra); as in the list of products.", longest=200)
    sector = filters.one_of("Sector of the firm.", *SECTORS)
    kbli = filters.digits("Beginning of one of the firm's KBLI 2020 codes.", 1, 5)
    scale = filters.one_of("Scale of the firm.", *SCALES)
    district = filters.text("Kecamatan of the firm.")
    cluster = filters.text("Sentra IKM of the firm.", longest=120)
    changed_since = filters.moment("Only firms that changed at or after this time.")
    sort = SEARCHED.sort_param()
    facets = SEARCHED.facets_param()
    fields = fields_param("business")  # type: ignore[assignment]  # marshmallow takes it off the class


@bp.reads("", BusinessQuery, page_of(Business, facets=tuple(FACETS)))
def listing(asked: dict[str, Any]) -> Response:
    """
    List and search firms.

    Only firms that agreed to be published, except for staff, who read all. By public name, or by `sort`.
    """
    reader = caller.reader(CATALOGUE_READ)
    tier = reader.tier
    searched.check(asked, SEARCHED, tier)
    after = start(asked, searched.is_key(searched.order_of(asked, SEARCHED)))
    want = searched.want_of(asked, SEARCHED, tier)
    with store().read() as session:
        rows, keys = searched.page(session, asked, SEARCHED, tier, want, after)
        below, rows = rows, lifted_rows(session, "business", reader, rows)
        facets = searched.counted(session, asked, SEARCHED, want)
        if not rows and after is None:
            if asked["district"]:
                filters.check_value("district", asked["district"], districts(session, tier))
            filters.check_code("kbli", asked["kbli"], (line.code for line in kbli_lines()))
    return searched.send(rows, keys, asked, SEARCHED, tier, facets, below)


@bp.reads("/<ident>", Query, Business)
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one firm.

    `ident` is its public name; the NIB names no path.
    """
    reader = caller.reader(CATALOGUE_READ)
    with store().read() as session:
        found = segment_for(session, "business", reader, ident)
    if found is None:
        raise NotFound(f"Tidak ada usaha {ident[:80]!r} yang dapat Anda baca.", mend="Cari di /api/v1/businesses.")
    tell_records("business", [found.below], [found.body])
    return send_one((found.version, found.body), reader.tier)


@bp.reads("/<ident>/quality", Query, BusinessQuality, staff=True)
def quality(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read the quality of one firm's data.

    Its own and that of its products on offer, and the three improvements that bring most for their effort.
    """
    caller.staff_only("Mutu data suatu usaha")
    day = settings().day()
    with store().read() as session:
        row = business_by_ident(session, ident)
        if row is None:
            raise NotFound(f"Tidak ada usaha {ident[:80]!r}.", mend="Cari di /api/v1/businesses.")
        score, _products = quality_of_firm(session, row, day)
        return send_one((row.version, dump(told_firm(row.ident, score, day))), caller.tier())
