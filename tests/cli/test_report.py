"""`exchange report`: the three reports as tables, as JSON, as workbooks, and what it says to wrong input."""

from __future__ import annotations

import json
from decimal import Decimal

import openpyxl
import pytest

from exchange.cli.report import SECTORS
from exchange.reports.classes import ALL_SECTORS
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow

HALAL = ["certificates", "Sertifikat", 0.3, 3.0, True, "halal", None, "Belum ada pada produk: halal.", True, False,
         ["offer", "halal", None, "Halal belum ada."]]  # fmt: skip


def _demand(at, title, **more):
    its = {"region": "33.74", "budget_amount": 10 + at, "budget_currency": "IDR", "matched_version": 1, "status": "open"}
    return DemandRow(ident=f"d-{at:016x}", source_id=1, reference=str(at), title=title, buyer_name="Dinas", category="goods", items=[],
                     content_hash="0", raw_answer="0", raw_position=0, connector_version="1", **its | more)  # fmt: skip


@pytest.fixture(autouse=True)
def world(database_url):
    store = Store(database_url)
    with store.work() as session:
        session.add(SourceRow(id=1, name="contoh", connector="table", region="33.74", state="approved"))
        firm, _ = apply_business(session, {"nib": "9120000020010", "name": "UD Dapur", "sector": "pangan", "training_needs": ["halal"]})
        product = ProductRow(sku="P-1", name="Keripik singkong", sector="pangan", keywords=[], business=firm)
        rows = [_demand(0, "Belanja keripik halal"), _demand(1, "Belanja pakaian batik"), _demand(2, "Pakaian kerja", matched_version=0)]
        session.add_all([product, *rows])
        session.flush()
        session.add(MatchRow(demand_id=rows[0].id, product_id=product.id, score=Decimal("0.8"), marks=[HALAL], verdict="near_miss",
                             model="m", demand_version=1, product_version=1))  # fmt: skip
    yield store
    store.close()


def test_unmet_tells_causes_demands_and_what_was_not_matched_yet(exchange):
    told = exchange("report", "unmet", "--json").json()
    assert [(one["sector"], one["cause"], one["demands"], float(one["value"])) for one in told["cells"]] == [
        ("pangan", "certificate", 1, 10), ("lain", "no_product", 1, 11),
    ]  # fmt: skip
    assert told["outcomes"]["unmatched"]["demands"] == 1
    assert [(one["demand"], one["change"]) for one in told["demands"]] == [
        ("d-0000000000000001", None),
        ("d-0000000000000000", "Halal belum ada."),
    ]
    assert told["lacked"][0]["code"] == "282"


def test_people_read_tables_and_are_told_to_match_first(exchange):
    told = exchange("report", "unmet")
    assert told.code == 0
    assert "Sertifikat belum ada" in told.out
    assert "2 tidak terlayani, Rp 21; 0 di antaranya tanpa nilai." in told.err
    assert "exchange match" in told.err


def test_training_joins_what_was_heard_with_what_it_opens(exchange):
    row = exchange("report", "training", "--json").json()["trainings"][0]
    assert row["training"].startswith("Sertifikasi halal")
    assert (row["opens"]["demands"], row["firms"]) == (1, 1)
    assert row["asked"][0]["name"] == row["mends"][0]["name"] == "UD Dapur"


def test_visits_say_that_no_catalogue_is_here_and_then_name_the_region(exchange, world):
    told = exchange("report", "visits", "--json").json()
    assert (told["regions"], told["offers"]) == ([], 0)
    assert "Belum ada katalog daerah lain" in told["note"]
    with world.work() as session:
        given = {"classifications": [{"scheme": "KBKI", "code": "2822199"}], "producer": {"name": "Batik Uji"}}
        session.add(SupplyRow(ident="s-1", source_id=1, reference="1", sku="1", region="33.75", name="Kemeja batik", record=given,
                              content_hash="0", connector_version="1", raw_answer="0", raw_position=0))  # fmt: skip
    told = exchange("report", "visits", "--json").json()
    assert [(one["region"], one["products"]) for one in told["regions"]] == [("33.75", 1)]
    assert "Kemeja batik" in exchange("report", "visits").out


@pytest.mark.parametrize("name", ["unmet", "training", "visits"])
def test_a_workbook_is_written_beside_the_report_whole(exchange, tmp_path, name):
    file = tmp_path / "laporan.xlsx"
    told = exchange("report", name, "--json", "--xlsx", str(file))
    assert told.code == 0
    assert json.loads(told.out)
    assert "laporan.xlsx" in told.err
    book = openpyxl.load_workbook(file)
    assert all(sheet.max_row >= 2 for sheet in book)
    assert [path.name for path in tmp_path.glob("*laporan*")] == ["laporan.xlsx"], "no half of one is left"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "2027-02-30"), "--from"),
        (("--from", "2027-02-02", "--to", "2027-02-01"), "lebih awal"),
        (("--sector", "kayu"), "kayu"),
        (("--region", "99.99"), "99.99"),
        (("--xlsx", "/tidak/ada/laporan.xlsx"), "/tidak/ada"),
    ],
)
@pytest.mark.parametrize("name", ["unmet", "training", "visits"])
def test_wrong_input_is_misuse_and_named(exchange, name, words, says):
    told = exchange("report", name, *words)
    assert told.code == 2
    assert says in told.err
    assert told.out == ""


def test_an_unknown_cause_names_those_there_are(exchange):
    told = exchange("report", "unmet", "--cause", "cuaca")
    assert told.code == 2
    assert "certificate" in told.err


def test_a_window_and_a_sector_narrow_it(exchange):
    assert exchange("report", "unmet", "--from", "2027-01-01", "--json").json()["unmet"]["demands"] == 0
    assert exchange("report", "unmet", "--region", "33", "--json").json()["unmet"]["demands"] == 2
    assert exchange("report", "unmet", "--region", "32", "--json").json()["unmet"]["demands"] == 0
    assert exchange("report", "unmet", "--sector", "pangan", "--json").json()["unmet"]["demands"] == 1
    nothing = exchange("report", "unmet", "--region", "32")
    assert (nothing.code, nothing.out) == (0, "")


def test_the_sectors_that_it_takes_are_those_of_the_report():
    assert SECTORS == ALL_SECTORS
