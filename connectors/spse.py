"""
The tender list of an electronic procurement service (SPSE): rows by position, names with labels, sums abbreviated.

Source
  https://<lpse>/eproc4/dt/lelang?…, a DataTables list (kit/datatables.py): 14 columns for tenders. `dt/pl`, selections
  without a tender, has 12 (known from public code, not from data at hand). Any other number of columns is refused.
Caveats
  The estimate (HPS) is rounded to a tenth of the unit it is written in: `605 Jt` is 605 million give or take fifty thousand
  rupiah, `1,2 M` is 1.2 thousand million (miliar) give or take fifty million. Of 524 real rows with a contract, 17
  have one above the estimate: 15 by less than half a tenth, two by another sum altogether; and `1.000 Jt` occurs. The
  rounded sum is the budget, as `owner_estimate`, since within 5 % it is what the buyer said; the description gives it
  with its margin. A sum in full (`Rp 600.500.000,00`) is taken as it stands. The contract's value stands in for an
  estimate that is not said.
  Labels in the name (`Tender Ulang`) go to the method. A stage in which offers can be made is `open`; a later one and
  the end are `closed`, a failure `cancelled`, so that a tender we showed as open is seen to end. A stage on no list is
  refused, not guessed. Lists reach back to 2012: narrow the address to a year where the server can.
  Newer servers answer only a page's script with its session (POST and a token): they send a web page to us.
  The description has no words that a matcher could take for a product (`Nilai` would be a fish).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, ShapeChanged, Window
from connectors.kit.datatables import page_length, table_pages
from connectors.kit.errors import HtmlPage, RobotPage, SourceError
from connectors.kit.numbers import digits, is_writable
from connectors.kit.origin import origin
from connectors.kit.rows import Row, Rows, advised, distinct, until_cut
from connectors.kit.rup import PERSONAL, code_of, codes_in, page_for_people
from connectors.kit.tenders import category
from connectors.kit.text import cut, line

_COLUMNS: dict[int, tuple[str, ...]] = {
    14: ("kode", "nama", "instansi", "tahap", "hps", "kualifikasi", "metode", "evaluasi", "kategori", "kolom_9", "nilai_kontrak",
         "kolom_11", "kolom_12", "kolom_13"),
    12: ("kode", "nama", "instansi", "tahap", "hps", "metode", "kategori", "kolom_7", "nilai_kontrak", "kolom_9", "kolom_10", "kolom_11"),
}  # fmt: skip
_LABEL = re.compile(r"<span\b[^<>]*>([^<>]*)</span>", re.I)
_YEARS = re.compile(r" - TA ([\d, ]{4,60})$")
_SHORT = re.compile(r"(?:rp\.? ?)?(\d{1,3}(?:\.\d{3})*|\d{1,15})(?:,(\d{1,2}))? ?(rb|ribu|jt|juta|m|miliar|milyar|t|triliun)\.?", re.I)
_FULL = re.compile(r"(?:rp\.? ?)?(\d{1,3}(?:\.\d{3})*|\d{1,15})(?:,(\d{1,2}))?", re.I)
_UNITS = {"r": 10**3, "j": 10**6, "m": 10**9, "t": 10**12}
_NOT_SAID = re.compile(r"|-|0|nilai (?:kontrak|hps) belum dibuat|tidak ada", re.I)
_FAILED = re.compile(r"\b(?:batal|gagal|dibatalkan|pembatalan)\b", re.I)
_LATER = re.compile(
    r"\b(?:selesai|evaluasi|pembukaan|pembuktian|penetapan|pengumuman (?:hasil|pemenang|peringkat)|sanggah\w*|klarifikasi|negosiasi"
    r"|penunjukan|penandatanganan|verifikasi|reverse auction)\b",
    re.I,
)
_TAKING = re.compile(r"\b(?:pengumuman|pendaftaran|download|unduh|penjelasan|kirim|upload|unggah|pemasukan)\b", re.I)
_QUALIFYING = re.compile(r"\b(?:pra)?kualifikasi\b", re.I)
_SESSION = (
    "SPSE versi baru hanya melayani halamannya sendiri (sesi dan authenticityToken). Pakai alamat dt/lelang yang masih menjawab "
    "permintaan biasa, atau konektor inaproc (tender/pengumuman)."
)


class Spse(Connector):
    """The tenders of one electronic procurement service."""

    name = "spse"
    title = "Daftar tender SPSE (dt/lelang)"
    homepage = "https://spse.inaproc.id"
    licence = "Data pengadaan publik; sumber tidak menyatakan lisensi"
    version = "1"
    settings = (
        Setting("url", secret=True, says="alamat dt/lelang sebuah LPSE, lengkap dengan tahun bila ada; dapat memuat token sesi"),
        Setting("page", required=False, says="pola alamat halaman tender untuk orang, dengan {reference}; kosong bila tidak ada"),
    )
    personal = PERSONAL

    def approved(self) -> tuple[str, ...]:
        """The list's own address alone."""
        return (self.option("url"),)

    def headers(self, url: str) -> Mapping[str, str]:
        """What the page's own script sends."""
        own = self.option("url")
        return {"X-Requested-With": "XMLHttpRequest", "Referer": urljoin(own, "../lelang")} if origin(url) == origin(own) else {}

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All rows of the list; a run whose later page cannot be had is partial."""
        url = self.option("url")
        pages = table_pages(fetch, url, lambda row: self._reference(_name(row)), length=page_length(url))
        rows: Iterator[Row] = distinct(fetch, map(_named, pages), self._reference)
        for each in until_cut(advised(rows, _advice)):
            yield self.listing(each.reference, each.answer.address, each.row, each.position, each.answer.digest)

    def _reference(self, row: dict[str, Any]) -> str:
        return code_of(row.get("kode")) or self.nameless("tanpa-kode", row)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One row as a demand."""
        row = raw.body
        if "kolom" in row:
            count = len(row["kolom"]) if isinstance(row["kolom"], list) else 0
            raise Refused("columns_unknown", f"Baris ini terdiri atas {count} kolom; yang dikenal {_known()}.")
        code = code_of(row.get("kode"))
        if not code:
            raise Refused("reference_missing", "Kolom kode kosong: tender tanpa kode tidak dapat dikenali lagi.")
        name = str(row.get("nama") or "")
        title, labels = line(_LABEL.sub(" ", name)), [label for label in map(line, _LABEL.findall(name)) if label]
        buyer = line(row.get("instansi"))
        if not title or not buyer:
            raise Refused("title_or_buyer_missing", "Nama tender atau instansinya kosong.")
        budget, margin = _budget(row)
        return {
            "reference": raw.reference,
            "title": cut(title, 2000),
            "description": " ".join(filter(None, (_years(row), margin))) or None,
            "buyer": {"name": cut(buyer, 400)},
            "category": category(row.get("kategori")),
            "budget": budget,
            "method": " ".join(filter(None, (line(row.get("metode")), f"({'; '.join(labels)})" if labels else ""))) or None,
            "status": _status(row, labels),
            "url": page_for_people(self.option("page"), raw.reference),
            "related": {"tender" if "evaluasi" in row else "nontender": codes_in(code)},
        }


def _known() -> str:
    return " atau ".join(str(count) for count in sorted(_COLUMNS))


def _advice(error: SourceError) -> str | None:
    return _SESSION if isinstance(error, HtmlPage) and not isinstance(error, RobotPage) else None


def _named(page: Rows) -> Rows:
    """A page whose rows have names for their columns; one of a width on no list keeps them under `kolom`."""
    if not all(isinstance(row, list) for row in page.rows):
        raise ShapeChanged("Baris daftar SPSE bukan lagi larik menurut posisi.", answer=page.answer.digest)
    strange = [row for row in page.rows if len(row) not in _COLUMNS]
    if len(strange) * 2 > len(page.rows):
        says = f"Baris daftar SPSE terdiri atas {len(strange[0])} kolom; yang dikenal {_known()}."
        raise ShapeChanged(says, answer=page.answer.digest)
    return Rows(page.answer, list(map(_name, page.rows)), page.first)


def _name(row: Any) -> dict[str, Any]:
    names = _COLUMNS.get(len(row)) if isinstance(row, list) else None
    return dict(zip(names, row, strict=True)) if names else {"kolom": row}


def _years(row: Mapping[str, Any]) -> str | None:
    found = _YEARS.search(line(row.get("kategori")))
    return f"Tahun anggaran {found[1].strip()}." if found else None


def _status(row: Mapping[str, Any], labels: list[str]) -> str:
    """Whether offers can be made, by the stage and the labels; after a prequalification only those who passed it can."""
    stage = line(row.get("tahap")).removesuffix("[...]").strip()
    if _FAILED.search(stage) or any(_FAILED.search(each) for each in labels):
        return "cancelled"
    if _LATER.search(stage):
        return "closed"
    if not _TAKING.search(stage):
        raise Refused("stage_unknown", f"Tahap tidak dikenal: {cut(stage, 60) or 'kosong'!r}; terbuka atau tidaknya tidak ditebak.")
    chosen_before = line(row.get("kualifikasi")).casefold().startswith("prakualifikasi")
    return "closed" if chosen_before and not _QUALIFYING.search(stage) else "open"


def _budget(row: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
    """The estimate, else the contract's value, and a sentence with the margin where the source rounded it."""
    for name, basis in (("hps", "owner_estimate"), ("nilai_kontrak", "contract_value")):
        said = line(row.get(name))
        if _NOT_SAID.fullmatch(said):
            continue
        amount, margin = _sum(said)
        if amount:
            told = f"Anggaran {_dotted(amount)} ± {_dotted(margin)}." if margin else None
            return {"amount": digits(amount), "currency": "IDR", "basis": basis}, told
    return None, None


def _sum(said: str) -> tuple[Decimal, Decimal]:
    """A sum in rupiah, and half of what it is rounded to; 0 where it stands in full."""
    short, full = _SHORT.fullmatch(said), _FULL.fullmatch(said)
    found = short or full
    amount = Decimal(f"{found[1].replace('.', '')}.{found[2] or 0}") if found else None
    factor = _UNITS[short[3][0].lower()] if short else 1
    if found is None or amount is None or not is_writable(amount := amount * factor):
        wanted = "seperti 605 Jt, 1,2 M atau Rp 1.000,00"
        raise Refused("budget_unreadable", f"Nilai tidak terbaca: {cut(said, 40)!r}; yang diharapkan {wanted}.")
    places = max(1, len(found[2] or ""))
    return amount, Decimal(factor) / (2 * 10**places) if short else Decimal(0)


def _dotted(amount: Decimal) -> str:
    return f"{amount:,.0f}".replace(",", ".")
