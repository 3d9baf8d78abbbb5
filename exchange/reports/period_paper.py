"""A period's report as a paper (PDF/A) and as a workbook, in Indonesian, for a meeting of the office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from textwrap import wrap
from typing import BinaryIO
from zoneinfo import ZoneInfo

from exchange.matching.places import place_name
from exchange.reports import words
from exchange.reports.blocks import (
    Block,
    Column,
    Heading,
    Item,
    Items,
    Letterhead,
    Pairs,
    Paper,
    Para,
    Signature,
    Signatures,
    Table,
    Title,
    plain,
)
from exchange.reports.book import Table as Sheet
from exchange.reports.book import write_book
from exchange.reports.causes import CAUSES
from exchange.reports.classes import SECTOR_TITLES
from exchange.reports.emblem import emblem
from exchange.reports.facts import Office
from exchange.reports.pdf import pdf
from exchange.reports.period import DEFINITIONS, Period, Report
from exchange.settings import Settings
from exchange.store.figures import Sum
from schemas.codes import region as region_named

_JAKARTA = ZoneInfo("Asia/Jakarta")
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


def period_words(period: Period) -> str:
    """`Oktober 2026` or `tahun 2026`."""
    return f"tahun {period.key}" if period.is_year else f"{_MONTHS[int(period.key[5:]) - 1]} {period.key[:4]}"


def state_words(report: Report, edition: int | None, closed_at: datetime | None, reason: str | None) -> str:
    """Whether the period is closed, and by which edition."""
    counted = words.day(report.counted_at.astimezone(_JAKARTA).date())
    if edition is None or closed_at is None:
        return f"Sementara, belum ditutup; dihitung {counted}."
    closed = words.day(closed_at.astimezone(_JAKARTA).date())
    if edition == 1:
        return f"Ditutup {closed}, dihitung {counted}."
    return f"Pembetulan ke-{edition - 1}, {closed}: {reason}"


def period_pdf(
    report: Report, office: Office, edition: int | None = None, closed_at: datetime | None = None, reason: str | None = None
) -> bytes:
    """The paper under the office's head; the same report of the same office gives the same bytes. One that is closed has room to sign."""
    title = f"Laporan {period_words(report.period)}"
    made_at = (closed_at or report.counted_at).astimezone(_JAKARTA)
    said = state_words(report, edition, closed_at, reason)
    name = office.name or ""
    blocks = [_head(office), *_blocks(report, name, title, said)]
    if closed_at is not None:
        blocks += [_signing(office, made_at)]
    return pdf(Paper(title, name, tuple(blocks), made_at, draft=False))


def office_of(settings: Settings) -> Office:
    """The office as its letters name it."""
    home = region_named(settings.home_region)
    government = f"Pemerintah {home.name}" if home else None
    return Office(government=government, name=settings.office, address=settings.office_address, contact=settings.contact,
                  emblem=emblem(settings))  # fmt: skip


def _head(office: Office) -> Letterhead:
    """What the office has of its head; a report has no blanks to fill."""
    large = tuple(plain(line) for line in (office.government, office.name) if line)
    return Letterhead(large, tuple(plain(line) for line in (office.address, office.contact) if line), office.emblem)


def _signing(office: Office, at: datetime) -> Signatures:
    """Place and day of closing, and room for the head of the office, whom no setting names."""
    place = re.sub(r"^Pemerintah (Kota|Kabupaten|Provinsi) ", "", office.government or "")
    day = ", ".join(part for part in (place, words.day(at.date())) if part)
    above = (plain(day), plain(f"Kepala {office.name}," if office.name else "Kepala kantor,"))
    return Signatures((Signature(above=above, name=plain("\u00a0" * 40), below=(plain("NIP " + "." * 33),)),))


def _blocks(report: Report, office: str, title: str, said: str) -> Iterator[Block]:
    yield Title((plain("LAPORAN PERDAGANGAN ANTARDAERAH"),), (plain(title),))
    yield Pairs(
        (("Kantor", plain(office)), ("Masa laporan", plain(period_words(report.period))),
         ("Pembanding", plain(period_words(report.period.before))), ("Keadaan", plain(said))), width=3.2
    )  # fmt: skip
    yield Heading((plain("1. Angka pokok"),), level=2)
    yield Table(
        (Column("Angka", 5.4), Column("Banyaknya", 1.9, "right"), Column("Sebelumnya", 1.9, "right"), Column("Nilai (Rp)", 3.4, "right"),
         Column("Sebelumnya (Rp)", 3.4, "right")),
        tuple(
            (plain(its.title), plain(_count(report.lines[key])), plain(_count(report.before[key])),
             plain(_value(report.lines[key]) if its.money else "-"), plain(_value(report.before[key]) if its.money else "-"))
            for key, its in DEFINITIONS.items()
        ),
    )  # fmt: skip
    yield Para(plain("Tanda ≥: sebagian tidak menyebut nilai, sehingga jumlahnya sekurang-kurangnya sebesar itu."))
    named = [
        ("2. Permintaan menurut sektor", "Sektor", [(SECTOR_TITLES[key], one) for key, one in report.sectors]),
        ("3. Permintaan tidak terlayani menurut sebab utama", "Sebab", [(CAUSES[key], one) for key, one in report.causes]),
        ("4. Provinsi yang terbanyak meminta", "Provinsi", [(place_name(key) or "tidak diketahui", one) for key, one in report.provinces]),
        ("5. Perdagangan terealisasi menurut sektor", "Sektor", [(SECTOR_TITLES[key], one) for key, one in report.trades]),
    ]
    for heading, first, rows in named:
        yield Heading((plain(heading),), level=2)
        yield _table(first, rows) if rows else Para(plain("Tidak ada."))
    yield Heading((plain("6. Arti tiap angka"),), level=2)
    yield Items(
        tuple(
            Item(f"{number}.", (*plain(f"{its.title}: ", bold=True), *plain(its.says)))
            for number, its in enumerate(DEFINITIONS.values(), 1)
        )
    )


def _table(first: str, rows: Sequence[tuple[str, Sum]]) -> Table:
    columns = (Column(first, 7), Column("Banyaknya", 2.5, "right"), Column("Nilai (Rp)", 4, "right"), Column("Tanpa nilai", 2.5, "right"))
    return Table(
        columns,
        tuple((plain(name), plain(_count(one)), plain(_value(one)), plain(words.figures(one.unknown))) for name, one in rows),
    )


def _count(one: Sum) -> str:
    return words.figures(one.number)


def _value(one: Sum) -> str:
    told = words.figures(one.value, 0 if one.value == one.value.to_integral_value() else 2)
    return f"≥ {told}" if one.unknown else told


_ACROSS = 100  # letters of a line of what a figure means, in the workbook


def period_book(out: BinaryIO, report: Report, office: str, said: str) -> None:
    """The workbook; the same report gives the same bytes."""

    def rows(given: Sequence[tuple[str, Sum]]) -> list[tuple[str, int, Decimal, int]]:
        return [(name, one.number, one.value, one.unknown) for name, one in given]

    sums = [("Banyaknya", 14), ("Nilai (Rp)", 22), ("Tanpa nilai", 14)]
    tables = [
        Sheet(
            "Angka pokok",
            [("Angka", 46), *sums, *((f"{heading}, sebelumnya", width + 8) for heading, width in sums)],
            [(its.title, *_cells(report.lines[key], its.money), *_cells(report.before[key], its.money))
             for key, its in DEFINITIONS.items()],
        ),
        Sheet("Sektor", [("Sektor", 24), *sums], rows([(SECTOR_TITLES[key], one) for key, one in report.sectors])),
        Sheet("Tidak terlayani", [("Sebab", 36), *sums], rows([(CAUSES[key], one) for key, one in report.causes])),
        Sheet("Provinsi", [("Provinsi", 36), *sums], rows([(place_name(key) or "tidak diketahui", one) for key, one in report.provinces])),
        Sheet("Perdagangan", [("Sektor", 24), *sums], rows([(SECTOR_TITLES[key], one) for key, one in report.trades])),
        Sheet("Keadaan", [("Masa laporan", 24), ("Pembanding", 24), ("Keadaan", 90)],
              [(period_words(report.period), period_words(report.period.before), said)]),
        # in lines: beside the figures, or as one line, it would make the sheet too small to read on paper
        Sheet("Arti tiap angka", [("Angka", 46), ("Artinya", _ACROSS)],
              [(None if at else its.title, line) for its in DEFINITIONS.values() for at, line in enumerate(wrap(its.says, _ACROSS))]),
    ]  # fmt: skip
    write_book(out, tables, title=f"Laporan {period_words(report.period)}", office=office, at=report.counted_at)


def _cells(one: Sum, money: bool) -> tuple[int, Decimal | None, int | None]:
    return one.number, one.value if money else None, one.unknown if money else None
