"""Belum terbaca: the causes, and reading one again."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.jobs.replays import Replays, read_again
from exchange.jobs.worker import KINDS, Worker
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.quarantine import QuarantineRow
from exchange.store.replays import LAPSE, REPLAYS, ReplayRow, ask_replay, latest_replays
from exchange.store.sources import source_by_name
from exchange.sync.run import sync_source
from exchange.web.cause_words import CAUSES, cause

from .sourcing import MAPPING, rows

RULE = "schema:budget.amount"


def read_by_the_worker(world, settings):
    return Worker(world, settings, [Replays(world, settings)]).run(once=True)


def test_each_cause_stands_with_its_count_its_example_and_a_button(petugas):
    text = petugas.get("/karantina").text
    assert "contoh, RUP-900:" in text
    assert 'href="/sumber/tegal"' in text
    assert "budget.amount: bukan angka" in text
    assert f'name="sebab" value="{RULE}"' in text
    assert 'name="sumber" value="tegal"' in text


def test_reading_a_cause_again_says_what_became_of_it(petugas, csrf, world, settings):
    with world.work() as session:
        source_by_name(session, "tegal").options = {"url": "https://isb.example.id/9/paket"}
    form = {"csrf_token": csrf(petugas.get("/karantina")), "sebab": RULE}
    asked = petugas.post("/karantina/baca-ulang", data=form, follow_redirects=True)
    assert asked.status_code == 200
    assert "menunggu pekerja" in asked.text and "0 dari 1 data dibaca" in asked.text
    assert 'hx-trigger="every 2s"' in asked.text and "Muat ulang" in asked.text
    assert read_by_the_worker(world, settings) == 1
    answer = petugas.get("/karantina")
    assert "every 2s" not in answer.text
    assert "Dibaca ulang 1 data: 0 kini menjadi permintaan" in answer.text
    assert "melewati masa simpan" in answer.text
    with world.read() as session:
        assert session.scalars(select(QuarantineRow.state)).one() == "waiting"
        (act,) = history(session, "source", "tegal")
        assert (act.actor, act.action, act.facts) == ("petugas", "quarantine.replay", {"waiting": 1, "expired": 1})
    assert "membaca ulang" in petugas.get("/sumber/tegal").text


def test_a_source_that_cannot_be_read_again_says_why(petugas, csrf, world, settings):
    """This one has no address among its settings."""
    form = {"csrf_token": csrf(petugas.get("/karantina")), "sebab": RULE}
    petugas.post("/karantina/baca-ulang", data=form)
    read_by_the_worker(world, settings)
    answer = petugas.get("/karantina")
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
    assert petugas.post("/karantina/baca-ulang", data=form).status_code == 303
    assert petugas.post("/karantina/baca-ulang", data=form).status_code == 303
    with world.read() as session:
        assert len(latest_replays(session)) == 1, "what is asked for twice is done once"
    assert read_by_the_worker(world, settings) == 1
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", petugas.get("/karantina").text))
    assert "Dibaca ulang 2 data: 1 kini menjadi permintaan, 1 tidak lagi menunggu." in said
    assert "1 masih gagal: katanya tidak ada di daftar kode pemetaan (1)." in said
    with world.read() as session:
        states = {row.reference: row.state for row in session.scalars(select(QuarantineRow))}
    assert states == {"RUP-900": "waiting", "K-3": "replayed", "K-4": "waiting", "K-5": "waiting"}


def test_a_source_that_is_not_approved_is_refused_before_the_worker_begins(petugas, csrf, world, jati):
    form = {"csrf_token": csrf(petugas.get("/karantina")), "sebab": "code_unknown", "sumber": "jati"}
    assert petugas.post("/karantina/baca-ulang", data=form).status_code == 409
    assert petugas.post("/karantina/baca-ulang", data=form | {"sumber": "tidak-ada"}).status_code == 404
    with world.read() as session:
        assert latest_replays(session) == []


def test_the_page_asks_on_while_the_worker_reads_and_is_made_anew_at_the_end(petugas, world, settings):
    with world.work() as session:
        ask_replay(session, RULE, None, "petugas")
        (claimed,) = REPLAYS.claim(session, 1, utcnow())
    part = petugas.get("/karantina/baca-ulang", headers={"HX-Request": "true"})
    assert "every 2s" in part.text and "HX-Refresh" not in part.headers
    assert petugas.get("/karantina/baca-ulang").status_code == 303
    read_again(world, settings, claimed)
    ended = petugas.get("/karantina/baca-ulang", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true" and "every 2s" not in ended.text


def test_a_reading_whose_worker_died_is_begun_again_and_given_up_after_the_second_time(world, settings):
    assert Replays in KINDS
    with world.work() as session:
        ask_replay(session, RULE, None, "petugas")
    for lapses, expected in enumerate((1, 1, 0)):
        with world.work() as session:
            assert len(REPLAYS.claim(session, 5, utcnow() + 2 * lapses * LAPSE)) == expected
    with world.read() as session:
        (row,) = session.scalars(select(ReplayRow))
        assert row.state == "failed" and "lihat log" in row.trouble


def refusals():
    """The codes with which connectors, and what keeps their records, refuse one."""
    root = Path(__file__).resolve().parents[2]
    calls = [
        call
        for folder in ("connectors", "exchange/sync")
        for path in (root / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"Refused", "Unfit", "Unreadable"} and call.args
    ]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def test_every_code_of_a_refusal_has_words():
    found = {code for code in refusals() if not code.startswith("schema:")}
    assert len(found) > 20
    assert not found - CAUSES.keys()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("schema:budget.amount", "anggaran tidak memenuhi syarat"),
        ("schema:periods.selection.start", "masa pemilihan tidak memenuhi syarat"),
        ("schema:x_y", "bentuknya tidak memenuhi syarat"),
        ("date_unreadable", "tanggalnya tidak terbaca"),
        ("milik_konektor_lain", "milik_konektor_lain"),
    ],
)
def test_a_cause_is_told_in_words_and_an_unknown_one_by_its_code(app, rule, said):
    with app.test_request_context("/"):
        assert cause(rule) == said


def test_pages_name_a_cause_in_words_and_its_code_stands_only_beside_the_causes(petugas):
    assert re.search(r">anggaran tidak memenuhi syarat</a> <code[^>]*>schema:budget\.amount</code>", petugas.get("/karantina").text)
    for path in ("/", "/sumber/tegal", "/sumber/tegal/karantina/1"):
        text = petugas.get(path).text
        assert "anggaran tidak memenuhi syarat" in text, path
        assert ">schema:budget.amount<" not in text, path
