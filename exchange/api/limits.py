"""
How often a caller may ask, counted in the database for all server processes together, and what partners used.

Method: a process borrows a tenth of a caller's minute at a time and deals it out by itself, so that nine requests of ten cost the
database nothing; what it borrowed and did not deal out is lost to the others. So never more than the limit goes through in one minute,
whatever the number of processes. Where the database cannot be written, each process counts for itself and asks it again only after a
pause: the public's data stay readable, and no request waits for what the one before has waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from exchange.api import caller
from exchange.api.leases import Lease, Verdict, verdict
from exchange.errors import TokenRefused, TooOften
from exchange.store.base import Store, utcnow
from exchange.store.partners import Use, add_use
from exchange.store.rates import Drawn, draw
from exchange.wiring import settings

WINDOW = 60  # seconds
_SHARE = 10
_EVERY = 15.0  # seconds after which what partners used is written at the latest, if anybody asks anything
_PATIENCE = 2.0  # seconds that a reader may be held up by those who write
_MOST_CALLERS = 10_000  # that one process remembers; of more it asks the database again
_SKEW = 2  # windows that a clock may go back without a lease ending
_PAUSE = 10  # seconds until the database is tried again
_KEY = "exchange.limits"
_log = logging.getLogger(__name__)


class Limiter:
    """
    Deals out requests of one process; see the module.

    clock: seconds since 1970.
    """

    def __init__(self, database: Store, clock: Callable[[], float] = time.time) -> None:
        self._store, self._clock = database, clock
        self._lock = threading.Lock()
        self._leases: dict[str, Lease] = {}  # the longest unchanged first
        self._failed_at: float | None = None
        self._use: dict[tuple[int, str], list[int]] = {}
        self._tallies: dict[tuple[int, str], list[None]] = {}
        self._written_at = clock()

    def ready(self, bucket: str) -> list[int] | None:
        """
        What this process has ready of a caller's minute that runs now; None where it has borrowed nothing of it.

        For what is answered thousands of times a second: whoever takes a number off the end, which needs no lock, lets one request go
        and tells it that so many are left. Where there is none `take` must be asked, and asks again for what follows. Worth nothing
        when the minute is over, nor longer than a few seconds, since only `take` writes what partners used.
        """
        with self._lock:
            lease = self._leases.get(bucket)
            return lease.made_ready() if lease is not None and lease.window == self._clock() // WINDOW else None

    def take(self, bucket: str, limit: int) -> Verdict:
        """Whether a caller may ask once more in this minute, and what is left of it."""
        now = self._clock()
        window, resets = int(now // WINDOW), resets_in(now)
        if not 0 <= now - self._written_at < _EVERY and (self._use or any(self._tallies.copy().values())):
            self._written_at = now
            self.write_use()
        with self._lock:
            lease = self._lease(bucket, window)
            left = lease.deal()
            if left is not None or lease.dry:
                return verdict(lease, left, limit, resets)
            window = lease.window
        drawn = self._draw(bucket, window, limit, now)
        if drawn is not None and not drawn.granted and self._clock() // WINDOW > window:
            return self.take(bucket, limit)  # it waited in the queue of writers until that minute was over: the one that runs now decides
        with self._lock:
            lease = self._lease(bucket, window)
            if lease.window > window and drawn is not None:
                return Verdict(drawn.granted > 0, limit, drawn.left, resets)  # the minute turned meanwhile: its rest is worth nothing now
            if drawn is None:
                lease.held, lease.others = int(lease.used < limit), max(0, limit - lease.used - 1)
            else:
                lease.held, lease.others = lease.held + drawn.granted, drawn.left
            lease.dry = lease.held == 0
            return verdict(lease, lease.deal(), limit, resets)

    def _lease(self, bucket: str, window: int) -> Lease:
        """
        What this process holds of a caller's minute; a clock that goes back a little ends none.

        Where too many callers come in one minute the oldest lease is let go: what it held is lost, and its caller counted in the database.
        """
        lease = self._leases.get(bucket)
        if lease is None or not window <= lease.window <= window + _SKEW:
            self._leases.pop(bucket, None)
            while len(self._leases) >= _MOST_CALLERS:
                del self._leases[next(iter(self._leases))]
            lease = self._leases[bucket] = Lease(window)
        return lease

    def _draw(self, bucket: str, window: int, limit: int, now: float) -> Drawn | None:
        """Borrow from the database; None where it cannot be written, or could not be a moment ago."""
        if self._failed_at is not None and 0 <= now - self._failed_at < _PAUSE:
            return None
        counted = self._drain()
        try:
            with self._store.work(patience=_PATIENCE) as session:
                add_use(session, counted)
                drawn = draw(session, bucket, window, max(1, limit // _SHARE), limit)
        except SQLAlchemyError as error:
            if self._failed_at is None:
                _log.warning("requests are counted by this process alone: %s", type(error).__name__)
            self._failed_at = self._clock()
            if not isinstance(error, IntegrityError):  # use of a partner that is there no more would be refused for ever
                self._back(counted)
            return None
        if self._failed_at is not None:
            _log.warning("requests are counted in the database again")
            self._failed_at = None
        return drawn

    def note(self, partner: int, operation: str, refused: bool) -> None:
        """Count one request of a partner; written with the next borrowing, or with the first request after a quarter of a minute."""
        with self._lock:
            counted = self._use.setdefault((partner, operation), [0, 0])
            counted[0] += 1
            counted[1] += refused

    def tally(self, partner: int, operation: str) -> list[None]:
        """Where a partner's requests that are let through can be counted without a lock: each adds None to it."""
        with self._lock:
            return self._tallies.setdefault((partner, operation), [])

    def write_use(self) -> None:
        """Write what partners used until now; where the database cannot be written it waits for the next time."""
        if counted := self._drain():
            try:
                with self._store.work(patience=_PATIENCE) as session:
                    add_use(session, counted)
            except SQLAlchemyError as error:
                if not isinstance(error, IntegrityError):
                    self._back(counted)

    def _drain(self) -> list[Use]:
        with self._lock:
            taken, self._use = self._use, {}
            for key, marks in self._tallies.items():
                if number := len(marks):
                    del marks[:number]
                    taken.setdefault(key, [0, 0])[0] += number
        today = utcnow().date()
        return [Use(partner, today, operation, *counts) for (partner, operation), counts in taken.items()]

    def _back(self, counted: list[Use]) -> None:
        with self._lock:
            for one in counted:
                kept = self._use.setdefault((one.partner_id, one.operation), [0, 0])
                kept[0] += one.asked
                kept[1] += one.refused


def register(app: Flask, database: Store) -> None:
    """Count what comes through the machines' doors."""
    app.extensions[_KEY] = Limiter(database)
    app.before_request(_count)
    app.after_request(_tell)


def limiter() -> Limiter:
    """The counter of this process."""
    return cast(Limiter, current_app.extensions[_KEY])


def _count() -> None:
    """
    Let the request through, or not.

    Raises:
        TooOften: the minute is used up; `retry_after` says when to ask again. TokenRefused: a token that is none, counted as anybody's.
    """
    if not request.path.startswith(("/api/", "/oauth/", "/problems/")) or request.method == "OPTIONS":
        return
    policy, bucket, limit, refused = _policy()
    if limit:
        verdict = limiter().take(bucket, limit)
        g.exchange_rate = policy, verdict
        if not verdict.allowed:
            raise TooOften(
                f"Batas {limit} permintaan semenit sudah terpakai.",
                mend=f"Ulangi sesudah {verdict.resets} detik; mitra dengan token boleh lebih sering.",
                retry_after=verdict.resets,
            )
    if refused is not None:
        raise refused


def _policy() -> tuple[str, str, int, TokenRefused | None]:
    """The policy's name, whose minute it is, its limit, and what is wrong with the token."""
    its = settings()
    if request.path.startswith("/oauth/"):
        return "token", f"t:{_address()}", its.rate_token, None
    try:
        asking = caller.partner()
    except TokenRefused as error:
        return "public", f"a:{_address()}", its.rate_public, error
    if asking is not None:
        return "partner", f"p:{asking.number}", its.rate_partner if asking.per_minute is None else asking.per_minute, None
    return "public", f"a:{_address()}", its.rate_public, None


def _address() -> str:
    return address_word(request.remote_addr or "", settings().secret_key)


@lru_cache(maxsize=4096)
def address_word(said: str, secret: str) -> str:
    """An address as a word that tells none; of IPv6 the network of one subscriber (/64)."""
    with suppress(ValueError):  # a server on a socket file has no addresses
        address = ip_address(said)
        address = getattr(address, "ipv4_mapped", None) or address  # a socket for both versions tells IPv4 so; they share one /64
        said = str(address) if address.version == 4 else str(ip_network(f"{address}/64", strict=False))
    return blake2b(said.encode(), digest_size=16, key=secret.encode()[:64]).hexdigest()


def told(policy: str, verdict: Verdict) -> list[tuple[str, str]]:
    """What a caller is told of its minute (draft-ietf-httpapi-ratelimit-headers-11)."""
    return [policy_told(policy, verdict.limit), left_told(policy, verdict.remaining, verdict.resets)]


def policy_told(policy: str, limit: int) -> tuple[str, str]:
    """How many requests a minute has, as a header."""
    return "RateLimit-Policy", f'"{policy}";q={limit};w={WINDOW}'


def left_told(policy: str, remaining: int, resets: int) -> tuple[str, str]:
    """What is left of a minute, as a header."""
    before, behind = around_left(policy, resets)
    return "RateLimit", f"{before}{remaining}{behind}"


def around_left(policy: str, resets: int) -> tuple[str, str]:
    """What stands before and behind the number that is left, in the value of `RateLimit`."""
    return f'"{policy}";r=', f";t={resets}"


def resets_in(now: float) -> int:
    """Seconds until the minute that runs is over."""
    return WINDOW - int(now % WINDOW)


def _tell(response: Response) -> Response:
    """Say what is left of the minute, and count what a partner asked."""
    rate = g.get("exchange_rate")
    if rate is not None:
        for name, value in told(*rate):
            response.headers.add(name, value)
    asking = g.get("exchange_partner")
    if asking is not None:
        limiter().note(asking.number, (request.endpoint or "none")[:80], 400 <= response.status_code < 500)
    return response
