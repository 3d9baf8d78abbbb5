"""
Finished representations for every tier, made in the transaction that changes the record.

A segment is canonical JSON: members sorted, decimals as strings, times in UTC. The typed columns stay the truth;
`rebuild` makes all segments from them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from exchange.access.photos import MEMBER, told
from exchange.access.policy import TABLES, Tier, bits, view
from exchange.access.searching import business_entry, product_entry
from exchange.store.businesses import BusinessRow, business_record
from exchange.store.changes import note_change
from exchange.store.demands import DemandRow, demand_record
from exchange.store.photos import PhotoRow, product_photos
from exchange.store.products import ProductRow, product_record
from exchange.store.search import Entry, all_entries, put_entries
from exchange.store.segments import SegmentRow, put_segments
from exchange.store.sources import SourceRow
from schemas.fields import plain

# what a product tells of its firm
PRODUCER = ("ident", "name", "legal_form", "nib", "district")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no canonical JSON form")


def canonical_time(when: datetime) -> str:
    """A time as canonical JSON has it."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def canonical(record: Mapping[str, Any]) -> bytes:
    """A record as canonical JSON: sorted members, decimals as strings, times in UTC to the second."""
    return orjson.dumps(_utc(record), default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)


def _utc(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in record.items()}


def _tiers(table: str, record: Mapping[str, Any], tiers: Iterable[Tier]) -> dict[str, bytes]:
    seen = {tier: view(table, record, tier) for tier in tiers}
    return {str(tier): canonical(fields) for tier, fields in seen.items() if fields}


def is_published(firm: Mapping[str, Any]) -> bool:
    """A firm is published only after it agreed; firm: members of BusinessSchema."""
    return firm["consented_on"] is not None


Made = dict[str, tuple[int, dict[str, bytes]]]


def business_segments(row: BusinessRow) -> dict[str, bytes]:
    """What each tier reads of a firm; who has not agreed is for staff only."""
    return business_bodies(business_record(row) | {"ident": row.ident, "version": row.version, "updated_at": row.updated_at})


def business_bodies(record: Mapping[str, Any]) -> dict[str, bytes]:
    """As `business_segments`; record: members of BusinessSchema with ident, version and updated_at."""
    return _tiers("business", record, Tier if is_published(record) else [Tier.STAFF])


def product_segments(row: ProductRow, photos: Iterable[PhotoRow] = ()) -> dict[str, bytes]:
    """What each tier reads of a product with its photos; wants its firm loaded."""
    record = product_record(row) | {"version": row.version, "updated_at": row.updated_at, "state": row.state, MEMBER: told(photos)}
    return product_bodies(record, business_record(row.business) | {"ident": row.business.ident})


def product_bodies(record: Mapping[str, Any], firm: Mapping[str, Any]) -> dict[str, bytes]:
    """
    As `product_segments`; record: members of ProductSchema with version, updated_at and state, and with its photos where it has any.

    firm: members of BusinessSchema with ident.
    """
    shown = {MEMBER: told(()), **record, "negotiated_prices": None}
    bodies: dict[str, bytes] = {}
    for tier in Tier if is_published(firm) and record["state"] == "active" else [Tier.STAFF]:
        seen = view("business", firm, tier)
        producer = {name: seen[name] for name in PRODUCER if name in seen}
        bodies |= _tiers("product", shown | {"producer": producer}, [tier])
    return bodies


def refresh_businesses(session: Session, rows: Iterable[BusinessRow]) -> None:
    """Make the segments of these firms and put them on the change feed."""
    made = {row.ident: (row, business_segments(row)) for row in rows}
    entries = {ident: _business_entry(row, bodies) for ident, (row, bodies) in made.items()}
    put_made(session, "business", {ident: (row.version, bodies) for ident, (row, bodies) in made.items()}, entries)


def refresh_products(session: Session, rows: Iterable[ProductRow]) -> None:
    """Make the segments of these products (each with its firm loaded) and put them on the change feed."""
    rows = list(rows)
    photos = product_photos(session, [row.id for row in rows])
    made = {row.sku: (row, product_segments(row, photos.get(row.id, ()))) for row in rows}
    entries = {sku: _product_entry(row, bodies) for sku, (row, bodies) in made.items()}
    put_made(session, "product", {sku: (row.version, bodies) for sku, (row, bodies) in made.items()}, entries)


def put_made(session: Session, kind: str, made: Made, entries: Mapping[str, Entry]) -> None:
    """Keep segments, as (version, {tier: bytes}), and search entries of firms or products, and put these on the change feed."""
    _put(session, kind, made)
    put_entries(session, kind, entries)


def _business_entry(row: BusinessRow, readers: Iterable[str]) -> Entry:
    return business_entry(business_record(row) | {"updated_at": row.updated_at}, bits(readers))


def _product_entry(row: ProductRow, readers: Iterable[str]) -> Entry:
    record = product_record(row) | {"state": row.state, "updated_at": row.updated_at}
    return product_entry(record, business_record(row.business) | {"ident": row.business.ident}, bits(readers))


def demand_table(source: SourceRow, home_region: str) -> str:
    """Which policy table a source's demands fall under: pulled from others, or the own region's, shown to all or not."""
    return table_of_demands(source.region, home_region, public=source.public)


def table_of_demands(region: str, home_region: str, *, public: bool) -> str:
    """As `demand_table`, for a source's region and whether its owner opened its demands to all."""
    if region != home_region:
        return "demand_pulled"
    return "demand_own_public" if public else "demand_own"


@cache
def readers(table: str) -> tuple[Tier, ...]:
    """The tiers that read anything of a policy table."""
    return tuple(tier for tier in Tier if any(tier in tiers for tiers in TABLES[table].values()))


@cache
def fields_seen(table: str, tier: Tier) -> frozenset[str]:
    """The fields of a policy table that a tier reads in any form."""
    return frozenset(name for name, tiers in TABLES[table].items() if tier in tiers)


def seen_by(table: str, record: Mapping[str, Any], tier: Tier) -> dict[str, Any]:
    """As `view`, for the tables of demands: each of their fields is shown as it is or not at all (a test holds the two together)."""
    return {name: record[name] for name in fields_seen(table, tier)}


def demand_segments(row: DemandRow, home_region: str) -> dict[str, bytes]:
    """What each tier reads of a demand; wants its source loaded. A withdrawn one is read by nobody."""
    if row.state == "withdrawn":
        return {}
    record = demand_record(row) | {"source": row.source.name}
    return _tiers(demand_table(row.source, home_region), record, Tier)


def refresh_demands(session: Session, rows: Iterable[DemandRow], home_region: str) -> None:
    """Make the segments of these demands (each with its source loaded); a withdrawn one leaves a tombstone."""
    _put(session, "demand", {row.ident: (row.version, demand_segments(row, home_region)) for row in rows})


def _put(session: Session, kind: str, made: Made) -> None:
    """Keep segments and tell the feed who reads each record now, and who did; a record that nobody reads any more is a tombstone."""
    had = put_segments(session, kind, made)
    for ident, (version, bodies) in made.items():
        op = "upsert" if bodies else "delete"
        note_change(session, kind, ident, version, op, before=bits(had.get(ident, ())), readers=bits(bodies))


def _all_rows(session: Session) -> tuple[list[BusinessRow], list[ProductRow], list[DemandRow]]:
    return (
        list(session.scalars(select(BusinessRow))),
        list(session.scalars(select(ProductRow).options(joinedload(ProductRow.business)))),
        list(session.scalars(select(DemandRow).options(joinedload(DemandRow.source)))),
    )


def rebuild(session: Session, home_region: str) -> dict[str, int]:
    """Make every segment again from the typed columns; the count by kind. The feed is told of each."""
    firms, products, demands = _all_rows(session)
    refresh_businesses(session, firms)
    refresh_products(session, products)
    refresh_demands(session, demands, home_region)
    return {"business": len(firms), "product": len(products), "demand": len(demands)}


def differences(session: Session, home_region: str) -> list[str]:
    """Entities whose stored segments, or what they are searched by, are not what the typed columns and the policy give, as `kind:ident`."""
    firms, products, demands = _all_rows(session)
    photos = product_photos(session, [row.id for row in products])
    wanted: dict[tuple[str, str, str], bytes] = {}
    for kind, ident, bodies in (
        *(("business", row.ident, business_segments(row)) for row in firms),
        *(("product", row.sku, product_segments(row, photos.get(row.id, ()))) for row in products),
        *(("demand", row.ident, demand_segments(row, home_region)) for row in demands),
    ):
        wanted |= {(kind, ident, tier): body for tier, body in bodies.items()}
    kept = {(row.kind, row.ident, row.tier): row.body for row in session.scalars(select(SegmentRow))}
    readers: dict[tuple[str, str], list[str]] = {}
    for kind, ident, tier in wanted:
        readers.setdefault((kind, ident), []).append(tier)
    entries = {("business", row.ident): _business_entry(row, readers["business", row.ident]) for row in firms}
    entries |= {("product", row.sku): _product_entry(row, readers["product", row.sku]) for row in products}
    searched = all_entries(session)
    return sorted(
        {
            f"{kind}:{ident}"
            for kind, ident, tier in wanted.keys() | kept.keys()
            if wanted.get((kind, ident, tier)) != kept.get((kind, ident, tier))
        }
        | {
            f"{kind}:{ident}"
            for kind, ident in entries.keys() | searched.keys()
            if entries.get((kind, ident)) != searched.get((kind, ident))
        }
    )
