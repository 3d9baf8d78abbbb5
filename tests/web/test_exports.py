"""Unduhan: a list with its filters is written in the background; each person's own, cancelled, begun again, bounded, deleted in time."""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
from sqlalchemy import select, update

from exchange.jobs import exports as module
from exchange.jobs.exports import Exports, Stopped, file_of, folder_of, tidy, write_export
from exchange.jobs.worker import Worker
from exchange.reports.exporting import LISTINGS
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow
from exchange.store.exports import LAPSE, MOST_OPEN, TRIES, ExportRow, claim_export

from .dealing import deals  # noqa: F401
from .test_unmet import HOSTILE


@pytest.fixture
def ask(petugas, csrf):
    """Ask for a list by the form that stands on its page."""

    def ask(page, form="csv", client=petugas):
        text = client.get(page).text
        found = re.search(r'<form class="acts export-form".*?</form>', text, re.S)
        assert found, text[:300]
        given = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', found[0]) if name != "format"}
        answer = client.post("/unduhan", data=given | {"format": form})
        assert answer.status_code == 303, answer.text
        return answer

    return ask


def link(client):
    found = re.search(r'href="(/unduhan/[0-9a-f]+/berkas)"', client.get("/unduhan").text)
    return found and found[1]


def work(store, settings):
    return Worker(store, settings, [Exports(store, settings)]).run(once=True)


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("/permintaan", 40), ("/permintaan?daerah=33.74", 21), ("/permintaan?cari=pagar+besi", 39), ("/permintaan?ditahan=ya", 2),
        ("/permintaan?dari=2026-03&sampai=2026-T1&tutup=lewat&kategori=goods", 40), ("/permintaan?sektor=logam&sekali=ya", 0),
        ("/kecocokan", None), ("/kecocokan?status=semua&nilai=90&sektor=logam", None), ("/produk", 30), ("/produk?sektor=kimia", 15),
        ("/produk?cari=pagar", 30), ("/perdagangan", None), ("/laporan/kebutuhan?dari=&sampai=", None),
    ],
)  # fmt: skip
def test_each_list_is_written_as_it_is_shown(petugas, deals, settings, ask, page, count):  # noqa: F811
    shown = petugas.get(page).text
    for form in ("csv", "xlsx"):
        assert ask(page, form).status_code == 303
        assert work(deals, settings) == 1
        with petugas.get(link(petugas)) as answer:
            assert answer.status_code == 200
            body = answer.get_data()
        if form == "csv":
            lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        else:
            lines = [list(row) for row in openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)]
        kind = page[1:].partition("?")[0].rpartition("/")[2]
        assert [str(one) for one in lines[0]] == [heading for heading, _width in LISTINGS[kind].headings]
        if count is not None:
            assert len(lines) - 1 == count, page
        if "kecocokan" in page:
            told = re.search(r'role="status">\s*([0-9.]+) kecocokan', shown)
            assert told is None or len(lines) - 1 == int(told[1].replace(".", ""))
        with deals.read() as session:
            row = session.scalars(select(ExportRow).order_by(ExportRow.id.desc())).first()
            assert (row.state, row.rows) == ("done", len(lines) - 1)


def test_no_text_of_a_source_runs_in_a_spreadsheet(petugas, world, settings, ask):
    with world.work() as session:
        session.execute(update(DemandRow).where(DemandRow.id == 1).values(title="=HYPERLINK(1)", buyer_name=" \n@SUM(A1)"))
    ask("/permintaan")
    ask("/permintaan", "xlsx")
    work(world, settings)
    with world.read() as session:
        rows = session.scalars(select(ExportRow)).all()
    text = file_of(settings, rows[0]).read_text(encoding="utf-8-sig")
    row = next(each for each in csv.DictReader(io.StringIO(text)) if "HYPERLINK" in each["Judul"])
    assert row["Judul"] == "'=HYPERLINK(1)" and row["Pembeli"].startswith("'")
    assert HOSTILE in text.replace('""', '"')
    sheet = openpyxl.load_workbook(file_of(settings, rows[1])).active
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_a_file_is_for_whoever_asked_for_it_alone(staff, petugas, world, settings, ask):
    ask("/produk")
    work(world, settings)
    its = link(petugas)
    for role in ("admin", "pimpinan", "auditor"):
        assert staff(role).get(its).status_code == 404
        assert link(staff(role)) is None


def test_whoever_may_only_look_takes_the_list_along_too(staff, world, settings, ask):
    reader = staff("pimpinan")
    assert ask("/produk", "xlsx", reader).status_code == 303
    work(world, settings)
    with reader.get(link(reader)) as answer:
        assert answer.status_code == 200


def test_progress_is_shown_and_a_cancelled_one_leaves_nothing(petugas, world, settings, ask, csrf, monkeypatch):
    monkeypatch.setattr(module, "_EVERY_ROWS", 10)
    monkeypatch.setattr(module, "_EVERY_S", -1.0)
    ask("/permintaan")
    seen = []

    real = module.beat_export
    monkeypatch.setattr(module, "beat_export", lambda *given: _spied(real, seen, *given))
    with world.work() as session:
        row = claim_export(session, utcnow())
    with pytest.raises(Stopped):
        write_export(world, settings, row)
    assert seen[:3] == [(0, 40), (10, 40), (20, 40)]
    assert list(folder_of(settings).iterdir()) == []
    assert "dibatalkan" in petugas.get("/unduhan").text
    ask("/produk")
    page = petugas.get("/unduhan")
    cancel = re.search(r'action="(/unduhan/[0-9a-f]+/batal)"', page.text)[1]
    assert petugas.post(cancel, data={"csrf_token": csrf(page)}).status_code == 303
    assert work(world, settings) == 0


def _spied(real, seen, session, row_id, tries, now, rows, total):
    seen.append((rows, total))
    told = real(session, row_id, tries, now, rows, total)
    if rows == 10:
        session.execute(update(ExportRow).values(state="cancelled"))
    return told


def test_what_a_killed_worker_left_is_begun_again_and_given_up_in_the_end(petugas, world, settings, ask):
    ask("/produk")
    now = utcnow()
    with world.work() as session:
        first = claim_export(session, now)
    with world.work() as session:
        assert claim_export(session, now + LAPSE / 2) is None
        again = claim_export(session, now + LAPSE * 2)
        assert again.id == first.id and again.tries == 2
    with pytest.raises(Stopped):
        write_export(
            world, settings, ExportRow(id=first.id, ident=first.ident, kind="produk", filters={}, format="csv", tries=1, made_at=now)
        )
    with world.work() as session:
        session.execute(update(ExportRow).values(beat_at=now - LAPSE * 2))
    assert work(world, settings) == 1
    assert link(petugas)
    ask("/produk")
    with world.work() as session:
        session.execute(update(ExportRow).where(ExportRow.state == "waiting").values(tries=TRIES))
    assert work(world, settings) == 0
    assert f"{TRIES} kali tidak sampai selesai" in petugas.get("/unduhan").text


def test_one_is_written_at_a_time_so_that_others_have_the_worker_too(petugas, world, settings, ask):
    ask("/produk")
    ask("/permintaan")
    exports = Exports(world, settings)
    (first,) = exports.take(8)
    assert exports.take(8) == [], "the second one waits for the first"
    first()
    (second,) = exports.take(8)
    second()
    assert exports.take(8) == []


def test_a_list_that_leaves_out_almost_all_tells_that_it_goes_on(petugas, world, settings, ask, monkeypatch):
    ask("/permintaan")
    left_out = iter([None] * 9 + [("d-1",)] + [None] * 9)
    monkeypatch.setitem(module.LISTINGS, "permintaan", LISTINGS["permintaan"]._replace(rows=lambda *_given: left_out))
    seen: list[int] = []
    monkeypatch.setattr(module, "_EVERY_ROWS", 3)
    monkeypatch.setattr(module, "_EVERY_S", -1.0)
    monkeypatch.setattr(module, "beat_export", lambda *given: seen.append(given[4]) or True)
    assert work(world, settings) == 1
    assert seen == [0, 0, 0, 0, 1, 1, 1, 1], "told after every third, whether it was written or not"
    with world.read() as session:
        row = session.scalars(select(ExportRow)).one()
    assert file_of(settings, row).read_text(encoding="utf-8-sig").splitlines()[1:] == ["d-1"]


def test_files_are_deleted_in_time_and_never_more_than_there_is_room_for(petugas, world, settings, ask, monkeypatch):
    for _each in range(3):
        ask("/produk")
    assert work(world, settings) == 3
    stray = folder_of(settings) / ".alt.1.part"
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    size = sum(each.stat().st_size for each in folder_of(settings).glob("*.csv"))
    monkeypatch.setattr(module, "MOST_BYTES", size - 1)
    tidy(world, settings)
    with world.read() as session:
        assert [row.state for row in session.scalars(select(ExportRow).order_by(ExportRow.id))] == ["expired", "done", "done"]
    with world.work() as session:
        session.execute(update(ExportRow).values(until=utcnow() - timedelta(minutes=1)))
    assert petugas.get(link(petugas)).status_code == 404
    tidy(world, settings)
    assert list(folder_of(settings).iterdir()) == []
    assert "berkasnya sudah dihapus" in petugas.get("/unduhan").text


def test_a_full_disk_and_a_file_that_is_too_large_are_told(petugas, world, settings, ask, monkeypatch):
    monkeypatch.setattr(module, "_EVERY_ROWS", 10)
    monkeypatch.setattr(module, "_EVERY_S", -1.0)
    monkeypatch.setattr(module, "LEAST_FREE", 1 << 62)
    ask("/permintaan")
    assert work(world, settings) == 1
    assert "Ruang simpan hampir penuh" in petugas.get("/unduhan").text
    assert list(folder_of(settings).iterdir()) == []


def test_what_the_export_does_not_know_is_refused_and_named(petugas, world, csrf):
    token = {"csrf_token": csrf(petugas.get("/unduhan"))}
    for given in (
        {"jenis": "kecocokan", "cakupan": "emas"}, {"jenis": "kecocokan", "orang": "x"}, {"jenis": "kecocokan", "baru": "7"},
        {"jenis": "kecocokan", "kata": "besi"}, {"jenis": "produk", "sektor": "emas"}, {"jenis": "permintaan", "daerah": "99"},
        {"jenis": "kebutuhan", "dari": "kemarin"}, {"jenis": "kecocokan", "nilai": "200"}, {"jenis": "lain"}, {"jenis": "produk", "x": "1"},
    ):  # fmt: skip
        assert petugas.post("/unduhan", data=token | {"format": "csv"} | given).status_code in (400, 422), given
    assert petugas.post("/unduhan", data=token | {"format": "exe", "jenis": "produk"}).status_code in (400, 422)
    for _each in range(MOST_OPEN):
        assert petugas.post("/unduhan", data=token | {"format": "csv", "jenis": "produk"}).status_code == 303
    assert petugas.post("/unduhan", data=token | {"format": "csv", "jenis": "produk"}).status_code in (400, 422)


def test_an_empty_page_leads_to_each_list_that_can_be_had_as_a_file(petugas, world):
    empty = petugas.get("/unduhan").text
    ways = re.findall(r'<li><a href="(/[^"]+)">', empty.split('id="unduhan"')[1].split("</main>")[0])
    assert len(ways) == len(LISTINGS)
    for way in ways:
        assert "export-form" in petugas.get(way).text, way


def test_what_a_file_was_asked_for_is_said_in_words(petugas, world, ask):
    ask("/permintaan?daerah=33.74&status=open")
    page = petugas.get("/unduhan").text
    assert "daerah: Kota Semarang (33.74)" in page and "keadaan: terbuka" in page
    assert "daerah=33.74 " not in page and "status=open<" not in page
