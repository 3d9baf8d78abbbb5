"""Buttons beside an advice: an administrator has a source pulled or the log proved at once, others are told whom to ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from connectors.kit.simulator import Canned
from exchange.jobs.errands import Errands, run_errand
from exchange.jobs.worker import KINDS, Worker
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.errands import CHECK_LOG, ERRANDS, LAPSE, PULL, ErrandRow, ask_errand, last_errand
from exchange.store.exchange_log import LogBatchRow
from exchange.store.locks import hold
from exchange.store.sources import source_by_name

from .sourcing import jati, rows  # noqa: F401
from .test_exchange_log import firm, tell  # noqa: F401

ASK = {"pull": ("/sumber/jati/ambil", "/sumber/jati"), "check": ("/malam/periksa-catatan", "/malam")}


@pytest.fixture
def source(world, jati):  # noqa: F811
    """The source `jati`, approved."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    return jati


def send(browser, csrf, which):
    path, page = ASK[which]
    return browser.post(path, data={"csrf_token": csrf(browser.get(page))})


def work(world, settings):
    return Worker(world, settings, [Errands(world, settings)]).run(once=True)


def test_an_administrator_has_a_source_pulled_and_the_page_says_what_came(staff, csrf, world, settings, source):
    admin = staff("admin")
    assert send(admin, csrf, "pull").location == "/sumber/jati#ambil"
    page = admin.get("/sumber/jati").text
    assert "menunggu pekerja" in page and 'hx-get="/sumber/jati/ambil" hx-trigger="every 2s"' in page and "Muat ulang" in page
    send(admin, csrf, "pull")
    with world.read() as session:
        assert [act.action for act in history(session, "source", "jati")] == ["source.pull"], "one that waits stays the one"
        assert len(session.scalars(select(ErrandRow)).all()) == 1
    part = admin.get("/sumber/jati/ambil", headers={"HX-Request": "true"})
    assert "<html" not in part.text and "HX-Refresh" not in part.headers
    assert work(world, settings) == 1
    ended = admin.get("/sumber/jati/ambil", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true" and "6 data datang: 6 baru" in ended.text
    page = admin.get("/sumber/jati").text
    assert "6 data datang: 6 baru, 0 berubah, 0 tetap" in page and "every 2s" not in page
    assert admin.get("/sumber/jati/ambil").location == "/sumber/jati#ambil", "without scripts it leads to the page"
    assert "mengambil dari sumber sekarang" in admin.get("/catatan?perbuatan=source.pull").text


def test_a_pull_that_cannot_begin_says_why_and_can_be_asked_for_again(staff, csrf, world, settings, source):
    admin = staff("admin")
    send(admin, csrf, "pull")
    with hold(world, "source:jati", "Pengambilan sumber 'jati'"):
        work(world, settings)
    page = admin.get("/sumber/jati").text
    assert "gagal" in page and "Pengambilan sumber" in page and "every 2s" not in page
    source.answers(Canned.json({"lain": 1}))
    send(admin, csrf, "pull")
    work(world, settings)
    with world.read() as session:
        last = last_errand(session, PULL, "jati")
        assert (last.state, last.told["state"]) == ("done", "failed") and last.told["reasons"]


def test_only_an_approved_source_is_pulled(staff, csrf, world, jati):  # noqa: F811
    admin = staff("admin")
    assert 'id="ambil"' not in admin.get("/sumber/jati").text
    assert send(admin, csrf, "pull").status_code == 409
    assert admin.post("/sumber/tidakada/ambil", data={"csrf_token": csrf(admin.get("/sumber"))}).status_code == 404
    with world.read() as session:
        assert last_errand(session, PULL, "jati") is None


@pytest.mark.parametrize("role", ["petugas", "pimpinan", "auditor"])
@pytest.mark.parametrize("which", ["pull", "check"])
def test_others_are_told_whom_to_ask_and_cannot_do_it(staff, csrf, source, role, which):
    reader = staff(role)
    path, page = ASK[which]
    text = reader.get(page).text
    assert "minta admin menekan" in text and f'action="{path}"' not in text
    assert reader.post(path, data={"csrf_token": csrf(reader.get(page))}).status_code == 403


@pytest.mark.parametrize("which", ["pull", "check"])
def test_nothing_is_begun_without_the_forms_token(staff, world, source, which):
    assert staff("admin").post(ASK[which][0]).status_code == 400
    with world.read() as session:
        assert session.scalars(select(ErrandRow)).all() == []


def test_the_log_is_proved_at_once_and_a_broken_one_is_named(staff, csrf, world, settings, firm):  # noqa: F811
    admin = staff("admin")
    tell(world, firm, 3)
    assert send(admin, csrf, "check").location == "/malam#catatan-pertukaran"
    assert "menunggu pekerja" in admin.get("/malam").text
    work(world, settings)
    page = admin.get("/malam").text
    assert "Utuh." in page and "Bundel 1 sampai 3 utuh (3 catatan)" in page
    with world.work() as session:
        session.execute(update(LogBatchRow).where(LogBatchRow.id == 2).values(content=b"x"))
    send(admin, csrf, "check")
    work(world, settings)
    page = admin.get("/malam").text
    assert "Tidak utuh." in page and "Bundel 2 catatan pertukaran tidak utuh" in page and "Bandingkan dengan cadangan" in page
    with world.read() as session:
        assert [(act.actor, act.action) for act in history(session, "log", "")] == [("admin", "log.check")] * 2
    assert 'href="/malam#catatan-pertukaran"' in admin.get(f"/usaha/{firm}/mutu").text, "where the log cannot be read"


def test_beranda_offers_it_beside_a_list_that_is_not_whole(staff):
    assert 'action="/sumber/tegal/ambil"' in staff("admin").get("/").text
    page = staff("petugas").get("/").text
    assert "/ambil" not in page and "Admin dapat mengambilnya lagi" in page


def test_a_claim_that_was_lost_ends_nothing(world, settings, source):
    with world.work() as session:
        ask_errand(session, CHECK_LOG, "", "admin")
    with world.work() as session:
        (old,) = ERRANDS.claim(session, 1, utcnow() - 2 * LAPSE)
        session.expunge(old)
    with world.work() as session:
        (new,) = ERRANDS.claim(session, 1, utcnow())
        session.expunge(new)
    run_errand(world, settings, old)
    with world.read() as session:
        assert last_errand(session, CHECK_LOG).state == "running"
    run_errand(world, settings, new)
    with world.read() as session:
        assert last_errand(session, CHECK_LOG).state == "done"


def test_the_worker_does_them():
    assert Errands in KINDS


def test_no_page_advises_a_command_but_those_of_who_runs_the_service():
    """A template that names another command wants a button beside it; these are done by who runs the server, or need its files."""
    folder = Path(__file__).resolve().parents[2] / "exchange" / "web" / "templates"
    named = {found for path in folder.rglob("*.html") for found in re.findall(r"<code>(exchange [a-z]+(?: [a-z]+)*)", path.read_text())}
    assert named == {"exchange nightly", "exchange worker", "exchange source link", "exchange user recover"}
