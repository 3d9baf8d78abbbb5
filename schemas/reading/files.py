"""What kind of file bytes are, and what parts the cells of a text that is a table."""

from __future__ import annotations

import csv
import io

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
WORKBOOK = b"PK\x03\x04"
SIGNS = ",;\t|"


def other_kind(data: bytes) -> str | None:
    """What a file is that is neither workbook nor text table, in Indonesian; None where its first bytes are those of neither kind."""
    for start, kind in _KINDS.items():
        if data.startswith(start):
            return kind
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"<"):
        return "halaman HTML" if b"<html" in head or b"<table" in head or b"<!doctype html" in head else "berkas XML"
    return "berkas JSON" if head.startswith((b"{", b"[")) else None


def delimiter_of(text: str) -> str:
    """
    The sign that parts the first lines (64 Ki characters are looked at) alike in the largest share of them, into most columns.

    Not in most of them: by a sign that stands inside of cells, a quoted cell of several lines is several lines.
    """
    head = text[:65_536]

    def score(sign: str) -> tuple[float, int]:
        widths = [len(row) for _, row in zip(range(40), csv.reader(io.StringIO(head, newline=""), delimiter=sign), strict=False) if row]
        wide = [width for width in widths if width > 1]
        usual = max(set(wide), key=wide.count) if wide else 1
        return wide.count(usual) / len(widths) if wide else 0.0, usual

    return max(SIGNS, key=score)
