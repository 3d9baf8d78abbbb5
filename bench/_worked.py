"""What a few years of work leave in a large office: cases of cooperation in every stage, and deals begun from matches."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from exchange.agreements.node import node_of
from exchange.settings import Settings
from exchange.store.agreements import AgreementRow
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.trade import DealRow
from exchange.trade.begin import begin
from tests.agreements.cases import WAY, go_until, new_case

CASES, DEALS = 300, 2_000
_REGIONS = ("33.74", "33.28", "32.73", "35.78", "73.71", "12.71")


def worked(store: Store, settings: Settings) -> None:
    """Make them, where none are there yet."""
    with store.read() as session:
        known = {table: session.scalar(select(func.count()).select_from(table)) or 0 for table in (AgreementRow, DealRow)}
    node, day = node_of(settings), settings.day()
    for number in range(known[AgreementRow], CASES):
        with store.work() as session:
            region = _REGIONS[number % len(_REGIONS)]
            on = day - timedelta(days=number % 200)
            case = new_case(session, node, region=region, counterpart=f"Pemerintah {region}", title=f"Pemenuhan barang {number}", on=on)
            go_until(session, node, case, WAY[number % len(WAY)], on=on)
    if not known[DealRow]:
        with store.work() as session:
            session.execute(update(BusinessRow).values(consented_on=day, consent_refused_on=None))
        _deals(store, settings)


def _deals(store: Store, settings: Settings) -> None:
    with store.read() as session:
        matches = _begun_from(session)
    for start in range(0, len(matches), 50):
        with store.work() as session:
            for match in matches[start : start + 50]:
                begin(session, [match], actor="petugas", day=settings.day(), accepting=True)


def _begun_from(session: Session) -> list[int]:
    """As many matches as there are to be deals, each of another demand that is open; of the oldest, which are found by their numbers."""
    bound = 10 * DEALS
    states = session.execute(select(DemandRow.id, DemandRow.state, DemandRow.status).where(DemandRow.id <= bound))
    is_open = {number for number, state, status in states if (state, status) == ("live", "open")}
    found: dict[int, int] = {}
    for number, demand, state in session.execute(select(MatchRow.id, MatchRow.demand_id, MatchRow.state).where(MatchRow.id <= bound)):
        if state == "proposed" and demand in is_open:
            found.setdefault(demand, number)
    return sorted(found.values())[:DEALS]
