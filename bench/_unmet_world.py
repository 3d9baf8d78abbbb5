"""Demands, products and matches in number, written in bulk: half of the demands met something, up to ten products each."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import orjson
from _demands import demands
from sqlalchemy import insert

from exchange.store.base import Store, utcnow
from exchange.store.bulk import insert_many
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from schemas.codes import regions

HOME = "36.72"
TOP = 10
_FIRMS = 2_000
_PART = 5_000
_SECTORS = ("logam", "kimia", "pangan", "energi")
_CLASSES = tuple(f"{division}{rest}" for division in (10, 13, 16, 20, 22, 25, 27, 28, 31) for rest in ("111", "710", "920", "130", "290"))
_BLOCKS: tuple[tuple[str, tuple[str, str, str | None, str] | None, str], ...] = (
    ("certificates", ("offer", "sni", None, "SNI belum ada."), "Belum ada pada produk: SNI."),
    ("certificates", ("offer", "halal", None, "Halal belum ada."), "Belum ada pada produk: halal."),
    ("quantity", ("offer", "capacity_min", "900", "Naikkan kapasitas."), "Diminta 900, kapasitas 180."),
    ("lead_time", ("offer", "lead_time_days", "9", "Percepat pengerjaan."), "Butuh 30 hari, tersedia 9 hari."),
    ("lead_time", None, "Batas waktu 1 Maret 2026 sudah lewat."),
    ("price", ("demand", "budget.amount", "9", "Naikkan pagu."), "Harga di atas pagu."),
)
_CLEAR = ("text", "classes", "distance", "island", "domestic", "small_business", "scale")


def make(store: Store, count: int, products: int, seed: int = 11) -> None:
    """Fill an empty database; the same numbers and seed give the same rows but for their times."""
    made, codes = random.Random(seed), [code for code in _codes() if code != HOME]
    _shelf(store, products, made)
    listings, row_id = demands(count, seed), 0
    while part := list(islice(listings, _PART)):
        first = row_id + 1
        rows = [_demand(listing, first + at, made.choice(codes)) for at, listing in enumerate(part)]
        row_id += len(part)
        pairs = [match for at in range(len(part)) if made.random() < 0.5 for match in _matches(made, first + at, products)]
        now = utcnow()
        same = {"model": "contoh", "state": "proposed", "demand_version": 1, "product_version": 1, "version": 1, "made_at": now,
                "updated_at": now}  # fmt: skip
        with store.work() as session:
            session.execute(insert(DemandRow), rows)
            names = ("demand_id", "product_id", "score", "marks", "verdict")
            insert_many(session.connection(), MatchRow.__table__, names, pairs, same)  # type: ignore[arg-type]


def _codes() -> list[str]:
    return [one.code for one in regions() if len(one.code) == 5]


def _shelf(store: Store, products: int, made: random.Random) -> None:
    with store.work() as session:
        session.add(SourceRow(id=1, name="contoh", connector="table", region="33.75", state="approved"))
        session.flush()
        firms = [
            {"id": at + 1, "nib": f"9120{at:09}", "name": f"CV Contoh {at}", "ident": f"ikm-{at}", "sector": _SECTORS[at % 4],
             "kbli": [], "training_needs": ["SNI"] if at % 7 == 0 else []}
            for at in range(_FIRMS)
        ]  # fmt: skip
        session.execute(insert(BusinessRow), firms)
        goods = [
            {"id": at + 1, "sku": f"C-{at:06}", "name": f"Barang contoh {at}", "business_id": at % _FIRMS + 1, "keywords": [],
             "sector": _SECTORS[at % 4], "kbli": made.choice(_CLASSES)}
            for at in range(products)
        ]  # fmt: skip
        for start in range(0, products, _PART):
            session.execute(insert(ProductRow), goods[start : start + _PART])


def _demand(listing: dict[str, Any], row_id: int, region: str) -> dict[str, Any]:
    items = [item | {"quantity": None} for item in listing["items"]]
    return {
        "id": row_id, "ident": f"d-{row_id:016x}", "source_id": 1, "reference": str(row_id), "title": listing["title"],
        "buyer_name": "Dinas Contoh", "region": region, "category": listing["category"], "items": items, "status": "open",
        "budget_amount": listing["budget"]["amount"], "budget_currency": "IDR", "content_hash": "0", "raw_answer": "0", "raw_position": 0,
        "connector_version": "1", "matched_version": 1, "version": 1,
    }  # fmt: skip


def _matches(made: random.Random, demand: int, products: int) -> list[tuple[Any, ...]]:
    found = []
    for product in made.sample(range(1, products + 1), made.randint(1, TOP)):
        blocks = made.sample(_BLOCKS, made.choice((0, 1, 1, 2)))
        marks = [[name, name.title(), round(made.random(), 3), 1.0, False, "diminta", "ada", "Cocok."] for name in _CLEAR]
        marks += [[name, name.title(), 0.3, 1.5, False, None, None, says, True, False, change] for name, change, says in blocks]
        verdict = "ask" if not blocks else "near_miss" if len(blocks) == 1 and blocks[0][1] else "unfit"
        found.append((demand, product, made.randint(300_000, 990_000), orjson.dumps(marks).decode(), verdict))
    return found
