"""
How a source fares over its nights: a circuit breaker, and one notice instead of one a night.

Of the best-kept collection of such sources a quarter is lapsed or broken. One that fails is asked less and less often, told about once
when it begins to fail, once when it has lapsed, and once when it is back; its demands stay shown as the last good ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from exchange.settings import Settings
from exchange.store.sources import SourceRow

_LONGEST = timedelta(days=7)
# a nightly run begins at about the same hour: the pause ends somewhat before it
_EARLIER = timedelta(hours=6)


class Health(NamedTuple):
    """
    What a night left of a source. health: one of `HEALTH`; failures: nights in a row without a list; next_try_at: None for the next
    night; notice: the sentence that somebody must read once (Indonesian), None where nothing new happened.
    """

    health: str
    failures: int
    last_good_at: datetime | None
    next_try_at: datetime | None
    notice: str | None


def after_list(source: SourceRow, now: datetime, settings: Settings) -> Health:
    """A run brought a list, whole or not; one out of a file that was sent is as old as the file, however often it is read."""
    notice = None
    if source.upload is not None:
        sent = min(now, datetime.fromisoformat(source.upload["at"]))
        if now - sent >= timedelta(days=settings.lapse_days):
            if source.health != "lapsed":
                notice = f"Daerah tidak mengirim berkas baru sejak {sent:%d-%m-%Y}; datanya ditandai lama sampai berkas berikutnya."
            return Health("lapsed", 0, sent, None, notice)
    else:
        sent = now
    if source.health == "lapsed":
        notice = f"Sumber menjawab lagi, setelah {_days(now, source.last_good_at or source.made_at)} hari."
    return Health("good", 0, sent, None, notice)


def after_failure(source: SourceRow, now: datetime, settings: Settings) -> Health:
    """A run brought no list at all."""
    failures = source.failures + 1
    good = source.last_good_at or source.made_at
    lapsed = now - good >= timedelta(days=settings.lapse_days)
    wait = timedelta(0)
    if failures >= settings.breaker_failures:
        wait = min(_LONGEST, timedelta(days=2 ** min(10, failures - settings.breaker_failures))) - _EARLIER
    notice = None
    if lapsed and source.health != "lapsed":
        notice = f"Sumber tidak mengirim daftar sejak {good:%d-%m-%Y}; mulai sekarang ia jarang ditanya dan datanya ditandai lama."
    elif source.health == "good":
        notice = "Sumber mulai gagal; ia dicoba lagi dengan sendirinya dan tidak dilaporkan lagi sampai keadaannya berubah."
    return Health("lapsed" if lapsed else "failing", failures, source.last_good_at, now + wait if wait else None, notice)


def keep(source: SourceRow, health: Health) -> None:
    """Write it into the source's row."""
    source.health, source.failures = health.health, health.failures
    source.last_good_at, source.next_try_at = health.last_good_at, health.next_try_at


def _days(now: datetime, since: datetime) -> int:
    return max(0, (now - since).days)
