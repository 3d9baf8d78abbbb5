"""The API: versioned under /api/v1, its contract, and the doors that machines know by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask

from exchange.access.scopes import SCOPES
from exchange.api import (
    agreements,
    businesses,
    caller,
    changes,
    demands,
    discovery,
    docs,
    feed_wait,
    health,
    increments,
    keys,
    limits,
    logbook,
    matches,
    metrics,
    oauth,
    own_deals,
    own_demands,
    own_matches,
    partner,
    photos,
    plumbing,
    problems,
    products,
    publications,
    regions,
    runs,
    suiting,
    twins,
    webhooks,
)
from exchange.api.contract import events, info, mark_recorded, mark_tiers
from exchange.api.smorest import VERSION, Api
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.wiring import settings, share, store
from openapi.finish import finish

_PARTS = (
    products,
    suiting,
    photos,
    businesses,
    demands,
    changes,
    matches,
    agreements,
    regions,
    runs,
    publications,
    increments,
    keys,
    partner,
    own_demands,
    own_matches,
    own_deals,
    webhooks,
    twins,
    oauth,
    discovery,
    health,
    metrics,
)


def register(app: Flask) -> None:
    """Hang the API into an app that shares its settings and its database."""
    problems.register(app)
    feed_wait.register(app)
    app.before_request(caller.refuse_cookie_writes)
    with app.app_context():
        limits.register(app, store())
        logbook.register(app, store())
        docs.register(app, _hang(app, settings()))
    plumbing.register(app, VERSION)


def document() -> dict[str, Any]:
    """The finished contract under default settings; no database is opened."""
    app = Flask("exchange.api")
    nothing = Store("sqlite://")
    share(app.extensions, Settings(), nothing)
    try:
        return _hang(app, Settings())()
    finally:
        nothing.close()


def _hang(app: Flask, its: Settings) -> Callable[[], dict[str, Any]]:
    """Hang the operations into an app; what writes their contract, once."""
    api = Api(app, info())
    for part in _PARTS:
        api.register_blueprint(part.bp)
    return partial(_written, api, its)


def _written(api: Api, its: Settings) -> dict[str, Any]:
    api.document_blueprints()
    told = events(api.spec)
    made = api.spec.to_dict() | {"webhooks": told}
    mark_tiers(made)
    mark_recorded(made)
    contact = {"name": its.office, "email": its.contact} | ({"url": its.base_url} if its.base_url else {})
    licence = {"name": "Data licence", "url": its.data_licence}
    return finish(made, contact=contact, licence=licence, scopes=SCOPES)
