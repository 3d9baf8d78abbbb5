"""
Long lists of what is new: a second process translates the next batch while the database takes the one before.

Translating is pure, so it may be done anywhere; what was found is used only where the batch would have translated the listing itself.
"""

from __future__ import annotations

import gc
import logging
import marshal
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import orjson

from connectors.kit import Connector, RawListing, Refused, Skip
from exchange.access.segments import canonical_time, demand_table
from exchange.demand.intake import kept_reference
from exchange.demand.rows import COLUMNS, Made, make, place_of
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.sync.registry import make as make_connector

log = logging.getLogger("exchange.ahead")

# starting a process takes about as long as translating so many
WORTH_A_PROCESS = 2_000
_PUBLISHED = COLUMNS.index("published_at")
_MADE, _SKIPPED, _REFUSED, _OTHER = range(4)
# one such process beside this one: more would only share the same cores
_beside = threading.Semaphore(1)


def keep_to_one_process() -> None:
    """From now on nothing is translated beside this process: it is one of several that share the cores already."""
    _beside.acquire(blocking=False)


class Given(NamedTuple):
    """Who translates: the connector's name and settings; for which source, of which region, under which policy table."""

    connector: str
    options: Mapping[str, str]
    source: str
    region: str
    table: str


class Found(NamedTuple):
    """
    What became of one listing: its hash, and the row that it would be as a new demand, the reason why it is skipped, or the rule that
    it breaks and in what words.

    All None: the batch has to translate it.
    """

    digest: str
    made: Made | None = None
    skipped: str | None = None
    refused: tuple[str, str] | None = None


class Prepared(NamedTuple):
    """A batch, when its rows were made, and what was found of each listing; None where nothing was done ahead."""

    listings: Sequence[RawListing]
    now: datetime
    found: Sequence[Found] | None = None


class Ahead:
    """
    Batches with what a second process found of them; that process starts with the first batch worth it, and ends with this object.

    Where it cannot be had, or dies, batches come as they are.
    """

    def __init__(self, given: Given, *, wanted: bool) -> None:
        self._given = given
        self._process: Any = None
        self._pipe: Connection | None = None
        self._sent: datetime | None = None
        self._wanted = wanted and (os.cpu_count() or 1) > 1

    @classmethod
    def of(cls, source: SourceRow, connector: Connector, settings: Settings) -> Ahead:
        """What translates ahead for a run of a source; nothing does where work runs in one process, or the source tells what changed."""
        given = Given(source.connector, source.options, source.name, source.region, demand_table(source, settings.home_region))
        return cls(given, wanted=settings.executor != "serial" and not connector.incremental)

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def prepared(self, batches: Iterable[Sequence[RawListing]], known: Mapping[str, Any]) -> Iterator[Prepared]:
        """Each batch in order, and what came before an error before that is raised. known: what needs no translating, by reference."""
        waiting: Sequence[RawListing] | None = None
        walk = iter(batches)
        while True:
            error: Exception | None = None
            try:
                listings = next(walk, None)
            except Exception as caught:
                listings, error = None, caught
            ready = None if waiting is None else self._received(waiting)
            if listings is not None:
                self._send(listings, known)
            if ready is not None:
                yield ready
            if error is not None:
                raise error
            if listings is None:
                return
            waiting = listings

    def _send(self, listings: Sequence[RawListing], known: Mapping[str, Any]) -> None:
        if (
            not self._wanted
            or any(raw.gone or raw.supply for raw in listings)
            or sum(raw.reference not in known for raw in listings) < WORTH_A_PROCESS
        ):
            return
        if self._pipe is None:
            self._start()
        if self._pipe is None:
            return
        now = utcnow()
        try:
            told = orjson.dumps([canonical_time(now), [(raw.reference, raw.url, raw.body, raw.position, raw.answer) for raw in listings]])
            self._pipe.send_bytes(told)
            self._sent = now
        except (OSError, ValueError, TypeError) as error:
            self._lost(error)

    def _received(self, listings: Sequence[RawListing]) -> Prepared:
        now, self._sent = self._sent, None
        if now is None or self._pipe is None:
            return Prepared(listings, utcnow())
        try:
            return Prepared(listings, now, [_found(each) for each in marshal.loads(self._pipe.recv_bytes())])  # noqa: S302 - of our own process
        except (OSError, EOFError, ValueError) as error:
            self._lost(error)
            return Prepared(listings, now)

    def _start(self) -> None:
        if not _beside.acquire(blocking=False):
            self._wanted = False
            return
        context = get_context("spawn")
        try:
            self._pipe, its = context.Pipe()
        except OSError:  # no more files may be open
            self._wanted = False
            _beside.release()
            return
        self._process = context.Process(target=_serve, args=(its, self._given), name="ahead", daemon=True)
        try:
            self._process.start()
        except (OSError, RuntimeError, ValueError) as error:
            self._lost(error)
        its.close()

    def _lost(self, error: Exception) -> None:
        log.warning("nothing is translated ahead any more: %s", type(error).__name__)
        self._wanted = False
        self._stop()

    def _stop(self) -> None:
        if self._pipe is None:
            return
        self._pipe.close()
        self._pipe = None
        with suppress(AttributeError, AssertionError):  # one that never started
            self._process.join(5)
            self._process.kill()
        _beside.release()


def _found(told: tuple[Any, ...]) -> Found:
    digest, kind, what = told
    if kind == _MADE:
        ident, buyer, row, segments = what
        if row[_PUBLISHED] is not None:
            row = (*row[:_PUBLISHED], datetime.fromisoformat(row[_PUBLISHED]), *row[_PUBLISHED + 1 :])
        return Found(digest, Made(ident, buyer, row, segments))
    return Found(digest, None, what if kind == _SKIPPED else None, what if kind == _REFUSED else None)


def _serve(pipe: Connection, given: Given) -> None:
    """The second process: a batch in, what was found of it out, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when nobody holds the other end any more
    gc.set_threshold(50_000, 20, 20)
    connector = make_connector(given.connector, dict(given.options))
    while True:
        try:
            now, rows = orjson.loads(pipe.recv_bytes())
        except (OSError, EOFError):
            return
        place = place_of(given.source, given.region, given.table, now)
        told: list[tuple[str, int, Any]] = []
        for reference, url, body, position, answer in rows:
            raw = RawListing(reference, url, body, position, answer, connector.volatile)
            digest = raw.content_hash()
            try:
                translated = connector.translate(raw)
                made = make(translated, place) if translated.get("reference") == kept_reference(reference) else None
            except Skip as skip:
                told.append((digest, _SKIPPED, skip.reason))
            except Refused as wrong:
                told.append((digest, _REFUSED, (wrong.rule, wrong.message)))
            except Exception:  # the batch meets it again and says so
                told.append((digest, _OTHER, None))
            else:
                told.append((digest, _MADE, _plain(made)) if made else (digest, _OTHER, None))
        try:
            pipe.send_bytes(marshal.dumps(told))
        except OSError:
            return


def _plain(made: Made) -> tuple[Any, ...]:
    row = made.row
    if row[_PUBLISHED] is not None:
        row = (*row[:_PUBLISHED], row[_PUBLISHED].isoformat(), *row[_PUBLISHED + 1 :])
    return made.ident, made.buyer_code, row, made.segments
