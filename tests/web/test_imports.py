"""Impor: what is uploaded is looked at first, nothing is written by looking, and what is taken is what was chosen."""

from __future__ import annotations

import io
import re

from openpyxl import load_workbook
from sqlalchemy import select

from exchange.store.audit import history
from exchange.store.businesses import businesses_by_nib
from exchange.store.imports import ImportRow, every_line
from exchange.store.products import product_record, products_by_sku
from exchange.store.proposals import ProposalRow

from .importing import catalogue, line, plain
from .workbooks import NEW_NIB, NIB, mended, workbook


def test_a_workbook_is_looked_at_and_nothing_is_written(upload_book, petugas, world):
    before = catalogue(world)
    answer = upload_book(workbook())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/impor/1")
    said = plain(petugas.get("/impor/1").text)
    for part in (
        "3 Ditolak",
        "2 Meragukan",
        "1 IKM baru",
        "1 IKM berubah",
        "1 Produk baru",
        "1 Produk berubah",
        "1 Tetap",
        "menunggu keputusan",
    ):
        assert part in said, part
    assert "Warna Kesukaan” tidak dikenal" in said
    assert catalogue(world) == before


def test_each_part_says_what_stands_in_the_file_and_what_would_become_of_it(upload_book, petugas):
    upload_book(workbook())
    refused = plain(petugas.get("/impor/1?bagian=refused").text)
    for part in ("sel E6", "harga 0 tidak sah", "Isi harga yang benar", "sel A4", "NIB kosong", "sel A7", "NIB 9120000000099 tidak ada"):
        assert part in refused, part
    changed = plain(petugas.get("/impor/1?bagian=firm_changed").text)
    assert re.search(r"tenaga kerja\s+12\s+→\s+15", changed)
    new = plain(petugas.get("/impor/1?bagian=product_new").text)
    assert "Keripik tempe" in new
    assert "Rp 12.500" in new
    firm = plain(petugas.get("/impor/1?bagian=firm_new").text)
    assert "tanggal persetujuan 1 Februari 2026" in firm
    doubts = plain(petugas.get("/impor/1?bagian=doubt").text)
    assert "jauh di luar rentang katalog" in doubts
    assert "mungkin produk yang sama dengan" in doubts
    assert petugas.get("/impor/1?bagian=catatan").status_code == 200
    assert petugas.get("/impor/1?bagian=semua").status_code == 400
    assert petugas.get("/impor/1?warna=biru").status_code == 400


def test_taking_writes_what_was_shown_once_and_keeps_the_report(upload_book, petugas, act, world):
    body = workbook()
    upload_book(body)
    assert act("ambil").status_code == 303
    said = plain(petugas.get("/impor/1").text)
    for part in ("Diambil petugas", "IKM baru 1", "Produk baru 1", "Usulan baru 2", "Tidak diambil 0"):
        assert part in said, part
    after = catalogue(world)
    with world.read() as session:
        assert businesses_by_nib(session)[NIB].workers == 15
        assert businesses_by_nib(session)[NEW_NIB].consented_on is not None
        assert [act.action for act in history(session, "import", "1")] == ["import.take", "import.upload"]
    again = act("ambil")
    assert again.status_code == 409
    assert "petugas sudah memutuskan impor ini" in again.text
    upload_book(body)
    act("ambil", 2)
    assert catalogue(world) == after, "the same file again changes nothing"
    assert "berkas yang sama persis" in petugas.get("/impor/2").text


def test_what_is_unticked_is_left_and_a_product_without_its_firm_is_told(upload_book, petugas, act, world):
    upload_book(workbook())
    firm = line(world, "UD Rasa Nusa")
    assert act("pilih", bagian="firm_new", baris=str(firm.id)).status_code == 303
    assert act("pilih", bagian="product_changed", semua="tinggal").status_code == 303
    act("ambil")
    with world.read() as session:
        assert NEW_NIB not in businesses_by_nib(session)
        assert products_by_sku(session)["UJI-LGM-001"].capacity_max == 180
        assert businesses_by_nib(session)[NIB].workers == 15
    assert "IKM-nya tidak diambil" in petugas.get("/impor/1?bagian=product_new").text
    assert "Tidak diambil 2" in plain(petugas.get("/impor/1").text)


def test_doubts_are_answered_on_the_page_and_done_with_the_taking(upload_book, act, world):
    upload_book(workbook())
    price, alike = line(world, "Pagar besi hollow minimalis 2", "doubt"), line(world, "Pagar besi hollow minimalis 4x", "doubt")
    assert act(f"keraguan/{price.id}", putusan="apply").status_code == 303
    assert act(f"keraguan/{alike.id}", putusan="create", sku="kode buruk").status_code == 422
    assert act(f"keraguan/{alike.id}", putusan="apply", sku="LAIN-1").status_code == 422
    assert act(f"keraguan/{alike.id}", putusan="create", sku="UJI-BARU-1").status_code == 303
    act("ambil")
    with world.read() as session:
        products = products_by_sku(session)
        assert products["UJI-LGM-002"].price_min == 5_500_000
        assert products["UJI-BARU-1"].name == "Pagar besi hollow minimalis 4x"
        states = {row.key: row.state for row in session.scalars(select(ProposalRow))}
        assert states["UJI-LGM-002"] == "accepted"


def test_an_answer_that_cannot_be_carried_out_waits_and_says_why(upload_book, petugas, act, world):
    upload_book(workbook())
    alike = line(world, "Pagar besi hollow minimalis 4x", "doubt")
    act(f"keraguan/{alike.id}", putusan="create", sku="UJI-LGM-003")
    act("ambil")
    assert "sudah dipakai" in plain(petugas.get("/impor/1?bagian=doubt").text)
    with world.read() as session:
        assert session.scalars(select(ProposalRow).where(ProposalRow.reason.contains("mungkin"))).all()[-1].state == "waiting"


def test_the_second_to_choose_sees_what_the_first_chose(upload_book, staff, csrf, act, world):
    upload_book(workbook())
    product = line(world, "Pagar besi hollow minimalis 1")
    late = {"csrf_token": csrf(staff("petugas").get("/impor")), "version": "2", "bagian": "product_changed", "baris": str(product.id)}
    act("pilih", bagian="firm_changed", semua="tinggal")
    other = staff("admin")
    late["csrf_token"] = csrf(other.get("/impor"))
    answer = other.post("/impor/1/pilih", data=late)
    assert answer.status_code == 409
    assert "petugas mengubah pilihan impor ini" in answer.text
    assert not re.search(rf'value="{product.id}"[^>]* checked', answer.text), "what was typed is kept"


def test_what_somebody_changed_meanwhile_is_shown_and_not_written_over(upload_book, petugas, act, world):
    upload_book(workbook())
    with world.work() as session:
        row = products_by_sku(session)["UJI-LGM-001"]
        row.capacity_min = row.capacity_max = 250
        row.version += 1
    answer = act("ambil")
    assert answer.status_code == 409
    assert "Katalog berubah setelah impor ini dilihat: 1 baris" in plain(answer.text)
    said = plain(petugas.get("/impor/1?bagian=product_changed").text)
    assert "berubah sejak dilihat" in said
    assert re.search(r"kapasitas tertinggi\s+250\s+→\s+200", said)
    with world.read() as session:
        assert product_record(products_by_sku(session)["UJI-LGM-001"])["capacity_max"] == 250
    assert act("ambil").status_code == 303
    with world.read() as session:
        assert product_record(products_by_sku(session)["UJI-LGM-001"])["capacity_max"] == 200


def test_the_marked_workbook_comes_back_and_the_mended_one_goes_on(upload_book, petugas, act, world):
    upload_book(workbook())
    act("ambil")
    book = load_workbook(io.BytesIO(petugas.get("/impor/1/ditandai.xlsx").data))
    cell = book["Data Produk"]["E6"]
    assert "harga 0 tidak sah" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("F8CBAD")
    alone = load_workbook(io.BytesIO(petugas.get("/impor/1/ditolak.xlsx").data))
    assert alone["Data Produk"].max_row == 3
    answer = upload_book(mended(petugas.get("/impor/1/ditandai.xlsx").data), "katalog-ditandai.xlsx", dari="1")
    assert answer.headers["Location"] == "/impor/2"
    said = plain(petugas.get("/impor/2").text)
    assert "perbaikan dari impor 1" in said
    assert "1 Produk baru" in said
    assert "Ditolak" not in said.split("Yang diterbitkan")[0].split("Yang akan berubah")[1].split("baris dalam berkas")[0]
    assert "memperbaiki impor ini" in petugas.get("/impor/1").text
    assert petugas.get("/impor/2/ditandai.xlsx").status_code == 404


def test_a_page_costs_at_most_eight_statements(upload_book, petugas, statements):
    rows = [[NIB, f"Barang nomor {number} {'abcdefghij'[number % 10] * 9}", None, "buah", str(1000 + number)] for number in range(120)]
    upload_book(workbook({"Data Produk": rows}))
    for path in ("/impor", "/impor/1", "/impor/1?bagian=product_new", "/impor/1?bagian=product_new&setelah=24", "/impor/1?bagian=doubt"):
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        assert len(seen) <= 8, (path, seen)


def test_an_import_is_discarded_and_says_so(upload_book, petugas, act, world):
    before = catalogue(world)
    upload_book(workbook())
    assert act("buang").status_code == 303
    assert "Dibuang petugas" in plain(petugas.get("/impor/1").text)
    assert act("ambil").status_code == 409
    assert catalogue(world) == before
    with world.read() as session:
        assert every_line(session, 1) == []


def test_what_nobody_decides_about_is_put_aside_in_time(upload_book, petugas, world, settings):
    from dataclasses import replace

    from exchange.jobs.import_work import Imports

    upload_book(workbook())
    Imports(world, settings).tidy()
    with world.read() as session:
        assert session.get_one(ImportRow, 1).state == "preview"
    Imports(world, replace(settings, import_days=0)).tidy()
    with world.read() as session:
        assert session.get_one(ImportRow, 1).state == "discarded"


def test_whoever_only_looks_has_no_way_to_import(staff, upload_book):
    upload_book(workbook())
    page = staff("pimpinan").get("/impor/1")
    assert "Hanya admin dan petugas yang dapat memutuskan" in page.text
    assert 'name="ambil"' not in page.text
    assert re.search(r"<button[^>]*disabled[^>]*>Ambil", page.text)
