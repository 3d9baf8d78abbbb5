"""Matches with their reasons; staff only until agreements open them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from exchange.agreements.coverage import STATES as STATES_OF_COVERAGE
from exchange.agreements.coverage import Coverage, beside, coverage_of
from exchange.agreements.node import node_of
from exchange.api import caller, filters
from exchange.api.answers import dump, send_one
from exchange.api.paging import PageQuery, is_row, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.store.matches import STATES, MatchFilter, MatchRow, list_matches, match_by_id
from exchange.wiring import settings, store
from schemas.business import SECTORS
from schemas.wire import Match, page_of

bp = Blueprint("matches", "Which product fits which demand, how well and why. Staff only.", "/api/v1/matches")


class MatchQuery(PageQuery):
    """Filters of the list of matches."""

    state = filters.one_of("What staff decided; without it all but the retired.", *STATES)
    sector = filters.one_of("Sector of the product.", *SECTORS)
    region = filters.region_code("Kemendagri code of the buyer's region; a province takes in its regencies and cities.")
    min_score = filters.Score("Least score.")
    coverage = filters.one_of("Whether an agreement covers it today.", *STATES_OF_COVERAGE)


def _record(row: MatchRow, coverage: Coverage) -> bytes:
    cover = coverage.of_pair(row.demand, row.product)
    return dump(
        {
            "id": row.id, "demand": row.demand.ident, "demand_title": row.demand.title, "region": row.demand.region,
            "product": row.product.sku, "product_name": row.product.name, "sector": row.product.sector,
            "score": row.score, "verdict": row.verdict, "flip": row.flip,
            "marks": beside(row.marks, cover), "coverage": cover.record(),
            "model": row.model, "state": row.state, "reason": row.reason, "note": row.note,
            "decided_by": row.decided_by, "decided_at": row.decided_at, "made_at": row.made_at, "updated_at": row.updated_at,
            "version": row.version,
        }
    )  # fmt: skip


@bp.reads("", MatchQuery, page_of(Match), staff=True)
def listing(asked: dict[str, Any]) -> Response:
    """
    List matches, the best first.

    Each with the criteria that made its score; retired ones only when asked for.
    """
    caller.staff_only("Daftar kecocokan")
    filters.check_region(asked["region"])
    key = start(asked, is_place)
    want = MatchFilter(state=asked["state"], sector=asked["sector"], region=asked["region"], least_score=asked["min_score"])
    with store().read() as session:
        after = (Decimal(key[0]).scaleb(-6), key[1]) if key else None
        coverage = _coverage(session)
        if asked["coverage"]:
            want = replace(want, covered=coverage.where(asked["coverage"]))
        rows = list_matches(session, want, limit=asked["limit"] + 1, after=after)
    return send_page(
        rows, asked, caller.tier(), key=lambda row: [int(row.score.scaleb(6)), row.id], body=lambda row: _record(row, coverage)
    )


def _coverage(session: Session) -> Coverage:
    return coverage_of(session, node_of(settings()), settings().day())


def is_place(key: Any) -> bool:
    """A place in the order: the score in millionths, then the row."""
    return isinstance(key, list) and len(key) == 2 and type(key[0]) is int and 0 <= key[0] <= 10**6 and is_row(key[1])


@bp.reads("/<int:number>", Query, Match, staff=True)
def one(_asked: dict[str, Any], number: int) -> Response:
    """
    Read one match.

    `marks` says for each criterion what the demand and the product say, and what is missing.
    """
    caller.staff_only("Kecocokan")
    with store().read() as session:
        row = match_by_id(session, number) if is_row(number) else None
        coverage = _coverage(session)
    if row is None:
        raise NotFound(f"Tidak ada kecocokan {str(number)[:20]}.", mend="Cari di /api/v1/matches.")
    return send_one((row.version, _record(row, coverage)), caller.tier())
