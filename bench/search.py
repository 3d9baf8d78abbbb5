"""
Milliseconds that a page of a search takes, over the WSGI application without a network.

    python3 run.py bench search [--products N] [--rounds N] [--postgresql URL]

Fills a SQLite database of its own (or the empty PostgreSQL database that is named) with made-up products of made-up firms, and asks
each query in turn. JSON on standard output: for each query the records of its page, p50 and p99 in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.app import create_app
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow
from schemas.business import SECTORS

THINGS = ("pagar", "teralis", "meja", "kursi", "lemari", "rak", "kanopi", "sabun", "kue", "keripik", "tungku", "kompor", "pompa", "kabel")
STUFFS = ("besi", "kayu", "baja", "aluminium", "plastik", "pisang", "singkong", "bambu", "rotan", "karet")
MANNERS = ("hollow", "lipat", "minimalis", "galvanis", "ukir", "cetak", "tanam", "gantung", "portabel", "serbaguna", "pengering")
DISTRICTS = ("Cibeber", "Cilegon", "Citangkil", "Ciwandan", "Gerogol", "Jombang", "Pulomerak", "Purwakarta")
QUERIES: dict[str, dict[str, object]] = {
    "first page": {},
    "one sector": {"sector": "logam"},
    "a rare word": {"q": "langka"},
    "a common word": {"q": "besi"},
    "two words": {"q": "pagar besi"},
    "two words, best first": {"q": "pagar besi", "sort": "relevance"},
    "a common word, best first": {"q": "besi", "sort": "relevance"},
    "a word that is being typed": {"q": "pagar gal"},
    "word, sector, district": {"q": "pagar", "sector": "logam", "district": "Citangkil"},
    "KBLI": {"kbli": "2511"},
    "price and certificate, by price": {"price_min": "100000", "price_max": "200000", "certificate": "sni", "sort": "price_min"},
    "dearest first": {"sort": "-price_min"},
    "by name": {"sort": "name"},
    "changed since": {"changed_since": "2026-11-26T00:00:00Z"},
    "rare in every way": {"sector": "pangan", "certificate": "sni,halal,distribution_permit", "tkdn_min": "99", "lead_time_max": "2"},
    "three facets": {"facets": "sector,district,kbli"},
    "three facets of words": {"q": "pagar besi", "facets": "sector,district,kbli"},
    "three fields": {"fields": "sku,name,price_min"},
}


def fill(store: Store, count: int) -> None:
    """Made-up products, 40 a firm."""
    seed = random.Random(5)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(0, count, 2000):
        with store.work() as session:
            firms = [
                BusinessRow(nib=f"91{number:011}", name=f"CV {seed.choice(STUFFS).title()} {number}", legal_form="CV",
                            sector=seed.choice(SECTORS), district=seed.choice(DISTRICTS), consented_on=date(2026, 1, 5))
                for number in range(first // 40, min(first + 2000, count) // 40)
            ]  # fmt: skip
            session.add_all(firms)
            rows = [product(seed, start, number, firms[(number - first) // 40]) for number in range(first, min(first + 2000, count))]
            session.add_all(rows)
            session.flush()
            refresh_businesses(session, firms)
            refresh_products(session, rows)


def product(seed: random.Random, start: datetime, number: int, firm: BusinessRow) -> ProductRow:
    """One made-up product; one in 5,000 has a word of its own."""
    price = Decimal(seed.randrange(5, 5000) * 1000) if seed.random() < 0.9 else None
    words = [seed.choice(THINGS), seed.choice(STUFFS), seed.choice(MANNERS)]
    return ProductRow(
        sku=f"SKU-{number:06}", name=" ".join(words).capitalize(), sector=firm.sector,
        kbli=seed.choice(("25111", "25119", "31001", "10710")),
        hs="730890", unit_said="buah", unit_code="H87", business=firm, price_min=price, price_max=price and price * 2,
        description=f"Dibuat dari {seed.choice(STUFFS)} pilihan, {' '.join(seed.sample(MANNERS, 3))}, dikirim ke seluruh Banten."
        + (" Langka." if number % 5000 == 7 else ""),
        capacity_max=Decimal(seed.randrange(1, 5000)), capacity_period="bulan", lead_time_days=seed.randrange(1, 60),
        tkdn_percent=Decimal(seed.randrange(10, 100)), sni="SNI 1" if seed.random() < 0.1 else None, keywords=seed.sample(THINGS, 2),
        halal="ID1" if seed.random() < 0.1 else None, updated_at=start + timedelta(minutes=number * 10 % 480_000),
    )  # fmt: skip


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--products", type=int, default=50_000)
    wanted.add_argument("--rounds", type=int, default=30)
    wanted.add_argument("--postgresql", default="", help="address of an empty database")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = given.postgresql or f"sqlite:///{Path(name) / 'exchange.sqlite3'}"
        store = Store(url)
        migrate.upgrade(store)
        begun = perf_counter()
        fill(store, given.products)
        report: dict[str, object] = {"products": given.products, "filled_s": round(perf_counter() - begun, 1)}
        settings = Settings(database_url=url, data_dir=Path(name), executor="serial", secret_key="0" * 64, rate_public=0)
        report |= measured(settings, store, "/api/v1/products", QUERIES, given.rounds)
        store.close()
    print(json.dumps(report, indent=1))


def measured(
    settings: Settings, store: Store, path: str, queries: Mapping[str, Mapping[str, object]], rounds: int
) -> dict[str, dict[str, float]]:
    """What `measure` says of each query of a list."""
    client = create_app(settings, store).test_client()
    client.set_cookie("bench", "1")  # what bears a cookie is not answered from what was answered before
    return {title: measure(client, f"{path}?{urlencode(query)}", rounds) for title, query in queries.items()}


def measure(client: Any, address: str, rounds: int) -> dict[str, float]:
    times = []
    for _ in range(rounds + 1):
        begun = perf_counter()
        answer = client.get(address)
        times.append((perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}: {answer.text}")
    times = sorted(times[1:])  # the first one warms up
    return {
        "records": len(answer.get_json()["items"]),
        "p50_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[int(len(times) * 0.99)], 2),
    }


if __name__ == "__main__":
    main()
