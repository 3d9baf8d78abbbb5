"""
Whether an XLSX workbook is safe to open, decided before anything of it is opened whole.

A workbook is a ZIP archive of XML parts. What it claims to unpack to is bounded first; then each part is streamed through once.
Nothing that a part links to is followed.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import NamedTuple

_MERGED = re.compile(rb"""mergeCell[^>]{0,40}?ref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_MEDIA = re.compile(r"xl/media/[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg)", re.I)
# what leads a reader from part to part; a drawing's links lead to pictures, which are not read as XML
_NAMING = re.compile(r"\[Content_Types\]\.xml|(?!xl/drawings/).*\.rels")
_STEP = 1 << 18
SAVE_AGAIN = "Simpan sebagai XLSX atau CSV, lalu unggah lagi."


class Area(NamedTuple):
    """A range of cells, all four ends included; columns and rows from 1."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    parts: files in the archive. expanded: bytes of all of them unpacked. ratio: of one part above 1 MiB; workbooks are packed ten- to
    fortyfold, a bomb a thousandfold. merged: cells that merged ranges cover.
    """

    parts: int = 2_000
    expanded: int = 200 * 1024 * 1024
    ratio: int = 120
    merged: int = 200_000


class Unsafe(ValueError):
    """
    A file that is not opened as a workbook.

    rule: `no_workbook`, `too_large`, `locked` or `declares`; message and mend: what it is and what to do, in Indonesian.
    """

    def __init__(self, rule: str, message: str, mend: str = SAVE_AGAIN) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.mend = mend


def look_through(data: bytes, bounds: Bounds | None = None) -> dict[str, list[Area]]:
    """
    The merged ranges of each part, by the part's name.

    Raises:
        Unsafe: it is no workbook, is locked, would unpack beyond the bounds, or declares a document type (which only wants entities
            unfolded).
        Exception: the archive is broken; zipfile raises whatever it stumbles over.
    """
    bounds = bounds or Bounds()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _check_contents(parts, bounds)
        named = b"".join(archive.read(part) for part in parts if _NAMING.fullmatch(part.filename)).replace(b"\0", b"")
        areas: dict[str, list[Area]] = {}
        covered = 0
        for part in parts:
            if _is_picture(part.filename, named):
                continue
            areas[part.filename] = []
            for area in _merged(archive, part):
                areas[part.filename].append(area)
                covered += (area.right - area.left + 1) * (area.bottom - area.top + 1)
                if covered > bounds.merged:
                    raise Unsafe("too_large", "sel gabungannya mencakup terlalu banyak sel, tidak dibuka.", _UNMERGE)
    return areas


_UNMERGE = "Lepaskan sel gabungan itu."
_COPY = "Salin data ke buku kerja baru yang bersih."


def _check_contents(parts: list[zipfile.ZipInfo], bounds: Bounds) -> None:
    """What the archive's own list says: the reader takes no more of a part than is said there."""
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        word = any(name.startswith("word/") for name in names)
        kind = "dokumen Word" if word else "berkas OpenDocument" if "mimetype" in names else "arsip ZIP"
        raise Unsafe("no_workbook", f"ini {kind}, bukan XLSX.")
    swollen = any(part.file_size > 2**20 and part.file_size > bounds.ratio * max(part.compress_size, 1) for part in parts)
    if len(parts) > bounds.parts or sum(part.file_size for part in parts) > bounds.expanded or swollen:
        raise Unsafe("too_large", "isinya mengembang di luar batas, tidak dibuka.", _COPY)
    if any(part.flag_bits & 1 for part in parts):
        raise Unsafe("locked", "dikunci kata sandi.", "Buka kuncinya, lalu unggah lagi.")


def _is_picture(name: str, named: bytes) -> bool:
    """Whether a part is a picture that no other part could make a reader take for XML."""
    return _MEDIA.fullmatch(name) is not None and b"&#" not in named and name.rpartition("/")[2].encode() not in named


def _merged(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[Area]:
    """The merged ranges of one part; refuses a document type, in UTF-16 as well."""
    tail, found = b"", []
    with archive.open(part) as stream:
        while chunk := stream.read(_STEP):
            text = (tail + chunk).replace(b"\0", b"")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise Unsafe("declares", "memuat deklarasi XML yang tidak diterima.")
            found += [_area(*each.groups()) for each in _MERGED.finditer(text) if each.end() > len(tail)]
            tail = chunk[-64:]
    return found


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Area:
    columns, rows = sorted((column_number(left), column_number(right))), sorted((int(top), int(bottom)))
    return Area(columns[0], max(rows[0], 1), columns[1], max(rows[1], 1))


def column_number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
