"""An event reaches its partner signed, is tried again for a day, and is never lost; a receiver on loopback, a clock that is set by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from connectors.kit.simulator import Canned, serve
from exchange.access import webhooks
from exchange.access.partners import add_partner, named, set_active, set_scopes, set_stage
from exchange.access.scopes import SCOPES
from exchange.access.telling import EVENTS, STAGE_CHANGED, tell
from exchange.access.webhooks import add_webhook, sealer, webhook_named
from exchange.jobs.retrying import GIVEN_UP_AFTER, LONGEST_WAIT, TRIES
from exchange.jobs.webhooks import KEPT, LEASE, Webhooks, forget_old_events
from exchange.jobs.worker import Worker
from exchange.store.base import utcnow
from exchange.store.webhooks import WebhookDeliveryRow, WebhookEventRow, deliveries_of

TODAY = datetime(2026, 11, 23, tzinfo=UTC).date()


class Clock:
    def __init__(self):
        self.now = utcnow() + timedelta(minutes=1)  # after all that the test makes happen, and near enough for the library's check

    def __call__(self):
        return self.now

    def on(self, **more):
        self.now += timedelta(**more)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def receiver():
    """A partner's server, which takes everything at `/` until it is told otherwise."""
    with serve(feeds=(), script={"/": [Canned(b"", status=204)]}) as served:
        yield served


@pytest.fixture
def hook(store, settings, receiver):
    """An address of a partner for everything, as (ident, secret)."""
    with store.work() as session:
        partner = add_partner(session, "kota-contoh", "Kota Contoh", "33.74", SCOPES, actor="uji")
        its = sealer(settings.secret_key)
        added = add_webhook(session, partner, receiver.base + "/", EVENTS, its, today=TODAY, local=True, actor="uji")
        return added.row.ident, added.secret


@pytest.fixture
def send(store, settings, clock):
    """Do what is due now, as the worker does; how many were tried."""
    kind = Webhooks(store, settings, clock)
    return lambda: Worker(store, settings, [kind]).run(once=True)


@pytest.fixture
def happen(store, hook):
    """An event; its identifier."""

    def happen(number=1):
        with store.work() as session:
            row = webhook_named(session, hook[0])
            return tell(session, STAGE_CHANGED, [row], {"number": number, "teks": "é €"}).ident

    return happen


def standing(store, ident):
    with store.read() as session:
        row = webhook_named(session, ident)
        return row, deliveries_of(session, row.id)


def test_an_event_comes_once_signed_and_is_known_as_sent(store, receiver, hook, happen, send, clock):
    message = happen()
    assert (send(), send()) == (1, 0)
    (asked,) = receiver.asked
    told = Webhook(hook[1]).verify(asked.body, dict(asked.headers))
    assert told["type"] == STAGE_CHANGED
    assert told["data"] == {"number": 1, "teks": "é €"}
    assert datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    assert asked.headers["webhook-id"] == message
    assert asked.headers["Content-Type"].startswith("application/json")
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 43 + "=").verify(asked.body, dict(asked.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(hook[1]).verify(asked.body + b" ", dict(asked.headers))
    row, (delivery,) = standing(store, hook[0])
    assert (delivery.state, delivery.tries, delivery.status, delivery.trouble) == ("sent", 1, 204, None)
    assert (row.good_at, row.leased_by, row.failures) == (clock.now, None, 0)


def test_while_a_secret_is_rotated_both_sign_and_after_a_day_the_new_one_alone(store, settings, receiver, hook, happen, send, clock):
    ident, old = hook
    with store.work() as session:
        new = webhooks.rotate(session, webhook_named(session, ident), sealer(settings.secret_key), actor="uji")
    happen()
    send()
    first = receiver.asked[-1]
    assert len(first.headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(first.body, dict(first.headers))
    happen()
    clock.on(hours=25)
    send()
    assert len(receiver.asked[-1].headers["webhook-signature"].split()) == 1
    with store.read() as session:
        kept = webhook_named(session, ident)
        assert old not in kept.secret + kept.old_secret
        assert new not in kept.secret


def test_a_receiver_that_fails_is_asked_again_for_a_day_with_one_identifier_and_then_its_address_is_suspended(
    store, receiver, hook, happen, send, clock
):
    receiver.script["/"] = [Canned(b"x", status=503)]
    message = happen()
    begun, waits = clock.now, []
    while not waits or waits[-1] is not None:
        assert send() == 1
        row, (delivery,) = standing(store, hook[0])
        waits.append(delivery.next_at)
        assert delivery.tries == len(waits)
        if delivery.next_at:
            assert (delivery.state, delivery.status, row.state) == ("failed", 503, "active")
            clock.now = max(delivery.next_at, row.rest_until)
    assert len(waits) == len(receiver.asked) == TRIES
    assert timedelta(hours=20) < clock.now - begun <= GIVEN_UP_AFTER
    assert {asked.headers["webhook-id"] for asked in receiver.asked} == {message}
    assert len({asked.headers["webhook-timestamp"] for asked in receiver.asked}) == TRIES
    assert (delivery.state, row.state, row.reason) == ("given_up", "suspended", "failing")
    happen()
    clock.on(days=1)
    assert send() == 0, "a suspended address is sent nothing"
    receiver.script["/"] = [Canned(b"", status=200)]
    with store.work() as session:
        webhooks.resume(session, webhook_named(session, hook[0]), actor="uji")
    clock.on(seconds=1)
    assert send() == 1, "what happened meanwhile was not lost"
    assert [each.state for each in standing(store, hook[0])[1]] == ["sent", "given_up"]


def test_an_event_that_its_receiver_never_takes_does_not_end_an_address_that_takes_others(store, receiver, hook, happen, send, clock):
    receiver.script["/"] = [Canned(b"x", status=500)]
    happen(1)
    send()
    with store.work() as session:
        session.query(WebhookDeliveryRow).update({"tries": TRIES - 1})
    receiver.script["/"] = [Canned(b""), Canned(b"x", status=500)]
    happen(2)
    clock.on(seconds=6)
    with store.work() as session:
        session.query(WebhookDeliveryRow).filter(WebhookDeliveryRow.tries > 0).update({"next_at": clock.now + timedelta(minutes=1)})
    send()
    clock.on(minutes=2)
    send()
    row, (second, first) = standing(store, hook[0])
    assert (first.state, second.state, row.state) == ("given_up", "sent", "active")


def test_410_ends_it_at_once(store, receiver, hook, happen, send):
    receiver.script["/"] = [Canned(b"", status=410)]
    happen()
    send()
    row, (delivery,) = standing(store, hook[0])
    assert (delivery.state, delivery.tries, row.state, row.reason) == ("given_up", 1, "suspended", "gone")


@pytest.mark.parametrize(("says", "seconds"), [("1200", 1200), ("999999999", LONGEST_WAIT), ("0", 4)])
def test_retry_after_is_honoured_within_bounds(store, receiver, hook, happen, send, clock, says, seconds):
    receiver.script["/"] = [Canned(b"", status=429, headers={"Retry-After": says})]
    happen()
    send()
    row, (delivery,) = standing(store, hook[0])
    assert (delivery.next_at - clock.now).total_seconds() >= seconds
    assert (delivery.next_at - clock.now).total_seconds() <= max(seconds, 6)
    assert row.rest_until >= min(delivery.next_at, clock.now + timedelta(seconds=seconds))


def test_other_events_of_an_address_that_fails_are_not_all_tried_in_vain(store, receiver, hook, happen, send):
    receiver.script["/"] = [Canned(b"", status=500)]
    for number in range(20):
        happen(number)
    assert send() == 1
    assert len(receiver.asked) == 1


def test_events_come_in_their_order(receiver, hook, happen, send):
    messages = [happen(number) for number in range(7)]
    assert send() == 7
    assert [asked.headers["webhook-id"] for asked in receiver.asked] == messages


@pytest.mark.parametrize(
    "answer", [Canned(b"", status=302, headers={"Location": "/lain"}), Canned(b"", status=304), Canned(b"x", status=404)]
)
def test_what_is_no_success_is_none_and_no_redirect_is_followed(store, receiver, hook, happen, send, answer):
    receiver.script.update({"/": [answer], "/lain": [Canned(b"")]})
    happen()
    send()
    assert [asked.target for asked in receiver.asked] == ["/"]
    assert standing(store, hook[0])[1][0].state == "failed"


def test_an_event_sent_again_by_hand_has_its_identifier_and_a_new_time(store, receiver, hook, happen, send, clock):
    message = happen()
    send()
    clock.on(hours=3)
    with store.work() as session:
        webhooks.redeliver(session, webhook_named(session, hook[0]), message, actor="uji")
    assert send() == 1
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == message
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 3 * 3600
    assert first.body == second.body


def test_a_key_of_the_node_that_changed_suspends_visibly_until_the_secret_is_made_anew(store, settings, receiver, hook, happen, clock):
    other = replace(settings, secret_key="1" * 64)
    happen()
    assert Worker(store, other, [Webhooks(store, other, clock)]).run(once=True) == 0
    row, _ = standing(store, hook[0])
    assert (row.state, row.reason, receiver.asked) == ("suspended", "key", [])
    with store.work() as session:
        new = webhooks.rotate(session, webhook_named(session, hook[0]), sealer(other.secret_key), actor="uji")
    clock.on(minutes=1)
    assert Worker(store, other, [Webhooks(store, other, clock)]).run(once=True) == 1
    Webhook(new).verify(receiver.asked[0].body, dict(receiver.asked[0].headers))


def test_a_partner_whose_access_is_closed_or_that_lost_the_scope_is_told_nothing(store, receiver, hook, send):
    with store.work() as session:
        row = webhook_named(session, hook[0])
        tell(session, "match.new", [row], {})
        set_scopes(session, named(session, "kota-contoh"), ["catalogue:read"], actor="uji")
        set_active(session, named(session, "kota-contoh"), False, actor="uji")
    assert send() == 0
    with store.work() as session:
        set_active(session, named(session, "kota-contoh"), True, actor="uji")
    assert send() == 0
    assert standing(store, hook[0])[1][0].state == "given_up"
    assert receiver.asked == []


def test_a_lease_that_nobody_gave_back_lapses_and_a_late_outcome_of_it_counts_for_nothing(store, settings, receiver, hook, happen, clock):
    happen()
    first, second = Webhooks(store, settings, clock), Webhooks(store, settings, clock)
    (slow,) = first.take(8)
    assert second.take(8) == []
    clock.on(seconds=LEASE.total_seconds() + 1)
    (again,) = second.take(8)
    receiver.script["/"] = [Canned(b"", status=500), Canned(b"")]
    slow()
    assert standing(store, hook[0])[1][0].tries == 0, "the address is another one's by now"
    again()
    assert (standing(store, hook[0])[1][0].state, len(receiver.asked)) == ("sent", 2)


def test_events_past_their_days_are_dropped_with_their_deliveries(store, hook, happen):
    happen(1)
    happen(2)
    with store.work() as session:
        old = session.query(WebhookEventRow).order_by(WebhookEventRow.id).first()
        old.made_at = utcnow() - KEPT - timedelta(hours=1)
    forget_old_events(store)
    with store.read() as session:
        assert [json.loads(row.body)["data"]["number"] for row in session.query(WebhookEventRow)] == [2]
        assert session.query(WebhookDeliveryRow).count() == 1


def test_an_event_is_kept_with_its_change_or_not_at_all(store, hook):
    with pytest.raises(RuntimeError), store.work() as session:
        set_stage(session, named(session, "kota-contoh"), "agreed", actor="uji")
        raise RuntimeError
    assert standing(store, hook[0])[1] == []
    with store.work() as session:
        set_stage(session, named(session, "kota-contoh"), "agreed", actor="uji")
    assert [each.event.type for each in standing(store, hook[0])[1]] == [STAGE_CHANGED]
