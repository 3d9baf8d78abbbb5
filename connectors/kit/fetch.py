"""
The only way out of the process.

Each answer is handed to `keep` before anything reads it, whatever its status. Addresses leave this module masked, and
errors are raised outside of the library's own, whose texts repeat the whole address.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import requests
from urllib3.exceptions import HTTPError as TransportError

from connectors.kit.answer import Answer, AnswerMeta, Earlier, Keep, KnownAnswer, Recall, RunFacts, request_digest
from connectors.kit.document import read_json
from connectors.kit.errors import (
    Forbidden,
    RedirectElsewhere,
    SourceError,
    TimedOut,
    TooMuch,
    Truncated,
    Unreachable,
)
from connectors.kit.limits import Limits
from connectors.kit.masking import mask, quiet_libraries
from connectors.kit.origin import joined, origin
from connectors.kit.pace import Pace
from connectors.kit.session import Guard, Watch, guarded_session
from connectors.kit.status import AGAIN, check_status, retry_after
from connectors.kit.transfer import Came, in_words, receive

log = logging.getLogger("connectors.fetch")

AGENT = "trade-exchange/0.1"
_MOVED = frozenset({301, 302, 303, 307, 308})
_UNCHANGED = 304
_KEPT_HEADERS = (
    "content-type", "content-length", "content-encoding", "date", "etag", "last-modified", "retry-after", "server", "transfer-encoding",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tried:
    """What one try led to: an answer (and where it redirects to, and how long it asks to wait) or a failure."""

    answer: Answer | None = None
    moved_to: str | None = None
    failure: SourceError | None = None
    wait: float | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the same question can have a better answer a little later."""
        if self.answer is not None:
            return self.answer.meta.status in AGAIN
        return type(self.failure) in (Unreachable, Truncated, TimedOut)

    def outcome(self) -> tuple[Answer, str | None]:
        if self.answer is None:
            assert self.failure is not None
            raise self.failure
        return self.answer, self.moved_to


class Fetch:
    """
    Answers of one run of one source.

    Args:
        keep: takes the bytes and facts of each answer and returns its digest.
        approved: addresses whose scheme, host and port may be asked; all else is refused.
        local: whether loopback may be reached (one session for each policy).
        limits: bounds of the run.
        headers: what a connector wants sent beside the usual headers, by address (`Connector.headers`).
        earlier: gives an earlier run's answer to the same request, so that the source need not send it again where it is unchanged.
        take_known: told an answer's digest and its number of rows, says whether all its listings stand as it says already, and then
            takes them for named (see `Connector.page`).
        known, remember: for connectors that need not even open an answer that came before: told its digest, and how to have its calm
            one (`kit/calm`, empty where there is none), what it held, or None where it must be read; and what to keep of one that was
            read through, its references aside.
        pace: shared with other sources of the process; None asks without waiting for a turn.
        recall: gives answers that an earlier, broken-off part of the same run has already; they are not asked for again.
        cursor: where an earlier run came to, of a source that tells what changed; None asks for all that there is.
        contact: how the source's operator reaches ours; stands in the user agent.
        guard, sleep, clock: replaced in tests.
    """

    def __init__(
        self,
        keep: Keep,
        approved: Iterable[str],
        *,
        local: bool = False,
        limits: Limits | None = None,
        headers: Callable[[str], Mapping[str, str]] | None = None,
        pace: Pace | None = None,
        recall: Recall | None = None,
        earlier: Callable[[str], Earlier | None] = lambda _request: None,
        take_known: Callable[[str, int], bool] = lambda _digest, _rows: False,
        known: Callable[[str, Callable[[], bytes]], KnownAnswer | None] = lambda _digest, _calm: None,
        remember: Callable[[str, KnownAnswer, bytes], None] = lambda _digest, _held, _calm: None,
        cursor: str | None = None,
        contact: str = "operator simpul pertukaran daerah",
        guard: Guard | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        quiet_libraries()
        self.limits = limits or Limits()
        self.facts = RunFacts()
        self._keep = keep
        self._approved = frozenset(origin(url) for url in approved)
        self._guard = guard or Guard(local=local)
        self._guard.approved = self._approved
        self.take_known = take_known
        self.known, self.remember = known, remember
        self.cursor = cursor
        self._earlier = earlier
        self._pace = pace
        self._recall = recall or (lambda _request: None)
        self._headers = headers or (lambda _url: {})
        self._session = guarded_session(self._guard, f"{AGENT} ({contact})")
        self._sleep = sleep
        self._clock = clock

    def __enter__(self) -> Fetch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def json(self, url: str) -> tuple[Answer, Any]:
        """An answer and the JSON value it holds."""
        answer = self.get(url)
        return answer, read_json(answer.body, self.limits, answer.digest)

    def get(self, url: str, accept: str = "application/json") -> Answer:
        """
        The whole, successful answer of an address.

        Follows redirects within the approved origin only; tries again on 429, 5xx and broken connections.

        Raises:
            SourceError: with the rule of what came instead.
        """
        deadline = self._clock() + self.limits.total
        for _ in range(self.limits.redirects + 1):
            self._check_approved(url)
            had = self._recall(request_digest(url, accept))
            answer, moved_to = (had, None) if had else self._with_patience(url, accept, deadline)
            if moved_to is None:
                check_status(answer)
                self.facts.saw(answer)
                return answer
            url = self._next_stop(url, moved_to, answer)
        raise RedirectElsewhere(f"{mask(url)} mengalihkan lebih dari {self.limits.redirects} kali.")

    def _check_approved(self, url: str) -> None:
        if origin(url) not in self._approved:
            raise Forbidden(f"Alamat {mask(url)} di luar host yang disetujui untuk sumber ini.")

    def _next_stop(self, url: str, location: str, answer: Answer) -> str:
        """Where a redirect leads, if that is approved; raises RedirectElsewhere where it is not or cannot be read."""
        try:
            target = joined(url, location)
            approved = origin(target) in self._approved
        except Forbidden:
            target, approved = location, False
        if not approved:
            raise RedirectElsewhere(
                f"Sumber mengalihkan dari {mask(url)} ke tempat lain ({mask(target)}); pengalihan itu tidak diikuti.",
                answer=answer.digest,
            )
        return target

    def _with_patience(self, url: str, accept: str, deadline: float) -> tuple[Answer, str | None]:
        """The last try's answer and where it redirects to; pauses between tries within the deadline."""
        for attempt in range(1, self.limits.tries + 1):
            tried = self._once(url, accept, deadline)
            pause = self._pause(attempt, tried.wait) if attempt < self.limits.tries and tried.may_pass else None
            if pause is None or self._clock() + pause >= deadline:
                return tried.outcome()
            log.info("trying again in %.1f s: %s", pause, mask(url))
            self._sleep(pause)
        raise AssertionError("tries is at least 1")

    def _pause(self, attempt: int, wait: float | None) -> float | None:
        """Seconds until the next try, doubled each time and jittered; None where the source asks for too long."""
        if wait is not None:
            return wait if wait <= self.limits.longest_pause else None
        return float(min(self.limits.longest_pause, 2 ** (attempt - 1)) * random.uniform(0.5, 1.5))

    def _once(self, url: str, accept: str, deadline: float) -> _Tried:
        """One try, within what is left of the time."""
        if self.facts.requests >= self.limits.requests:
            raise TooMuch("too_many_requests", f"Sumber menuntut lebih dari {self.limits.requests} permintaan HTTP dalam satu kali ambil.")
        self.facts.requests += 1
        left = deadline - self._clock()
        if left <= 0:
            return _Tried(failure=_out_of_time(url, self.limits))
        if self._pace is None:
            return self._try(url, accept, left)
        with self._pace.turn(origin(url), left) as mine:
            left = deadline - self._clock()
            return self._try(url, accept, left) if mine and left > 0 else _Tried(failure=_out_of_time(url, self.limits))

    def _try(self, url: str, accept: str, left: float) -> _Tried:
        came: Came | None = None
        failure: SourceError | None = None
        earlier = self._earlier(request_digest(url, accept))
        with Watch(left) as watch:
            self._guard.watch = watch
            try:
                came = self._exchange(url, accept, left, watch, earlier)
            except SourceError as error:  # from the guard: already said in words of ours
                failure = error
            except (requests.RequestException, TransportError, OSError, ValueError) as error:
                failure = in_words(error, url)
            finally:
                self._guard.watch = None
            if watch.expired:
                failure = _out_of_time(url, self.limits)
        if came is None:
            return _Tried(failure=failure)
        if earlier is not None and came.status == _UNCHANGED and failure is None and came.failure is None:
            self.facts.bytes_sent += came.sent
            return _Tried(earlier.take())
        return self._keep_it(came, url, accept, failure)

    def _keep_it(self, came: Came, url: str, accept: str, failure: SourceError | None) -> _Tried:
        """Hand what came to the archive, whole or not, before anything reads it."""
        failure = failure or came.failure
        shown = {name: came.headers[name] for name in _KEPT_HEADERS if name in came.headers}
        meta = AnswerMeta(mask(url), came.status, shown, came.sent, came.declared, failure is None, request_digest(url, accept))
        digest = self._keep(came.body, meta)
        self.facts.bytes_sent += came.sent
        self.facts.bytes_expanded += len(came.body)
        log.info("%s %d, %d bytes", meta.address, meta.status, meta.sent)
        if failure is not None:
            failure.answer = digest
            return _Tried(failure=failure)
        moved = came.headers.get("location") if came.status in _MOVED else None
        return _Tried(Answer(came.body, meta, digest), moved, None, retry_after(came.headers.get("retry-after")))

    def _exchange(self, url: str, accept: str, left: float, watch: Watch, earlier: Earlier | None) -> Came:
        conditions = {} if earlier is None else earlier.conditions()
        response = self._send(url, {"Accept": accept, **conditions, **self._headers(url)}, left)
        try:
            return receive(response, url, watch, self.limits)
        finally:
            response.close()

    def _send(self, url: str, headers: Mapping[str, str], left: float) -> requests.Response:
        return self._session.get(
            url,
            headers=dict(headers),
            stream=True,
            allow_redirects=False,
            timeout=(min(self.limits.connect, left), min(self.limits.read, left)),
        )


def _out_of_time(url: str, limits: Limits) -> TimedOut:
    return TimedOut(f"{mask(url)} tidak selesai menjawab dalam {limits.total:g} detik.")
