"""`exchange report`: what could not be served, which training would mend it, and whom to visit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.cli.report_agreement import of_agreement
from exchange.cli.report_period import of_period
from schemas.codes import region as region_of

if TYPE_CHECKING:
    from exchange.reports.book import Table
    from exchange.reports.unmet import Sum
    from exchange.store.unmet import Window

F = TypeVar("F", bound=Callable[..., Any])
SECTORS = ("logam", "kimia", "pangan", "energi", "lain", "tidak_terbaca")
_SUMS = {"demands": "Permintaan", "value": "Nilai (Rp)", "unknown": "Tanpa nilai", "alone": "Satu sebab"}


@click.group("report")
def report() -> None:
    """Laporan: permintaan tidak terlayani, rencana pelatihan, kunjungan belajar, satu perkara kerja sama."""


report.add_command(of_agreement)
report.add_command(of_period)


def _options(command: F) -> F:
    """What all three take."""
    for option in (
        click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Tulis juga sebagai buku kerja."),
        json_option,
        click.option("--region", callback=_known_region, help="Kode wilayah pembeli; provinsi memuat semua daerah di dalamnya."),
        click.option("--sector", type=click.Choice(SECTORS), help="Hanya sektor ini."),
        click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Dibutuhkan paling lambat hari ini, misalnya 2027-12-31."),
        click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Dibutuhkan mulai hari ini, misalnya 2027-01-01."),
    ):
        command = option(command)
    return command


def _known_region(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and region_of(value) is None:
        raise click.BadParameter(f"wilayah {value} tidak ada dalam daftar Kemendagri; contoh: 33.74, atau 33 untuk sebuah provinsi.")
    return value


def _window(work: Work, first: datetime | None, last: datetime | None, region: str | None) -> Window:
    from exchange.store.unmet import Window

    start, end = (None if each is None else each.date() for each in (first, last))
    if start and end and end < start:
        raise click.UsageError(f"--to {end} lebih awal daripada --from {start}.")
    return Window(home=work.settings.home_region, first=start, last=end, region=region)


def _told(window: Window, sector: str | None) -> dict[str, Any]:
    return {"from": window.first, "to": window.last, "region": window.region, "sector": sector}


def _rupiah(value: Any) -> str:
    return f"{value:,.0f}".replace(",", ".")


def _sums(one: Sum) -> dict[str, Any]:
    return {"demands": one.demands, "value": _rupiah(one.value), "unknown": one.unknown, "alone": one.alone}


def _write(work: Work, file: Path | None, title: str, tables: Iterable[Table]) -> None:
    """The workbook, whole or not at all."""
    if file is None:
        return
    from exchange.reports.book import write_book
    from exchange.store.base import utcnow

    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with part.open("wb") as out:
            write_book(out, tables, title=title, office=work.settings.office, at=utcnow())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    notes.print(f"Ditulis ke {file}.")


@report.command("unmet")
@click.option("--cause", help="Daftar permintaannya hanya yang sebabnya ini, misalnya certificate.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(0, 10_000), help="Berapa permintaan terbesar yang disebut.")
@_options
@click.pass_obj
def unmet_command(
    work: Work, first: datetime | None, last: datetime | None, sector: str | None, region: str | None, as_json: bool,
    xlsx: Path | None, cause: str | None, most: int,
) -> None:  # fmt: skip
    """Yang diminta daerah lain dan tidak terlayani, menurut sektor, sebab, daerah, bulan dan nilai."""
    from exchange.reports.asked import judged_demands
    from exchange.reports.book import unmet_tables
    from exchange.reports.causes import CAUSES, CIRCUMSTANCES
    from exchange.reports.classes import SECTOR_TITLES
    from exchange.reports.plan import unmet_report
    from exchange.reports.unmet import Wanted, told

    if cause is not None and cause not in CAUSES:
        raise click.UsageError(f"Sebab {cause} tidak dikenal; yang ada: {', '.join(CAUSES)}.")
    window = _window(work, first, last, region)
    with work.store().read() as session:
        found = unmet_report(session, window, Wanted(sector=sector, most=most))
        _write(work, xlsx, "Permintaan tidak terlayani", unmet_tables(found, judged_demands(session, window)) if xlsx else ())
    if as_json:
        write_json(_told(window, sector) | found.record() | {"demands": [told(one) for one in found.listed(cause=cause)[:most]]})
        return
    rows = [
        {"sector": SECTOR_TITLES[each], "cause": CAUSES[its]} | _sums(found.cells[each, its])
        for each in found.sectors() for its in found.causes() if (each, its) in found.cells
    ]  # fmt: skip
    if rows:
        write_table("Tidak terlayani, menurut sektor dan sebab", rows, {"sector": "Sektor", "cause": "Sebab"} | _SUMS)
    listed = [
        {"demand": one.ident, "title": one.title, "value": "" if one.value is None else _rupiah(one.value), "says": one.change or one.says}
        for one in found.listed(cause=cause)[:most]
    ]
    if listed:
        write_table("Yang nilainya terbesar", listed, {"demand": "Permintaan", "title": "Judul", "value": "Nilai (Rp)", "says": "Mengapa"})
    _say_outcomes(found)
    for name, told_as in (CAUSES | CIRCUMSTANCES).items():
        for sums, kind in ((found.also, "bukan sebab utama"), (found.beside, "keadaan, bukan sebab")):
            if name in sums:
                notes.print(f"{sums[name].demands} di antaranya juga: {told_as} ({kind}).")


def _say_outcomes(found: Any) -> None:
    from exchange.reports.causes import OUTCOMES

    for name, told in OUTCOMES.items():
        if name in found.outcomes:
            one = found.outcomes[name]
            notes.print(f"{one.demands} {told}, Rp {_rupiah(one.value)}; {one.unknown} di antaranya tanpa nilai.")
    if "unmatched" in found.outcomes:
        notes.print("Yang belum dicocokkan tidak dihitung; jalankan: exchange match")


@report.command("training")
@_options
@click.pass_obj
def training_command(
    work: Work, first: datetime | None, last: datetime | None, sector: str | None, region: str | None, as_json: bool, xlsx: Path | None
) -> None:
    """Rencana pelatihan: yang diminta saat kunjungan, dan yang membuka permintaan tidak terlayani. Untuk petugas."""
    from exchange.reports.book import plan_tables
    from exchange.reports.plan import reports
    from exchange.reports.unmet import Wanted

    window = _window(work, first, last, region)
    with work.store().read() as session:
        found = reports(session, window, Wanted(sector=sector), with_visits=False)
    _write(work, xlsx, "Rencana pelatihan", plan_tables(found.plan))
    if as_json:
        write_json(_told(window, sector) | {"trainings": found.plan.record()})
        return
    rows = [
        {"number": number, "training": row.training, "asked": len(row.asked), "mends": len(row.mends), "opens": row.opens.demands,
         "value": _rupiah(row.opens.value), "why": row.why}
        for number, row in enumerate(found.plan.rows(), 1)
    ]  # fmt: skip
    if rows:
        columns = {"number": "No", "training": "Pelatihan", "asked": "IKM meminta", "mends": "IKM hampir memenuhi", "opens": "Membuka",
                   "value": "Nilai (Rp)", "why": "Mengapa"}  # fmt: skip
        write_table("Rencana pelatihan", rows, columns)
    _say_outcomes(found.unmet)


@report.command("visits")
@_options
@click.pass_obj
def visits_command(
    work: Work, first: datetime | None, last: datetime | None, sector: str | None, region: str | None, as_json: bool, xlsx: Path | None
) -> None:
    """Kunjungan belajar: daerah yang katalognya memuat barang yang paling banyak tidak ada di sini."""
    from exchange.matching.places import place_name
    from exchange.reports.book import visit_tables
    from exchange.reports.plan import reports
    from exchange.reports.unmet import Wanted
    from exchange.reports.visits import NONE_YET

    window = _window(work, first, last, region)
    with work.store().read() as session:
        found = reports(session, window, Wanted(sector=sector), with_plan=False)
    _write(work, xlsx, "Kunjungan belajar", visit_tables(found.visits, found.offers))
    if as_json:
        told = {"offers": found.offers, "note": None if found.offers else NONE_YET, "regions": [one.record() for one in found.visits]}
        write_json(_told(window, sector) | told)
        return
    rows = [
        {"region": place_name(visit.region), "class": it.told(), "products": one.products, "demands": one.lacked.demands,
         "value": _rupiah(one.lacked.value), "top": "; ".join(name for _, name, _ident in one.top)}
        for visit in found.visits for it, one in visit.classes()
    ]  # fmt: skip
    if rows:
        columns = {"region": "Daerah", "class": "Kelas", "products": "Produk di sana", "demands": "Tidak terlayani di sini",
                   "value": "Nilai (Rp)", "top": "Contoh produk"}  # fmt: skip
        write_table("Kunjungan belajar", rows, columns)
    elif found.offers:
        notes.print(f"Dari {found.offers} barang daerah lain tidak ada yang sekelas dengan yang tidak ada di sini.")
    if not found.offers:
        notes.print(NONE_YET)
