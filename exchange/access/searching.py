"""
Products and firms as they are searched: made beside their segments, in the same transaction.

Whatever stands here is read by everybody who reads the record (a test holds it to the policy), but for `state` and the capacity: by
those only who read them, or its band, may filter (`exchange.api.filters`). So a word or a number that is hidden from a caller
never decides what that caller finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from exchange.store.search import CERTIFICATES, CODE, LONGEST_KEY, Entry
from schemas.reading.searching import search_terms

# fields whose words a record is found by, and what a hit in each counts for when the best come first
PRODUCT_WORDS = {"name": 8, "keywords": 4, "producer": 2, "description": 1}
BUSINESS_WORDS = {"name": 8, "cluster": 4}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONEY, AMOUNT, PERCENT = 4, 6, 4
LONGEST_PLACE = 80


def product_entry(record: Mapping[str, Any], firm: Mapping[str, Any], readers: int) -> Entry:
    """
    The entry of a product.

    record, firm: members of ProductSchema and BusinessSchema with ident, version, state and updated_at; readers: as a sum of bits.
    """
    prices = [price for price in (record["price_min"], record["price_max"]) if price is not None]
    words = {
        "name": record["name"], "keywords": " ".join(record["keywords"] or ()), "producer": firm["name"],
        "description": record["description"] or "",
    }  # fmt: skip
    return Entry(
        readers=readers,
        name=_key(record["name"]),
        changed=micros(record["updated_at"]),
        state=record["state"],
        sector=record["sector"],
        kbli=record["kbli"],
        kbki=record["kbki"],
        hs=record["hs"],
        district=firm["district"],
        place=lowered(firm["district"], LONGEST_PLACE),
        producer=firm["ident"],
        price_low=scaled(min(prices, default=None), MONEY),
        price_high=scaled(max(prices, default=None), MONEY),
        capacity=scaled(record["capacity_max"], AMOUNT),
        tkdn=scaled(record["tkdn_percent"], PERCENT),
        lead_time=record["lead_time_days"],
        certificates=certificate_bits(name for name in CERTIFICATES if record[name]),
        terms=search_terms((words[name], weight) for name, weight in PRODUCT_WORDS.items()),
    )


def business_entry(record: Mapping[str, Any], readers: int) -> Entry:
    """The entry of a firm; record: members of BusinessSchema with updated_at."""
    words = search_terms((record[name] or "", weight) for name, weight in BUSINESS_WORDS.items())
    return Entry(
        readers=readers,
        name=_key(record["name"]),
        changed=micros(record["updated_at"]),
        sector=record["sector"],
        scale=record["scale"],
        district=record["district"],
        place=lowered(record["district"], LONGEST_PLACE),
        cluster=lowered(record["cluster"]),
        terms=words | {f"{CODE}{code}": 0 for code in record["kbli"] or ()},
    )


def certificate_bits(names: Iterable[str]) -> int:
    """Names of `CERTIFICATES` as one number."""
    return sum(1 << CERTIFICATES.index(name) for name in set(names))


def micros(when: datetime) -> int:
    """A time as microseconds since 1970."""
    return (when - _EPOCH) // timedelta(microseconds=1)


def scaled(value: Decimal | None, digits: int) -> int | None:
    """A number as whole 10^-digits; what is finer is cut."""
    return None if value is None else int(value.scaleb(digits))


def _key(name: str) -> str:
    return name.casefold()[:LONGEST_KEY]


def lowered(name: str | None, longest: int = LONGEST_KEY) -> str | None:
    """A name as it is compared; None where there is none."""
    return name.casefold()[:longest] if name else None
