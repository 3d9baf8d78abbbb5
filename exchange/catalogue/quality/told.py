"""Scores as records, in the words of schemas/quality.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from exchange.catalogue.quality.score import FirmScore, Improvement, Part, Score


def told_product(sku: str, score: Score, day: date) -> dict[str, Any]:
    """As ProductQuality states it."""
    return {"product": sku, "score": score.score} | _beside(score.parts, score.cheapest(), day)


def told_firm(ident: str, score: FirmScore, day: date) -> dict[str, Any]:
    """As BusinessQuality states it."""
    its = {"business": ident, "score": score.score, "own": score.own.score, "products": score.products, "products_mean": score.mean}
    return its | _beside(score.own.parts, score.cheapest, day)


def _beside(parts: Sequence[Part], improvements: Sequence[Improvement], day: date) -> dict[str, Any]:
    return {"as_of": day, "parts": [_part(each) for each in parts], "improvements": [_improvement(each) for each in improvements]}


def _part(part: Part) -> dict[str, Any]:
    its = part.criterion
    about = {"criterion": its.name, "title": its.title, "members": list(its.members), "why": its.why}
    return about | {"points": part.points, "most": part.most, "asks": part.asks}


def _improvement(one: Improvement) -> dict[str, Any]:
    about = {"criterion": one.criterion.name, "asks": one.asks, "gain": one.gain}
    return about | {"effort": one.effort.name, "minutes": one.effort.minutes, "product": one.product}
