"""`exchange report period`: the office's report on a month or a year, as files; and closing it."""

from __future__ import annotations

from pathlib import Path

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json


@click.command("period")
@click.argument("key", metavar="MASA")
@click.option("--count", is_flag=True, help="Hitung dahulu angkanya.")
@click.option("--close", is_flag=True, help="Tutup masa ini, atau terbitkan pembetulannya.")
@click.option("--reason", help="Alasan pembetulan.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder untuk PDF dan XLSX.")
@json_option
@click.pass_obj
def of_period(work: Work, key: str, count: bool, close: bool, reason: str | None, out: Path | None, as_json: bool) -> None:
    """Laporan satu bulan (2026-10) atau tahun (2026): yang ditutup seperti ketika ditutup, yang lain dari hitungan terakhir."""
    from exchange.errors import NotFound
    from exchange.jobs.figures import figures_ahead
    from exchange.reports.closing import close_period
    from exchange.reports.period import DEFINITIONS, period_of, report_from, report_on
    from exchange.reports.period_paper import office_of, period_book, period_pdf, period_words, state_words
    from exchange.store.figures import figure_count
    from exchange.store.period_reports import editions

    period = period_of(key)
    if count:
        figures_ahead(work.store(), work.settings)
    if close:
        with work.store().work() as session:
            close_period(session, period, work.settings, actor(), len(editions(session, key)), reason)
    with work.store().read() as session:
        counted, kept = figure_count(session), editions(session, key)
        if not kept and (counted is None or counted.counted_at is None):
            raise NotFound("Angkanya belum pernah dihitung.", mend=f"Jalankan: exchange report period {key} --count")
        at = counted.counted_at if counted else None
        report = report_from(kept[-1].body) if kept else report_on(session, period, at or kept[-1].counted_at)
    facts = (kept[-1].edition, kept[-1].closed_at, kept[-1].reason) if kept else (None, None, None)
    said = state_words(report, *facts)
    written = {}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        written = {ending: str(out / f"laporan-{key}.{ending}") for ending in ("pdf", "xlsx")}
        Path(written["pdf"]).write_bytes(period_pdf(report, office_of(work.settings), *facts))
        with Path(written["xlsx"]).open("wb") as file:
            period_book(file, report, work.settings.office, said)
    if as_json:
        write_json(report.record() | {"state": said, "files": written})
        return
    notes.print(f"Laporan {period_words(period)}. {said}")
    for name, its in DEFINITIONS.items():
        one = report.lines[name]
        value = f", Rp {one.value:,.0f}".replace(",", ".").replace(". Rp", ", Rp") if its.money else ""
        notes.print(f"  {its.title}: {one.number}{value}{f' ({one.unknown} tanpa nilai)' if one.unknown else ''}")
    for path in written.values():
        notes.print(f"Tersimpan: {path}")
