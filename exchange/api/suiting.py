"""Products for a need in one's own words: ranked by the engine that matches, over what the caller may read."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller
from exchange.api.asked import SuitingQuery, products_for
from exchange.api.smorest import Blueprint
from exchange.wiring import store
from schemas.suiting import SuitingProducts

bp = Blueprint("suiting", "Which products suit a need in one's own words.", "/api/v1/suiting")


@bp.reads("", SuitingQuery, SuitingProducts)
def products(asked: dict[str, Any]) -> Response:
    """
    Find products for a need in one's own words.

    The products on offer that suit it best, of those that the caller may read; the words that met tell why. Without a login
    the words alone are compared, for staff all that the need says.
    """
    with store().read() as session:
        return products_for(session, asked["for"], caller.tier(CATALOGUE_READ), asked["limit"])
