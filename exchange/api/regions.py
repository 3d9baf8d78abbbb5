"""The table of regions: Kemendagri codes, names and centre points."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from exchange.access.policy import Tier
from exchange.api import filters
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.paging import PageQuery, is_name, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from schemas.codes import region, regions
from schemas.wire import LEVELS, RegionLine, page_of

bp = Blueprint("regions", "Provinces, regencies and cities with their Kemendagri codes.", "/api/v1/regions")


class RegionQuery(PageQuery):
    """Filters of the list of regions."""

    level = filters.one_of("Kind of region.", *LEVELS)
    parent = filters.digits("Code of the province.", 2, 2)
    q = filters.text("Words that stand in the name.")


@bp.reads("", RegionQuery, page_of(RegionLine))
def listing(asked: dict[str, Any]) -> Response:
    """
    List regions by code.

    Codes of Kemendagri: a province 36, a regency or city 36.72.
    """
    after = start(asked, is_name)
    words = (asked["q"] or "").lower()
    found = [
        place
        for place in regions()
        if (after is None or place.code > after)
        and asked["level"] in (None, place.level)
        and asked["parent"] in (None, place.parent)
        and words in place.name.lower()
    ]
    rows = found[: asked["limit"] + 1]
    return send_page(rows, asked, Tier.PUBLIC, key=lambda place: place.code, body=lambda place: dump(asdict(place)))


@bp.reads("/<code>", Query, RegionLine)
def one(_asked: dict[str, Any], code: str) -> Response:
    """
    Read one region.

    The point is its centre, degrees WGS 84.
    """
    place = region(code)
    if place is None:
        raise NotFound(f"Tidak ada wilayah dengan kode {code[:20]!r}.", mend="Cari di /api/v1/regions.")
    body = dump(asdict(place))
    return send(body, Tier.PUBLIC, etag(Tier.PUBLIC, JSON, [body]))
