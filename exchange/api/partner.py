"""A partner's own record: what it may, its secrets, what it used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from exchange.access.callers import Partner, reader_of
from exchange.access.partners import actor_of, end_secret, named, new_secret
from exchange.access.policy import Tier
from exchange.access.scopes import in_order
from exchange.api import caller
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.limits import limiter
from exchange.api.smorest import Blueprint, Query
from exchange.api.writing import Made, write
from exchange.store.base import utcnow
from exchange.store.partners import secrets_of, use_of
from exchange.wiring import settings, store
from schemas.oauth import NewSecret, PartnerSelf, PartnerUse, UseDays

bp = Blueprint("partner", "The partner that asks: what it may, its secrets, its use.", "/api/v1/partner")

_OWN = "Data mitra sendiri"


@bp.reads("", Query, PartnerSelf, scopes=())
def one(_asked: dict[str, Any]) -> Response:
    """
    Read what the partner of this token may.

    Its scopes, what its agreement opens today and until when, its rate, and its secrets without their words.
    """
    asking = caller.partner_with(None, _OWN)
    with store().read() as session:
        body = dump(_told(session, asking))
    return _send(body, asking)


def _told(session: Session, asking: Partner) -> dict[str, Any]:
    row = named(session, asking.ident)
    reader = reader_of(row, settings().day())
    stage = Tier.CONTRACTED if reader.within is not None else reader.tier
    return {
        "ident": row.ident, "name": row.name, "region": row.region, "scopes": row.scopes, "token_scopes": in_order(asking.scopes),
        "stage": str(stage), "stage_until": row.stage_until and row.stage_until.isoformat(),
        "within": row.within or None, "per_minute": settings().rate_partner if row.per_minute is None else row.per_minute,
        "secrets": [
            {"ident": one.ident, "hint": one.hint, "made_at": one.made_at, "used_at": one.used_at}
            for one in secrets_of(session, row.id, utcnow())
        ],
        "version": row.version,
    }  # fmt: skip


@bp.reads("/use", UseDays, PartnerUse, scopes=())
def use(asked: dict[str, Any]) -> Response:
    """
    Read what the partner asked for.

    By day and operation, with what was refused; another process of the server may add to it within a minute.
    """
    asking = caller.partner_with(None, _OWN)
    limiter().write_use()
    with store().read() as session:
        rows = use_of(session, asking.number, utcnow().date() - timedelta(days=asked["days"]))
        items = [{"day": row.day.isoformat(), "operation": row.operation, "asked": row.asked, "refused": row.refused} for row in rows]
    return _send(dump({"items": items}), asking)


@bp.writes("/secrets", "POST", None, NewSecret, status=201, scopes=(), keyed=None, marks={"x-problems": ["409"]})
def rotate() -> Response:
    """
    Get a further secret.

    Two hold at a time: get the new one, use it everywhere, then end the old one. It is shown this once, and no Idempotency-Key is taken,
    since the answer would have to be kept: where it was lost, end that secret by its name.
    """

    def work(session: Session, asking: Partner) -> Made:
        made = new_secret(session, named(session, asking.ident), actor=actor_of(asking.ident))
        return Made({"ident": made.ident, "client_id": asking.ident, "client_secret": made.word}, 201)

    return write(None, _OWN, work, keyed=None)


@bp.writes("/secrets/<ident>", "DELETE", None, None, status=204, scopes=(), keyed=None)
def end(ident: str) -> Response:
    """
    End a secret.

    All tokens that it gave end with it at once, this one too if it is among them.
    """

    def work(session: Session, asking: Partner) -> Made:
        end_secret(session, named(session, asking.ident), ident, actor=actor_of(asking.ident))
        return Made(None, 204)

    return write(None, _OWN, work, keyed=None)


def _send(body: bytes, asking: Partner) -> Response:
    """What only this partner reads."""
    return send(body, asking.reader.tier, etag(asking.reader.tier, JSON, [asking.ident.encode(), body]), private=True)
