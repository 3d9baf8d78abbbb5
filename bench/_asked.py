"""A node in small for the contract's proof: each kind of record, a partner on each stage with demand and matches of its own, staff."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import requests
from argon2 import PasswordHasher

from exchange.access.partners import add_partner, new_secret, set_stage
from exchange.access.scopes import DEMAND_WRITE, SCOPES
from exchange.access.segments import refresh_businesses, refresh_demands, refresh_products
from exchange.agreements import steps
from exchange.agreements.case import Object
from exchange.agreements.node import node_of
from exchange.agreements.papers import bring
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store, utcnow
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import apply_product
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow
from exchange.store.users import UserRow
from exchange.sync.pushed import take

PASSWORD = "kata-sandi-uji-coba"
REGION = "33.74"
STAGES = ("public", "agreed", "contracted")
FEW = "mitra-sempit"  # the partner whose tokens lack scopes


@dataclass
class Node:
    """What the filled node is called by: names of records by the path parameter that takes them, secrets by partner."""

    names: dict[str, list[str]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    own: dict[str, list[str]] = field(default_factory=dict)  # a partner's demands
    matches: dict[str, list[str]] = field(default_factory=dict)  # of a partner's demands


def fill(settings: Settings) -> Node:
    """Fill an empty database."""
    node = Node()
    store = Store(settings.url())
    migrate.upgrade(store)
    with store.work() as session:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        session.add(UserRow(name="petugas", password_hash=hasher.hash(PASSWORD), role="petugas", session_key="f" * 32))
        firms = [
            apply_business(session, {
                "nib": f"91200000{number:05}", "name": f"{form} Contoh {number}", "legal_form": form, "sector": "logam", "kbli": ["25111"],
                "scale": "kecil", "district": "Citangkil", "telephone": "0254-000000", "email": "kotak@ikm.example.id",
                "address": "Jalan Contoh 1", "latitude": -6.0, "longitude": 106.0, "workers": 12, "investment": Decimal(100000000),
                "consented_on": date(2026, 1, 5),
            })[0]
            for number, form in enumerate(("CV", "PT", "Perorangan"))
        ]  # fmt: skip
        products = [
            apply_product(session, {
                "sku": f"LGM-{number}", "nib": firms[number % 3].nib, "name": f"Pagar besi hollow {number}", "sector": "logam",
                "description": "Rangka hollow galvanis.", "kbli": "25111", "hs": "730890", "unit_said": "m2", "unit_code": "MTK",
                "price_min": Decimal(550000), "price_max": Decimal(850000), "price_valid_until": date(2026, 12, 31),
                "capacity_min": Decimal(100), "capacity_max": Decimal("180.5"), "capacity_period": "bulan", "keywords": ["pagar"],
                "lead_time_days": 14, "tkdn_percent": Decimal(40),
            }, firms[number % 3])[0]
            for number in range(12)
        ]  # fmt: skip
        products[-1].state = "withdrawn"
        sources = [
            SourceRow(name="perusahaan", connector="ocds", region="36.72", state="approved", public=True),
            SourceRow(name="tertutup", connector="ocds", region="36.72", state="approved"),
            SourceRow(name="semarang", connector="lkpp_isb", region=REGION, state="approved"),
        ]
        session.add_all(sources)
        session.flush()
        demands = [
            DemandRow(
                ident=f"d-{number:016x}", source_id=sources[number % 3].id, source=sources[number % 3], reference=f"RUP-{number}",
                title=f"Kebutuhan pagar {number}", buyer_name="Dinas Contoh", region=sources[number % 3].region, category="goods",
                status="open", budget_amount=Decimal(1000000), budget_currency="IDR", budget_basis="owner_estimate",
                items=[{"position": 1, "text": "Pagar", "specification": None, "quantity": None, "classifications": []}],
                content_hash="0" * 64, raw_answer="ab" * 32, raw_position=number, connector_version="1",
            )
            for number in range(9)
        ]  # fmt: skip
        session.add_all(demands)
        run = RunRow(source_id=sources[2].id, connector_version="1", state="complete", ended_at=utcnow(), fetched=9, new=9)
        session.add(run)
        session.flush()
        refresh_businesses(session, firms)
        refresh_products(session, products)
        refresh_demands(session, demands, settings.home_region)
        found = [_match(session, demands[2], products[0], "0.7")]
        cases: list[str] = []
        for stage in (*STAGES, FEW):
            ident = stage if stage == FEW else f"mitra-{stage}"
            row = add_partner(session, ident, f"Pemerintah {ident}", REGION, SCOPES if stage != FEW else (DEMAND_WRITE,), actor="bench")
            if stage in ("agreed", "contracted"):
                within = {"sectors": ["logam"]} if stage == "contracted" else {}
                set_stage(session, row, stage, until=date(2099, 12, 31), actor="bench", **within)
            node.secrets[ident] = new_secret(session, row, actor="bench").word
            brought = [
                {"reference": f"A-{number}", "title": f"Pagar sekolah {number}", "buyer": {"name": "Dinas Pendidikan"}}
                for number in range(30)
            ]
            told = take(session, row, brought, "ab" * 32, settings.home_region)
            node.own[ident] = [str(one.ident) for one in told]
            own = session.query(DemandRow).filter(DemandRow.ident.in_(node.own[ident][:10])).all()
            matches = [_match(session, demand, products[number], f"0.{number}") for number, demand in enumerate(own, 1)]
            session.flush()
            node.matches[ident] = [str(one.id) for one in matches]
            found += matches
            cases.append(_case(session, settings, f"Pagar untuk {ident}", row).ident)
        cases.append(_case(session, settings, "Pagar tanpa mitra", None).ident)
        session.flush()
        node.names = {
            "sku": [one.sku for one in products], "ident": [one.ident for one in firms], "demand": [one.ident for one in demands],
            "number": [str(one.id) for one in found], "run": [str(run.id)], "case": cases, "code": ["36.72", REGION, "33"],
        }  # fmt: skip
    store.close()
    return node


def _case(session, settings, title, partner):
    """A case of cooperation that was begun, with objects, and prepared."""
    its, day = node_of(settings), date(2026, 11, 27)
    objects = [Object("Pagar besi", sector="logam"), Object("Rangka", kbli="25111", quantity=Decimal("40.5"), unit="MTK", value=Decimal(9))]
    row = steps.begin(
        session, its, kind="daerah", region=REGION, counterpart="Pemerintah Kota Contoh", title=title, actor="bench", on=day,
        partner=partner, objects=objects,
    )  # fmt: skip
    digest = bring(session, its.rules, its.papers, row, "nota_kebutuhan", "nota.pdf", b"%PDF-1.7\n%%EOF\n", actor="bench")
    facts = {"urusan": "Perindustrian", "rujukan_rencana": "RKPD", "tidak_bertentangan": True, "prakarsa": "daerah"}
    papers = {"nota_kebutuhan": digest}
    return steps.take(session, its, row.ident, "siapkan", office="opd", actor="bench", on=day, version=1, facts=facts, papers=papers)


def _match(session, demand, product, score) -> MatchRow:
    mark = {"criterion": "text", "title": "Kata", "score": 0.7, "weight": 1.0, "says": "Kata yang sama: pagar."}
    row = MatchRow(
        demand_id=demand.id, product_id=product.id, score=Decimal(score), marks=[mark], model="bm25-1", demand_version=1,
        product_version=1, verdict="fit",
    )  # fmt: skip
    session.add(row)
    return row


def token(base: str, ident: str, secret: str) -> str:
    """An access token with every scope that the partner has."""
    form = {"grant_type": "client_credentials", "client_id": ident, "client_secret": secret}
    return str(requests.post(f"{base}/oauth/token", data=form, timeout=30).json()["access_token"])


def cookie(base: str) -> str:
    """The session cookie of a member of staff."""
    with requests.Session() as browser:
        found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(f"{base}/masuk", timeout=30).text)
        assert found
        browser.post(f"{base}/masuk", data={"csrf_token": found[1], "name": "petugas", "password": PASSWORD}, timeout=30)
        return str(browser.cookies["session"])
