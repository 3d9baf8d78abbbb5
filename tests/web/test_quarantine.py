"""Belum terbaca: the causes, and reading one again."""

from __future__ import annotations

from sqlalchemy import select

from exchange.store.audit import history
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import source_by_name
from exchange.sync.run import sync_source

from .sourcing import MAPPING, rows

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


def waiting(world, settings, jati):
    """Two listings of another source wait for one rule, and one for another."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    them = rows(5)
    them[2]["status"], them[3]["status"], them[4]["judul"] = "entah", "lain", ""
    jati.answers(them)
    assert sync_source(world, settings, "jati").quarantined == 3


def test_causes_stand_by_source_with_count_and_time_and_one_source_can_be_chosen(petugas, world, settings, jati):
    waiting(world, settings, jati)
    text = petugas.get("/karantina").text
    assert text.index("code_unknown") < text.index("title_or_buyer_missing"), "the cause of most listings comes first"
    assert text.count('name="sumber" value="jati"') == 2
    assert RULE in text
    only = petugas.get("/karantina?sumber=jati").text
    assert RULE not in only and "K-3" in only and "K-5" in only
    rule = petugas.get("/karantina?sumber=jati&sebab=code_unknown").text.split('id="daftar"')[1]
    assert "K-3" in rule and "K-5" not in rule
    assert petugas.get("/karantina?sumber=tidak-ada").status_code == 404


def test_one_cause_of_one_source_is_read_again_and_it_is_told_what_is_read_and_what_still_fails(petugas, csrf, world, settings, jati):
    waiting(world, settings, jati)
    with world.work() as session:
        source = source_by_name(session, "jati")
        source.options = source.options | {"mapping": MAPPING.replace('plan = "planned"', 'entah = "planned"')}
    form = {"csrf_token": csrf(petugas.get("/karantina")), "sebab": "code_unknown", "sumber": "jati"}
    answer = petugas.post("/karantina/baca-ulang", data=form, follow_redirects=True)
    assert "Dibaca ulang 2 data: 1 kini menjadi permintaan, 1 tidak lagi menunggu. 1 masih gagal: code_unknown (1)." in answer.text
    with world.read() as session:
        states = {row.reference: row.state for row in session.scalars(select(QuarantineRow))}
    assert states == {"RUP-900": "waiting", "K-3": "replayed", "K-4": "waiting", "K-5": "waiting"}
