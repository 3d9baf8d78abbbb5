"""A threaded HTTP server on loopback that answers from a table; it plays partners in the demo and faults in the tests."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import orjson

from connectors.kit.simulator.feeds import FEEDS, Feed, documents


@dataclass(frozen=True, slots=True)
class Canned:
    """
    One answer as it goes over the wire.

    delay: seconds before it begins. drip: seconds between single bytes of the body; drip_head: of the head as well.
    length: the Content-Length said, where it is another than the body's; None leaves the body's own, -1 says none.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    drip_head: bool = False
    length: int | None = None

    @classmethod
    def json(cls, value: Any, **more: Any) -> Canned:
        """An answer that holds a JSON value."""
        return cls(orjson.dumps(value), headers={"Content-Type": "application/json"}, **more)

    @classmethod
    def gzipped(cls, body: bytes, **more: Any) -> Canned:
        """An answer packed with gzip, and saying so."""
        return cls(gzip.compress(body), headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}, **more)


Script = Mapping[str, Sequence[Canned]]
"""Answers by path and query; a path asked more often than it has answers repeats the last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came; body: what was posted, as it was sent."""

    target: str
    headers: Mapping[str, str]
    body: bytes = b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, place: tuple[str, int], script: Script) -> None:
        super().__init__(place, _Handler)
        self.script = {path: list(answers) for path, answers in script.items()}
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.closing = threading.Event()

    def next_answer(self, target: str, headers: Mapping[str, str], body: bytes = b"") -> Canned:
        """The following answer for a target, else for its path alone, else 404."""
        with self.lock:
            self.asked.append(Asked(target, headers, body))
            answers = self.script.get(target) or self.script.get(urlsplit(target).path)
            if not answers:
                return Canned(b"tidak ada", status=404, headers={"Content-Type": "text/plain"})
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, body: bytes = b"") -> None:
        answer = self.server.next_answer(self.path, dict(self.headers.items()), body)
        self._pause(answer.delay)
        head = [f"HTTP/1.1 {answer.status} Contoh", *(f"{name}: {value}" for name, value in answer.headers.items())]
        if answer.length is None or answer.length >= 0:
            head.append(f"Content-Length: {len(answer.body) if answer.length is None else answer.length}")
        if answer.length is not None:
            head.append("Connection: close")
            self.close_connection = True
        start = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
        with suppress(OSError):
            self._write(start, answer.drip if answer.drip_head else 0.0)
            self._write(answer.body, answer.drip)

    def _write(self, data: bytes, drip: float) -> None:
        if not drip:
            self.wfile.write(data)
            return
        for position in range(len(data)):
            if self.server.closing.is_set():
                return
            self.wfile.write(data[position : position + 1])
            self._pause(drip)

    def _pause(self, seconds: float) -> None:
        if seconds:
            self.server.closing.wait(seconds)

    def log_message(self, format: str, *args: Any) -> None:
        """The simulator writes no access log: standard output belongs to reports."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running simulator: its base address, the feeds' addresses by name, what was asked so far, and the answers left, by path."""

    base: str
    urls: Mapping[str, str]
    asked: list[Asked]
    script: dict[str, list[Canned]]


@contextmanager
def serve(host: str = "127.0.0.1", port: int = 0, feeds: Sequence[Feed] = FEEDS, script: Script | None = None) -> Iterator[Served]:
    """
    Answer on loopback until the block ends.

    Args:
        host, port: where; port 0 takes a free one.
        feeds: partner feeds to play, with dates counted from today.
        script: canned answers beside or instead of them.
    """
    today = date.today()  # noqa: DTZ011 - the feeds' days are the reader's own
    answers: dict[str, Sequence[Canned]] = {path: (Canned.json(document),) for feed in feeds for path, document in documents(feed, today)}
    answers.update(script or {})
    server = _Server((host, port), answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    base = f"http://{host}:{server.server_address[1]}"
    try:
        yield Served(base, {feed.name: base + feed.path for feed in feeds}, server.asked, server.script)
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def wait_forever() -> None:
    """Sleep until interrupted; for the command that serves the feeds and nothing else."""
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
