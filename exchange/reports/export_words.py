"""
Words of the lists that are written to files, and their headings, in the language of the person who asked.

A worker writes the files, who has no reader's request and no page's words at hand; a test holds these to the words of the pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from exchange.reports.causes import CAUSES
from exchange.reports.classes import SECTOR_TITLES
from exchange.reports.exporting import Listing
from exchange.reports.headings import english, english_title
from exchange.reports.listed import Asked, Cells

ENGLISH = "en"
_CAUSES = (
    "The product is not made here", "Its goods cannot be read", "Certificate missing", "Capacity too small", "Lead time too long",
    "Minimum order too large", "Price above the ceiling", "Distance or island", "Other conditions", "Rejected by an officer",
)  # fmt: skip
_SECTORS = ("Metal", "Chemicals", "Food", "Energy", "Outside of the sectors", "Not readable")
# code → in Indonesian and in English
WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "match": {
        "proposed": ("menunggu keputusan", "waiting for a decision"), "accepted": ("diterima", "accepted"),
        "rejected": ("ditolak", "rejected"), "retired": ("dicabut", "withdrawn"),
    },
    "match_reason": {
        "wrong_product": ("barangnya bukan yang diminta", "not the goods that are asked for"),
        "wrong_specification": ("ukuran, bahan atau spesifikasinya lain", "other size, material or specification"),
        "wrong_sector": ("yang diminta jasa atau bidang lain", "a service or another field is asked for"),
        "too_far": ("terlalu jauh, atau ongkos kirimnya", "too far, or the cost of carriage"),
        "too_many": ("jumlahnya di atas kesanggupan", "the quantity is beyond capacity"),
        "price": ("harga atau anggarannya", "the price or the budget"),
        "certificate": ("sertifikat atau izinnya belum ada", "certificate or permit missing"),
        "buyer_gone": ("pembeli batal, sudah selesai, atau sudah punya penyedia", "the buyer withdrew, is done, or has a supplier"),
        "duplicate": ("kembar dengan permintaan lain", "duplicate of another demand"),
        "other": ("lainnya (tulis alasannya)", "another (write the reason)"),
    },
    "coverage": {
        "covered": ("tercakup perjanjian", "covered by an agreement"),
        "needs": ("perlu perjanjian, sudah ada perkaranya", "needs an agreement, its case is open"),
        "none": ("belum ada perjanjian", "no agreement yet"),
        "own": ("tidak perlu perjanjian: daerah sendiri", "needs no agreement: own region"),
    },
    "verdict": {
        "fit": ("memenuhi yang diminta", "meets what is asked"), "ask": ("perlu ditanyakan", "to be asked about"),
        "near_miss": ("kurang satu hal", "one thing short"), "unfit": ("tidak memenuhi", "does not meet it"),
    },
    "demand_status": {
        "planned": ("direncanakan", "planned"), "open": ("terbuka", "open"), "closed": ("ditutup", "closed"),
        "cancelled": ("dibatalkan", "cancelled"),
    },
    "category": {
        "goods": ("barang", "goods"), "services": ("jasa", "services"), "works": ("pekerjaan konstruksi", "construction works"),
        "consulting": ("jasa konsultansi", "consulting services"), "mixed": ("campuran", "mixed"),
    },
    "sector": {
        "logam": ("Logam", "Metal"), "kimia": ("Kimia", "Chemicals"), "pangan": ("Pangan", "Food"), "energi": ("Energi", "Energy"),
    },
    "deal": {
        "disusun": ("disusun", "being drawn up"), "ditawarkan": ("ditawarkan", "offered"),
        "ditolak": ("ditolak pembeli", "declined by the buyer"), "dipesan": ("dipesan", "ordered"),
        "sebagian_diterima": ("sebagian diterima", "partly received"), "selesai": ("selesai", "completed"),
        "batal": ("dibatalkan", "cancelled"),
    },
    "period": {"hari": ("hari", "day"), "minggu": ("minggu", "week"), "bulan": ("bulan", "month"), "tahun": ("tahun", "year")},
    # words already: what the list gives is the Indonesian one
    "sector_title": {said: (said, english) for said, english in zip(SECTOR_TITLES.values(), _SECTORS, strict=True)},
    "cause": {said: (said, english) for said, english in zip(CAUSES.values(), _CAUSES, strict=True)},
}  # fmt: skip
# the list and its heading → whose words its cells are
WORDED: Final[Mapping[str, Mapping[str, str]]] = {
    "permintaan": {"Jenis": "category", "Status": "demand_status"},
    "kecocokan": {"Status": "match", "Sektor": "sector", "Putusan kriteria": "verdict", "Alasan": "match_reason", "Perjanjian": "coverage"},
    "produk": {"Sektor": "sector", "Per": "period"},
    "perdagangan": {"Keadaan": "deal"},
    "kebutuhan": {"Sektor": "sector_title", "Sebab": "cause", "Semua sebab": "cause"},
}


def in_language(kind: str, listing: Listing, language: str) -> Listing:
    """A list with headings and words in a language, `id` or `en`; what has no word stays as it is."""
    is_english = language == ENGLISH
    names = WORDED.get(kind, {})
    places = [(at, WORDS[names[heading]]) for at, (heading, _width) in enumerate(listing.headings) if heading in names]
    rows = listing.rows

    def worded(session: Session, given: Mapping[str, str], asked: Asked) -> Iterator[Cells | None]:
        for row in rows(session, given, asked):
            yield None if row is None else _worded(row, places, int(is_english))

    if not is_english:
        return listing._replace(rows=worded)
    headings = [(english(listing.title, heading), width) for heading, width in listing.headings]
    return listing._replace(title=english_title(listing.title), headings=headings, rows=worded)


def _worded(row: Cells, places: Sequence[tuple[int, Mapping[str, tuple[str, str]]]], which: int) -> Cells:
    cells = list(row)
    for at, words in places:
        if at < len(cells) and isinstance(said := cells[at], str):
            several = [said] if said in words else said.split(", ")
            cells[at] = ", ".join(words[each][which] if each in words else each for each in several)
    return cells
