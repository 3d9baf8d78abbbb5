"""What one try to deliver an event leads to: sent, tried again later, given up, or the whole address suspended."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from exchange.store.webhooks import WebhookDeliveryRow

GIVEN_UP_AFTER = timedelta(hours=24)
# from each try in vain to the next one, in seconds; the last ends within the 24 hours
STEPS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 6 * 3600)
TRIES = len(STEPS) + 1
LONGEST_WAIT = 10 * 3600.0
_GONE = 410
_REST = 5.0
_LONGEST_REST = 300.0


class Outcome(NamedTuple):
    """What came of a try. status: of the answer, None where none came; trouble: what was wrong; wait: seconds asked for by Retry-After."""

    status: int | None = None
    trouble: str | None = None
    wait: float | None = None

    @property
    def is_sent(self) -> bool:
        """Whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300


def settle(
    delivery: WebhookDeliveryRow, outcome: Outcome, now: datetime, chance: Callable[[], float] = lambda: random.uniform(0.9, 1.1)
) -> str | None:
    """
    Write what came of a try into a delivery and its address (loaded).

    Returns: why the address is to be suspended, None where it is not.
    """
    webhook = delivery.webhook
    delivery.tries += 1
    delivery.last_at, delivery.status, delivery.trouble, delivery.next_at = now, outcome.status, outcome.trouble, None
    webhook.leased_by, webhook.leased_until = None, now
    if outcome.is_sent:
        delivery.state = "sent"
        webhook.good_at, webhook.failures, webhook.rest_until = now, 0, None
        return None
    if outcome.status == _GONE:
        delivery.state = "given_up"
        return "gone"
    wait = min(outcome.wait or 0.0, LONGEST_WAIT)
    webhook.failures += 1
    # the other events of an address that fails are not all tried in vain at once
    webhook.rest_until = now + timedelta(seconds=max(min(_LONGEST_REST, _REST * 2 ** min(webhook.failures - 1, 10)), wait))
    begun = delivery.begun_at or now
    if delivery.tries >= TRIES or now >= begun + GIVEN_UP_AFTER:
        delivery.state = "given_up"
        return "failing" if webhook.good_at is None or webhook.good_at < begun else None
    pause = timedelta(seconds=max(STEPS[delivery.tries - 1] * chance(), wait))
    delivery.state, delivery.next_at = "failed", min(now + pause, begun + GIVEN_UP_AFTER)
    return None
