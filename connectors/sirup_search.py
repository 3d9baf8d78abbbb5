"""
The public search of the national procurement plan (SiRUP): announced packages, one line each.

Source
  https://sirup.inaproc.id/sirup/caripaketctr/search?tahunAnggaran=…&kldi=…&… , a DataTables search (kit/datatables.py).
  The address is given whole, as the browser asks it; `draw`, `start` and `length` are set anew for every page.
Caveats
  The list changes while it is read and its counts with it; and the page's own order is by a yes or no, which leaves equal
  rows in any order. So rows are asked for by `id` where the address names that column, a row that comes twice is one
  listing, and a run whose counts changed, or whose rows are fewer than its count, proves nothing.
  Programs are often given an empty text: that is no empty list. A line has a title, a ceiling, a month (English or
  Indonesian) and a place, but neither amounts nor specifications. `kldi` in the address is another number than `idKldi`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, ShapeChanged, Window
from connectors.kit.datatables import page_length, steadily, table_pages
from connectors.kit.errors import EmptyBody, SourceError
from connectors.kit.origin import origin
from connectors.kit.rows import Row, Rows, advised, distinct, until_cut
from connectors.kit.rup import PERSONAL, category, ceiling, code_of, codes_in, page_for_people
from connectors.kit.text import cut, line
from schemas.reading.dates import EARLIEST, LATEST, MONTHS

_KEYS = ("id", "paket", "pagu", "kldi")
_MONTH = re.compile(r"([a-z]+)[ .,/-]*(\d{4})", re.I | re.A)
_EMPTY = (
    "Pencarian SiRUP kerap menjawab teks kosong kepada program. Coba lagi nanti; bila selalu begitu, pakai umpan resmi "
    "(konektor lkpp_isb atau inaproc). Jawaban kosong tidak berarti paket dicabut."
)


class SirupSearch(Connector):
    """Announced packages by SiRUP's public search."""

    name = "sirup_search"
    title = "Pencarian publik rencana pengadaan (SiRUP)"
    homepage = "https://sirup.inaproc.id"
    licence = "Data pengadaan publik; sumber tidak menyatakan lisensi"
    version = "1"
    settings = (
        Setting("url", says="alamat pencarian lengkap dengan tahunAnggaran, kldi dan saringan lain, seperti yang dipakai peramban"),
        Setting("page", required=False, says="pola alamat halaman paket untuk orang, dengan {reference}; kosong bila tidak ada"),
    )
    personal = PERSONAL

    def approved(self) -> tuple[str, ...]:
        """The search's own address alone."""
        return (self.option("url"),)

    def headers(self, url: str) -> Mapping[str, str]:
        """What the page's own script sends, without which the search answers nothing."""
        own = self.option("url")
        if origin(url) != origin(own):
            return {}
        return {"X-Requested-With": "XMLHttpRequest", "Referer": urljoin(own, "index")}

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All packages that the search finds; a run whose later page cannot be had is partial."""
        url = self.option("url")
        pages = table_pages(fetch, steadily(url, "id"), self._reference, length=page_length(url))
        rows: Iterator[Row] = distinct(fetch, map(_checked, pages), self._reference)
        for each in until_cut(advised(rows, _advice)):
            yield self.listing(each.reference, each.answer.address, each.row, each.position, each.answer.digest)

    def _reference(self, row: Any) -> str:
        return (code_of(row.get("id")) or self.nameless("tanpa-kode", row)) if isinstance(row, dict) else ""

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One line of the search as a planned demand."""
        row = raw.body
        code = code_of(row.get("id"))
        if not code:
            raise Refused("reference_missing", "Kolom id kosong: paket tanpa kode tidak dapat dikenali lagi.")
        title = line(row.get("paket"))
        buyer, buyer_code = line(row.get("kldi")), line(row.get("idKldi"))
        if not title or not (buyer or buyer_code):
            raise Refused("title_or_buyer_missing", "Kolom paket atau kldi kosong.")
        return {
            "reference": raw.reference,
            "title": cut(title, 2000),
            "buyer": {
                "name": cut(buyer or buyer_code, 400),
                "code": cut(buyer_code, 120) or None,
                "unit": line(row.get("satuanKerja")) or None,
            },
            "place": line(row.get("lokasi")) or None,
            "category": category(row.get("jenisPengadaan")),
            "budget": ceiling(row.get("pagu")),
            "periods": {"selection": _month(row.get("pemilihan"))},
            "eligibility": {"domestic_product": _yes(row.get("isPDN")), "small_business": _yes(row.get("isUMK"))},
            "method": line(row.get("metode")) or None,
            "status": "planned",
            "url": page_for_people(self.option("page"), raw.reference),
            "related": {"rup": codes_in(code)},
        }


def _advice(error: SourceError) -> str | None:
    return _EMPTY if isinstance(error, EmptyBody) else None


def _checked(page: Rows) -> Rows:
    """A page whose rows are objects, most of which have the fields that a demand is read from."""
    objects = [row for row in page.rows if isinstance(row, dict)]
    if len(objects) != len(page.rows):
        raise ShapeChanged("Baris pencarian SiRUP bukan lagi objek.", answer=page.answer.digest)
    gone = [key for key in _KEYS if sum(key not in row for row in objects) * 2 > len(objects)]
    if gone:
        raise ShapeChanged(f"Pencarian SiRUP berubah bentuk: kolom {', '.join(gone)} tidak ada.", answer=page.answer.digest)
    return page


def _month(value: Any) -> dict[str, Any] | None:
    """`January 2026` or `Januari 2026` as that month; None where nothing is said; raises Refused for anything else."""
    said = line(value)
    if said in {"", "-"}:
        return None
    found = _MONTH.fullmatch(said)
    month = MONTHS.get(found[1].lower()) if found else None
    if found is None or month is None or not EARLIEST <= int(found[2]) <= LATEST:
        raise Refused("month_unreadable", f"Bulan pemilihan tidak terbaca: {cut(said, 40)!r}; yang diharapkan seperti Januari 2026.")
    first = f"{found[2]}-{month:02}-01"
    return {"start": first, "end": first, "precision": "month"}


def _yes(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
