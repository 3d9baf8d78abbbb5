"""A file of the office against the catalogue: every row judged, nothing saved here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import blake2b

import orjson
from openpyxl.utils import get_column_letter

from exchange.catalogue.business_rows import learn_places, take_business
from exchange.catalogue.cells import RowCells
from exchange.catalogue.columns import GUIDE, UNREAD
from exchange.catalogue.desk import Desk
from exchange.catalogue.header import Header, find_headers
from exchange.catalogue.outcome import SKIP, Known, Report, RowReport
from exchange.catalogue.plain_rows import Walk, skipped
from exchange.catalogue.product_rows import take_product
from exchange.catalogue.table import Sheet, Table, read_table
from exchange.catalogue.training import plain_needs
from exchange.errors import BadRequest

Take = Callable[[RowCells, Desk, str | None], None]


def import_file(data: bytes, filename: str, known: Known, today: date, consent: tuple[date, str] | None = None) -> Report:
    """
    Judge every row of a workbook or CSV against what is kept.

    today: the day that "future" is judged by. consent: day and basis that hold for every firm of the file that has none.

    Raises:
        BadRequest: no workbook or CSV, or none with a sheet of firms or products.
    """
    return import_table(read_table(data, filename), filename, known, today, consent)


def import_table(
    table: Table,
    filename: str,
    known: Known,
    today: date,
    consent: tuple[date, str] | None = None,
    tick: Callable[[int], None] = lambda _rows: None,
) -> Report:
    """The same for a file that is open already. tick: told every 500 rows how many were judged."""
    report = Report(warnings=list(table.warnings), file=filename[:200])
    desk = Desk(known, today, consent, report, filename[:200], table.keeps_kinds)
    found = _headers(table, report)
    if not found:
        raise BadRequest(
            f"{filename}: tidak ada lembar dengan kepala kolom yang dikenal.",
            mend="Kepala kolom IKM memuat NIB dan Nama IKM, kepala kolom produk memuat NIB dan Nama Produk.",
        )
    for sheet, header in found:
        if header.kind == "business":
            _learn(sheet, header, desk)
    report.tables = [(sheet.name, _columns(header)) for sheet, header in found]
    report.source = blake2b(orjson.dumps([report.file, report.tables]), digest_size=8).hexdigest()
    order = {sheet.name: place for place, (sheet, _) in enumerate(found)}
    for kind, take in (("business", take_business), ("product", take_product)):
        for place, (sheet, header) in enumerate(found):
            if header.kind == kind:
                _walk(sheet, header, desk, take, tick, place)
    report.rows.sort(key=lambda row: (order[row.sheet], row.row))
    _remark(desk)
    return report


def _headers(table: Table, report: Report) -> list[tuple[Sheet, Header]]:
    found = []
    for sheet in table.sheets:
        if not sheet.rows:
            continue
        headers = [] if sheet.is_hidden else find_headers(sheet)
        if not headers:
            if sheet.name == GUIDE:
                continue
            why = "tersembunyi" if sheet.is_hidden else "tidak dikenali sebagai daftar IKM atau produk"
            report.warnings.append(f"Lembar “{sheet.name}” {why}, tidak dibaca.")
            continue
        for header in headers:
            found.append((sheet, header))
            report.titles[sheet.name, header.row + 1, header.last] = header.titles
            report.warnings.extend(header.warnings)
            if header.unknown:
                report.unknown_columns.setdefault(sheet.name, []).extend(header.unknown)
    return found


def _learn(sheet: Sheet, header: Header, desk: Desk) -> None:
    """Places and training needs that some rows write plainly, for the rows that do not."""
    column = header.find("training_needs")
    for number in range(header.row + 1, header.last + 1):
        cells = sheet.row(number)
        learn_places(RowCells(RowReport(sheet.name, number), cells, header), desk)
        if column in cells:
            desk.needs |= plain_needs(cells[column].value)


def _columns(header: Header) -> dict[str, str]:
    """The columns of the headings that are read, by their member."""
    return {member: get_column_letter(column) for column, member in header.columns.items() if member not in UNREAD}


def _walk(sheet: Sheet, header: Header, desk: Desk, take: Take, tick: Callable[[int], None], place: int) -> None:
    walk = Walk()
    if header.row >= header.last:
        desk.report.warnings.append(f"Lembar “{sheet.name}”: tidak ada baris di bawah kepala kolom.")
    for number in range(header.row + 1, header.last + 1):
        report = RowReport(sheet.name, number, table=place)
        desk.report.rows.append(report)
        if len(desk.report.rows) % 500 == 0:
            tick(len(desk.report.rows))
        cells = sheet.row(number)
        reason = skipped(cells, header, number, walk)
        if reason is not None:
            report.action, report.reason = SKIP, reason
            continue
        take(RowCells(report, cells, header), desk, walk.sector)


def _remark(desk: Desk) -> None:
    """What is to be said once for the file."""
    if desk.without_period:
        desk.report.warnings.append(f"Kapasitas tanpa periode pada {desk.without_period} baris dianggap per bulan.")
    silent = sum(1 for firm in desk.report.businesses.values() if not firm.get("consented_on"))
    if silent:
        desk.report.warnings.append(f"{silent} usaha belum punya tanggal persetujuan: disimpan, belum diterbitkan.")
