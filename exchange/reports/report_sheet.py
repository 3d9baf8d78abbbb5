"""The report as a workbook: the same lines in typed cells, to reckon with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from exchange.publish import ooxml_cells as cells
from exchange.publish.ooxml import Sheet, Workbook
from exchange.reports import words
from exchange.reports.report import LaporanFacts, share
from exchange.reports.texts import clean

_Value = str | Decimal | date | None


def workbook(facts: LaporanFacts) -> bytes:
    """Four sheets: commodities, firms, obstacles, the report itself. What is not known is an empty cell; no cell is a formula."""
    out, made = io.BytesIO(), cells.Cells()
    book = Workbook(out, title="Laporan Kerja Sama", creator=clean(facts.author), at=facts.origin.made_at)
    heads = ("Komoditas", "Satuan", "Target", "Realisasi", "Capaian (%)", "Nilai target (Rp)", "Nilai realisasi (Rp)")
    with book.sheet("Komoditas", (34, 14, 14, 14, 12, 20, 20), heads) as sheet:
        _fill(sheet, made, (
            (line.commodity, line.unit, line.target, line.realised, share(line.realised, line.target), line.target_value,
                line.realised_value)
            for line in facts.commodities
        ))  # fmt: skip
    heads = ("IKM", "Komoditas", "Satuan", "Target", "Realisasi", "Capaian (%)", "Nilai realisasi (Rp)")
    with book.sheet("IKM", (40, 30, 14, 14, 14, 12, 20), heads) as sheet:
        _fill(sheet, made, (
            (line.firm, line.commodity, line.unit, line.target, line.realised, share(line.realised, line.target), line.realised_value)
            for line in facts.firms
        ))  # fmt: skip
    with book.sheet("Kendala", (44, 44, 30, 14), ("Kendala", "Tindak lanjut", "Penanggung jawab", "Batas waktu")) as sheet:
        _fill(sheet, made, ((line.what, line.follow_up, line.who, line.until) for line in facts.obstacles))
    with book.sheet("Keterangan", (30, 90)) as sheet:
        _fill(sheet, made, _about(facts))
    book.close()
    return out.getvalue()


def _about(facts: LaporanFacts) -> Iterable[Sequence[_Value]]:
    yield ("Laporan Kerja Sama", facts.agreement)
    yield ("Nomor laporan", facts.number)
    yield ("Nomor naskah", facts.agreement_number)
    yield ("Mitra", facts.partner)
    yield ("Awal masa laporan", facts.starts)
    yield ("Akhir masa laporan", facts.ends)
    yield ("Ringkasan", facts.summary)
    for n, to in enumerate(facts.addressees, start=1):
        yield (f"Tujuan laporan {n}", f"{clean(to.who or '')} ({clean(to.basis or '')})")
    yield ("Disusun dari", f"kasus {facts.origin.case} versi {facts.origin.version}, {words.day(facts.origin.made_at.date())}")


def _fill(sheet: Sheet, made: cells.Cells, rows: Iterable[Sequence[_Value]]) -> None:
    for row in rows:
        at = str(sheet.rows + 1)
        sheet.row(
            "".join(f'<c r="{cells.letters(n)}{at}{_cell(value, made.text)}' for n, value in enumerate(row) if value not in (None, ""))
        )


def _cell(value: _Value, text: Callable[[str], str]) -> str:
    if isinstance(value, Decimal):
        return cells.number(f"{value:f}") if value.is_finite() else text(str(value))
    return cells.day(value.isoformat()) if isinstance(value, date) else text(clean(str(value)))
