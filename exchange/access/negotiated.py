"""
Negotiated prices put into products as they are read: to a partner those of its own contracts, to staff those of all that are in force.

Finished records are shared by all readers of a tier and hold no price of anybody: the member is empty there, and is filled in for one
reader's answer. What is told hangs on the reader alone (`Within.prices` is part of its word), so kept answers are never another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from exchange.access.callers import Reader
from exchange.access.openings import PriceList, opening
from exchange.access.policy import Tier
from exchange.store.partners import kept_openings
from exchange.store.prices import PriceRow, lines_for
from schemas.fields import plain

MEMBER = "negotiated_prices"
CURRENCY = "IDR"
_EMPTY = f'"{MEMBER}":null'.encode()


def lists_in_force(session: Session, day: date) -> tuple[PriceList, ...]:
    """The price lists of all partners that hold on a day."""
    return tuple(sorted({held for kept in kept_openings(session) if (held := opening(kept).price_list(day)) is not None}))


def lists_of_reader(session: Session, reader: Reader) -> tuple[PriceList, ...]:
    """The price lists that a reader reads: a partner its own, staff all, others none."""
    if reader.within is not None:
        return reader.within.prices
    if reader.tier is not Tier.STAFF:
        return ()
    return lists_in_force(session, reader.day or datetime.now(ZoneInfo("Asia/Jakarta")).date())


def with_prices(session: Session, reader: Reader, bodies: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """
    Products that the reader's contract opens to it (all, to staff), with their negotiated prices; others are given back as they are.

    bodies: (SKU, canonical JSON). One statement more than `lists_of_reader` has, none where there is no list.
    """
    lists = lists_of_reader(session, reader) if bodies else ()
    if not lists:
        return [body for _, body in bodies]
    told: dict[str, list[dict[str, Any]]] = {}
    by_name = {(one.case, one.number): one for one in lists}
    for case, number, line in lines_for(session, by_name, [sku for sku, _ in bodies]):
        said = told_line(by_name[case, number], line)
        if said is not None:
            told.setdefault(line.sku, []).append(said)
    return [_filled(body, told[sku]) if sku in told else body for sku, body in bodies]


def told_line(of: PriceList, line: PriceRow) -> dict[str, Any] | None:
    """A line as it is told, its days within those of its list; None where none of them is."""
    since = max((day for day in (of.since, line.valid_from) if day is not None), default=None)
    until = min((day for day in (of.until, line.valid_until) if day is not None), default=None)
    if since is not None and until is not None and until < since:
        return None
    least, most = line.quantity_min, line.quantity_max
    return {
        "agreement": of.case, "version": of.number, "price": plain(line.price), "currency": CURRENCY, "unit_code": line.unit,
        "unit_said": line.unit_said, "quantity_min": None if least is None else plain(least),
        "quantity_max": None if most is None else plain(most), "valid_from": since and since.isoformat(),
        "valid_until": until and until.isoformat(), "note": line.note,
    }  # fmt: skip


def _filled(body: bytes, told: list[dict[str, Any]]) -> bytes:
    """The record with its prices; canonical JSON as before, since no text inside can hold the member's name between bare quotes."""
    made = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    if _EMPTY in body:
        return body.replace(_EMPTY, _EMPTY[:-4] + made, 1)
    return orjson.dumps(orjson.loads(body) | {MEMBER: told}, option=orjson.OPT_SORT_KEYS)  # a record of before the member
