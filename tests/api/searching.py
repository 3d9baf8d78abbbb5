"""A catalogue of random products, and what a search of it must find by the records that a caller reads: written apart from the service."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow
from schemas.reading.roots import root

NAMES = ("Pagar besi", "pagar Besi hollow", "Jasa pengelasan pagar", "Meja kayu ukir", "meja", "Kursi dan meja", "Étalase kaca",
         "Kue kering", "Mesin pengering", "ßtand pameran", "Pagar", "~tilde", "Las listrik", "Zink-cat")  # fmt: skip
WORDS = ("pagar", "besi", "meja", "mengelas", "pengelasan", "las", "kering", "penger", "mej", "kayu", "untuk", "dan", "CONTOH", "etalase",
         "étalase", "cv", "hollow", "ukiran", "kur", "tidakada")  # fmt: skip
DISTRICTS = ("Cibeber", "Citangkil", "PULOMERAK", None)
CODES = {"kbli": ("25111", "25119", "31001", None), "kbki": ("42110", "4211001", "38140", None), "hs": ("730890", "940360", "730810", None)}
PRICES = (None, None, 1000, 5000, 5000, 25000)
DAY = datetime(2026, 11, 1, tzinfo=UTC)


def fill(store: Store, seed: int, firms: int = 6, products: int = 40) -> None:
    """Firms that agreed and one that did not; products on offer and not, with ties and gaps in every value."""
    told = random.Random(seed)
    with store.work() as session:
        rows = [
            BusinessRow(
                ident=f"ikm-s{seed}-{number}", nib=f"{8000000000000 + seed * 100 + number}",
                name=f"{told.choice(('CV Contoh', 'UD Besi'))} {number}",
                legal_form=told.choice(("CV", "UD")), sector=told.choice(("logam", "pangan", None)), district=told.choice(DISTRICTS),
                scale=told.choice(("mikro", "kecil", None)), cluster=told.choice(("Sentra Las", None)),
                kbli=told.sample(("25111", "25119", "10710"), told.randrange(3)), consented_on=DAY.date() if number else None,
                updated_at=DAY + timedelta(hours=told.randrange(4)),
            )
            for number in range(firms)
        ]  # fmt: skip
        session.add_all(rows)
        made = [_product(told, f"{told.choice('aAbZ')}-{seed}-{number}", told.choice(rows)) for number in range(products)]
        session.add_all(made)
        session.flush()
        refresh_businesses(session, rows)
        refresh_products(session, made)


def _product(told: random.Random, sku: str, firm: BusinessRow) -> ProductRow:
    low, high = told.choice(PRICES), told.choice(PRICES)
    if low and high and high < low:
        low, high = high, low
    capacity = told.choice((None, "0", "0.5", "99.999", "100", "180", "1000", "5000"))
    return ProductRow(
        sku=sku, name=told.choice(NAMES), business=firm, sector=told.choice(("logam", "pangan", None)),
        description=told.choice((None, "Untuk pagar rumah, dicat.", "Kayu jati ukiran")), keywords=told.sample(("las", "mebel", "besi"), 1),
        price_min=low and Decimal(low), price_max=high and Decimal(high), capacity_max=capacity and Decimal(capacity),
        lead_time_days=told.choice((None, 0, 7, 7, 30)), tkdn_percent=told.choice((None, Decimal(40), Decimal("40.5"), Decimal(90))),
        sni=told.choice((None, "SNI 1")), halal=told.choice((None, "ID1")), distribution_permit=told.choice((None, "P-IRT 1")),
        state=told.choice(("active", "active", "active", "withdrawn")), updated_at=DAY + timedelta(hours=told.randrange(4)),
        **{name: told.choice(codes) for name, codes in CODES.items()},
    )  # fmt: skip


def read_all(client: FlaskClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    """Every record of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = client.get(path, query_string={"limit": 200} | asked | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found += answer.get_json()["items"]
        cursor = answer.get_json()["next"]
        if cursor is None:
            return found


def _said(text: str | None) -> list[str]:
    return [word for word in re.split(r"[\W_]+", (text or "").casefold()) if len(word) > 1 and word not in {"untuk", "dan"}]


def _texts(record: dict[str, Any]) -> list[str | None]:
    if "sku" in record:
        return [record["name"], record["description"], *record["keywords"], record["producer"]["name"]]
    return [record["name"], record["cluster"]]


def speaks_of(record: dict[str, Any], text: str) -> bool:
    """Whether a record has every word of a search, the last one by its beginning too."""
    has = {word for told in _texts(record) for word in _said(told)}
    roots = {root(word) for word in has}
    asked = _said(text)
    last = asked[-1] if len(asked[-1]) > 2 and text.casefold().endswith(asked[-1]) else None
    for word in asked:
        if root(word) in roots:
            continue
        begun = last is not None and root(word) == root(last) and any(each.startswith(last) for each in has | roots)
        if not begun:
            return False
    return True


def _prices(record: dict[str, Any]) -> list[Decimal]:
    return [Decimal(record[name]) for name in ("price_min", "price_max") if record[name] is not None]


def _reaches(record: dict[str, Any], least: str) -> bool:
    if "capacity_max" in record:
        return record["capacity_max"] is not None and Decimal(record["capacity_max"]) >= Decimal(least)
    band = record["capacity_band"]
    return band is not None and Decimal(band.partition("-")[2]) > Decimal(least)


def _district(record: dict[str, Any]) -> str:
    return record.get("producer", record)["district"] or ""


TESTS: dict[str, Any] = {
    "q": speaks_of,
    "sector": lambda record, value: record["sector"] == value,
    "scale": lambda record, value: record["scale"] == value,
    "cluster": lambda record, value: (record["cluster"] or "").lower() == value.lower(),
    "state": lambda record, value: record["state"] == value,
    "producer": lambda record, value: record["producer"]["ident"] == value,
    "district": lambda record, value: _district(record).lower() == value.lower(),
    "kbli": lambda record, value: any(
        code.startswith(value) for code in (record["kbli"] if isinstance(record["kbli"], list) else [record["kbli"] or ""])
    ),
    "kbki": lambda record, value: (record["kbki"] or "").startswith(value),
    "hs": lambda record, value: (record["hs"] or "").startswith(value),
    "price_min": lambda record, value: bool(_prices(record)) and max(_prices(record)) >= Decimal(value),
    "price_max": lambda record, value: bool(_prices(record)) and min(_prices(record)) <= Decimal(value),
    "capacity": _reaches,
    "certificate": lambda record, value: all(record[name] for name in value.split(",")),
    "tkdn_min": lambda record, value: record["tkdn_percent"] is not None and Decimal(record["tkdn_percent"]) >= int(value),
    "lead_time_max": lambda record, value: record["lead_time_days"] is not None and record["lead_time_days"] <= int(value),
    "changed_since": lambda record, value: record["updated_at"] >= value,
}


def wanted(records: list[dict[str, Any]], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The records that the filters must leave, in the order that they came."""
    return [record for record in records if all(TESTS[name](record, value) for name, value in asked.items())]


def _value(record: dict[str, Any], name: str) -> Any:
    if name == "name":
        return record["name"].casefold().encode()
    if name == "price_min":
        return min(_prices(record), default=None)
    value = record[name]
    return Decimal(value) if name == "tkdn_percent" and value is not None else value.encode() if isinstance(value, str) else value


def in_order(records: list[dict[str, Any]], sort: str, ident: str) -> list[str]:
    """The public names of records in an order: `-` down, ties by name in the same direction, what has no value last."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    by_name = sorted(records, key=lambda record: record[ident].encode(), reverse=down)
    with_value = [record for record in by_name if _value(record, name) is not None]
    without = [record for record in by_name if _value(record, name) is None]
    return [record[ident] for record in sorted(with_value, key=lambda record: _value(record, name), reverse=down) + without]
