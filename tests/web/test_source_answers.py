"""The archived answers of a source: listed by run, opened as plain text by an administrator, on record."""

from __future__ import annotations

import re

import pytest

from connectors.kit.simulator import Canned
from exchange.store.audit import history
from exchange.store.runs import AnswerRow
from exchange.store.sources import source_by_name
from exchange.sync.run import sync_source

from .sourcing import rows

LIST = "/sumber/jati/jawaban"


@pytest.fixture
def pulled(world, settings, jati):
    """Two runs; in the first a listing bears markup."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    jati.answers(Canned.json({"daftar": rows(2, catatan="<script>alert(1)</script>")}))
    first = sync_source(world, settings, "jati").run
    jati.answers(rows(3))
    second = sync_source(world, settings, "jati").run
    return first, second


def test_the_answers_of_a_run_stand_with_time_size_status_and_how_long_they_stay(petugas, pulled, world):
    first, second = pulled
    page = petugas.get(LIST).text
    with world.read() as session:
        its = {row.run_id: row for row in session.query(AnswerRow)}
    assert its[second].digest in page and its[first].digest not in page, "the last run comes first"
    assert ">200" in page and "sampai " in page and "/sumber/jati/penarikan" in page
    assert f"penarikan={first}" in page
    older = petugas.get(f"{LIST}?penarikan={first}").text
    assert its[first].digest in older and f"penarikan={second}" in older
    assert "tertutup" in older and "/unduh" not in older and "buka sebagai teks" not in older, "who is no administrator opens none"
    assert petugas.get(f"{LIST}?penarikan=9999").status_code == 404
    assert petugas.get(f"{LIST}?lain=1").status_code == 400
    assert "Belum ada jawaban" in petugas.get("/sumber/baru/jawaban").text


def test_an_answer_is_opened_as_text_that_no_browser_takes_for_a_page_and_that_is_on_record(staff, pulled, world, settings):
    admin = staff("admin")
    path = re.search(r'href="(/sumber/jati/jawaban/\d+)"', admin.get(f"{LIST}?penarikan={pulled[0]}").text)[1]
    answer = admin.get(path)
    assert "<script>alert(1)</script>" in answer.text and answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"] and "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    saved = admin.get(f"{path}?unduh=ya")
    assert saved.headers["Content-Disposition"].startswith("attachment;") and saved.content_type == "application/octet-stream"
    assert saved.data == answer.data
    with world.read() as session:
        acts = [(act.actor, act.facts["digest"]) for act in history(session, "source", "jati") if act.action == "answer.opened"]
        digest = session.get(AnswerRow, int(path.rpartition("/")[2])).digest
    assert acts == [("admin", digest)] * 2
    assert admin.get(path.replace("/jati/", "/semarang/")).status_code == 404
    (settings.data_dir / "archive" / digest[:2] / f"{digest}.z").unlink()
    assert admin.get(path).status_code == 404
    assert "tidak ada di arsip" in admin.get(f"{LIST}?penarikan={pulled[0]}").text


@pytest.mark.parametrize("role", ["petugas", "pimpinan", "auditor"])
def test_who_is_no_administrator_opens_no_answer(staff, pulled, world, role):
    with world.read() as session:
        number = session.query(AnswerRow).filter_by(run_id=pulled[1]).one().id
    assert staff(role).get(f"{LIST}/{number}").status_code == 403


def test_what_is_no_text_is_given_as_a_file(staff, world, settings, jati):
    from exchange.sync.archive import Archive

    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    run = sync_source(world, settings, "jati").run
    digest = Archive(settings.data_dir / "archive").keep(b"PK\x03\x04\x00\x00<html>")
    with world.work() as session:
        row = session.query(AnswerRow).filter_by(run_id=run).one()
        row.digest, number = digest, row.id
    answer = staff("admin").get(f"{LIST}/{number}")
    assert answer.content_type == "application/octet-stream" and answer.headers["Content-Disposition"].startswith("attachment")
