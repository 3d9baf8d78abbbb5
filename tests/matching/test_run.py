from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from exchange.matching import run as module
from exchange.matching.run import rematch
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, apply_product
from exchange.store.sources import SourceRow

NAMES = [
    "Beras medium 5 kg",
    "Rak arsip besi",
    "Genset diesel 10 kVA",
    "Snack box",
    "Kompos padat 25 kg",
    "Tiang PJU 7 meter",
    "Meja siswa",
]
TITLES = [
    "Belanja beras",
    "Pengadaan rak arsip",
    "Genset",
    "Belanja makanan dan minuman rapat",
    "Pupuk kompos",
    "Tiang PJU",
    "Meja sekolah",
]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    with opened.work() as session:
        session.add(BusinessRow(nib="0000000000001", name="CV Contoh"))
        session.add(SourceRow(name="contoh", connector="table", region="36.04", state="approved"))
    yield opened
    opened.close()


def put_product(store: Store, sku: str, name: str, lead: int | None = None) -> None:
    with store.work() as session:
        firm = session.scalars(select(BusinessRow)).one()
        apply_product(
            session, {"sku": sku, "nib": firm.nib, "name": name, "keywords": [], "price_min": Decimal(1000), "lead_time_days": lead}, firm
        )


def put_demand(store: Store, reference: str, title: str, start: date | None = None, end: date | None = None) -> None:
    with store.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.reference == reference)).first()
        if row is None:
            source = session.scalars(select(SourceRow)).one()
            session.add(
                DemandRow(
                    ident=f"d-{reference}",
                    source_id=source.id,
                    reference=reference,
                    title=title,
                    buyer_name="Dinas Contoh",
                    category="goods",
                    status="open",
                    contract_start=start,
                    contract_end=end,
                    contract_precision="day" if start else None,
                    content_hash=title,
                    raw_answer="0",
                    raw_position=0,
                    connector_version="1",
                )
            )
        elif row.title != title or row.state != "live":
            row.title, row.state, row.version = title, "live", row.version + 1


def standing(store: Store) -> dict[tuple[str, str], tuple[Decimal, Any]]:
    """All that is proposed: (reference, sku) -> (score, marks)."""
    query = select(DemandRow.reference, ProductRow.sku, MatchRow.score, MatchRow.marks).join(MatchRow.demand).join(MatchRow.product)
    with store.read() as session:
        rows = session.execute(query.where(MatchRow.state == "proposed")).all()
    return {(reference, sku): (score, marks) for reference, sku, score, marks in rows}


def one(store: Store) -> MatchRow:
    with store.read() as session:
        return session.scalars(select(MatchRow)).one()


def test_a_first_run_matches_all_and_a_second_one_nothing(store: Store) -> None:
    put_product(store, "P1", "Rak arsip besi")
    put_demand(store, "1", "Pengadaan rak arsip")
    put_demand(store, "2", "Belanja Sewa Gedung")
    first = rematch(store, home_region="36.72")
    assert (first.demands, first.products, first.matches, first.rematched) == (2, 1, 1, 2)
    again = rematch(store, home_region="36.72")
    assert (again.matches, again.rematched) == (1, 0)
    assert set(first.record()) == {"demands", "products", "matches", "rematched", "seconds"}
    found = one(store)
    assert found.marks[0]["criterion"] == "text"
    assert next(mark for mark in found.marks if mark["criterion"] == "distance")["score"] == 0.97, "the source's region counts"


@pytest.mark.parametrize("kept", [True, False], ids=["readings kept", "nothing kept"])
@pytest.mark.parametrize("seed", range(6))
def test_an_incremental_run_stands_as_a_full_run_would(store: Store, tmp_path: Path, seed: int, kept: bool) -> None:
    made, folder, day = random.Random(seed), tmp_path / "index" if kept else None, date(2026, 11, 1)
    for number in range(4):
        put_product(store, f"P{number}", made.choice(NAMES), made.choice([None, 14, 45]))
        start = day + timedelta(days=made.randrange(-20, 40))
        put_demand(store, str(number), made.choice(TITLES), *made.choice([(), (start, start + timedelta(days=30))]))
    for _ in range(4):
        rematch(store, home_region="36.72", folder=folder, today=day)
        day += timedelta(days=made.choice([0, 1, 12, 70]))
        for _ in range(made.randrange(3)):
            change(store, made)
    rematch(store, home_region="36.72", folder=folder, today=day)
    incremental = standing(store)
    rematch(store, home_region="36.72", full=True, today=day)
    assert standing(store) == incremental


def change(store: Store, made: random.Random) -> None:
    sort = made.choice(["demand", "demand", "product", "withdraw", "close", "stop"])
    number = made.randrange(6)
    if sort == "demand":
        put_demand(store, str(number), made.choice(TITLES))
    elif sort == "product":
        put_product(store, f"P{number}", made.choice(NAMES))
    else:
        with store.work() as session:
            if sort == "stop":
                row = session.scalars(select(ProductRow).where(ProductRow.sku == f"P{number}")).first()
                if row is not None:
                    row.state, row.version = made.choice(["active", "withdrawn"]), row.version + 1
                return
            demand = session.scalars(select(DemandRow).where(DemandRow.reference == str(number))).first()
            if demand is not None and sort == "withdraw":
                demand.state, demand.version = "withdrawn", demand.version + 1
            elif demand is not None:
                demand.status, demand.version = made.choice(["open", "closed"]), demand.version + 1


@pytest.mark.parametrize("state", ["accepted", "rejected"])
def test_what_staff_decided_is_never_lost(store: Store, state: str) -> None:
    put_product(store, "P1", "Rak arsip besi")
    put_demand(store, "1", "Pengadaan rak arsip")
    rematch(store, home_region="36.72")
    with store.work() as session:
        row = session.scalars(select(MatchRow)).one()
        row.state, row.reason, row.note, row.decided_by = state, "alasan", "catatan", "petugas"
    decided = one(store)
    put_demand(store, "1", "Pengadaan rak arsip besi siku")
    rematch(store, home_region="36.72")
    put_demand(store, "1", "Pengadaan kapal")
    put_product(store, "P2", "Rak gudang")
    rematch(store, home_region="36.72", full=True)
    with store.work() as session:
        session.scalars(select(DemandRow)).one().state = "withdrawn"
    rematch(store, home_region="36.72")
    with store.read() as session:
        kept = session.get_one(MatchRow, decided.id)
    for name in ("state", "reason", "note", "decided_by", "score", "marks", "version"):
        assert getattr(kept, name) == getattr(decided, name)


def test_matches_of_withdrawn_demands_and_products_are_retired_and_come_back(store: Store) -> None:
    put_product(store, "P1", "Rak arsip besi")
    put_demand(store, "1", "Pengadaan rak arsip")
    rematch(store, home_region="36.72")
    with store.work() as session:
        session.scalars(select(DemandRow)).one().state = "withdrawn"
    assert rematch(store, home_region="36.72").matches == 0
    assert one(store).state == "retired"
    put_demand(store, "1", "Pengadaan rak arsip")
    assert rematch(store, home_region="36.72").matches == 1
    with store.work() as session:
        product = session.scalars(select(ProductRow)).one()
        product.state, product.version = "withdrawn", product.version + 1
    assert rematch(store, home_region="36.72").matches == 0
    assert one(store).state == "retired"


def test_only_demands_whose_time_runs_are_matched_again_when_a_day_passes(store: Store) -> None:
    put_product(store, "P1", "Rak arsip besi", lead=20)
    put_demand(store, "runs", "Pengadaan rak arsip", date(2026, 11, 1), date(2026, 11, 30))
    put_demand(store, "later", "Pengadaan rak arsip", date(2026, 12, 10), date(2027, 1, 31))
    put_demand(store, "timeless", "Pengadaan rak arsip")
    rematch(store, home_region="36.72", today=date(2026, 11, 8))
    assert rematch(store, home_region="36.72", today=date(2026, 11, 8)).rematched == 0
    assert lead_time(store, "runs")["says"] == "Waktu pengerjaan cukup sebelum batas waktu."
    assert rematch(store, home_region="36.72", today=date(2026, 11, 16)).rematched == 1
    assert lead_time(store, "runs")["says"] == "Butuh 20 hari, tersedia 14 hari."
    assert lead_time(store, "later")["score"] == 1.0


def test_a_deadline_that_has_passed_is_said_once_and_asks_for_no_change(store: Store) -> None:
    put_product(store, "P1", "Rak arsip besi", lead=20)
    put_product(store, "P2", "Rak arsip besi siku")
    put_demand(store, "past", "Pengadaan rak arsip", date(2025, 1, 1), date(2025, 3, 31))
    rematch(store, home_region="36.72", today=date(2026, 11, 8))
    assert lead_time(store, "past", "P1")["says"] == lead_time(store, "past", "P2")["says"] == "Batas waktu 31 Maret 2025 sudah lewat."
    with store.read() as session:
        assert {tuple(row) for row in session.execute(select(MatchRow.verdict, MatchRow.flip))} == {("unfit", None)}
    assert rematch(store, home_region="36.72", today=date(2026, 11, 9)).rematched == 0


def lead_time(store: Store, reference: str, sku: str = "P1") -> dict[str, Any]:
    query = select(MatchRow.marks).join(MatchRow.demand).join(MatchRow.product)
    with store.read() as session:
        marks = session.scalars(query.where(DemandRow.reference == reference, ProductRow.sku == sku)).one()
    found: dict[str, Any] = next(mark for mark in marks if mark["criterion"] == "lead_time")
    return found


def test_another_models_matches_are_made_anew(store: Store) -> None:
    put_product(store, "P1", "Rak arsip besi")
    put_demand(store, "1", "Pengadaan rak arsip")
    rematch(store, home_region="36.72")
    with store.work() as session:
        session.scalars(select(DemandRow)).one().matched_model = "lama"
        session.scalars(select(MatchRow)).one().model = "lama"
    assert rematch(store, home_region="36.72").rematched == 1
    assert one(store).model != "lama"


def test_a_demand_changed_while_it_was_matched_is_matched_again(store: Store) -> None:
    put_product(store, "P1", "Rak arsip besi")
    put_demand(store, "1", "Pengadaan rak arsip")
    put_demand(store, "2", "Pengadaan genset")
    put_product(store, "P2", "Genset diesel 10 kVA")
    rematch(store, home_region="36.72", tick=lambda _: put_demand(store, "2", "Pengadaan rak arsip"))
    assert ("2", "P2") in standing(store)
    assert rematch(store, home_region="36.72").rematched == 1
    assert ("2", "P1") in standing(store)
    assert ("2", "P2") not in standing(store)


def test_a_changed_product_has_only_those_matched_again_that_it_reaches_or_leaves(store: Store, tmp_path: Path) -> None:
    put_product(store, "P1", "Rak arsip besi")
    put_product(store, "P2", "Genset diesel 10 kVA")
    for number, title in enumerate(["Pengadaan rak arsip", "Genset diesel", "Belanja beras", "Tiang PJU", "Rak arsip besi siku"]):
        put_demand(store, str(number), title)
    rematch(store, home_region="36.72", folder=tmp_path)
    put_product(store, "P3", "Beras medium 5 kg")
    assert rematch(store, home_region="36.72", folder=tmp_path).rematched == 1
    assert ("2", "P3") in standing(store)
    put_product(store, "P2", "Tiang PJU 7 meter")
    assert rematch(store, home_region="36.72", folder=tmp_path).rematched == 2
    assert {pair for pair in standing(store) if pair[1] == "P2"} == {("3", "P2")}


def test_processes_keep_what_one_process_keeps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(NAMES):
        put_product(store, f"P{number}", name)
    for number, title in enumerate(TITLES * 2):
        put_demand(store, str(number), title)
    rematch(store, home_region="36.72")
    alone = standing(store)
    monkeypatch.setattr(module, "_WORTH_SHARING", 1)
    monkeypatch.setattr(module, "_PART", 4)
    rematch(store, home_region="36.72", shared="process", full=True)
    assert standing(store) == alone
    assert alone
