"""`exchange trade`: a deal played by commands, with figures alone on standard output and refusals in one line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import apply_product
from exchange.store.sources import SourceRow

TEXT_MARK = {"criterion": "text", "title": "Kesesuaian barang", "score": 0.9, "weight": 5.0, "gate": True, "need": "pagar besi",
             "offer": "Pagar besi", "says": "Bertemu."}  # fmt: skip
IDENT = "TR-2026-0001"


@pytest.fixture
def market(store: Store) -> Store:
    """Two firms that make 60 and 45 m2 a month, and a demand of 100."""
    with store.work() as session:
        source = SourceRow(name="semarang", connector="lkpp_isb", region="33.74", state="approved", options={})
        session.add(source)
        session.flush()
        quantity = {"amount": "100", "unit": "MTK", "said": "100 m2"}
        asked = DemandRow(
            ident="d-1", source_id=source.id, reference="RUP-1", title="Pengadaan pagar", buyer_name="Dinas Contoh", region="33.74",
            category="goods", status="open", content_hash="0" * 64, raw_answer="ab" * 32, raw_position=1, connector_version="1",
            items=[{"position": 1, "text": "Pagar besi", "specification": None, "quantity": quantity, "classifications": []}],
        )  # fmt: skip
        session.add(asked)
        session.flush()
        for number, capacity in ((1, 60), (2, 45)):
            firm, _ = apply_business(session, {"nib": f"912000000000{number}", "name": f"CV {number}", "consented_on": date(2026, 1, 5)})
            data = {
                "sku": f"LGM-{number}", "nib": firm.nib, "name": "Pagar besi hollow", "sector": "logam", "kbli": "25111", "unit_said": "m2",
                "unit_code": "MTK", "price_min": Decimal(550000), "price_max": Decimal(850000), "capacity_min": Decimal(capacity),
                "capacity_period": "bulan",
            }  # fmt: skip
            product, _ = apply_product(session, data, firm)
            session.add(
                MatchRow(demand_id=asked.id, product_id=product.id, score=Decimal("0.9"), marks=[TEXT_MARK], model="uji",
                         demand_version=1, product_version=1)
            )  # fmt: skip
    return store


def test_a_deal_of_two_firms_is_played_by_commands(exchange, market):
    begun = exchange("trade", "begin", "--demand", "d-1", "--json").json()
    assert [(line["producer_name"], line["quantity"]) for line in begun["lines"]] == [("CV 1", "60"), ("CV 2", "40")]
    words = ("--line", "1:60:600000", "--line", "2:40:900000:galvanis: tebal", "--terms", "Tunai.", "--version", "1")
    assert exchange("trade", "draft", IDENT, *words).out == f"{IDENT} disusun versi 2, tanpa perjanjian\n"
    told = exchange("trade", "offer", IDENT, "--number", "500/1", "--valid-until", "2026-12-31")
    assert told.code == 0 and "galvanis: tebal" in told.err and "Perhatikan" not in told.out
    assert exchange("trade", "answer", IDENT, "interested").code == 0
    ordered = exchange("trade", "order", IDENT, "--number", "PO-1", "--line", "1:60", "--line", "2:10:8000000", "--json").json()
    assert (ordered["state"], ordered["ordered_value"]) == ("dipesan", "44000000")
    assert exchange("trade", "deliver", IDENT, "--line", "2", "--quantity", "10", "--reference", "BAST-1").code == 0
    assert exchange("trade", "correct", IDENT, "--delivery", "1", "--less", "2.5", "--reason", "Rusak.").code == 0
    closed = exchange("trade", "close", IDENT, "--reason", "Cukup.", "--json").json()
    assert (closed["state"], closed["delivered_value"], closed["version"]) == ("selesai", "6000000", 8)
    shown = exchange("trade", "show", IDENT, "--json").json()
    assert [step["step"] for step in shown["steps"]] == ["begin", "draft", "offer", "answer", "order", "deliver", "correct", "close"]
    assert [(row["quantity"], row["value"]) for row in shown["deliveries"]] == [("10.000000", "8000000.00"), ("-2.500000", "-2000000.00")]
    assert all(step["actor"].startswith("cli:") for step in shown["steps"])
    listed = exchange("trade", "list", "--state", "selesai", "--region", "33", "--json").json()
    assert [deal["ident"] for deal in listed["deals"]] == [IDENT] and listed["incoming"] == []
    assert IDENT in exchange("trade", "list").out and "Rusak." in exchange("trade", "show", IDENT).out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("begin",), 2, "salah satu"), (("begin", "--match", "9"), 2, "Kecocokan 9 tidak ada"),
        (("begin", "--match", "1"), 1, "belum diterima"),
        (("begin", "--demand", "d-9"), 2, "tidak ada"), (("begin", "--demand", "d-1", "--combination", "2"), 2, "gabungan ke-2"),
        (("show", "TR-1"), 2, "Dagang TR-1 tidak ada"), (("cancel", IDENT, "--reason", "x", "--version", "7"), 1, "sudah diubah"),
        (("cancel", IDENT), 2, "Belum diisi: alasan"), (("deliver", IDENT, "--quantity", "1"), 1, "tidak mungkin dari keadaan disusun"),
        (("draft", IDENT, "--line", "satu"), 2, "BARIS:JUMLAH:HARGA"), (("draft", IDENT, "--line", "1:x:1"), 2, "Bilangan 'x'"),
        (("offer", IDENT, "--number", "1", "--valid-until", "besok"), 2, "Tanggal 'besok'"),
        (("draft", IDENT, "--drop", "9"), 2, "tidak punya baris 9"), (("remove", IDENT, "--line", "9"), 2, "tidak punya baris 9"),
        (("remove", IDENT), 2, "Tidak ada baris yang dipilih"), (("add", IDENT), 2, "Tidak ada kecocokan yang dipilih"),
        (("add", IDENT, "--match", "1"), 1, "belum diterima"), (("add", IDENT, "--match", "2"), 2, "sudah di baris 1"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line_and_an_exit_code(exchange, market, words, code, says):
    assert exchange("trade", "begin", "--match", "2", "--accept").code == 0
    told = exchange("trade", *words)
    assert (told.code, told.out) == (code, "")
    assert says in told.err and told.err.count("\n") == 1, told.err


def test_a_line_is_dropped_and_terms_that_are_not_named_stay(exchange, market):
    exchange("trade", "begin", "--match", "1", "--match", "2", "--accept")
    exchange("trade", "draft", IDENT, "--terms", "Tunai.")
    kept = exchange("trade", "draft", IDENT, "--drop", "1", "--json").json()
    assert [line["position"] for line in kept["lines"]] == [2] and kept["terms"] == "Tunai."
    added = exchange("trade", "add", IDENT, "--match", "1", "--version", "3", "--json").json()
    assert [(line["position"], line["product"]) for line in added["lines"]] == [(2, "LGM-2"), (3, "LGM-1")]
    assert exchange("trade", "remove", IDENT, "--line", "2").out == f"{IDENT} disusun versi 5, tanpa perjanjian\n"
    assert [step["step"] for step in exchange("trade", "show", IDENT, "--json").json()["steps"]][-3:] == ["draft", "add", "remove"]
    assert exchange("trade", "cancel", IDENT, "--reason", "Uji.").out.startswith(f"{IDENT} batal")
