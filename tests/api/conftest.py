"""A small node: firms of each kind, products on offer and not, demand of its own and of others; markers in all that is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from exchange.access.partners import add_partner, named, new_secret, set_stage
from exchange.access.scopes import SCOPES
from exchange.access.segments import refresh_businesses, refresh_demands, refresh_products
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow, apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, apply_product
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow
from exchange.store.users import UserRow

from ..worlds import Worlds  # isort: skip

PASSWORD = "kata-sandi-uji-coba"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
SOLE_NIB, FIRM_NIB, SILENT_NIB = "9120000099999", "9120000011111", "9120000022222"

# what no caller without a login may ever meet, by what it stands in
MARKERS = {
    "telephone": "0254-731373",
    "email": "kotak-731373@ikm.example.id",
    "address": "Jalan Penanda 731373",
    "subdistrict": "Kelurahan Penanda",
    "latitude": "-5.731373",
    "longitude": "105.731373",
    "workers": "731373",
    "investment": "7313731373",
    "visit_note": "Catatan penanda 731373",
    "training_needs": "pelatihan-penanda",
    "consent_basis": "dasar-penanda",
    "sole_nib": SOLE_NIB,
    "silent_nib": SILENT_NIB,
    "silent_firm": "Usaha Belum Setuju",
    "silent_product": "Barang Belum Setuju",
    "withdrawn_product": "Barang Tidak Dijual",
    "capacity": "731.373",
    "pulled_demand": "Belanja Daerah Lain",
    "private_demand": "Kebutuhan Tertutup",
    "source_address": "rahasia-731373",
    "match_note": "catatan-kecocokan-731373",
}


def firm(session: Session, nib: str, name: str, form: str, *, consented: bool = True, **more: Any) -> BusinessRow:
    row, _ = apply_business(
        session,
        {
            "nib": nib, "name": name, "legal_form": form, "sector": "logam", "kbli": ["25111"], "scale": "kecil",
            "district": "Citangkil", "cluster": "Sentra las", "founded_year": 1998,
            "telephone": MARKERS["telephone"], "email": MARKERS["email"], "address": MARKERS["address"],
            "subdistrict": MARKERS["subdistrict"], "latitude": float(MARKERS["latitude"]), "longitude": float(MARKERS["longitude"]),
            "workers": int(MARKERS["workers"]), "investment": Decimal(MARKERS["investment"]), "visited_on": date(2026, 8, 12),
            "visit_note": MARKERS["visit_note"], "training_needs": [MARKERS["training_needs"]],
            "consented_on": date(2026, 1, 5) if consented else None, "consent_basis": MARKERS["consent_basis"],
        } | more,
    )  # fmt: skip
    return row


def product(session: Session, business: BusinessRow, sku: str, name: str, **more: Any) -> ProductRow:
    data = {
        "sku": sku, "nib": business.nib, "name": name, "sector": "logam", "description": "Rangka hollow galvanis.", "kbli": "25111",
        "hs": "730890", "unit_said": "m2", "unit_code": "MTK", "price_min": Decimal(550000), "price_max": Decimal(850000),
        "price_valid_until": date(2026, 12, 31), "capacity_min": Decimal(MARKERS["capacity"]),
        "capacity_max": Decimal(MARKERS["capacity"]), "capacity_period": "bulan", "keywords": ["pagar"],
    }  # fmt: skip
    row, _ = apply_product(session, data | more, business)
    return row


def demand(session: Session, source: SourceRow, number: int, title: str, **more: Any) -> DemandRow:
    values: dict[str, Any] = {
        "ident": f"d-{number:016x}", "source_id": source.id, "reference": f"RUP-{number}", "title": title,
        "buyer_name": "Dinas Contoh", "region": source.region, "category": "goods", "status": "open",
        "items": [{"position": 1, "text": title, "specification": None, "quantity": None, "classifications": []}],
        "content_hash": "0" * 64, "raw_answer": "ab" * 32, "raw_position": number, "connector_version": "1",
    }  # fmt: skip
    row = DemandRow(**values | more)
    row.source = source
    session.add(row)
    return row


@pytest.fixture
def markers() -> dict[str, str]:
    """What no caller without a login may ever meet."""
    return MARKERS


@dataclass
class World:
    """The names of what the node keeps."""

    firm: str
    sole: str
    silent: str
    own_demand: str = "d-0000000000000001"
    private_demand: str = "d-0000000000000002"
    pulled_demand: str = "d-0000000000000003"


def _fill(store: Store) -> World:
    with store.work() as session:
        session.add(UserRow(name="petugas", password_hash=CHEAP, role="petugas", session_key="f" * 32))
        big = firm(session, FIRM_NIB, "CV Karya Logam", "CV")
        sole = firm(session, SOLE_NIB, "Kue Bu Contoh", "Perorangan", sector="pangan", kbli=["10710"], district="Cibeber")
        silent = firm(session, SILENT_NIB, MARKERS["silent_firm"], "PT", consented=False, district="Kecamatan Tersembunyi")
        rows = [
            product(session, big, "LGM-1", "Pagar besi hollow"),
            product(session, big, "LGM-2", "Teralis jendela", kbli="25119"),
            product(session, sole, "PGN-1", "Kue kering", sector="pangan", kbli="10710"),
            product(session, silent, "SLT-1", MARKERS["silent_product"]),
            product(session, big, "OFF-1", MARKERS["withdrawn_product"]),
        ]
        rows[-1].state = "withdrawn"
        options = {"url": f"https://isb.example.id/{MARKERS['source_address']}"}
        own = SourceRow(name="perusahaan", connector="ocds", region="36.72", state="approved", public=True, options=options)
        private = SourceRow(name="tertutup", connector="ocds", region="36.72", state="approved", options=options)
        other = SourceRow(name="semarang", connector="lkpp_isb", region="33.74", state="approved", options=options)
        session.add_all([own, private, other])
        session.flush()
        demands = [
            demand(session, own, 1, "Kebutuhan pallet"),
            demand(session, private, 2, MARKERS["private_demand"]),
            demand(session, other, 3, MARKERS["pulled_demand"]),
        ]
        session.add(RunRow(source_id=other.id, connector_version="1", state="complete", ended_at=utcnow(), fetched=1, new=1))
        session.flush()
        session.add(
            MatchRow(demand_id=demands[2].id, product_id=rows[0].id, score=Decimal("0.731373"), marks=[], model="bm25-1",
                     demand_version=1, product_version=1, note=MARKERS["match_note"])
        )  # fmt: skip
        refresh_businesses(session, [big, sole, silent])
        refresh_products(session, rows)
        refresh_demands(session, demands, "36.72")
    return World(big.ident, sole.ident, silent.ident)


@pytest.fixture
def world(store: Store, worlds: Worlds) -> World:
    """Two firms that agreed (one of them a person's), one that did not; demand shown to all, to partners, to staff."""
    return worlds.fill(store, _fill)


@pytest.fixture
def visitor(app: Flask, world: World) -> FlaskClient:
    """Somebody without a login."""
    return app.test_client()


@pytest.fixture
def staff(app: Flask, world: World) -> FlaskClient:
    """Somebody with the session of the pages."""
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/masuk").text)
    assert found
    assert client.post("/masuk", data={"csrf_token": found[1], "name": "petugas", "password": PASSWORD}).status_code == 303
    return client


@pytest.fixture
def statements(app: Flask, store: Store) -> Callable[[], Any]:
    """Counts the SQL statements of a block, the opening of the transaction left out; what counts requests has borrowed before."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []
        assert app.test_client().get("/api/v1/regions?limit=1").status_code == 200

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)
        yield seen
        event.remove(store.engine, "before_cursor_execute", note)

    return count


class Office:
    """A partner as its own technician works: a client, a token with every scope, and a new Idempotency-Key for each request."""

    def __init__(self, app: Flask, store: Store, ident: str = "kota-contoh", region: str = "33.74") -> None:
        self.store, self.ident = store, ident
        self.client = app.test_client()
        with store.work() as session:
            row = add_partner(session, ident, f"Pemerintah {ident}", region, SCOPES, actor="uji")
            self.secret = new_secret(session, row, actor="uji").word
        form = {"grant_type": "client_credentials", "client_id": ident, "client_secret": self.secret}
        self.headers = {"Authorization": f"Bearer {self.client.post('/oauth/token', data=form).get_json()['access_token']}"}

    def stage(self, stage: str, **more: Any) -> None:
        """Put the partner on a stage."""
        with self.store.work() as session:
            set_stage(session, named(session, self.ident), stage, actor="uji", **more)

    def open(self, method: str, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> TestResponse:
        """One request; key None: without Idempotency-Key."""
        told = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None and method == "POST":
            told["Idempotency-Key"] = key or uuid4().hex
        return self.client.open(path, method=method, headers=told, **({} if body is None else {"json": body}))

    def get(self, path: str) -> TestResponse:
        """Read."""
        return self.open("GET", path)


@pytest.fixture
def office(app: Flask, store: Store, world: World) -> Office:
    """A partner of region 33.74 without any agreement."""
    return Office(app, store)


@pytest.fixture
def another(app: Flask, store: Store, world: World) -> Office:
    """A partner of region 32.73."""
    return Office(app, store, "kota-lain", "32.73")
