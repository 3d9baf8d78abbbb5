"""What firms can offer together stands on the demand's page, made from the stored matches as the page is read."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow

IDENT = "d-00000000000000ff"
PAGE = f"/permintaan/{IDENT}"
HOSTILE_FIRM = "CV <script>alert(2)</script>"
TEXT_MARK = {"criterion": "text", "title": "Kesesuaian barang", "score": 0.9, "weight": 5.0, "gate": True, "need": "kursi lipat",
             "offer": "Kursi lipat kayu", "says": "Bertemu."}  # fmt: skip


@pytest.fixture
def shortage(world: Store) -> Store:
    """A demand of 100 chairs and three firms that make 60, 45 and 30 of them a month, the last one rejected."""
    with world.work() as session:
        source = session.get_one(SourceRow, 1)
        quantity = {"amount": "100", "unit": "H87", "said": "100 buah"}
        items = [{"position": 1, "text": "Kursi lipat", "specification": None, "quantity": quantity, "classifications": []}]
        asked = DemandRow(
            ident=IDENT, source_id=source.id, reference="RUP-255", title="Pengadaan mebel kantor", buyer_name="Dinas Contoh",
            region="33.74", category="goods", items=items, status="open", content_hash="0" * 64, raw_answer="ab" * 32, raw_position=1,
            connector_version="1",
        )  # fmt: skip
        session.add(asked)
        session.flush()
        for number, (capacity, state) in enumerate([(60, "proposed"), (45, "accepted"), (30, "rejected")]):
            name = HOSTILE_FIRM if number == 1 else f"UD Kayu {number}"
            firm, _ = apply_business(session, {"nib": f"91200000200{number}0", "name": name, "cluster": "Sentra kayu"})
            made = ProductRow(
                sku=f"KRS-{number}", name="Kursi lipat kayu", unit_said="buah", unit_code="H87", price_min=Decimal(200000),
                price_max=Decimal(250000 - number), capacity_min=Decimal(capacity), capacity_period="bulan",
                lead_time_days=None if number else 14, business=firm,
            )  # fmt: skip
            session.add(made)
            session.flush()
            session.add(
                MatchRow(demand_id=asked.id, product_id=made.id, score=Decimal("0.9"), marks=[TEXT_MARK], model="bm25-1",
                         demand_version=1, product_version=1, state=state)
            )  # fmt: skip
    return world


def rows(text: str, heading: str = "bersama") -> list[list[str]]:
    section = re.search(rf'<section[^>]*aria-labelledby="{heading}">.*?</section>', text, re.S)
    assert section, "the page has no such section"
    found = re.findall(r"<tr>(.*?)</tr>", section[0], re.S)[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in found]
    return [[re.sub(r"<[^>]+>|\s+|&nbsp;", " ", cell).strip() for cell in row] for row in cells]


def spaced(text: str) -> str:
    """With ordinary spaces where the page keeps a figure and its unit on one line."""
    return text.replace("\u00a0", " ")


def change(store: Store, kind: Any, **values: Any) -> None:
    with store.work() as session:
        for row in session.query(kind).filter(kind.sku.like("KRS-%") if kind is ProductRow else kind.ident == IDENT):
            for name, value in values.items():
                setattr(row, name, value)


def test_the_shares_stand_on_the_page_with_amount_percent_and_cost(petugas, shortage):
    text = petugas.get(PAGE).text
    assert "Ditawarkan bersama" in text
    first, second = ([re.sub(r"\s+", " ", cell) for cell in row] for row in rows(text))
    assert first == ["UD Kayu 0 KRS-0 · Sentra kayu", "55 buah", "55 %", "Rp 13.750.000", "14 hari"]
    assert second[1:] == ["45 buah", "45 %", "Rp 11.249.955", "tidak diketahui"]
    assert "biaya seluruhnya Rp 24.999.955" in spaced(text)
    assert 'href="/produk/KRS-0"' in text


def test_a_firms_hostile_name_stays_text(petugas, shortage):
    text = petugas.get(PAGE).text
    assert "CV &lt;script&gt;alert(2)&lt;/script&gt;" in text
    assert "<script>alert" not in text


def test_a_rejected_match_takes_no_part(petugas, shortage):
    with shortage.work() as session:
        session.query(ProductRow).filter_by(sku="KRS-1").update({"capacity_min": Decimal(39)})
    text = petugas.get(PAGE).text
    assert "kapasitas dua usaha yang ada hanya 99 % dari yang diminta" in spaced(text)
    assert "KRS-2" not in text


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (ProductRow, {"capacity_min": Decimal(100)}),
        (ProductRow, {"unit_code": "KGM", "unit_said": "kg"}),
        (ProductRow, {"state": "withdrawn"}),
        (DemandRow, {"state": "withdrawn"}),
        (DemandRow, {"status": "closed"}),
        (DemandRow, {"items": []}),
    ],
)
def test_nothing_is_said_where_nobody_need_be_put_together(petugas, shortage, kind, values):
    change(shortage, kind, **values)
    answer = petugas.get(PAGE)
    assert answer.status_code == 200
    assert "Ditawarkan bersama" not in answer.text


def test_the_page_of_a_demand_costs_at_most_eight_statements(petugas, shortage, statements):
    with statements() as seen:
        assert "Ditawarkan bersama" in petugas.get(PAGE).text
    assert 1 < len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 8


@pytest.fixture
def numbers(shortage: Store) -> dict[str, int]:
    """The matches of the demand by SKU."""
    with shortage.read() as session:
        found = session.execute(select(ProductRow.sku, MatchRow.id).join(ProductRow, ProductRow.id == MatchRow.product_id))
        return {sku: number for sku, number in found if sku.startswith("KRS-")}


def test_the_page_of_a_match_names_the_firms_that_can_join_and_begins_with_all_of_them(petugas, shortage, numbers, csrf, statements):
    with statements() as seen:
        text = petugas.get(f"/kecocokan/{numbers['KRS-0']}").text
    assert len([one for one in seen if one.lstrip().upper().startswith(("SELECT", "WITH"))]) <= 8
    first, second = rows(text, "judul-bersama")
    assert " ".join(first[0].split()).startswith("UD Kayu 0 produk ini") and first[1:3] == ["55 buah", "55 %"]
    assert second[1:3] == ["45 buah", "45 %"]
    case = unescape(re.search(r'href="(/kerja-sama/baru\?[^"]+)">Mulai kerja sama dengan semua', text)[1])
    assert case == f"/kerja-sama/baru?kecocokan={numbers['KRS-0']}&kecocokan={numbers['KRS-1']}"
    assert petugas.get(case).status_code == 200
    form = re.search(r'<form class="acts mt-2 mb-3".*?</form>', text, re.S)[0]
    sent = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
    assert sent["dengan"] == "KRS-0"
    answer = petugas.post(re.search(r'action="([^"]+)"', form)[1], data=sent)
    assert answer.status_code == 303, answer.text
    with shortage.read() as session:
        assert {session.get_one(MatchRow, numbers[f"KRS-{at}"]).state for at in (0, 1)} == {"accepted"}


def test_another_firm_that_can_alone_does_not_hide_who_could_join_this_one(petugas, shortage, numbers):
    with shortage.work() as session:
        session.query(ProductRow).filter_by(sku="KRS-0").update({"capacity_min": Decimal(300)})
    assert "Usaha yang dapat ikut memenuhi" not in petugas.get(f"/kecocokan/{numbers['KRS-0']}").text, "it can alone"
    joined = rows(petugas.get(f"/kecocokan/{numbers['KRS-1']}").text, "judul-bersama")
    assert len(joined) == 2 and sum("produk ini" in cells[0] for cells in joined) == 1
    assert "Usaha yang dapat ikut memenuhi" not in petugas.get(f"/kecocokan/{numbers['KRS-2']}").text, "it was rejected"
    with shortage.work() as session:
        session.query(ProductRow).filter_by(sku="KRS-0").update({"capacity_min": Decimal(30)})
    short = petugas.get(f"/kecocokan/{numbers['KRS-1']}").text
    assert "kapasitas dua usaha yang ada hanya 75 % dari yang diminta" in spaced(short)
    assert "Inilah gabungan terbaik" not in short
