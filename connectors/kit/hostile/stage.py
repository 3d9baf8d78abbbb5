"""
One play on the stage: the connector under test, its guarded way out, and a hostile server.

Names are resolved and connections opened by recorders, never by the network. The connector runs in a thread of its own, so that
one that does not end is noticed and left.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from connectors.kit.answer import Answer, AnswerMeta
from connectors.kit.base import Connector, RawListing
from connectors.kit.completeness import Facts, Proof, ProofState, judge
from connectors.kit.errors import Refused, Skip, SourceError
from connectors.kit.faults import faults
from connectors.kit.fetch import Fetch
from connectors.kit.hostile.base import Outcome, Play, Told
from connectors.kit.hostile.server import HostileServer, Scene
from connectors.kit.hostile.wall import wall
from connectors.kit.sample import Sample
from connectors.kit.session import Guard, open_socket

_GRACE = 2.0


class OutOfTime(BaseException):
    """Raised inside of a connector that goes on after its time; no `except Exception` holds it up."""


class Killed(BaseException):
    """The end of a run that is broken off after an answer."""


class DiskFull(OSError):
    """What the archive says where it has no room."""


class Past:
    """What is known of a source's earlier runs, for the judgement: whom it spoke of, and how much it had."""

    def __init__(self, buyers: frozenset[str] = frozenset(), listed: int = 0) -> None:
        self.buyers = buyers
        self.volumes = (listed,) * 3 if listed else ()


class Stage:
    """Where the plays of one connector are run, one at a time."""

    def __init__(self, kind: type[Connector], sample: Sample, server: HostileServer) -> None:
        self.kind, self.sample, self._server = kind, sample, server
        self.base = f"http://127.0.0.1:{server.port}"

    def run(self, play: Play, past: Past | None = None) -> Outcome:
        """Play once; whatever the connector does is in the outcome. One to be resumed is broken off first."""
        had: dict[str, Answer] = {}
        if play.resumed is not None:
            self._once(play, past or Past(), had, kill=play.resumed)
        return self._once(play, past or Past(), had)

    def _once(self, play: Play, past: Past, had: dict[str, Answer], kill: int | None = None) -> Outcome:
        scene = Scene(play.answer, tls=play.tls, greeting=play.greeting)
        run = _Run(self, play, past, had, kill)
        with self._server.playing(scene), wall() as beyond, _listening(run):
            run.go()
        run.outcome.wire = scene.asked
        run.outcome.outside += beyond
        return run.outcome

    @property
    def port(self) -> int:
        """Where the server listens."""
        return self._server.port


class _Run:
    def __init__(self, stage: Stage, play: Play, past: Past, had: dict[str, Answer], kill: int | None) -> None:
        self.stage, self.play, self.past, self.had, self.kill = stage, play, past, had, kill
        self.outcome = Outcome()
        self.out = io.StringIO()
        self._over = False
        self._slept = 0.0
        self._sockets: list[socket.socket] = []
        self._lookups: dict[str, int] = {}

    def go(self) -> None:
        thread = threading.Thread(target=self._work, daemon=True)
        begun = time.monotonic()
        if self.play.memory is not None:
            tracemalloc.start()
        thread.start()
        thread.join(self.play.seconds)
        if thread.is_alive():
            self.outcome.late, self._over = True, True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OutOfTime))
            thread.join(_GRACE)
        # what ends a thread in the middle of anything may leave a connection that nobody has
        for each in self._sockets:
            each.close()
        if self.play.memory is not None:
            self.outcome.peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        self.outcome.seconds = time.monotonic() - begun
        self.outcome.said = self.out.getvalue()

    def _work(self) -> None:
        outcome = self.outcome
        try:
            connector = self.stage.kind(self.stage.sample.settings_at(self.play.base or self.stage.base))
            outcome.shown = repr(connector)
            with self._fetch(connector) as fetch:
                outcome.facts = fetch.facts
                try:
                    self._read(connector, fetch)
                except SourceError as error:
                    outcome.error = error
            outcome.proof = self._judged()
            if outcome.listings and not self._over and not self.play.light:
                outcome.faults = list(faults(connector, outcome.listings))
        except BaseException as error:
            outcome.broke = error

    def _read(self, connector: Connector, fetch: Fetch) -> None:
        most = self.play.limits.listings + 100
        for raw in connector.listings(fetch, self.play.window):
            self._check_time()
            self.outcome.listings.append(raw)
            self.outcome.told.append(_told(connector, raw))
            if self.play.leave is not None and len(self.outcome.listings) >= self.play.leave:
                return
            if len(self.outcome.listings) > most:
                self.outcome.endless = True
                return

    def _judged(self) -> Proof:
        """As the exchange judges a run, a list of which nothing is a demand included."""
        outcome, facts = self.outcome, self.outcome.facts
        buyers = {told[1].get("buyer", {}).get("code") for told in outcome.told if told[0] == "demand" and isinstance(told[1], dict)}
        if outcome.taken:  # the exchange knows of whom they speak
            buyers |= self.past.buyers
        proof = judge(
            Facts(
                listed=len(outcome.listings) + outcome.taken,
                lengths_agree=facts.lengths_agree,
                last_page=facts.last_page,
                total=facts.total,
                buyers=frozenset(str(each) for each in buyers if each),
                known_buyers=self.past.buyers,
                volumes=self.past.volumes,
                error=outcome.error,
            )
        )
        if outcome.error is None and outcome.listings and all(kind != "demand" for kind, _ in outcome.told):
            return Proof(ProofState.UNPROVEN, ("Tidak satu pun data menjadi permintaan.",))
        return proof

    def _fetch(self, connector: Connector) -> Fetch:
        return Fetch(
            self._keep,
            connector.approved(),
            local=self.play.local,
            limits=self.play.limits,
            headers=connector.headers,
            recall=self.had.get if self.play.resumed is not None else None,
            take_known=self._take_known,
            guard=Guard(local=self.play.local, resolve=self._resolve, connect=self._connect),
            sleep=self._sleep,
            clock=self._clock,
        )

    def _take_known(self, digest: str, rows: int) -> bool:
        if self.play.known:
            self.outcome.taken += rows
        return self.play.known

    def _check_time(self) -> None:
        if self._over:
            raise OutOfTime

    def _clock(self) -> float:
        self._check_time()
        return time.monotonic() + self._slept

    def _sleep(self, seconds: float) -> None:
        """Pauses pass at once; the clock goes on by them."""
        self._check_time()
        self.outcome.paused.append(seconds)
        self._slept += seconds

    def _keep(self, body: bytes, meta: AnswerMeta) -> str:
        self._check_time()
        if self.play.full:
            raise DiskFull(28, "No space left on device")
        digest = blake2b(body, digest_size=32).hexdigest()
        self.outcome.kept[digest] = meta.whole
        self.outcome.keeps += 1
        if meta.whole and meta.status == 200:
            self.had[meta.request] = Answer(body, meta, digest)
        if self.kill is not None and self.outcome.keeps >= self.kill:
            raise Killed
        return digest

    def _resolve(self, host: str, port: int, *_: Any) -> list[Any]:
        if host == "127.0.0.1":
            addresses: tuple[str, ...] = (host,)
        else:
            self.outcome.resolved.append(host)
            told = self.play.names.get(host, ())
            time_asked = self._lookups.get(host, 0)
            self._lookups[host] = time_asked + 1
            addresses = told[min(time_asked, len(told) - 1)] if told else ()
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown name")
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    def _connect(self, family: int, place: Any, seconds: float) -> socket.socket:
        opened = self._opened(family, place, seconds)
        self._sockets.append(opened)
        return opened

    def _opened(self, family: int, place: Any, seconds: float) -> socket.socket:
        if place == ("127.0.0.1", self.stage.port):
            return open_socket(family, place, seconds)
        self.outcome.connected.append(str(place[0]))
        if self.play.lead:
            return open_socket(socket.AF_INET, ("127.0.0.1", self.stage.port), seconds)
        if place[0] == "127.0.0.1":
            return open_socket(family, place, seconds)
        raise ConnectionRefusedError(111, "recorded, not connected")


def _told(connector: Connector, raw: RawListing) -> Told:
    try:
        return "demand", connector.translate(raw)
    except Skip as skip:
        return "skip", skip.reason
    except Refused as refused:
        return "refused", (refused.rule, refused.message)


@contextlib.contextmanager
def _listening(run: _Run) -> Iterator[None]:
    """Whatever is logged or printed during a play is written down instead of shown."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = [logging.StreamHandler(run.out)]
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(run.out), contextlib.redirect_stderr(run.out):
            yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
