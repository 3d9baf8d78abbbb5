"""Files of every kind: what is opened, what is named and refused, what a cell shows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from exchange.catalogue import archive
from exchange.catalogue.header import find_header, member_of
from exchange.catalogue.table import Sheet, read_table
from exchange.errors import BadRequest

HEAD = "NIB{0}Nama IKM{0}TK{0}Alamat\n9120000000101{0}CV Café{0}3{0}Jl. Satu\n"


def only_sheet(data: bytes, name: str = "daftar.csv") -> Sheet:
    (sheet,) = read_table(data, name).sheets
    return sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_in_every_usual_encoding_and_with_every_usual_separator(encoding: str, sign: str) -> None:
    sheet = only_sheet(HEAD.format(sign).encode(encoding))
    assert [cell.text for cell in sheet.row(2).values()] == ["9120000000101", "CV Café", "3", "Jl. Satu"]
    assert sheet.row(2)[2].address == "B2"


def test_excels_own_hint_of_the_separator_is_followed_and_rows_keep_their_numbers() -> None:
    sheet = only_sheet(b"sep=;\nNIB;Nama IKM;TK\n1;a,b,c,d;2\n")
    assert [cell.text for cell in sheet.row(3).values()] == ["1", "a,b,c,d", "2"]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "kosong"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table></table></html>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b'{"a": 1}', "JSON"),
        (b"PK\x03\x04 not really", "rusak"),
        (b"a\x00b\x01", "teks"),
        (b"\x89PNG\r\n", "gambar"),
    ],
)
def test_other_kinds_of_file_are_named(data: bytes, named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        read_table(data, "berkas")


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04"):
        try:
            read_table(start + data, "berkas")
        except BadRequest as refusal:
            assert refusal.message


def repacked(book: bytes, part: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return stream.getvalue()


def test_a_bomb_is_refused_before_it_is_opened(book: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(book(["NIB"]), "xl/worksheets/sheet9.xml", b" " * (8 * 2**20))
    with pytest.raises(BadRequest, match="mengembang"):
        read_table(bomb, "bom.xlsx")
    monkeypatch.setattr(archive, "LARGEST_EXPANDED", 1000)
    with pytest.raises(BadRequest, match="mengembang"):
        read_table(book(["NIB"]), "besar.xlsx")


def test_a_declared_entity_is_refused(book: Callable[..., bytes]) -> None:
    evil = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>"
    for encoded in (evil, evil.decode().encode("utf-16")):
        with pytest.raises(BadRequest, match="XML"):
            read_table(repacked(book(["NIB"]), "xl/sharedStrings.xml", encoded), "jahat.xlsx")


def test_another_archive_is_named(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("word/document.xml", "<a/>")
    with pytest.raises(BadRequest, match="Word"):
        read_table(stream.getvalue(), "surat.docx")


def test_a_lonely_cell_at_the_far_end_makes_no_million_rows() -> None:
    workbook = Workbook()
    workbook.worksheets[0]["A1"] = "NIB"
    workbook.worksheets[0]["XFD1048576"] = "jauh"
    stream = io.BytesIO()
    workbook.save(stream)
    table = read_table(stream.getvalue(), "jauh.xlsx")
    assert table.sheets[0].last_row == 1 and "pertama yang dibaca" in table.warnings[0]


def test_formulas_links_dates_and_merged_cells_are_what_a_person_sees() -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet["A1"], sheet["B1"], sheet["C1"] = "=1+1", "lihat", datetime(2025, 8, 12)
    sheet["B1"].hyperlink = "https://contoh.invalid/x"
    sheet["D1"] = "gabung"
    sheet.merge_cells("D1:E2")
    sheet["F1"] = "=1+1 bukan rumus"
    sheet["F1"].data_type = "s"
    stream = io.BytesIO()
    workbook.save(stream)
    read = only_sheet(stream.getvalue(), "a.xlsx")
    assert (read.row(1)[1].uncounted, read.row(1)[1].formula) == (True, "=1+1")
    assert (read.row(1)[2].value, read.row(1)[2].link) == ("lihat", "https://contoh.invalid/x")
    assert read.row(1)[3].value == datetime(2025, 8, 12)
    assert (read.row(2)[4].value, read.row(2)[4].above, 5 in read.row(1)) == ("gabung", "D1", False)
    assert (read.row(1)[6].value, read.row(1)[6].formula) == ("=1+1 bukan rumus", None)
    assert load_workbook(io.BytesIO(stream.getvalue())).sheetnames == ["Sheet"]


@pytest.mark.parametrize(
    ("title", "kind", "member"),
    [
        ("N I B ", "business", "nib"),
        ("Nilai Investasi (Rp)", "business", "investment"),
        ("Badan\nUsaha", "business", "legal_form"),
        ("KBLI 2020", "product", "kbli"),
        ("Harga (Rp.)", "product", "price"),
        ("Kecamatn", "business", "district"),
        ("Hari Baik", "business", None),
        ("Nama  Produk", "product", "name"),
    ],
)
def test_headings_are_known_with_blanks_remarks_and_one_slip(title: str, kind: str, member: str | None) -> None:
    assert member_of(title, kind) == member


def test_a_longer_heading_is_known_by_its_telling_word_and_not_where_it_is_narrower(book: Callable[..., bytes]) -> None:
    data = book(
        ["NIB", "Nama IKM", "Lokasi GPS usaha", "Karyawan pria musiman", "Alamat"], ["9120000000101", "CV A", "-6.1, 106.1", 2, "Jl. Satu"]
    )
    header = find_header(only_sheet(data, "a.xlsx"))
    assert header is not None
    assert (header.find("position"), header.find("workers"), header.unknown) == (3, None, ["Karyawan pria musiman"])


def test_a_heading_over_two_columns_is_read_from_its_lower_line(book: Callable[..., bytes]) -> None:
    data = book(
        ["NIB", "Nama IKM", "TK", "Koordinat", None], [None, None, None, "Lintang", "Bujur"], ["9120000000101", "CV A", 1, -6.1, 106.1]
    )
    header = find_header(only_sheet(data, "a.xlsx"))
    assert header is not None and header.row == 2
    assert (header.find("latitude"), header.find("longitude"), header.find("nib")) == (4, 5, 1)
