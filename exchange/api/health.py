"""Whether the service lives and whether it can work, for whoever watches it."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from exchange.api import problems
from exchange.api.answers import JSON
from exchange.api.smorest import Blueprint, Query
from exchange.store import migrate
from exchange.wiring import store
from schemas.wire import Health

bp = Blueprint("health", "Whether the service lives and can work.")


@bp.reads("/healthz", Query, Health, marks={"x-conditional": False})
def alive(_asked: dict[str, Any]) -> Response:
    """
    Tell that the process answers.

    No database is asked.
    """
    return _say("ok")


@bp.reads("/readyz", Query, Health, marks={"x-conditional": False, "x-problems": [503]})
def ready(_asked: dict[str, Any]) -> Response:
    """
    Tell whether the service can work.

    The database must answer and have the shape of this version.
    """
    try:
        current = migrate.is_current(store())
    except SQLAlchemyError:
        return problems.answer(problems.of_status(503, "Basis data tidak menjawab."), {"Retry-After": "5"})
    if not current:
        return problems.answer(problems.of_status(503, "Basis data belum sesuai dengan versi ini; jalankan: exchange init"))
    return _say("ready")


def _say(status: str) -> Response:
    return Response(orjson.dumps({"status": status}), mimetype=JSON, headers={"Cache-Control": "no-store"})
