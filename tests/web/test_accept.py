"""Daftar terakhir belum terbukti lengkap: why, what would become the new normal, and the button of those who may decide."""

from __future__ import annotations

import re

import pytest

from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.runs import RunRow
from exchange.store.sources import source_by_name
from exchange.sync.registry import connector_for

VOLUME = {"kind": "volume", "says": "Hanya 10 data datang; yang paling sedikit sebelumnya 1200.", "before": 1200, "now": 10}
BUYERS = {"kind": "buyers", "says": "Pembeli <b>lain</b>.", "before": ["D1"], "now": [f"D{n}<i>" for n in range(12)]}
TOTAL = {"kind": "total", "says": "Sumber menyebut 9 data, tetapi yang datang 10.", "before": None, "now": None}
PATH = "/sumber/semarang/patokan"


@pytest.fixture
def doubted(world):
    """Puts an unproven run with these doubts on the source's top; its number."""

    def put(*doubts, state="unproven", reasons=None):
        with world.work() as session:
            source = source_by_name(session, "semarang")
            facts = {"doubts": list(doubts), "last_row": 0, "named": 10, "rule": None}
            run = RunRow(source_id=source.id, connector_version=connector_for(source).version, state=state, fetched=10, ended_at=utcnow(),
                         reasons=reasons or [doubt["says"] for doubt in doubts], facts=facts)  # fmt: skip
            session.add(run)
            session.flush()
            return run.id

    return put


def section(page):
    found = re.search(r'<section[^>]*id="patokan".*?</section>', page.text, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else None


def accepted(world):
    with world.read() as session:
        return source_by_name(session, "semarang").accepted


def test_what_would_become_normal_is_shown_and_accepted_by_who_looked_into_it(petugas, csrf, world, doubted):
    run = doubted(VOLUME, BUYERS)
    page = petugas.get("/sumber/semarang")
    said = section(page)
    assert "banyaknya data 1.200 10 Hanya 10 data datang" in said
    assert "dan 2 lain" in said
    assert "<b>lain</b>" not in page.text
    form = {"csrf_token": csrf(page), "penarikan": str(run), "diperiksa": "ya"}
    answer = petugas.post(PATH, data=form)
    assert (answer.status_code, answer.location) == (303, "/sumber/semarang")
    page = petugas.get("/sumber/semarang")
    assert "sudah diterima sebagai patokan baru" in section(page)
    assert "menerima daftar sebagai patokan baru" in page.text
    assert accepted(world)["volume"] == {"run": run, "value": 10}
    with world.read() as session:
        assert history(session, "source", "semarang")[0].actor == "petugas"
    assert petugas.post(PATH, data=form).status_code == 409


def test_a_form_that_was_not_filled_in_or_is_of_an_older_run_accepts_nothing(petugas, csrf, world, doubted):
    run = doubted(VOLUME)
    form = {"csrf_token": csrf(petugas.get("/sumber/semarang")), "penarikan": str(run), "diperiksa": "ya"}
    for wrong in ({"diperiksa": ""}, {"penarikan": ""}, {"penarikan": "x"}, {"penarikan": "9" * 40}, {"penarikan": "\u0661"}):
        assert petugas.post(PATH, data=form | wrong).status_code == 400
    doubted(VOLUME)
    late = petugas.post(PATH, data=form)
    assert (late.status_code, "diambil lagi sejak itu" in late.text) == (409, True)
    assert petugas.post("/sumber/tidak-ada/patokan", data=form).status_code == 404
    assert accepted(world) is None


@pytest.mark.parametrize(
    ("doubts", "reasons", "says"),
    [
        ((VOLUME, TOTAL), None, "tanyakan kepada pengelolanya"),
        ((), ["Sumber mengirim XML: Data Kosong.", "Coba lagi nanti."], "Data Kosong. Coba lagi nanti."),
    ],
)
def test_what_cannot_be_accepted_says_why_and_has_no_button(petugas, csrf, world, doubted, doubts, reasons, says):
    run = doubted(*doubts, reasons=reasons)
    page = petugas.get("/sumber/semarang")
    assert says in section(page)
    assert PATH not in page.text
    form = {"csrf_token": csrf(page), "penarikan": str(run), "diperiksa": "ya"}
    assert petugas.post(PATH, data=form).status_code == 409
    assert accepted(world) is None


@pytest.mark.parametrize("state", ["complete", "partial", "failed"])
def test_a_source_whose_last_run_is_not_unproven_shows_nothing_of_it(petugas, doubted, state):
    doubted(VOLUME)
    doubted(state=state, reasons=["Halaman terakhir belum tercapai."])
    assert section(petugas.get("/sumber/semarang")) is None


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_who_only_looks_accepts_nothing(staff, csrf, world, doubted, role):
    run = doubted(VOLUME)
    browser = staff(role)
    page = browser.get("/sumber/semarang")
    assert "Hanya admin dan petugas yang dapat menerimanya" in page.text
    form = {"csrf_token": csrf(page), "penarikan": str(run), "diperiksa": "ya"}
    assert browser.post(PATH, data=form).status_code == 403
    assert accepted(world) is None
