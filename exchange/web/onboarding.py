"""Lembar mitra: the one page that staff print for a partner's technician, from what the node knows itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response, make_response, render_template

from exchange.access.partners import TOKEN_LIFE, Secret
from exchange.access.policy import TABLES, Tier, opened
from exchange.access.scopes import CATALOGUE_READ, DEMAND_READ
from exchange.web.words import word
from exchange.wiring import settings

NO_ADDRESS = "https://ALAMAT-SIMPUL"
# which scope reads a table of the field policy; tables that are beside others or for staff alone are not told
_SCOPE = {"business": CATALOGUE_READ, "product": CATALOGUE_READ, "demand_own": DEMAND_READ}


class Opened(NamedTuple):
    """
    What a stage opens of one table. fields: their words, a star behind those of which some records' stay closed; None: the whole table.

    scope: that it needs besides, and which the partner has not; None where it has it.
    """

    table: str
    fields: list[str] | None
    scope: str | None


def opened_by(stage: str, scopes: list[str]) -> list[Opened]:
    """What a stage opens beyond what everybody reads, by the field policy itself."""
    told = []
    for table, more in opened(Tier(stage)).items():
        scope = _SCOPE.get(table)
        if scope is None:
            continue
        whole = not any(Tier.PUBLIC in tiers for tiers in TABLES[table].values())
        names = [f"{word(field, 'field')}{'' if always else '*'}" for field, always in more.items()]
        told.append(Opened(table, None if whole else names, None if scope in scopes else scope))
    return told


def sheet(told: dict[str, Any], made: Secret | None = None) -> Response:
    """
    The page. told: the partner as `exchange.access.standing` gives it; made: the secret that was made in this very request.

    Its words stand in this answer and nowhere else; a page that is opened later has a line to write them on.
    """
    its = settings()
    page = render_template(
        "partners/sheet.html",
        its=told,
        made=made,
        address=its.base_url,
        node=its.base_url or NO_ADDRESS,
        contact=its.contact,
        opened=opened_by(told["stage"], told["scopes"]),
        hours=int(TOKEN_LIFE.total_seconds() // 3600),
    )
    return make_response(page)
