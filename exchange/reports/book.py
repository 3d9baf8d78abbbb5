"""The reports as a workbook: a sheet a table, each value in its own type, rows streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from exchange.matching.places import place_name
from exchange.publish import ooxml_cells as cells
from exchange.publish.ooxml import Workbook
from exchange.reports.causes import CAUSES, CIRCUMSTANCES, OUTCOMES, Judged
from exchange.reports.classes import SECTOR_TITLES
from exchange.reports.plan import Reports
from exchange.reports.training import Plan
from exchange.reports.unmet import Sum, Unmet
from exchange.reports.visits import NONE_YET, Visit

_SUMS = ("Permintaan", "Nilai (Rp)", "Tanpa nilai", "Satu sebab saja")
_SUM_WIDTHS = (13, 22, 13, 15)
# more than all tables together have; a sheet holds so many rows, and the list of demands may be longer
_FULL = "Lembar ini penuh; saring menurut waktu atau sektor untuk sisanya."


class Table(NamedTuple):
    """One sheet: its name, headings with their widths, and rows of texts, whole numbers, decimals, days or None."""

    name: str
    headings: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Any]]


def write_book(out: BinaryIO, tables: Iterable[Table], *, title: str, office: str, at: datetime) -> None:
    """Write the tables, one after the other; the same rows give the same bytes."""
    book, made = Workbook(out, title=title, creator=office, at=at), cells.Cells()
    for table in tables:
        with book.sheet(table.name, [width for _, width in table.headings], [heading for heading, _ in table.headings]) as sheet:
            for row in table.rows:
                number = sheet.rows + 1
                told = _FULL if sheet.rows + 1 == _LAST else None
                row = [told] if told else row
                sheet.row(
                    "".join(f'<c r="{cells.letters(at)}{number}{_cell(made, each)}' for at, each in enumerate(row) if each is not None)
                )
                if told:
                    break
    book.close()


_LAST = 1_048_576


def _cell(made: cells.Cells, value: Any) -> str:
    ways: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (str, made.text),
        (int, cells.whole),
        (Decimal, lambda number: cells.number(f"{number:f}")),
        (date, lambda day: cells.day(day.isoformat())),
    )
    return next(way(value) for kind, way in ways if isinstance(value, kind))


def _of(one: Sum) -> tuple[Any, ...]:
    return one.demands, one.value, one.unknown, one.alone


def _summed(*first: tuple[str, int]) -> list[tuple[str, int]]:
    return [*first, *zip(_SUMS, _SUM_WIDTHS, strict=True)]


def unmet_tables(found: Unmet, demands: Iterable[Judged]) -> Iterator[Table]:
    """The sums, then every unmet demand of `demands` that the sums are of."""
    yield Table(
        "Sebab dan sektor",
        _summed(("Sektor", 18), ("Sebab", 32)),
        [(SECTOR_TITLES[sector], CAUSES[cause], *_of(found.cells[sector, cause]))
         for sector in found.sectors() for cause in found.causes() if (sector, cause) in found.cells],
    )  # fmt: skip
    also = [(CAUSES[cause], "sebab, bukan yang utama", *_of(found.also[cause])) for cause in CAUSES if cause in found.also]
    beside = [(told, "keadaan, bukan sebab", *_of(found.beside[name])) for name, told in CIRCUMSTANCES.items() if name in found.beside]
    yield Table("Sebab lain", _summed(("Hal", 44), ("Artinya", 26)), [*also, *beside] or [("Tidak ada.",)])
    yield Table("Keadaan", _summed(("Keadaan", 40)), [(told, *_of(found.outcomes.get(name, Sum()))) for name, told in OUTCOMES.items()])
    yield Table("Daerah", _summed(("Daerah", 44)), [(place_name(code), *_of(found.regions[code])) for code in sorted(found.regions)])
    yield Table("Bulan", _summed(("Bulan", 12)), [(month or "tidak disebut", *_of(found.months[month])) for month in sorted(found.months)])
    yield Table(
        "Barang yang tidak ada", _summed(("Daftar", 10), ("Kelas", 10), ("Nama kelas", 60)),
        [(it.scheme, it.code, it.name, *_of(sums)) for it, sums in found.lacked()],
    )  # fmt: skip
    yield Table(
        "Permintaan",
        [("Permintaan", 24), ("Judul", 60), ("Daerah", 34), ("Dibutuhkan", 12), ("Nilai (Rp)", 20), ("Sektor", 16), ("Sebab", 30),
         ("Semua sebab", 36), ("Penjelasan", 70), ("Perubahan yang membukanya", 60), ("SKU terdekat", 20), ("Produk terdekat", 40)],
        ((one.ident, one.title, place_name(one.region), one.day, one.value, SECTOR_TITLES[one.sector], CAUSES[one.cause or "other"],
          ", ".join(CAUSES[each] for each in one.causes), one.says, one.change, one.sku, one.product)
         for one in demands if one.outcome == "unmet" and found.want.sector in (None, one.sector)),
    )  # fmt: skip


def plan_tables(plan: Plan) -> Iterator[Table]:
    """The plan, then each firm of it. For staff: it names firms with what was heard at visits."""
    rows = plan.rows()
    yield Table(
        "Rencana pelatihan",
        [("Urutan", 8), ("Pelatihan", 50), ("IKM", 8), ("Diminta IKM", 12), ("IKM yang hampir memenuhi", 16),
         ("Permintaan dibuka", 14), ("Nilai dibuka (Rp)", 22), ("Dibuka, tanpa nilai", 14), ("Permintaan yang barangnya tidak ada", 18),
         ("Sektor", 24), ("Mengapa", 90)],
        [(number, row.training, row.firms, len(row.asked), len(row.mends), row.opens.demands, row.opens.value, row.opens.unknown,
          row.lacking.demands, ", ".join(SECTOR_TITLES[each] for each in sorted(row.sectors)), row.why)
         for number, row in enumerate(rows, 1)],
    )  # fmt: skip
    yield Table(
        "IKM peserta",
        [("Pelatihan", 50), ("IKM", 44), ("Kode IKM", 22), ("Diminta saat kunjungan", 40), ("Permintaan dibuka", 14),
         ("Nilai dibuka (Rp)", 22)],
        [(row.training, plan.names.get(firm), firm, row.asked.get(firm), row.mends[firm].demands if firm in row.mends else 0,
          row.mends[firm].value if firm in row.mends else Decimal(0))
         for row in rows for firm in [*row.mended(), *sorted(row.asked.keys() - row.mends.keys())]],
    )  # fmt: skip


def visit_tables(found: Sequence[Visit], offers: int) -> Iterator[Table]:
    """A line for each region and class; one line that says why where there is no catalogue."""
    yield Table(
        "Kunjungan belajar",
        [("Daerah", 44), ("Kelas", 12), ("Nama kelas", 50), ("Produk di sana", 12), ("Permintaan tidak terlayani di sini", 16),
         ("Nilainya (Rp)", 22), ("Contoh produk", 90), ("Tempat", 60)],
        [(place_name(visit.region), f"{it.scheme} {it.code}", it.name, one.products, one.lacked.demands, one.lacked.value,
          "; ".join(name for _, name, _ident in one.top), "; ".join(f"{place} ({count})" for place, count in visit.where()))
         for visit in found for it, one in visit.classes()] if offers else [(NONE_YET,)],
    )  # fmt: skip


def all_tables(found: Reports, demands: Iterable[Judged]) -> Iterator[Table]:
    """All three reports in one workbook."""
    yield from unmet_tables(found.unmet, demands)
    yield from plan_tables(found.plan)
    yield from visit_tables(found.visits, found.offers)
