"""Where each part of a record comes from, as its page tells it."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from exchange.catalogue.intake import import_file
from exchange.catalogue.save import known_of, save
from exchange.store.demand_changes import note_changes
from exchange.store.demands import DemandRow

from .firming import PAGE, firm, now, word  # noqa: F401  # isort: skip


def told(page):
    section = page.split('id="asal-bagian"')[1].split("</section>")[0]
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', section, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", cells).split()) for name, cells in rows}


def test_a_field_of_an_imported_product_names_file_sheet_and_row(petugas, world):
    table = (
        "NIB,Nama IKM,SKU,Nama Produk,Satuan,Harga Minimum\n"
        "9120000000017,Bengkel Las Karya Mandiri,UJI-LGM-700,Teralis jendela lipat,buah,150000\n"
    )  # fmt: skip
    with world.work() as session:
        report = import_file(table.encode(), "katalog-mei.csv", known_of(session), date(2026, 5, 4))
        save(session, report, "command import")
        (sku,) = report.products
    page = told(petugas.get(f"/produk/{sku}").text)
    assert "command import mengimpor" in page["nama"] and "katalog-mei.csv, lembar" in page["nama"] and "baris 2" in page["nama"]
    assert told(petugas.get("/produk/UJI-LGM-000").text)["nama"].startswith("tidak tercatat"), "of before acts were kept nothing is claimed"


def test_a_correction_is_the_origin_of_what_it_changed_and_of_nothing_else(petugas, csrf, world, firm):  # noqa: F811
    form = word("given", now(world).version) | {"csrf_token": csrf(petugas.get(PAGE))}
    petugas.post(f"{PAGE}/persetujuan", data=form)
    page = told(petugas.get(PAGE).text)
    assert "petugas mencatat persetujuan usaha" in page["tanggal persetujuan"]
    assert page["nama"].startswith("tidak tercatat")


def test_a_part_of_a_demand_names_the_answer_that_changed_it(petugas, world):
    path = "/permintaan/d-0000000000000005"
    before = told(petugas.get(path).text)
    assert "data ke-6 dalam jawaban " + "ab" * 32 in before["judul"]
    with world.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.ident == "d-0000000000000005")).one()
        row.version = 2
        note_changes(session, 1, [(row.id, 2, ["budget_amount"], "cd" * 32, 8)], None)
    after = told(petugas.get(path).text)
    assert "data ke-9 dalam jawaban " + "cd" * 32 in after["anggaran"]
    assert after["judul"].endswith("seperti pertama datang")
    with world.work() as session:
        session.scalars(select(DemandRow).where(DemandRow.ident == "d-0000000000000005")).one().version = 5
    assert told(petugas.get(path).text)["judul"].startswith("tidak tercatat")
