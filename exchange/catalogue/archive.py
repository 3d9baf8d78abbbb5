"""What a file is, by its bytes, and whether an archive is safe to unpack; decided before anything is opened whole."""

from __future__ import annotations

import io
import re
import zipfile

from openpyxl.utils import column_index_from_string

from exchange.errors import BadRequest

LARGEST_FILE = 30 * 1024 * 1024
LARGEST_EXPANDED = 200 * 1024 * 1024
LARGEST_RATIO = 120  # spreadsheets compress ten- to fortyfold; a bomb a thousandfold
MOST_PARTS = 2_000
MOST_MERGED = 200_000  # opening a workbook makes an object for each cell that a merge covers
_MERGED = re.compile(rb'mergeCell[^>]{0,40}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
MEND = "Simpan sebagai XLSX atau CSV, lalu unggah lagi."

_KINDS = {
    b"\xd0\xcf\x11\xe0": "berkas Excel lama (.xls) atau berkas yang dikunci kata sandi",
    b"%PDF": "berkas PDF",
    b"\x89PNG": "gambar",
    b"\xff\xd8\xff": "gambar",
    b"GIF8": "gambar",
    b"\x1f\x8b": "berkas terkompresi (gzip)",
    b"Rar!": "arsip RAR",
    b"7z\xbc\xaf": "arsip 7z",
    b"PK\x05\x06": "arsip ZIP kosong",
    b"{\\rtf": "dokumen RTF",
    b"SQLite format": "basis data SQLite",
}


def refuse_others(data: bytes, filename: str) -> None:
    """
    Name a file that is neither workbook nor CSV.

    Raises:
        BadRequest: it begins as another kind of file does.
    """
    for start, kind in _KINDS.items():
        if data.startswith(start):
            raise BadRequest(f"{filename}: ini {kind}, bukan XLSX atau CSV.", mend=MEND)
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"<"):
        kind = "halaman HTML" if b"<html" in head or b"<table" in head or b"<!doctype html" in head else "berkas XML"
        raise BadRequest(f"{filename}: ini {kind}, bukan XLSX atau CSV.", mend=MEND)
    if head.startswith((b"{", b"[")):
        raise BadRequest(f"{filename}: ini berkas JSON, bukan XLSX atau CSV.", mend=MEND)


def check_archive(data: bytes, filename: str) -> None:
    """Names, sizes and prologues of the parts, before anything is unpacked whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            kind = (
                "dokumen Word"
                if any(n.startswith("word/") for n in names)
                else "berkas OpenDocument"
                if "mimetype" in names
                else "arsip ZIP"
            )
            raise BadRequest(f"{filename}: ini {kind}, bukan XLSX.", mend=MEND)
        swollen = any(p.file_size > 2**20 and p.file_size > LARGEST_RATIO * max(p.compress_size, 1) for p in parts)
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_EXPANDED or swollen:
            raise BadRequest(
                f"{filename}: isinya mengembang di luar batas, tidak dibuka.", mend="Salin data ke buku kerja baru yang bersih."
            )
        if any(part.flag_bits & 1 for part in parts):
            raise BadRequest(f"{filename}: dikunci kata sandi.", mend="Buka kuncinya, lalu unggah lagi.")
        merged = sum(_look_at(archive, part, filename) for part in parts if part.filename.endswith((".xml", ".rels")))
        if merged > MOST_MERGED:
            raise BadRequest(f"{filename}: sel gabungannya mencakup {merged} sel, tidak dibuka.", mend="Lepaskan sel gabungan itu.")


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo, filename: str) -> int:
    """How many cells the merged cells of one part cover; refuses a document type, which only wants entities unfolded."""
    tail, covered = b"", 0
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 18):
            text = (tail + chunk).replace(b"\0", b"")  # UTF-16 as well
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise BadRequest(f"{filename}: memuat deklarasi XML yang tidak diterima.", mend=MEND)
            covered += sum(_area(*found.groups()) for found in _MERGED.finditer(text) if found.end() > len(tail))
            tail = chunk[-64:]
    return covered


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    """How many cells lie in a range such as A1:GR20000."""
    columns = column_index_from_string(right.decode()) - column_index_from_string(left.decode()) + 1
    return max(columns, 1) * max(int(bottom) - int(top) + 1, 1)
