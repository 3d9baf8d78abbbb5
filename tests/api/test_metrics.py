"""The figures for a watcher: who may read them, and that unknown is left out rather than 0."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange.app import create_app
from exchange.store.base import utcnow
from exchange.store.nights import close_night, open_night
from exchange.store.sources import SourceRow, all_sources

REMOTE = {"REMOTE_ADDR": "203.0.113.9"}
LINE = re.compile(r'(# (HELP|TYPE) exchange_\w+ .+|exchange_\w+(\{(\w+="(?:[^"\\\n]|\\.)*",?)+\})? -?[\d.e+]+)')


def figures(text):
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_before_the_first_night_nothing_is_said_of_it(visitor, store):
    told = figures(visitor.get("/metrics").text)
    assert "exchange_last_night_timestamp_seconds" not in told
    assert told["exchange_quarantine_waiting"] == "0"


def test_the_figures_of_the_last_night_that_ended_stand_while_the_next_one_runs(visitor, store):
    ended = datetime(2026, 11, 23, 1, 20, 5, tzinfo=UTC)
    brief = {"seconds": 305.2, "needs": 2, "states": {"complete": 7, "failed": 1}}
    with store.work() as session:
        close_night(session, open_night(session, ended, ended - ended).id, ended, {}, brief)
        open_night(session, utcnow(), ended - ended)
        session.add(SourceRow(name='a"b\\c', connector="ocds", region="33.74", state="approved", health="lapsed", last_good_at=ended,
                              options={"url": "https://isb.example.id/rahasia"}))  # fmt: skip
        session.add(SourceRow(name="baru", connector="ocds", region="33.74"))
    answer = visitor.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(LINE.fullmatch(line) for line in answer.text.splitlines())
    told = figures(answer.text)
    assert float(told["exchange_last_night_timestamp_seconds"]) == ended.timestamp()
    assert told["exchange_last_night_duration_seconds"] == "305.2"
    assert told["exchange_last_night_needs"] == "2"
    assert (told['exchange_last_night_runs{state="complete"}'], told['exchange_last_night_runs{state="partial"}']) == ("7", "0")
    assert told['exchange_sources{health="lapsed"}'] == "1"
    with store.read() as session:
        approved = len(all_sources(session, "approved"))
    healths = [int(told[f'exchange_sources{{health="{health}"}}']) for health in ("good", "failing", "lapsed")]
    assert sum(healths) == approved, "one that nobody approved is not asked"
    assert 'exchange_source_last_good_timestamp_seconds{source="a\\"b\\\\c"}' in told
    assert "rahasia" not in answer.text
    assert "isb.example.id" not in answer.text


def test_demands_are_counted_as_live_held_and_withdrawn(world, staff, store):
    from sqlalchemy import select

    from exchange.store.demands import DemandRow

    with store.work() as session:
        first, second, *_ = session.scalars(select(DemandRow).where(DemandRow.state == "live").order_by(DemandRow.id))
        first.missing_since = utcnow()
        second.missing_since, second.state = utcnow(), "withdrawn"
        count = len(list(session.scalars(select(DemandRow))))
    told = figures(staff.get("/metrics", environ_overrides=REMOTE).text)
    found = {state: int(told[f'exchange_demands{{state="{state}"}}']) for state in ("live", "held", "withdrawn")}
    assert found["held"] == 1
    assert found["withdrawn"] >= 1
    assert sum(found.values()) == count
    assert int(told["exchange_feed_position"]) > 0


def test_addresses_of_partners_are_counted_by_why_they_are_suspended_and_what_waits_for_them(visitor, store, settings):
    from exchange.access import webhooks
    from exchange.access.partners import add_partner, named, set_active
    from exchange.access.scopes import SCOPES
    from exchange.access.telling import EVENTS

    its = webhooks.sealer(settings.secret_key)
    with store.work() as session:
        partner = add_partner(session, "kota-angka", "Kota Angka", "33.74", SCOPES, actor="uji")
        urls = [f"https://angka.example.id/kunci-{number}" for number in range(4)]
        rows = [webhooks.add_webhook(session, partner, url, EVENTS, its, today=settings.day(), actor="uji").row for url in urls]
        for row in rows[:3]:
            webhooks.ping(session, row, actor="uji")
        webhooks.ping(session, rows[0], actor="uji").state = "sent"
        for row, reason in zip(rows, ("failing", "failing", "office"), strict=False):
            webhooks.suspend(session, row, reason, actor="uji")
    answer = visitor.get("/metrics")
    told = figures(answer.text)
    assert all(LINE.fullmatch(line) for line in answer.text.splitlines())
    by_reason = {name: told[f'exchange_webhooks_suspended{{reason="{name}"}}'] for name in ("failing", "gone", "office", "key")}
    assert by_reason == {"failing": "2", "gone": "0", "office": "1", "key": "0"}
    assert (told["exchange_webhooks_active"], told["exchange_webhook_events_waiting"]) == ("1", "3")
    assert "kunci" not in answer.text and "kota-angka" not in answer.text
    with store.work() as session:
        set_active(session, named(session, "kota-angka"), False, actor="uji")
    told = figures(visitor.get("/metrics").text)
    assert (told["exchange_webhooks_active"], told["exchange_webhook_events_waiting"]) == ("0", "0")


@pytest.mark.parametrize(
    ("headers", "remote", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "203.0.113.9", 401),
        ({}, "10.0.0.4", 401),
        ({"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1", 401),
        ({"Forwarded": "for=203.0.113.9"}, "127.0.0.1", 401),
        ({"Host": "bursa.contoh.go.id"}, "127.0.0.1", 401),
        ({"Host": "jahat.example:8000"}, "127.0.0.1", 401),
        ({"Host": "127.0.0.1:8000"}, "127.0.0.1", 200),
        ({"Host": "[::1]:8000"}, "::1", 200),
        ({"Authorization": "Bearer "}, "203.0.113.9", 401),
    ],
)
def test_without_a_token_only_this_machine_itself_reads(visitor, headers, remote, status):
    answer = visitor.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": remote})
    assert answer.status_code == status
    if status == 401:
        assert "EXCHANGE_METRICS_TOKEN" in answer.get_json()["mend"]
        assert "exchange_" not in answer.text


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Bearer sandi-pengamat", 200),
        ("bearer  sandi-pengamat", 200),
        ("Bearer sandi", 401),
        ("Basic sandi-pengamat", 401),
        ("Bearer sandi-pengamat\u00e9", 401),
        (None, 401),
    ],
)
def test_where_a_token_is_set_its_bearer_reads_from_anywhere_and_this_machine_no_more(settings, store, given, status):
    client = create_app(replace(settings, metrics_token="sandi-pengamat"), store).test_client()
    for remote in ("203.0.113.9", "127.0.0.1"):
        headers = {} if given is None else {"Authorization": given}
        assert client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": remote}).status_code == status


def test_behind_a_proxy_that_is_trusted_the_caller_is_whom_the_proxy_names(settings, store):
    client = create_app(replace(settings, secure_cookies=True), store).test_client()
    for said in ("203.0.113.9", "127.0.0.1"):
        answer = client.get("/metrics", headers={"X-Forwarded-For": said}, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
        assert answer.status_code == 401, "the header alone says that somebody else asks"


def test_what_prometheus_accepts_is_answered_and_json_alone_is_not(visitor):
    accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
    assert visitor.get("/metrics", headers={"Accept": accept}).status_code == 200
    assert visitor.get("/metrics", headers={"Accept": "application/json"}).status_code == 406


def test_the_figures_cost_eight_statements_however_many_sources_there_are(visitor, store):
    from sqlalchemy import event

    with store.work() as session:
        session.add_all(SourceRow(name=f"s{n}", connector="ocds", region="33.75", state="approved") for n in range(30))
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cur, said, *_: seen.append(said))
    assert visitor.get("/metrics").status_code == 200
    assert len([said for said in seen if said.startswith("SELECT")]) == 8
