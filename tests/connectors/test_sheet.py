"""Files of tables: what is opened, what is refused and why, what a cell shows."""

from __future__ import annotations

import csv
import gzip
import io
import time
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors.kit import Limits, SourceError
from connectors.kit.errors import LoginPage
from connectors.kit.sheet.opening import open_sheets
from connectors.kit.sheet.rows import Row
from schemas.reading.workbooks import Bounds, Unsafe, look_through

LIMITS = Limits()
HEAD = "Nama Barang{0}Jumlah{0}Satuan{0}Catatan\nMeja “jati”{0}3{0}buah{0}é\n"


def rows(body: bytes) -> list[Row]:
    (sheet,) = open_sheets(body, LIMITS)
    return list(sheet.rows())


def cells(body: bytes) -> list[list[object]]:
    return [row.cells for row in rows(body)]


def book(*lines: list[object], **more: object) -> bytes:
    made = Workbook()
    for line in lines:
        made.worksheets[0].append(line)
    for area in more.get("merge", ()):
        made.worksheets[0].merge_cells(area)
    return saved(made)


def saved(made: Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def repacked(body: bytes, **parts: bytes) -> bytes:
    """The archive with these parts instead, `/` and `.` written as `__` and `_0`."""
    named = {name.replace("__", "/").replace("_0", "."): content for name, content in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, content in named.items():
            new.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_in_every_usual_encoding_and_with_every_usual_separator(encoding, sign):
    found = cells(HEAD.format(sign).encode(encoding))
    assert found == [["Nama Barang", "Jumlah", "Satuan", "Catatan"], ["Meja “jati”", "3", "buah", "é"]]


def test_utf16_without_a_mark_and_gzip_are_read_too():
    text = HEAD.format(";")
    assert cells(text.encode("utf-16-le")) == cells(gzip.compress(text.encode())) == cells(text.encode())


def test_excels_hint_of_the_separator_is_followed_and_is_no_row():
    assert cells(b"sep=;\r\nNama;a,b,c,d\r\n1;2\r\n") == [["Nama", "a,b,c,d"], ["1", "2"]]


def test_texts_over_lines_ragged_rows_nul_bytes_and_blank_rows():
    body = b'Nama;Jumlah;Satuan\r\n"Meja\r\nlipat; kuat";3\r\n;;\r\n\r\nKu\x00rsi;4;buah;\r\n'
    found = rows(body)
    assert [row.cells for row in found] == [["Nama", "Jumlah", "Satuan"], ["Meja\r\nlipat; kuat", "3"], ["Kursi", "4", "buah", None]]
    assert [row.number for row in found] == [1, 2, 5]


def test_a_quote_that_is_never_closed_ends_the_reading_by_the_line_it_stands_in():
    (sheet,) = open_sheets(b'a;b;c\n1;2;3\n4;"5;6\n7;8;9\n', LIMITS, "bukti")
    with pytest.raises(SourceError, match="baris 3") as caught:
        list(sheet.rows())
    assert (caught.value.rule, caught.value.answer) == ("shape_changed", "bukti")


def test_a_row_that_quotes_for_the_same_as_above_have_swallowed_is_marked():
    body = b'No;Nama;Jumlah;Satuan\n1;Meja;3;buah\n2;";4;buah\n3;";5;buah\n4;Kursi;6;buah\n'
    assert [row.swallowed for row in rows(body)] == [False, False, True, False]


def test_a_text_over_several_lines_with_separators_in_it_is_not_taken_for_swallowed_rows():
    body = b'No;Nama;Jumlah;Satuan\n1;"Meja; kayu\nKursi; besi; hitam";3;buah\n2;Lemari;1;unit\n'
    assert not any(row.swallowed for row in rows(body))


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")), min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(";,\t|"),
)
@settings(max_examples=100, deadline=None)
def test_what_a_writer_of_csv_wrote_is_read_as_it_was(lines, sign):
    out = io.StringIO()
    csv.writer(out, delimiter=sign, quoting=csv.QUOTE_ALL).writerows([["Nama", "Jumlah", "Satuan"], *lines])
    kept = [[cell or None for cell in line] for line in lines if any(cell.strip() for cell in line)]
    assert cells(("sep=" + sign + "\n" + out.getvalue()).encode())[1:] == kept


@pytest.mark.parametrize(
    ("body", "rule", "word"),
    [
        (b"", "empty_body", "kosong"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "wrong_answer", ".xls"),
        (b"%PDF-1.7 x", "wrong_answer", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "wrong_answer", "gambar"),
        (b'[{"a": 1}]', "wrong_answer", "JSON"),
        (b"<?xml version='1.0'?><a/>", "wrong_answer", "XML"),
        (b"<html><body>Tabel</body></html>", "html_page", "halaman web"),
        (b"<html><title>Just a moment...</title></html>", "robot_page", "robot"),
        (b"<invalid_response>Data Kosong, silakan ulangi</invalid_response>", "said_empty", "Data Kosong"),
        (b"PK\x03\x04 rusak", "shape_changed", "rusak"),
        (b"PK\x05\x06" + b"\0" * 18, "wrong_answer", "ZIP kosong"),
    ],
)
def test_what_came_instead_of_a_table_is_named(body, rule, word):
    with pytest.raises(SourceError, match=word) as caught:
        open_sheets(body, LIMITS, "bukti")
    assert (caught.value.rule, caught.value.answer) == (rule, "bukti")
    assert caught.value.mend


def test_the_page_that_google_sends_for_a_sheet_nobody_shared_says_how_to_share_it():
    page = b'<!doctype html><html><body><a href="https://accounts.google.com/ServiceLogin?service=wise">Masuk</a></body></html>'
    with pytest.raises(LoginPage, match="halaman masuk") as caught:
        open_sheets(page, LIMITS)
    assert "Publikasikan ke web" in caught.value.mend


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xff\xfe", b"sep=;\n"]))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise_anything_but_a_stated_error(body, start):
    try:
        for sheet in open_sheets(start + body, LIMITS):
            list(sheet.rows())
    except SourceError as error:
        assert error.message and error.mend


def test_a_workbook_shows_values_days_and_what_was_stored_of_formulas():
    body = book(["Nama", 3, 2.5, 8.0, date(2026, 3, 1), datetime(2026, 3, 1, 8, 30), True, "=1+1", 10**30, "12"])
    (found,) = cells(body)
    assert found == ["Nama", 3, 2.5, 8, "2026-03-01", "2026-03-01 08:30:00", True, None, 1e30, "12"]


def test_the_value_of_a_merged_cell_counts_for_the_cells_it_covers():
    found = rows(book(["Paket", "Barang"], ["ATK", "Kertas"], [None, "Pena"], [None, "Map"], ["Lain", "Lem"], merge=["A2:A4"]))
    assert [row.cells for row in found] == [["Paket", "Barang"], ["ATK", "Kertas"], ["ATK", "Pena"], ["ATK", "Map"], ["Lain", "Lem"]]
    assert [row.lent for row in found] == [frozenset(), frozenset(), {0}, {0}, frozenset()]
    assert found[2].own() == [(1, "Pena")]


def test_hidden_sheets_are_told_and_sheets_without_cells_hold_no_rows():
    made = Workbook()
    made.create_sheet("lama").sheet_state = "hidden"
    made.create_chartsheet("grafik")
    found = open_sheets(saved(made), LIMITS)
    assert [(sheet.name, sheet.is_hidden, list(sheet.rows())) for sheet in found] == [("Sheet", False, []), ("lama", True, [])]


def test_a_lonely_cell_at_the_far_end_costs_nothing():
    made = Workbook()
    made.worksheets[0]["A1"], made.worksheets[0]["B1048576"], made.worksheets[0]["XFD2"] = "Nama", "jauh", "kanan"
    begun = time.process_time()
    found = rows(saved(made))
    assert [(row.number, row.cells) for row in found] == [(1, ["Nama"]), (1048576, [None, "jauh"])]
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "rows_of", [b"<row r='2'/><row r='1'/>", b"<row r='9999999999999'/>", b"<row r='1'><c r='AAAA1'><v>1</v></c></row>"]
)
def test_rows_that_no_sheet_can_have_are_refused(rows_of):
    sheet = (
        b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>" + rows_of + b"</sheetData></worksheet>"
    )
    (found,) = open_sheets(repacked(book(["a"]), xl__worksheets__sheet1_0xml=sheet), LIMITS)
    with pytest.raises(SourceError, match="rusak"):
        list(found.rows())


def test_what_stands_behind_the_cells_is_not_read():
    body = book(["Nama"], ["Meja"])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    broken = sheet.replace(b"</sheetData>", b"</sheetData><dataValidations count='x'><dataValidation type='none such'/></dataValidations>")
    assert cells(repacked(body, xl__worksheets__sheet1_0xml=broken)) == [["Nama"], ["Meja"]]


def test_bombs_are_refused_before_anything_is_opened():
    bomb = repacked(book(["a"]), xl__worksheets__sheet9_0xml=b" " * (64 * 2**20))
    with pytest.raises(SourceError, match="mengembang") as caught:
        open_sheets(bomb, LIMITS)
    assert caught.value.rule == "expands_too_much"
    for bounds in (Bounds(parts=3), Bounds(expanded=1000), Bounds(merged=5)):
        with pytest.raises(Unsafe) as refused:
            look_through(book(["a"], merge=["A1:C3"]), bounds)
        assert refused.value.rule == "too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl__sharedStrings_0xml", "xl__worksheets__sheet1_0xml", "xl__media__gambar_0dat"])
def test_a_document_type_is_refused_in_every_part(encoding, part):
    evil = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>".encode(encoding)
    with pytest.raises(SourceError) as caught:
        open_sheets(repacked(book(["a"]), **{part: evil}), LIMITS)
    assert caught.value.rule == "doctype_refused"


def test_a_picture_may_have_a_document_type_unless_the_workbook_names_it_as_a_part():
    picture = b"<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg/>"
    body = repacked(book(["Nama"]), xl__media__logo_0svg=picture)
    assert cells(body) == [["Nama"]]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        links = archive.read("xl/_rels/workbook.xml.rels")
    with pytest.raises(SourceError, match="XML"):
        open_sheets(repacked(body, xl___rels__workbook_0xml_0rels=links.replace(b"worksheets/sheet1.xml", b"media/logo.svg")), LIMITS)


def test_a_word_document_and_a_locked_workbook_are_named():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("word/document.xml", "<a/>")
    with pytest.raises(SourceError, match="Word"):
        open_sheets(stream.getvalue(), LIMITS)
    locked = bytearray(book(["a"]))
    at = locked.index(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)
    with pytest.raises(SourceError, match="sandi"):
        open_sheets(bytes(locked), LIMITS)


def test_links_to_other_files_are_never_followed():
    body = book(["Nama"], ["Meja"])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        links = archive.read("xl/_rels/workbook.xml.rels")
    outside = links.replace(
        b"</Relationships>",
        b'<Relationship Id="rId77" TargetMode="External" Target="http://169.254.169.254/x" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"/></Relationships>',
    )
    assert cells(repacked(body, xl___rels__workbook_0xml_0rels=outside)) == [["Nama"], ["Meja"]]
