"""Random demands of three sources, and the same in plain values, with their words and who reads them: written apart from the service."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from exchange.access.policy import Tier
from exchange.access.segments import refresh_demands
from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.sources import SourceRow
from schemas.demand import CATEGORIES, STATUSES
from schemas.reading.roots import root

HOME = "36.72"
TITLES = ("Pagar besi", "Pengadaan rak arsip", "Belanja kertas HVS", "Étalase kaca", "Jasa pengelasan", "Makan minum rapat", "~tilde",
          "KURSI kayu", "Pengering padi")  # fmt: skip
WORDS = ("pagar", "besi", "rak", "rakit", "kertas", "mengelas", "kursi", "kering", "penger", "ker", "étalase", "etalase", "dinas", "kayu",
         "tidakada", "rup", "hvs", "untuk", "pengadaan", "tilde")  # fmt: skip
REGIONS = ("33.74", "33.28", "36.72", "36", "11.01", None)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TIERS = [Tier.PUBLIC, Tier.AGREED, Tier.STAFF]
SEEN = {"terbuka": set(Tier), "tertutup": {Tier.AGREED, Tier.CONTRACTED, Tier.STAFF}, "luar": {Tier.STAFF}}


def _values(told: random.Random) -> dict[str, Any]:
    budget = told.choice((None, "0", "1500000.5", "50000000", "50000000", "900000000"))
    end = told.choice((None, date(2026, 3, 31), date(2026, 6, 30), date(2026, 12, 1)))
    start = told.choice((None, date(2025, 12, 31), date(2026, 3, 1)))
    return {
        "title": told.choice(TITLES), "buyer_name": told.choice(("Dinas Contoh", "RSUD Kayu Manis")), "region": told.choice(REGIONS),
        "description": told.choice((None, "Rangka besi, dicat.", "untuk rapat")), "category": told.choice((None, *CATEGORIES)),
        "status": told.choice(STATUSES), "budget_amount": budget and Decimal(budget), "budget_currency": told.choice(("IDR", "IDR", "USD")),
        "items": [{"position": 1, "text": told.choice(TITLES), "specification": told.choice((None, "kayu jati"))}],
        "selection_end": end, "contract_start": start, "published_at": told.choice((None, datetime(2026, 2, 28, 17, tzinfo=UTC))),
        "updated_at": NOW + timedelta(hours=told.randrange(4)), "state": told.choice(("live",) * 4 + ("withdrawn",)),
    }  # fmt: skip


def fill(store: Store, seed: int, count: int) -> None:
    told = random.Random(seed)
    with store.work() as session:
        sources = {row.name: row for row in session.scalars(select(SourceRow))}
        for name in SEEN.keys() - sources.keys():
            region = "33.74" if name == "luar" else HOME
            sources[name] = SourceRow(name=name, connector="ocds", region=region, state="approved", public=name == "terbuka", options={})
            session.add(sources[name])
        session.flush()
        rows = []
        for number in range(count):
            source = sources[told.choice(sorted(SEEN))]
            ident = f"d-{told.choice(('aaaa', 'aaab', 'ff00'))}{seed:04x}{number:08x}"
            row = DemandRow(ident=ident, source_id=source.id, reference=f"RUP-{seed}-{number}", content_hash="0" * 64, raw_answer="0" * 64,
                            raw_position=number, connector_version="1", **_values(told))  # fmt: skip
            row.source = source
            rows.append(row)
        session.add_all(rows)
        session.flush()
        refresh_demands(session, rows, HOME)


def change(store: Store, seed: int, count: int) -> None:
    """Give some demands another content, take some back, open them to others."""
    told = random.Random(seed)
    with store.work() as session:
        rows = list(session.scalars(select(DemandRow).order_by(DemandRow.id)))
        chosen = told.sample(rows, min(count, len(rows)))
        sources = list(session.scalars(select(SourceRow).order_by(SourceRow.id)))
        for row in chosen:
            row.source = told.choice(sources)
            row.version += 1
            for name, value in _values(told).items():
                setattr(row, name, value)
        session.flush()
        refresh_demands(session, chosen, HOME)


def plain(store: Store) -> list[dict[str, Any]]:
    """All demands in plain values, by public name."""
    with store.read() as session:
        rows = session.execute(select(DemandRow, SourceRow.name).join(SourceRow, SourceRow.id == DemandRow.source_id)).all()
    made = []
    for row, source in rows:
        record = {column.key: getattr(row, column.key) for column in DemandRow.__table__.columns}
        texts = [
            row.title,
            row.reference,
            row.description,
            row.buyer_name,
            *(item[part] for item in row.items for part in ("text", "specification")),
        ]
        record["words"] = {word for text in texts for word in said(text)}
        record["in_title"] = set(said(row.title))
        made.append(record | {"source": source, "readers": SEEN[source] if row.state == "live" else set()})
    return sorted(made, key=lambda record: record["ident"].encode())


def said(text: str | None) -> list[str]:
    return [word for word in re.split(r"[\W_]+", (text or "").casefold()) if len(word) > 1 and word not in {"untuk"}]


def has(words: set[str], word: str, beginning: bool) -> bool:
    roots = {root(each) for each in words}
    return root(word) in roots or (beginning and any(each.startswith(word) for each in words | roots))


def speaks_of(record: dict[str, Any], text: str) -> bool:
    asked = said(text)
    last = asked[-1] if len(asked[-1]) > 2 and text.casefold().endswith(asked[-1]) else None
    return all(has(record["words"], word, root(word) == root(last) if last else False) if word != last else
               has(record["words"], word, beginning=True) for word in asked)  # fmt: skip


def budget_of(record: dict[str, Any]) -> Decimal | None:
    return record["budget_amount"] if record["budget_currency"] == "IDR" else None


def within(value: Any, low: Any, high: Any) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value <= high)
