"""Cases of cooperation: to a partner its own, to staff all; steps are taken on the pages and the command line, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from exchange.access.policy import Tier, view
from exchange.access.scopes import AGREEMENTS_READ
from exchange.agreements.node import node_of
from exchange.agreements.rules import shipped
from exchange.agreements.told import told
from exchange.api import caller, filters
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.paging import PageQuery, is_name, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.store.agreements import AgreementRow, CaseFilter, case_by_ident, list_cases, objects_of, steps_of_cases
from exchange.wiring import settings, store
from schemas.agreement import Agreement
from schemas.wire import page_of

bp = Blueprint("agreements", "Cases of cooperation between governments: a partner reads its own, staff all.", "/api/v1/agreements")

_WHAT = "Perkara kerja sama"
_SESSION_TOO = {"x-session": True}


class AgreementQuery(PageQuery):
    """Filters of the list of cases."""

    state = filters.one_of("Where the case stands.", *shipped().states)
    changed_since = filters.moment("Cases with a step at this time or later.")


@bp.reads("", AgreementQuery, page_of(Agreement), scopes=(AGREEMENTS_READ,), marks=_SESSION_TOO)
def listing(asked: dict[str, Any]) -> Response:
    """
    List cases of cooperation.

    By public name: to a partner those in which it is the partner, to staff all. What a case opens also changes by the day, without a step.
    """
    tier, partner = _asking()
    after = start(asked, is_name)
    want = CaseFilter(state=asked["state"], changed_since=asked["changed_since"], partner_id=partner)
    with store().read() as session:
        rows = list_cases(session, want, limit=asked["limit"] + 1, after=after)
        bodies = _bodies(session, rows[: asked["limit"]], tier)
    return send_page(rows, asked, tier, key=lambda row: row.ident, body=lambda row: bodies[row.ident], private=True)


@bp.reads("/<ident>", Query, Agreement, scopes=(AGREEMENTS_READ,), marks=_SESSION_TOO)
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one case.

    With its objects, papers by digest, history, what it opens today and what its contract covers. That of another partner is none.
    """
    tier, partner = _asking()
    with store().read() as session:
        row = case_by_ident(session, ident)
        if row is None or (partner is not None and row.partner_id != partner):
            raise NotFound(f"Tidak ada perkara kerja sama {ident[:30]!r}.", mend="Daftarnya di /api/v1/agreements.")
        body = _bodies(session, [row], tier)[row.ident]
    return send(body, tier, etag(tier, JSON, [body]), private=True)


def _asking() -> tuple[Tier, int | None]:
    """How the caller reads, and the partner whose cases alone it may know of; None for staff, who know of all."""
    if caller.partner() is None and caller.is_staff():
        return Tier.STAFF, None
    asking = caller.partner_with(AGREEMENTS_READ, _WHAT)
    return asking.reader.tier, asking.number


def _bodies(session: Session, rows: Sequence[AgreementRow], tier: Tier) -> dict[str, bytes]:
    """Each case as the tier reads it, by name; two statements, however many there are."""
    its, ids = settings(), [row.id for row in rows]
    rules, day = node_of(its).rules, its.day()
    objects, steps = objects_of(session, ids), steps_of_cases(session, ids)
    return {row.ident: dump(view("agreement", told(rules, row, objects[row.id], steps[row.id], day), tier)) for row in rows}
