"""A small office: firms, products, two sources with runs, demands, matches, and one account for each role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from exchange.access.partners import add_partner, new_secret, set_stage
from exchange.access.scopes import SCOPES
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.jobs.needs import brief_of
from exchange.jobs.nightly import Night
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow, apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.nights import close_night, open_night
from exchange.store.partners import Use, add_use
from exchange.store.products import ProductRow
from exchange.store.proposals import propose
from exchange.store.quarantine import QuarantineRow
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow
from exchange.store.users import UserRow
from exchange.sync.report import Report
from schemas.supply import SupplySchema

from ..worlds import Worlds  # isort: skip
from ..posting import post, post_by_tls  # noqa: F401  # isort: skip
from .browsing import address, visit  # noqa: F401  # isort: skip
from .casework import node, open_case  # noqa: F401  # isort: skip
from .sourcing import jati  # noqa: F401  # isort: skip
from .importing import act, upload_book  # noqa: F401  # isort: skip

PASSWORD = "kata-sandi-uji-coba"
# argon2 at its cheapest: the pages are tested here, the cost of a guess in tests/access
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
HOSTILE = 'Pagar <script>alert(1)</script> & "kutip" <img src=x onerror=alert(1)>'
SECRET = "rahasia-3f9c"


def mark(title: str, score: float | None, need: str | None, offer: str | None, says: str, *, gate: bool = False) -> dict[str, Any]:
    name = title.lower().replace(" ", "_")
    return {"criterion": name, "title": title, "score": score, "weight": 2.0, "gate": gate, "need": need, "offer": offer, "says": says}


MARKS = [
    mark("Kesesuaian kata", 0.91, "pagar besi hollow", "Pagar besi hollow minimalis", "Kata “pagar”, “besi”, “hollow” bertemu.", gate=True),
    mark("Jumlah", None, None, "180 m2 per bulan", "Permintaan tidak menyebut jumlahnya, maka kapasitas tidak dapat dibandingkan."),
    mark("Anggaran", 0.8, "Rp 95.000.000", "Rp 550.000 – Rp 850.000 per m2", "Anggaran cukup untuk sekitar 110 m2."),
]


def demand(session: Session, source: SourceRow, number: int, title: str, **more: Any) -> DemandRow:
    values: dict[str, Any] = {
        "ident": f"d-{number:016x}",
        "source_id": source.id,
        "reference": f"RUP-{number}",
        "title": title,
        "buyer_name": "Dinas Pekerjaan Umum Kota Semarang",
        "buyer_unit": "Bidang Cipta Karya",
        "region": source.region,
        "category": "goods",
        "items": [
            {"position": 1, "text": title, "specification": "Rangka 40x40x1,6 mm", "quantity": None, "classifications": []},
            {"position": 2, "text": "Pintu gerbang dorong", "specification": None, "classifications": [],
             "quantity": {"amount": "2", "unit": "C62", "said": "2 unit"}},
        ],
        "budget_amount": Decimal("95000000") + number,
        "budget_currency": "IDR",
        "budget_basis": "package_ceiling",
        "selection_start": date(2026, 3, 1),
        "selection_end": date(2026, 3, 31),
        "selection_precision": "month",
        "status": "open",
        "url": "https://spse.example.id/lelang/1",
        "content_hash": "0" * 64,
        "raw_answer": "ab" * 32,
        "raw_position": number,
        "connector_version": "1",
        "published_at": datetime(2026, 2, 1, 3, 5, tzinfo=UTC),
    }  # fmt: skip
    row = DemandRow(**values | more)
    session.add(row)
    return row


def _firm(session: Session) -> BusinessRow:
    row, _ = apply_business(
        session,
        {
            "nib": "9120000000017", "name": "Bengkel Las Karya Mandiri", "legal_form": "CV", "sector": "logam", "kbli": ["25111"],
            "scale": "kecil", "district": "Citangkil", "workers": 12, "investment": Decimal("250000000"),
            "visited_on": date(2026, 8, 12), "visit_note": "Mesin bubut baru.", "training_needs": ["pengelasan"],
        },
    )  # fmt: skip
    return row


def _products(session: Session, firm: BusinessRow, count: int) -> list[Any]:
    made = []
    for number in range(count):
        data = {
            "sku": f"UJI-LGM-{number:03}", "name": f"Pagar besi hollow minimalis {number}",
            "sector": ("logam", "kimia")[number % 2],
            "description": "Pagar rangka hollow galvanis, dicat.", "kbli": "25111", "hs": "730890", "unit_said": "m2", "unit_code": "MTK",
            "price_min": Decimal(550000), "price_max": Decimal(850000), "price_valid_until": date(2026, 12, 31),
            "capacity_min": Decimal(180),
            "capacity_max": Decimal(180), "capacity_period": "bulan", "lead_time_days": 14, "tkdn_percent": Decimal("47.2"),
            "keywords": ["pagar", "besi"],
        }  # fmt: skip
        made.append(ProductRow(**data, business=firm))
    session.add_all(made)
    session.flush()
    refresh_businesses(session, [firm])
    refresh_products(session, made)
    return made


def _runs(session: Session, good: SourceRow, bad: SourceRow) -> RunRow:
    then = utcnow() - timedelta(hours=6)
    session.add(RunRow(source_id=good.id, connector_version="1", state="complete", started_at=then, ended_at=then, fetched=40, new=40))
    session.add(
        RunRow(source_id=good.id, connector_version="1", state="complete", started_at=then, ended_at=then, fetched=38, unchanged=38,
               missing=2, held=2, reasons=["2 dari 40 permintaan tidak lagi disebut sumber; semuanya ditahan."])
    )  # fmt: skip
    failed = RunRow(source_id=bad.id, connector_version="1", state="failed", started_at=then, ended_at=then,
                    reasons=["Yang datang halaman HTML, bukan JSON; tidak ada yang dicabut."])  # fmt: skip
    session.add(failed)
    session.flush()
    return failed


def _supply(session: Session, sources: tuple[SourceRow, SourceRow]) -> None:
    """What two regions offer, one of it no longer, one with marks of a hostile hand."""
    for number in range(30):
        said = {"sku": f"EMP-{number:02}", "name": f"Emping melinjo {number}", "producer": {"name": "KUB Melinjo", "district": "Mijen"},
                "classifications": [{"scheme": "KBKI", "code": "2143001004", "edition": "2015"}], "unit_said": "dus",
                "price_min": "24000", "price_max": "31000.5", "price_valid_until": "2026-12-31", "minimum_order": "12",
                "capacity_band": "100-1000", "capacity_period": "bulan", "url": "https://simpul.example.id/p"}  # fmt: skip
        if number == 1:
            said |= {"name": HOSTILE, "description": HOSTILE, "url": "javascript:alert(1)", "producer": {"name": HOSTILE}}
        record = SupplySchema().dump(SupplySchema().load(said))
        session.add(
            SupplyRow(ident=f"s-{number:016x}", source_id=sources[number % 2].id, reference=said["sku"], sku=said["sku"],
                      region=sources[number % 2].region, name=said["name"], producer=record["producer"]["name"], record=record,
                      state="missing" if number == 2 else "live", content_hash="0" * 64, connector_version="1", raw_answer="ab" * 32,
                      raw_position=number)
        )  # fmt: skip


def _night(session: Session) -> None:
    """Last night: one list that came, one that did not, and one source that rests."""
    reports = [
        Report("semarang", state="complete", fetched=38, unchanged=38, missing=2, held=2, undecided=2, requests=4, bytes=81_234,
               seconds=3.1, notes=["2 dari 40 permintaan tidak lagi disebut sumber; semuanya ditahan."]),
        Report("tegal", reasons=["Yang datang halaman HTML, bukan JSON; tidak ada yang dicabut."], notice="Sumber mulai gagal."),
    ]  # fmt: skip
    rest = {"source": "baru", "health": "lapsed", "failures": 9, "last_good_at": "2026-11-01T01:15:00+00:00", "next_try_at": None}
    told = Night(sources=reports, resting=[rest], matching={"demands": 40, "products": 30, "matches": 60}, seconds=75.0).as_json()
    row = open_night(session, utcnow() - timedelta(hours=6), timedelta(0))
    close_night(session, row.id, utcnow() - timedelta(hours=6), told, brief_of(told))


def _partner(session: Session) -> None:
    """An office with a contract, one secret, and use of a week."""
    row = add_partner(session, "kota-contoh", "Pemerintah Kota Contoh", "33.74", SCOPES, contact="dagang@contoh.example", actor="admin")
    set_stage(session, row, "contracted", until=date(2099, 12, 31), sectors=["logam"], kbli=["20"], actor="admin")
    new_secret(session, row, actor="admin")
    today = utcnow().date()
    add_use(session, [Use(row.id, today - timedelta(days=ago), "products.listing", 1000 + ago, ago) for ago in range(7)])


def _fill(store: Store) -> None:
    with store.work() as session:
        for role in ("admin", "petugas", "pimpinan", "auditor"):
            session.add(UserRow(name=role, password_hash=CHEAP, role=role, session_key="f" * 32))
        semarang = SourceRow(name="semarang", connector="lkpp_isb", region="33.74", state="approved",
                             options={"url": f"https://isb.example.id/{SECRET}/json/9/paket"})  # fmt: skip
        tegal = SourceRow(name="tegal", connector="lkpp_isb", region="33.28", state="approved", health="lapsed", failures=21,
                          last_good_at=datetime(2026, 10, 31, 18, 15, tzinfo=UTC),
                          next_try_at=datetime(2026, 12, 1, 19, tzinfo=UTC))  # fmt: skip
        session.add_all([semarang, tegal, SourceRow(name="baru", connector="ocds", region="33.75")])
        session.flush()
        products = _products(session, _firm(session), 30)
        demands = [demand(session, (semarang, tegal)[n % 2], n, f"Belanja pagar besi kantor {n}") for n in range(39)]
        demands.append(demand(session, semarang, 39, HOSTILE, buyer_name=HOSTILE, url="javascript:alert(1)", description=HOSTILE))
        session.flush()
        for row in (demands[0], demands[2]):
            row.missing_since = utcnow()
        for number in range(60):
            score = Decimal(99 - number // 3) / 100  # groups of three equals, so that paging meets ties
            session.add(
                MatchRow(demand_id=demands[39 - number % 40].id, product_id=products[number % 29].id, score=score, marks=MARKS,
                         model="bm25-1", demand_version=1, product_version=1)
            )  # fmt: skip
        _supply(session, (semarang, tegal))
        failed = _runs(session, semarang, tegal)
        _night(session)
        _partner(session)
        session.add(
            QuarantineRow(source_id=tegal.id, run_id=failed.id, reference="RUP-900", rule="schema:budget.amount",
                          message="budget.amount: bukan angka", answer="cd" * 32, position=3, content_hash="0" * 64, connector_version="1")
        )  # fmt: skip
        propose(session, "price", "UJI-LGM-000", "Harga sepuluh kali harga lama.", "katalog.xlsx, Produk!K7", {"price_min": "5500000"})
        propose(session, "product", "9120000000017 Pagar hollow besi", "mungkin produk yang sama dengan Pagar besi (UJI-LGM-001)",
                "katalog.xlsx, Produk!A9", {"nib": "9120000000017", "name": "Pagar hollow besi", "sector": "logam", "kbli": "25111",
                "price_min": "600000", "price_max": "700000", "price_valid_until": "2027-01-31"})  # fmt: skip


@pytest.fixture
def world(store: Store, worlds: Worlds) -> Store:
    """The office's database: 60 matches of 40 demands and 30 products, two held, one in quarantine, two doubts."""
    worlds.fill(store, _fill)
    return store


def token(page: Any) -> str:
    """The CSRF token of a page that was answered."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "the page has no form"
    return found[1]


@pytest.fixture
def csrf() -> Callable[[Any], str]:
    return token


@pytest.fixture
def staff(app: Flask, world: Store) -> Callable[[str], FlaskClient]:
    """A browser that is logged in as the account of that role."""

    def login(role: str) -> FlaskClient:
        client = app.test_client()
        form = {"csrf_token": token(client.get("/masuk")), "name": role, "password": PASSWORD}
        assert client.post("/masuk", data=form).status_code == 303
        return client

    return login


@pytest.fixture
def petugas(staff: Callable[[str], FlaskClient]) -> FlaskClient:
    return staff("petugas")


@pytest.fixture
def statements(world: Store) -> Callable[[], Any]:
    """Counts the SQL statements of a block."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(world.engine, "before_cursor_execute", note)
        yield seen
        event.remove(world.engine, "before_cursor_execute", note)

    return count
