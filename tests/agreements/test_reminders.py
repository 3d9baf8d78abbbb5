"""Ends are told of in time and once at each mark; nothing is decided by waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from exchange.access.partners import named as partner_named
from exchange.agreements.node import Node
from exchange.agreements.reminders import BEFORE, reminders
from exchange.agreements.steps import named
from exchange.jobs.cases import look_after_cases
from exchange.jobs.letters import is_due, left_by
from exchange.settings import Settings
from exchange.store.agreements import AgreementStepRow, steps_of
from exchange.store.base import Store, utcnow

from .cases import TODAY, go, go_until, new_case

ENDS = date(2028, 11, 27)


def told(node: Node, store: Store, ident: str, today: date) -> dict[str, tuple[int, int]]:
    with store.read() as session:
        return {one.kind: (one.days, one.step) for one in reminders(node.rules, named(session, ident), today, 30)}


@pytest.fixture
def running(store: Store, node: Node, office: str) -> str:
    with store.work() as session:
        return go_until(session, node, new_case(session, node, partner_named(session, office)), "laksanakan").ident


def test_an_end_is_told_of_at_each_mark_and_what_is_carried_out_does_not_stand_still(store: Store, node: Node, running: str):
    seen = {left: told(node, store, running, ENDS - timedelta(left)) for left in (200, 91, 90, 89, 60, 30, 8, 7, 1, 0)}
    assert seen[200] == {} == seen[91]
    assert [seen[left]["akhir"][1] for left in (90, 89, 60, 30, 8, 7, 1, 0)] == [1, 1, 2, 3, 3, 4, 4, 5]
    assert told(node, store, running, ENDS + timedelta(3))["lewat"] == (3, 1)
    assert len(BEFORE) == 5


def test_days_of_a_text_that_is_not_signed_yet_end_nothing(store: Store, node: Node, office: str):
    with store.work() as session:
        ident = go_until(session, node, new_case(session, node, partner_named(session, office)), "bekukan_pks").ident
    assert "akhir" not in told(node, store, ident, ENDS - timedelta(1))


def test_a_stage_that_stands_still_is_told_of_and_stays_where_it_is(store: Store, node: Node, settings: Settings, office: str):
    with store.work() as session:
        row = go_until(session, node, new_case(session, node, partner_named(session, office)), "kirim_penawaran")
        row.state_since = utcnow() - timedelta(65)
        ident, before = row.ident, len(steps_of(session, row.id))
    today = utcnow().date()
    assert told(node, store, ident, today)["diam"][1] == 2
    found = look_after_cases(store, replace(settings, today=today))
    assert {(need.source, need.kind, need.path) for need in found} >= {(ident, "diam", f"/kerja-sama/{ident}")}
    with store.read() as session:
        row = named(session, ident)
        assert (row.state, len(steps_of(session, row.id))) == ("penawaran", before)


def test_the_answer_about_the_council_is_asked_for_again_in_the_next_budget_year(store: Store, node: Node, office: str):
    with store.work() as session:
        ident = go_until(session, node, new_case(session, node, partner_named(session, office)), "susun_pks").ident
    assert "dprd" not in told(node, store, ident, date(2026, 12, 31))
    assert told(node, store, ident, date(2027, 1, 1))["dprd"] == (0, 2027)
    with store.work() as session:
        row = go(session, node, named(session, ident), "jawab_ulang_dprd", on=date(2027, 1, 4))
        assert (row.state, row.facts["tahun_apbd"]) == ("ttd_kb", 2027)


def test_a_letter_goes_once_for_each_mark(store: Store, settings: Settings, running: str):
    letter: dict[str, object] = {}
    went = []
    for left in range(95, -1, -1):
        needs = look_after_cases(store, replace(settings, today=ENDS - timedelta(left)))
        now = utcnow()  # within a week: what stands is not told again for that
        sent = is_due(needs, letter, now)
        letter = left_by(needs, letter, now, sent=sent)
        if sent:
            went.append(left)
    assert went == list(BEFORE)


def test_a_night_writes_down_what_a_contract_opens_no_more_and_finds_a_touched_history(store: Store, settings: Settings, running: str):
    look_after_cases(store, replace(settings, today=ENDS + timedelta(1)))
    with store.work() as session:
        assert partner_named(session, "kota-semarang").stage == "agreed"
        session.query(AgreementStepRow).filter_by(number=4).update({"note": "diubah"})
    found = look_after_cases(store, replace(settings, today=TODAY))
    assert [need.what for need in found if need.kind == "riwayat"] == ["Riwayat perkara tidak utuh mulai langkah ke-4."]
