"""Firms that agreed to be published, as the caller's tier reads them."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, filters
from exchange.api.answers import send_one
from exchange.api.paging import PageQuery, is_name, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.store.reading import BusinessWant, business_page, districts
from exchange.store.segments import segments_of
from exchange.wiring import store
from schemas.business import SECTORS
from schemas.wire import Business, page_of

bp = Blueprint("businesses", "The firms behind the products. Contact goes through the trade office.", "/api/v1/businesses")

READS: filters.Reads = {"sector": (("business", "sector"),), "district": (("business", "district"),)}


class BusinessQuery(PageQuery):
    """Filters of the list of firms."""

    sector = filters.one_of("Sector of the firm.", *SECTORS)
    district = filters.text("Kecamatan of the firm.")


@bp.reads("", BusinessQuery, page_of(Business))
def listing(asked: dict[str, Any]) -> Response:
    """
    List firms by public name.

    Only firms that agreed to be published, except for staff, who read all.
    """
    tier = caller.tier(CATALOGUE_READ)
    filters.check(asked, READS, tier)
    after = start(asked, is_name)
    want = BusinessWant(sector=asked["sector"], district=asked["district"])
    with store().read() as session:
        rows = business_page(session, tier, want, limit=asked["limit"] + 1, after=after)
        if not rows and want.district:
            filters.check_value("district", want.district, districts(session, tier))
    return send_page(rows, asked, tier, key=lambda row: row.ident, body=lambda row: row.body)


@bp.reads("/<ident>", Query, Business)
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one firm.

    `ident` is its public name; the NIB names no path.
    """
    tier = caller.tier(CATALOGUE_READ)
    with store().read() as session:
        found = segments_of(session, "business", tier, [ident]).get(ident)
    if found is None:
        raise NotFound(f"Tidak ada usaha {ident[:80]!r} yang dapat Anda baca.", mend="Cari di /api/v1/businesses.")
    return send_one(found, tier)
