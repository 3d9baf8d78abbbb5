"""Where each part of a record comes from, as its page tells it."""

from __future__ import annotations

import html
import io
import re
from datetime import date, timedelta

from openpyxl import Workbook
from sqlalchemy import select

from exchange.catalogue.intake import import_file
from exchange.catalogue.save import known_of, save
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.demand_changes import note_changes
from exchange.store.demands import DemandRow
from exchange.store.proposals import waiting_proposals
from exchange.store.retention import forget_superseded

from .firming import PAGE, firm, now, word  # noqa: F401  # isort: skip


_PAGAR = ("UJI-LGM-000", "Pagar besi hollow minimalis 0", "m2")


def told(page):
    section = page.split('id="asal-bagian"')[1].split("</section>")[0]
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]+)</th>(.*?)</tr>', section, re.S)
    return {name: html.unescape(" ".join(re.sub(r"<[^>]+>", " ", cells).split())) for name, cells in rows}


def workbook(firms, products):
    made = Workbook()
    made.active.title = "Data IKM"
    for sheet, rows in ((made.active, firms), (made.create_sheet("Data Produk"), products)):
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


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


def test_a_field_of_an_import_names_its_cell_and_leads_to_the_imports_line(petugas, upload_book, act, world):
    book = workbook(
        [["Daftar IKM"], ["NIB", "Nama IKM", "Alamat", "Kecamatan"], ["9120000000991", "CV Sel Tepat", "Jl. Baja 3", "Ciwandan"],
         ["9120000000991", "CV Sel Tepat", "", "", ]],
        [["NIB", "SKU", "Nama Produk", "Satuan", "Harga", "Harga Max"], ["9120000000991", "SEL-1", "Rak sel", "buah", "150000", ""],
         ["9120000000991", "SEL-2", "Meja sel", "buah", "250000", ""]],
    )  # fmt: skip
    assert upload_book(book).status_code == 303 and act("ambil").status_code == 303
    page = petugas.get("/produk/SEL-2").text
    parts = told(page)
    assert (
        parts["nama"].endswith("lembar Data Produk baris 3 · 'Data Produk'!C3")
        and parts["harga terendah"].endswith("!E3")
        and "E3, F3" in parts["harga tertinggi"]
    )
    link = re.search(r'href="(/impor/1\?[^"]+)#isi-bagian">', page)[1].replace("&amp;", "&")
    line = petugas.get(link).text.split('id="isi-bagian"')[1]
    assert "Meja sel" in line and "Rak sel" not in line
    with world.read() as session:
        ident = session.scalars(select(BusinessRow.ident).where(BusinessRow.nib == "9120000000991")).one()
    firm_parts = told(petugas.get(f"/ikm/{ident}").text)
    assert firm_parts["kecamatan"].endswith("'Data IKM'!D3, C3") and firm_parts["nama"].endswith("'Data IKM'!B3")


def test_what_a_later_row_of_a_file_added_names_that_row(petugas, world):
    table = "NIB,Nama IKM,Kecamatan,Tenaga Kerja\n9120000000992,CV Dua Baris,Ciwandan,\n9120000000992,CV Dua Baris,,7\n"
    with world.work() as session:
        save(session, import_file(table.encode(), "dua.csv", known_of(session), date(2026, 5, 4)), "command import")
        ident = session.scalars(select(BusinessRow.ident).where(BusinessRow.nib == "9120000000992")).one()
    page = told(petugas.get(f"/ikm/{ident}").text)
    assert page["kecamatan"].endswith("!C2") and page["tenaga kerja"].endswith("!D3")


def test_an_applied_doubt_names_file_sheet_row_and_cell_of_its_own_import_and_who_applied_it_when(petugas, upload_book, act, csrf, world):
    def book(price):
        return workbook([["NIB", "Nama IKM"]], [["NIB", "SKU", "Nama Produk", "Satuan", "Harga"], ["9120000000017", *_PAGAR, price]])

    assert upload_book(book("7000000")).status_code == 303 and act("ambil").status_code == 303
    with world.read() as session:
        (row,) = [each for each in waiting_proposals(session) if "Data Produk" in each.origin]
    assert upload_book(book("9000000")).status_code == 303 and act("ambil", 2).status_code == 303
    form = {"csrf_token": csrf(petugas.get("/usulan")), "verdict": "apply", "version": "1"}
    assert petugas.post(f"/usulan/{row.id}/putuskan", data=form).status_code == 303
    page = petugas.get(f"/produk/{_PAGAR[0]}").text
    said = told(page)["harga terendah"]
    assert re.fullmatch(
        r"\d+ \w+ \d{4} [\d.]+ WIB petugas menerapkan usulan impor katalog\.xlsx, lembar Data Produk baris 2 · 'Data Produk'!E2", said
    )
    links = re.findall(r'href="/impor/(\d+)\?lembar=Data\+Produk&amp;baris=2#isi-bagian"', page)
    assert set(links) == {"1"}, "the file of that name that came later is another import"


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
    page = petugas.get(path).text
    after = told(page)
    assert "data ke-9 dalam jawaban " + "cd" * 32 in after["anggaran"]
    assert after["judul"].endswith("seperti pertama datang")
    raw = dict(
        re.findall(r'<th scope="row"[^>]*>([^<]+)</th>.*?<a href="(/sumber/tegal/mentah/[^"]+)">', page.split('id="asal-bagian"')[1], re.S)
    )
    for part in ("judul", "pembeli", "daerah", "yang diminta", "jumlah", "anggaran", "masa pemilihan", "status", "kategori"):
        assert "tegal:" in after[part] and "WIB" in after[part], part
        assert petugas.get(raw[part]).status_code == 200, "each leads to the record as it came"
    assert raw["anggaran"].endswith("?versi=2") and "cd" * 32 in petugas.get(raw["anggaran"]).text
    assert "ab" * 32 in petugas.get(raw["judul"]).text
    assert petugas.get(raw["judul"] + "?versi=3").status_code == 404
    with world.work() as session:
        session.scalars(select(DemandRow).where(DemandRow.ident == "d-0000000000000005")).one().version = 5
    assert told(petugas.get(path).text)["judul"].startswith("tidak tercatat")


def test_what_was_superseded_long_ago_is_said_to_be_gone_and_costs_no_part_its_origin(petugas, world):
    path = "/permintaan/d-0000000000000005"
    with world.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.ident == "d-0000000000000005")).one()
        row.version = 4
        for version in (2, 3, 4):
            note_changes(session, 1, [(row.id, version, ["budget_amount"], f"{version}0" * 32, version)], utcnow() - timedelta(days=9))
    before = petugas.get(path).text
    assert "masa simpan" not in before.split('id="asal-bagian"')[1]
    with world.work() as session:
        assert forget_superseded(session, utcnow() - timedelta(days=8)).gone == 2
    page = petugas.get(path).text
    assert told(page) == told(before), "each part comes from where it came from"
    assert "2 perubahan yang lebih lama" in page
    raw = re.search(r"/sumber/tegal/mentah/[^\"?]+", page)[0]
    assert petugas.get(f"{raw}?versi=4").status_code == 200
    gone = petugas.get(f"{raw}?versi=2")
    assert gone.status_code == 410 and path in gone.text
    assert petugas.get(f"{raw}?versi=5").status_code == 404
