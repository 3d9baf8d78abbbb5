"""Which files an import takes: workbooks and CSV, small and large; what is neither is told, and what is hostile stays text."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from exchange.jobs import import_taking, import_work, imports
from exchange.jobs.import_work import Imports
from exchange.jobs.worker import Worker
from exchange.store.businesses import businesses_by_nib
from exchange.store.imports import ImportRow

from .importing import plain
from .workbooks import NIB, ROWS, workbook


def test_a_csv_is_taken_as_well(upload_book, petugas, act, world):
    text = f"NIB;Nama IKM;Tenaga Kerja;Alamat\n{NIB};Bengkel Las Karya Mandiri;20;Jl. Satu\n12;CV Rusak;1;Jl. Dua\n"
    upload_book(text.encode(), "daftar.csv")
    assert "sel A3" in petugas.get("/impor/1?bagian=refused").text
    assert load_workbook(io.BytesIO(petugas.get("/impor/1/ditandai.xlsx").data)).active["A3"].comment
    act("ambil")
    with world.read() as session:
        assert businesses_by_nib(session)[NIB].workers == 20


@pytest.mark.parametrize(
    ("body", "name", "said"),
    [
        (b"", "kosong.xlsx", "Belum ada berkas yang dipilih"),
        (b"<!DOCTYPE html><html><title>Are you a robot?</title>", "katalog.xlsx", "ini halaman HTML, bukan XLSX atau CSV"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "katalog.xlsx", "dikunci kata sandi"),
        (b"PK\x03\x04" + b"x" * 300, "katalog.xlsx", "berkas Excel rusak"),
        (b"%PDF-1.7", "katalog.pdf", "ini berkas PDF"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_told_and_not_kept(upload_book, world, body, name, said):
    answer = upload_book(body, name)
    assert answer.status_code == 422
    assert said in plain(answer.text)
    with world.read() as session:
        assert not session.scalars(select(ImportRow)).all()


def test_a_table_that_is_no_catalogue_is_kept_with_the_reason(upload_book, petugas):
    upload_book(b"a,b,c\n1,2,3\n", "lain.csv")
    said = plain(petugas.get("/impor/1").text)
    assert "tidak ada lembar dengan kepala kolom yang dikenal" in said
    assert "Kepala kolom IKM memuat NIB dan Nama IKM" in said


def test_a_large_workbook_is_read_by_the_worker_with_its_progress_on_the_page(upload_book, petugas, act, world, settings, monkeypatch):
    monkeypatch.setattr("exchange.jobs.imports._SMALL_BOOK", 10)
    monkeypatch.setattr("exchange.jobs.import_taking._SMALL", 0)
    upload_book(workbook())
    page = petugas.get("/impor/1")
    assert "Berkas sedang dibaca" in page.text
    assert '<meta http-equiv="refresh"' in page.text
    part = petugas.get("/impor/1/kemajuan", headers={"HX-Request": "true"})
    assert (part.status_code, "Berkas sedang dibaca" in part.text) == (200, True)
    Worker(world, settings).run(once=True)
    assert petugas.get("/impor/1/kemajuan", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "1 Produk baru" in plain(petugas.get("/impor/1").text)
    assert act("ambil").status_code == 303
    assert "Pilihan Anda sedang disimpan" in petugas.get("/impor/1").text
    Worker(world, settings).run(once=True)
    assert "Diambil petugas" in plain(petugas.get("/impor/1").text)


def test_hostile_words_stay_text(upload_book, petugas):
    hostile = "<script>alert(1)</script>"
    upload_book(workbook({"Data Produk": [[NIB, f"Lemari {hostile}", hostile, "buah", "0"], *ROWS["Data Produk"]]}), f"{hostile}.xlsx")
    for part in ("refused", "product_changed", "catatan"):
        assert hostile not in petugas.get(f"/impor/1?bagian={part}").text


def test_a_look_that_ends_late_changes_nothing_of_what_was_decided_meanwhile(upload_book, act, world, settings, monkeypatch):
    upload_book(workbook())
    with world.work() as session:
        session.get_one(ImportRow, 1).state = "reading"
    judged = imports.judge

    def slowly(*given):
        found = judged(*given)
        with world.work() as session:
            session.get_one(ImportRow, 1).state = "taken"
        return found

    monkeypatch.setattr(imports, "judge", slowly)
    imports.look(world, settings, 1)
    with world.read() as session:
        assert session.get_one(ImportRow, 1).state == "taken"


def test_an_import_that_was_given_up_is_taken_when_somebody_takes_it_again(upload_book, petugas, act, world, settings, monkeypatch):
    upload_book(workbook())
    monkeypatch.setattr(import_taking, "_SMALL", 0)  # so that a worker takes it
    assert act("ambil").status_code == 303
    with world.work() as session:
        session.get_one(ImportRow, 1).tries = import_work.TRIES
    Worker(world, settings, [Imports(world, settings)]).run(once=True)
    with world.read() as session:
        row = session.get_one(ImportRow, 1)
        assert (row.state, row.decided_by) == ("preview", None)
    assert "kali tidak sampai selesai" in petugas.get("/impor/1").text
    assert act("ambil").status_code == 303
    Worker(world, settings, [Imports(world, settings)]).run(once=True)
    with world.read() as session:
        assert session.get_one(ImportRow, 1).state == "taken"
