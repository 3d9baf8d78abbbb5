"""Laporan: the figures of a month or a year with what they mean; closed ones stay as they were, corrections are told as such."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from babel.dates import format_date
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from exchange.agreements.steps import begin
from exchange.jobs.figures import count_figures
from exchange.reports.period import DEFINITIONS, Period, period_of, report_from, report_on
from exchange.reports.period_paper import office_of, period_pdf
from exchange.store.agreements import AgreementStepRow
from exchange.store.audit import AuditRow
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow
from exchange.store.figures import FigureRow, figure_count, want_figures
from exchange.store.period_reports import PeriodReportRow

from .figuring import deals, figured  # noqa: F401  # isort: skip


@pytest.fixture
def months(figured, settings):  # noqa: F811
    """Of the 72 demands ten came in September and three in August 2026, the others in October; counted."""
    with figured.work() as session:
        session.execute(update(DemandRow).values(first_seen_at=datetime(2026, 10, 5, tzinfo=UTC)))
        # 17.00 UTC is the next day in Jakarta
        session.execute(update(DemandRow).where(DemandRow.id <= 10).values(first_seen_at=datetime(2026, 8, 31, 17, 30, tzinfo=UTC)))
        session.execute(update(DemandRow).where(DemandRow.id <= 3).values(first_seen_at=datetime(2026, 8, 31, 16, 30, tzinfo=UTC)))
        want_figures(session, utcnow())
    assert count_figures(figured, settings)
    return figured


def report(store, key):
    with store.read() as session:
        return report_on(session, period_of(key), figure_count(session).counted_at)


def test_a_period_knows_its_months_and_the_one_before():
    assert Period(key="2026-01").before.key == "2025-12" and Period(key="2026").before.key == "2025"
    assert Period(key="2026-12").following == date(2027, 1, 1) and Period(key="2026").following == date(2027, 1, 1)
    assert Period(key="2026-09").following == date(2026, 10, 1)


def test_what_came_is_of_the_month_of_the_calendar_in_jakarta_and_the_year_is_its_months(months):
    assert report(months, "2026-08").lines["arrival"].number == 3
    september, october = report(months, "2026-09"), report(months, "2026-10")
    assert (september.lines["arrival"].number, september.before["arrival"].number) == (7, 3)
    year = report(months, "2026")
    for key in DEFINITIONS:
        parts = [report(months, f"2026-{at:02}").lines[key] for at in range(1, 13)]
        assert sum(one.number for one in parts) == year.lines[key].number, key
        assert sum(one.value for one in parts) == year.lines[key].value, key
    assert october.lines["arrival"].unknown > 0
    assert report_from(october.record()) == october


def test_every_figure_stands_on_the_page_with_its_definition(petugas, months):
    page = petugas.get("/laporan/masa/2026-10")
    assert page.status_code == 200
    for key, its in DEFINITIONS.items():
        assert f'id="arti-{key}"' in page.text and its.says[:40] in page.text
    assert "≥" in page.text and "Sementara" in page.text
    assert petugas.get("/laporan").text.count("/laporan/masa/") >= 10
    for wrong in ("2026-13", "26", "2026-1", "x"):
        assert petugas.get(f"/laporan/masa/{wrong}").status_code == 400
    assert petugas.get("/laporan/masa/2026-10?x=1").status_code == 400
    assert petugas.get("/laporan/masa/2026-10?edisi=3").status_code in (200, 404)


def test_the_same_state_gives_the_same_files_to_the_byte(petugas, months):
    for kind in ("pdf", "xlsx"):
        bodies = []
        for _again in range(2):
            with petugas.get(f"/laporan/masa/2026-10/berkas.{kind}") as answer:
                assert answer.status_code == 200
                bodies.append(answer.get_data())
        assert bodies[0] == bodies[1]
    book = openpyxl.load_workbook(io.BytesIO(bodies[0]))
    assert max(book["Angka pokok"].column_dimensions[each].width for each in "ABCDEFG") < 60, "no column makes it too small on paper"
    means = list(book["Arti tiap angka"].iter_rows(min_row=2, values_only=True))
    assert [title for title, _line in means if title] == [its.title for its in DEFINITIONS.values()]
    assert " ".join(line for _title, line in means) == " ".join(" ".join(its.says.split()) for its in DEFINITIONS.values())
    rows = {row[0]: row for row in book["Angka pokok"].iter_rows(values_only=True)}
    its = report(months, "2026-10").lines["arrival"]
    assert rows["Permintaan yang masuk"][1:4] == (its.number, its.value, its.unknown)


def test_the_paper_has_the_offices_head_and_a_closed_one_room_to_sign(months, settings, tmp_path):
    """What is open is not signed."""
    if shutil.which("pdftotext") is None:
        (pytest.fail if os.environ.get("EXCHANGE_TEST_WHOLE") else pytest.skip)("poppler (pdftotext) is not installed")
    office, its = office_of(replace(settings, office_address="Jalan Jenderal Sudirman 2")), report(months, "2026-09")
    for closed in (None, datetime(2026, 10, 3, 2, tzinfo=UTC)):
        path = tmp_path / "laporan.pdf"
        path.write_bytes(period_pdf(its, office, 1 if closed else None, closed))
        text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, timeout=60).stdout.decode()
        head = text.split("LAPORAN PERDAGANGAN")[0].replace("\u200b", "").casefold()  # where long words may break
        said = ("Pemerintah Kota Cilegon", settings.office, "Jalan Jenderal Sudirman 2", settings.contact)
        assert all(line.casefold() in head for line in said)
        assert ("Cilegon, 3 Oktober 2026" in text, f"Kepala {settings.office}," in text, "NIP" in text) == (closed is not None,) * 3


def test_a_closed_month_stays_and_what_changes_later_is_a_correction_with_a_reason(petugas, months, settings, csrf, monkeypatch):
    monkeypatch.setattr(type(settings), "day", lambda _self: date(2026, 11, 27))
    path = "/laporan/masa/2026-09"
    form = {"csrf_token": csrf(petugas.get(path)), "edisi": "0"}
    assert petugas.post(f"{path}/tutup", data=form).status_code == 303
    assert petugas.post(f"{path}/tutup", data=form).status_code == 409, "somebody else closed it meanwhile"
    with petugas.get(f"{path}/berkas.pdf") as answer:
        before = answer.get_data()
    assert petugas.post(f"{path}/tutup", data=form | {"edisi": "1", "alasan": "x"}).status_code == 422, "nothing differs"
    with months.work() as session:
        session.execute(update(DemandRow).where(DemandRow.id == 11).values(first_seen_at=datetime(2026, 9, 9, tzinfo=UTC)))
        want_figures(session, utcnow())
    count_figures(months, settings)
    page = petugas.get(path).text
    assert "Berubah sesudah ditutup" in page and "7 → 8" in page
    with petugas.get(f"{path}/berkas.pdf") as answer:
        assert answer.get_data() == before, "what was closed is given as it was closed"
    assert petugas.post(f"{path}/tutup", data=form | {"edisi": "1"}).status_code == 422, "a correction needs a reason"
    assert petugas.post(f"{path}/tutup", data=form | {"edisi": "1", "alasan": "Sumber terlambat."}).status_code == 303
    page = petugas.get(path).text
    assert "Pembetulan ke-1 oleh petugas" in page and "Sumber terlambat." in page
    assert "edisi 1" in page and petugas.get(f"{path}?edisi=1").status_code == 200
    assert petugas.get(f"{path}?edisi=9").status_code == 404
    with months.read() as session:
        assert [row.edition for row in session.scalars(select(PeriodReportRow).order_by(PeriodReportRow.edition))] == [1, 2]
        acts = session.scalars(select(AuditRow.action).where(AuditRow.kind == "period").order_by(AuditRow.id)).all()
    assert acts == ["period_closed", "period_corrected"]


def test_a_month_that_is_not_over_is_not_closed(petugas, months, settings, csrf, monkeypatch):
    monkeypatch.setattr(type(settings), "day", lambda _self: date(2026, 10, 31))
    path = "/laporan/masa/2026-10"
    answer = petugas.post(f"{path}/tutup", data={"csrf_token": csrf(petugas.get("/saya")), "edisi": "0"})
    assert answer.status_code == 422 and "belum selesai" in answer.text
    assert "Tutup laporan" not in petugas.get(path).text


def test_before_anything_was_counted_the_report_says_so(petugas, world):
    assert "Belum pernah dihitung" in petugas.get("/laporan/masa/2026-10").text
    assert petugas.get("/laporan/masa/2026-10/berkas.pdf").status_code == 404


def _listed(browser):
    page = browser.get("/laporan").text
    return re.findall(r'href="/laporan/masa/([^"]+)"', page), page


def test_periods_are_listed_from_the_first_month_of_which_anything_is_known(petugas, months, node, settings):
    with months.read() as session:
        counted = min(session.scalars(select(FigureRow.month).where(FigureRow.month > "")))
    keys, page = _listed(petugas)
    assert counted.startswith("2026") and f"{settings.day():%Y-%m}" in keys
    assert min(key for key in keys if len(key) == 7) == counted and [key for key in keys if len(key) == 4] == ["2026"]
    assert f"Angka ada sejak {title_of(counted)}; masa sebelumnya tidak didaftar." in page
    with months.work() as session:
        session.execute(delete(FigureRow).where(FigureRow.month < "2026-09"))
    assert min(_listed(petugas)[0]) == "2026" and "2026-08" not in _listed(petugas)[0] and "2026-09" in _listed(petugas)[0]
    said = {"kind": "daerah", "region": "33.74", "counterpart": "Pemerintah Kota Semarang"}
    with months.work() as session:
        begin(session, node, title="Pagar sekolah", actor="petugas", on=settings.day(), **said)
        # 17.30 UTC is the next day in Jakarta, and the next year
        session.execute(update(AgreementStepRow).values(at=datetime(2025, 12, 31, 17, 30, tzinfo=UTC)))
    assert "2026-01" in _listed(petugas)[0] and "2025-12" not in _listed(petugas)[0] and "2025" not in _listed(petugas)[0]


def test_an_office_without_any_figure_lists_the_month_and_the_year_at_hand_alone(petugas, world, settings):
    keys, page = _listed(petugas)
    assert keys == [f"{settings.day():%Y-%m}", str(settings.day().year)] and "Angka ada sejak" not in page


def title_of(key):
    return format_date(date(int(key[:4]), int(key[5:]), 1), "MMMM yyyy", locale="id")


def test_pages_of_reports_ask_the_database_few_questions(petugas, months, statements):
    for path in ("/laporan", "/laporan/masa/2026-10", "/laporan/masa/2026", "/unduhan"):
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        assert len(seen) <= 8, (path, seen)


def test_the_command_writes_the_report_and_imports_boundaries(months, settings, tmp_path):
    from exchange.cli.boundaries import boundaries
    from exchange.cli.context import Work
    from exchange.cli.report_period import of_period

    from ..reports.test_boundaries import file, square

    work = Work(settings)
    work._store = months
    run = CliRunner().invoke(of_period, ["2026-10", "--out", str(tmp_path), "--json"], obj=work, catch_exceptions=False)
    assert run.exit_code == 0 and '"period": "2026-10"' in run.output
    assert (tmp_path / "laporan-2026-10.pdf").read_bytes().startswith(b"%PDF")
    source = tmp_path / "batas.geojson"
    source.write_bytes(file(square(110, -6.5, KODE_PROV="33")))
    run = CliRunner().invoke(boundaries, ["import", str(source), "--json"], obj=work, catch_exceptions=False)
    assert run.exit_code == 0 and '"kept": 1' in run.output
