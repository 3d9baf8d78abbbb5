"""What a file is, by its bytes, and whether an archive is safe to unpack; decided before anything is opened whole."""

from __future__ import annotations

import io
import zipfile

from exchange.errors import BadRequest

LARGEST_FILE = 30 * 1024 * 1024
LARGEST_EXPANDED = 200 * 1024 * 1024
LARGEST_RATIO = 120  # spreadsheets compress ten- to fortyfold; a bomb a thousandfold
MOST_PARTS = 2_000
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
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _refuse_doctype(archive, part, filename)


def _refuse_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo, filename: str) -> None:
    """A workbook never declares a document type; one that does wants entities unfolded."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 18):
            text = (tail + chunk).replace(b"\0", b"")  # UTF-16 as well
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise BadRequest(f"{filename}: memuat deklarasi XML yang tidak diterima.", mend=MEND)
            tail = chunk[-32:]
