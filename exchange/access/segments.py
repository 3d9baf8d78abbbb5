"""
Finished representations for every tier, made in the transaction that changes the record.

A segment is canonical JSON: members sorted, decimals as strings, times in UTC. The typed columns stay the truth;
`rebuild` makes all segments from them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from exchange.access.policy import Tier, view
from exchange.store.businesses import BusinessRow, business_record
from exchange.store.changes import note_change
from exchange.store.demands import DemandRow, demand_record
from exchange.store.products import ProductRow, product_record
from exchange.store.segments import drop_segments, put_segments
from schemas.fields import plain


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def canonical(record: Mapping[str, Any]) -> bytes:
    """A record as canonical JSON: sorted members, decimals as strings, times in UTC to the second."""
    return orjson.dumps(_utc(record), default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)


def _utc(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in record.items()}


def _tiers(table: str, record: Mapping[str, Any], tiers: Iterable[Tier]) -> dict[str, bytes]:
    seen = {tier: view(table, record, tier) for tier in tiers}
    return {str(tier): canonical(fields) for tier, fields in seen.items() if fields}


def is_published(business: BusinessRow) -> bool:
    """A firm is published only after it agreed."""
    return business.consented_on is not None


def refresh_businesses(session: Session, rows: Iterable[BusinessRow]) -> None:
    """Make the segments of these firms and put them on the change feed; who has not agreed is for staff only."""
    made = {}
    for row in rows:
        record = business_record(row) | {"ident": row.ident, "version": row.version, "updated_at": row.updated_at}
        tiers = list(Tier) if is_published(row) else [Tier.STAFF]
        made[row.ident] = (row.version, _tiers("business", record, tiers))
        note_change(session, "business", row.ident, row.version)
    put_segments(session, "business", made)


def refresh_products(session: Session, rows: Iterable[ProductRow]) -> None:
    """Make the segments of these products (each with its firm loaded) and put them on the change feed."""
    made = {}
    for row in rows:
        firm = row.business
        producer_record = business_record(firm) | {"ident": firm.ident}
        record = product_record(row) | {"version": row.version, "updated_at": row.updated_at, "state": row.state}
        tiers = list(Tier) if is_published(firm) and row.state == "active" else [Tier.STAFF]
        bodies: dict[str, bytes] = {}
        for tier in tiers:
            seen = view("business", producer_record, tier)
            producer = {name: seen[name] for name in ("ident", "name", "legal_form", "nib", "district") if name in seen}
            bodies |= _tiers("product", record | {"producer": producer}, [tier])
        made[row.sku] = (row.version, bodies)
        note_change(session, "product", row.sku, row.version)
    put_segments(session, "product", made)


def demand_table(row: DemandRow, home_region: str) -> str:
    """Which policy table a demand falls under: pulled from others, or the own region's, shown to all or not."""
    if row.source.region != home_region:
        return "demand_pulled"
    return "demand_own_public" if row.source.public else "demand_own"


def refresh_demands(session: Session, rows: Iterable[DemandRow], home_region: str) -> None:
    """Make the segments of these demands (each with its source loaded); a withdrawn one leaves a tombstone."""
    made, gone = {}, []
    for row in rows:
        if row.state == "withdrawn":
            gone.append(row.ident)
            note_change(session, "demand", row.ident, row.version, "delete")
            continue
        record = demand_record(row) | {"source": row.source.name}
        made[row.ident] = (row.version, _tiers(demand_table(row, home_region), record, Tier))
        note_change(session, "demand", row.ident, row.version)
    put_segments(session, "demand", made)
    drop_segments(session, "demand", gone)


def rebuild(session: Session, home_region: str) -> dict[str, int]:
    """Make every segment again from the typed columns; the count by kind. The feed is told of each."""
    firms = list(session.scalars(select(BusinessRow)))
    refresh_businesses(session, firms)
    products = list(session.scalars(select(ProductRow).options(joinedload(ProductRow.business))))
    refresh_products(session, products)
    demands = list(session.scalars(select(DemandRow).options(joinedload(DemandRow.source))))
    refresh_demands(session, demands, home_region)
    return {"business": len(firms), "product": len(products), "demand": len(demands)}
