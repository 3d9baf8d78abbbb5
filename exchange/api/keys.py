"""The keys that prove what this node publishes."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.access.policy import Tier
from exchange.api.answers import JSON, etag, send
from exchange.api.smorest import Blueprint, Query
from exchange.publish.keys import Ring, key_set
from exchange.wiring import settings
from schemas.publication import KeySet

JWKS = "application/jwk-set+json"

bp = Blueprint("keys", "The keys that prove what this node publishes.", "/api/v1/keys", answers=(JWKS, JSON))


@bp.reads("", Query, KeySet, content_type=JWKS)
def listing(_asked: dict[str, Any]) -> Response:
    """
    Read the public keys.

    Retired keys stay here, so that old downloads can be proved; what a revoked key signed proves nothing. Keep this list, and compare
    a new `kid` with the office once: keys that came the same way as a forged file prove nothing.
    """
    body = key_set(Ring(settings().data_dir).all_keys())
    return send(body, Tier.PUBLIC, etag(Tier.PUBLIC, JWKS, [body]), media=JWKS)
