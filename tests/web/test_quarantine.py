"""Belum terbaca: the causes, and reading one again."""

from __future__ import annotations

from sqlalchemy import select

from exchange.store.audit import history
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import source_by_name

RULE = "schema:budget.amount"


def test_each_cause_stands_with_its_count_its_example_and_a_button(petugas):
    text = petugas.get("/karantina").text
    assert "contoh, RUP-900:" in text
    assert 'href="/sumber/tegal"' in text
    assert "budget.amount: bukan angka" in text
    assert f'name="sebab" value="{RULE}"' in text
    assert 'name="sumber" value="tegal"' in text


def test_reading_a_cause_again_says_what_became_of_it(petugas, csrf, world):
    with world.work() as session:
        source_by_name(session, "tegal").options = {"url": "https://isb.example.id/9/paket"}
    form = {"csrf_token": csrf(petugas.get("/karantina")), "sebab": RULE}
    answer = petugas.post("/karantina/baca-ulang", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert "Dibaca ulang 1 data: 0 kini menjadi permintaan" in answer.text
    assert "melewati masa simpan" in answer.text
    with world.read() as session:
        assert session.scalars(select(QuarantineRow.state)).one() == "waiting"
        (act,) = history(session, "source", "tegal")
        assert (act.actor, act.action, act.facts) == ("petugas", "quarantine.replay", {"waiting": 1, "expired": 1})
    assert "membaca ulang" in petugas.get("/sumber/tegal").text


def test_a_source_that_cannot_be_read_again_says_why(petugas, csrf):
    """This one has no address among its settings."""
    form = {"csrf_token": csrf(petugas.get("/karantina")), "sebab": RULE}
    answer = petugas.post("/karantina/baca-ulang", data=form, follow_redirects=True)
    assert "tegal: Pengaturan konektor lkpp_isb: url wajib diisi" in answer.text


def test_who_only_looks_reads_nothing_again(staff, csrf, world):
    auditor = staff("auditor")
    page = auditor.get("/karantina")
    assert "disabled" in page.text
    answer = auditor.post("/karantina/baca-ulang", data={"csrf_token": csrf(page), "sebab": RULE})
    assert answer.status_code == 403
    with world.read() as session:
        assert history(session, "source", "tegal") == []


def test_a_form_without_its_cause_or_its_token_does_nothing(petugas, csrf, world):
    assert petugas.post("/karantina/baca-ulang", data={"csrf_token": csrf(petugas.get("/karantina"))}).status_code == 400
    assert petugas.post("/karantina/baca-ulang", data={"sebab": RULE}).status_code == 400
    with world.read() as session:
        assert history(session, "source", "tegal") == []
