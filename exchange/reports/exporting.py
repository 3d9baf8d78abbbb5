"""
The lists that can be written to a file: of each its columns and its rows, read along a key a part at a time.

The columns are those that the list's page shows. A text is never a formula: XLSX holds it as text, CSV puts a mark before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Final, NamedTuple

from sqlalchemy.orm import Session

from exchange.demand.searching import Search
from exchange.demand.spans import closing_span, days_of, month_of, number_of
from exchange.demand.wants import DemandWant
from exchange.matching.places import place_name
from exchange.reports.asked import judged_demands
from exchange.reports.book import Table, write_book
from exchange.reports.causes import CAUSES
from exchange.reports.classes import SECTOR_TITLES
from exchange.reports.listed import PART, Asked, Cells
from exchange.reports.match_rows import HEADINGS, TAKEN, count_match_rows, match_rows
from exchange.store.deal_lists import DealFilter, Received, count_deals, list_deals, received_of
from exchange.store.demand_sorts import product_sector
from exchange.store.demands import DemandRow, demands_by_ids
from exchange.store.listing import DemandFilter, ProductFilter, count_listed_demands, count_listed_products, list_demands, list_products
from exchange.store.products import ProductRow
from exchange.store.sources import all_sources
from exchange.store.trade import deliveries_of, lines_of
from exchange.store.unmet import Window
from exchange.trade.telling import sums
from schemas.reading.searching import read_query

_RUNS = ("=", "+", "-", "@", "\t", "\r")


class Listing(NamedTuple):
    """One list: what it is called, its headings with widths, the filters that it takes, its rows, and how many as far as known."""

    title: str
    headings: Sequence[tuple[str, int]]
    filters: frozenset[str]
    rows: Callable[[Session, Mapping[str, str], Asked], Iterator[Cells | None]]
    total: Callable[[Session, Mapping[str, str], Asked], int | None]


# of demands what their rows do not tell, or not by an index
_SEARCHED: Final = frozenset({"cari", "sektor", "dari", "sampai", "tutup", "hasil", "sebab", "sekali"})


def _demand_filter(given: Mapping[str, str]) -> DemandFilter:
    return DemandFilter(
        region=given.get("daerah"), status=given.get("status"), category=given.get("kategori"), source=given.get("sumber"),
        held="ditahan" in given, state=None if "ditarik" in given else "live",
    )  # fmt: skip


def _search(session: Session, given: Mapping[str, str], home: str) -> Search:
    sources = {row.id: row.name for row in all_sources(session)}
    number = next((row_id for row_id, name in sources.items() if name == given.get("sumber")), -1) if "sumber" in given else None
    first, last = (
        number_of(month_of(given[name], end=end)) if name in given else None for name, end in (("dari", False), ("sampai", True))
    )
    ends = closing_span(given["tutup"], date.fromisoformat(given["tutup_pada"])) if "tutup" in given else (None, None)
    want = DemandWant(
        words=read_query(given["cari"]) if "cari" in given else None, source=number, held="ditahan" in given, live="ditarik" not in given,
        region=given.get("daerah"), status=given.get("status"), category=given.get("kategori"), need_from=first, need_to=last,
        deadline_from=ends[0], deadline_to=ends[1], sector=given.get("sektor"), outcome=given.get("hasil"), cause=given.get("sebab"),
        once="sekali" in given,
    )  # fmt: skip
    return Search(session, want, home, sources=sources)


def _demands(session: Session, given: Mapping[str, str], asked: Asked) -> Iterator[Cells]:
    before: int | None = None
    while True:
        if given.keys() & _SEARCHED:
            rows = demands_by_ids(session, _search(session, given, asked.home).newest(PART, before))[::-1]
        else:
            rows = list_demands(session, _demand_filter(given), limit=PART, before=before)
        for row in rows:
            yield _demand(row)
        if len(rows) < PART:
            return
        before = rows[-1].id
        session.expunge_all()


def _demand(row: DemandRow) -> Cells:
    return (
        row.ident, row.title, row.buyer_name, place_name(row.region or row.source.region), row.category, row.budget_amount,
        row.budget_currency, row.selection_start, row.selection_end, row.contract_start, row.contract_end, row.status, row.source.name,
        row.url,
    )  # fmt: skip


def _count_demands(session: Session, given: Mapping[str, str], asked: Asked) -> int | None:
    return _search(session, given, asked.home).count() if given.keys() & _SEARCHED else count_listed_demands(session, _demand_filter(given))


def _product_filter(given: Mapping[str, str]) -> ProductFilter:
    text = given.get("cari")
    return ProductFilter(text=text, words=read_query(text) if text else None, sector=given.get("sektor"))


def _products(session: Session, given: Mapping[str, str], _asked: Asked) -> Iterator[Cells]:
    after: str | None = None
    while True:
        rows = list_products(session, _product_filter(given), limit=PART, after=after)
        for row in rows:
            yield _product(row)
        if len(rows) < PART:
            return
        after = rows[-1].sku
        session.expunge_all()


def _product(row: ProductRow) -> Cells:
    return (
        row.sku, row.name, row.business.name, row.sector, row.kbli, row.hs, row.unit_said, row.price_min, row.price_max,
        row.price_valid_until,
        row.capacity_min, row.capacity_max, row.capacity_period, row.lead_time_days, row.minimum_order, row.tkdn_percent,
    )  # fmt: skip


def _count_products(session: Session, given: Mapping[str, str], _asked: Asked) -> int | None:
    return count_listed_products(session, _product_filter(given))


def _deal_filter(given: Mapping[str, str]) -> DealFilter:
    late = date.fromisoformat(given["lewat_pada"]) if "lewat" in given else None
    first, last = (month_of(given[name], end=name == "sampai") if name in given else None for name in ("dari", "sampai"))
    days = days_of(first, last)
    return DealFilter(
        state=given.get("status"), region=given.get("daerah"), business=given.get("usaha"), overdue_on=late, first=days[0], last=days[1],
        received="diterima" in given, sector=product_sector(given.get("sektor")),
    )  # fmt: skip


def _deals(session: Session, given: Mapping[str, str], _asked: Asked) -> Iterator[Cells]:
    before: int | None = None
    want = _deal_filter(given)
    while True:
        rows = list_deals(session, want, limit=PART, before=before)
        ids = [row.id for row in rows]
        lines, came, received = lines_of(session, ids), deliveries_of(session, ids), received_of(session, want, ids)
        for row in rows:
            its = sums(lines[row.id], came[row.id])
            firms = ", ".join(sorted({line.business_name for line in lines[row.id]}))
            yield (
                row.ident, row.title, row.buyer_name, place_name(row.region), row.state, row.agreement.ident if row.agreement else None,
                firms, its["offered"], its["ordered"], its["delivered"], received.get(row.id, Received()).value,
                row.letter_date, row.order_number, row.order_date,
            )  # fmt: skip
        if len(rows) < PART:
            return
        before = rows[-1].id
        session.expunge_all()


def _count_deals(session: Session, given: Mapping[str, str], _asked: Asked) -> int | None:
    return count_deals(session, _deal_filter(given))


def _unmet(session: Session, given: Mapping[str, str], asked: Asked) -> Iterator[Cells | None]:
    first, last = (date.fromisoformat(given[name]) if given.get(name) else None for name in ("dari", "sampai"))
    window = Window(home=asked.home, first=first, last=last, region=given.get("daerah"))
    for one in judged_demands(session, window):
        if one.outcome == "unmet" and given.get("sektor") in (None, one.sector) and given.get("sebab") in (None, one.cause):
            yield (
                one.ident, one.title, place_name(one.region), one.day, one.value, SECTOR_TITLES[one.sector], CAUSES[one.cause or "other"],
                ", ".join(CAUSES[each] for each in one.causes), one.says, one.change, one.sku, one.product,
            )  # fmt: skip
        else:
            yield None


def _uncounted(_session: Session, _given: Mapping[str, str], _asked: Asked) -> int | None:
    return None


LISTINGS: Final[Mapping[str, Listing]] = {
    "permintaan": Listing(
        "Permintaan",
        [("Permintaan", 24), ("Judul", 60), ("Pembeli", 40), ("Daerah", 34), ("Jenis", 14), ("Nilai", 20), ("Mata uang", 10),
         ("Pemilihan mulai", 14), ("Pemilihan selesai", 14), ("Kontrak mulai", 14), ("Kontrak selesai", 14), ("Status", 14), ("Sumber", 20),
         ("Tautan", 50)],
        frozenset({"daerah", "status", "sumber", "kategori", "ditahan", "ditarik"}) | _SEARCHED, _demands, _count_demands,
    ),
    "kecocokan": Listing(
        "Kecocokan", HEADINGS, TAKEN, match_rows, count_match_rows,
    ),
    "produk": Listing(
        "Produk",
        [("SKU", 20), ("Produk", 50), ("IKM", 40), ("Sektor", 12), ("KBLI", 8), ("HS", 8), ("Satuan", 12), ("Harga terendah (Rp)", 18),
         ("Harga tertinggi (Rp)", 18), ("Berlaku sampai", 14), ("Kapasitas terendah", 14), ("Kapasitas tertinggi", 14), ("Per", 10),
         ("Lama pengerjaan (hari)", 12), ("Pesanan minimum", 14), ("TKDN (%)", 10)],
        frozenset({"cari", "sektor"}), _products, _count_products,
    ),
    "perdagangan": Listing(
        "Perdagangan",
        [("Dagang", 16), ("Judul", 60), ("Pembeli", 40), ("Daerah", 34), ("Keadaan", 18), ("Perjanjian", 16), ("IKM", 50),
         ("Ditawarkan (Rp)", 18), ("Dipesan (Rp)", 18), ("Diterima (Rp)", 18), ("Diterima menurut saringan (Rp)", 18),
         ("Tanggal surat", 14), ("Nomor pesanan", 20), ("Tanggal pesanan", 14)],
        frozenset({"status", "daerah", "usaha", "lewat", "sektor", "dari", "sampai", "diterima"}), _deals, _count_deals,
    ),
    "kebutuhan": Listing(
        "Permintaan tidak terlayani",
        [("Permintaan", 24), ("Judul", 60), ("Daerah", 34), ("Dibutuhkan", 12), ("Nilai (Rp)", 20), ("Sektor", 16), ("Sebab", 30),
         ("Semua sebab", 36), ("Penjelasan", 70), ("Perubahan yang membukanya", 60), ("SKU terdekat", 20), ("Produk terdekat", 40)],
        frozenset({"dari", "sampai", "sektor", "daerah", "sebab"}), _unmet, _uncounted,
    ),
}  # fmt: skip


def write_xlsx(out: BinaryIO, listing: Listing, rows: Iterator[Cells], *, office: str, at: datetime) -> None:
    """The rows as a workbook of one sheet."""
    write_book(out, [Table(listing.title[:31], listing.headings, rows)], title=listing.title, office=office, at=at)


def write_csv(out: BinaryIO, listing: Listing, rows: Iterator[Cells]) -> None:
    """The rows as CSV: UTF-8 with its mark, numbers bare with a point, days as ISO 8601."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([heading for heading, _width in listing.headings])
    for row in rows:
        lines.writerow([_written(each) for each in row])
    text.flush()
    text.detach()


def _written(value: Any) -> str:
    if isinstance(value, str):
        clean = value.replace("\0", "")
        return f"'{clean}" if clean.lstrip(" \n").startswith(_RUNS) else clean
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
