"""`exchange catalogue quality`: the same scores as the pages and the API."""

from __future__ import annotations

import pytest

from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow


@pytest.fixture(autouse=True)
def catalogue(database_url):
    store = Store(database_url)
    with store.work() as session:
        firm, _ = apply_business(session, {"nib": "9120000020010", "name": "CV Uji", "sector": "logam"})
        for number, sector in enumerate(("logam", "logam", "pangan", "logam")):
            more = {"photo": "a.jpg"} if number == 1 else {}
            session.add(ProductRow(sku=f"P-{number}", name=f"Barang {number}", sector=sector, keywords=[], business=firm, **more))
        session.flush()
        session.query(ProductRow).filter_by(sku="P-3").update({"state": "withdrawn"})
    store.close()


def test_the_lowest_come_first_with_mean_spread_and_improvements(exchange):
    told = exchange("catalogue", "quality", "--json").json()
    assert [(one["product"], one["score"]) for one in told["lowest"]] == [("P-2", 2), ("P-0", 8), ("P-1", 16)]
    assert (told["products"], told["mean"], told["as_of"]) == (3, 26 / 3, "2026-11-23")
    assert told["bands"] == [2, 1, *[0] * 8]
    assert (told["firms"], told["firms_mean"]) == (1, (4 + 26 / 3) / 2)
    assert all(len(one["improvements"]) == 3 for one in told["lowest"])


def test_a_sector_narrows_it_and_an_empty_one_is_said(exchange):
    told = exchange("catalogue", "quality", "--json", "--sector", "logam", "--lowest", "1").json()
    assert [one["product"] for one in told["lowest"]] == ["P-0"]
    assert told["products"] == 2
    nothing = exchange("catalogue", "quality", "--sector", "energi")
    assert (nothing.code, nothing.out) == (0, "")
    assert "0 produk." in nothing.err
    assert exchange("catalogue", "quality", "--sector", "kayu").code == 2


def test_people_read_a_table_and_the_sums_beside_it(exchange):
    told = exchange("catalogue", "quality")
    assert told.code == 0
    assert "P-2" in told.out
    assert "1. " in told.out
    assert "3 produk, rata-rata 8.7 dari 100; sebaran 0+:2 10+:1." in told.err


def test_an_import_tells_the_mean_of_its_products_before_and_after(exchange, tmp_path):
    file = tmp_path / "katalog.csv"
    head = "sku,nib,nama usaha,nama produk,sektor,lead time (hari)\n"
    row = "P-0,9120000020010,CV Uji,Barang 0,Logam,{}\n"
    file.write_text(head + row.format(""), encoding="utf-8")
    told = exchange("catalogue", "import", str(file), "--json").json()
    assert told["quality"] == {"before": 8, "after": 8}, told["rows"]
    file.write_text(head + row.format(14), encoding="utf-8")
    tried = exchange("catalogue", "import", str(file), "--dry-run")
    assert "rata-rata 14.0 dari 100 (sebelumnya 8.0)" in tried.err
    assert exchange("catalogue", "import", str(file), "--json").json()["quality"] == {"before": 8, "after": 14}
    assert exchange("catalogue", "quality", "--json").json()["lowest"][1]["score"] == 14
