"""Laws of the signature and of trying again, over whatever comes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from standardwebhooks import Webhook

from exchange.jobs.retrying import GIVEN_UP_AFTER, TRIES, Outcome, settle
from exchange.jobs.signing import signed_headers
from exchange.store.base import utcnow
from exchange.store.webhooks import WebhookDeliveryRow, WebhookRow


@given(st.binary(max_size=200), st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=2), st.integers(0, 5))
@examples(max_examples=50)
def test_any_body_is_verified_by_each_of_its_keys(body, keys, seconds):
    text = body.hex().encode()
    headers = signed_headers("msg_1", utcnow() - timedelta(seconds=seconds), text, keys)
    for key in keys:
        Webhook(key).verify(text, headers, json_parse=False)


@given(st.lists(st.sampled_from([500, 429, None]), min_size=TRIES), st.lists(st.floats(0, 10**9), min_size=TRIES), st.floats(0.9, 1.1))
@examples(max_examples=60)
def test_whatever_comes_in_vain_a_delivery_ends_within_a_day_of_its_first_try(statuses, waits, chance):
    begun = now = utcnow()
    webhook = WebhookRow(state="active", failures=0, good_at=None)
    delivery = WebhookDeliveryRow(state="waiting", tries=0, begun_at=begun)
    delivery.webhook = webhook
    why, last = None, now
    for status, wait in zip(statuses, waits, strict=False):
        why = settle(delivery, Outcome(status, "x", wait), now, lambda: chance)
        if delivery.next_at is None:
            break
        assert now < delivery.next_at <= begun + GIVEN_UP_AFTER
        last, now = now, delivery.next_at
    assert (delivery.state, why) == ("given_up", "failing")
    assert last <= now <= begun + GIVEN_UP_AFTER
    assert delivery.tries <= TRIES
