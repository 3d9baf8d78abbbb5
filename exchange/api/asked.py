"""Computed lists of products and demands: the engine's order, each record as the caller's tier reads it, and why it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from exchange.access.policy import Tier
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.smorest import Query
from exchange.matching.asking import LONGEST, suited
from exchange.matching.demand_for import demand_for
from exchange.matching.engine import Match
from exchange.matching.suiting import suiting
from exchange.matching.worded import words_met
from exchange.store.products import ProductRow
from exchange.store.segments import segments_of
from exchange.wiring import model_in_use, settings

DEFAULT, MOST = 10, 50


def _limit() -> fields.Integer:
    meta = {"description": f"Records at most, 1 to {MOST}.", "wanted": f"Harus bilangan bulat 1 sampai {MOST}."}
    return fields.Integer(load_default=DEFAULT, validate=validate.Range(1, MOST), metadata=meta)


def _need() -> fields.String:
    meta = {
        "description": "What is needed, in words as they come: `meja dan kursi untuk 40 siswa`.",
        "wanted": f"Tulis kebutuhannya, 1 sampai {LONGEST} huruf.",
        "example": "meja dan kursi untuk 40 siswa",
    }
    return fields.String(required=True, validate=[validate.Length(1, LONGEST), validate.Regexp(r"^\s*\S")], metadata=meta)


# `for` is a word of Python, so that the class is not written as one
SuitingQuery: type[Schema] = Query.from_dict({"for": _need(), "limit": _limit()}, name="SuitingQuery")


class DemandsQuery(Query):
    """How many of the demands for a product."""

    limit = _limit()


def products_for(session: Session, text: str, tier: Tier, limit: int) -> Response:
    """The products that suit a sentence, of those that the tier may read."""
    if tier is Tier.STAFF:
        matches = [one.match for one in suited(session, text, settings().home_region, top=limit, model=model_in_use())]
        reasons = {match.offer: _reason(match) for match in matches}
    else:
        found = suiting(session, text, tier, top=limit)
        reasons = {one.sku: {"score": one.score, "asked": one.asked, "offered": one.offered} for one in found}
    return _send({"items": _items(session, "product", tier, reasons)}, tier)


def demands_of(session: Session, product: ProductRow, limit: int) -> Response:
    """The open demands for a product (with its firm), as staff read them."""
    its = settings()
    looked = demand_for(session, product, its.home_region, its.index(), its.day(), top=limit, model=model_in_use())
    reasons = {}
    for one in looked.found:
        kept = {"match": one.stored.id, "state": one.stored.state} if one.stored else {"match": None, "state": None}
        reasons[one.demand.ident] = _reason(one.match) | kept
    items = _items(session, "demand", Tier.STAFF, reasons)
    return _send({"product": product.sku, "items": items, "weighed": looked.weighed, "cut": looked.cut}, Tier.STAFF)


def _reason(match: Match) -> dict[str, Any]:
    """What staff are told of a pair."""
    asked, offered = words_met(match)
    told = {"score": match.score, "asked": asked, "offered": offered, "verdict": match.verdict}
    return told | {"flip": match.change.says if match.change else None, "marks": [mark.record() for mark in match.marks]}


def _items(session: Session, kind: str, tier: Tier, reasons: Mapping[str, Mapping[str, Any]]) -> Sequence[dict[str, Any]]:
    """The records of these names in this order with their reasons; what the tier may not read is left out."""
    bodies = segments_of(session, kind, tier, list(reasons))
    return [{kind: orjson.Fragment(bodies[ident][1]), **reason} for ident, reason in reasons.items() if ident in bodies]


def _send(record: Mapping[str, Any], tier: Tier) -> Response:
    body = dump(record)
    return send(body, tier, etag(tier, JSON, [body]))
