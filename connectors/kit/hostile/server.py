"""
A server on loopback that misbehaves to the byte: cuts, resets, drips, floods, broken heads and broken TLS.

The simulator's server speaks proper HTTP whatever it is told to say; this one writes to the socket itself.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import orjson

_HEAD_LIMIT = 64 * 1024
_FLOOD_LIMIT = 256 * 1024 * 1024
_RESET = struct.pack("ii", 1, 0)
JSON_TYPE = "application/json"


class Ending(StrEnum):
    """What happens to the connection after an answer: kept for the next one, closed in order, or reset."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One answer as it goes over the wire.

    length: the Content-Length said; None says the body's own, -1 says none. raw: instead of head and body.
    before: bytes ahead of the head. cut: only so many bytes of all that are sent. endless: repeated after the body until the other
    side leaves. delay: seconds before anything; drip: seconds between single bytes of the body, with `drip_head` of the head too.
    """

    body: bytes = field(default=b"", repr=False)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    raw: bytes | None = field(default=None, repr=False)
    before: bytes = b""
    cut: int | None = None
    ending: Ending = Ending.KEEP
    endless: bytes = b""
    delay: float = 0.0
    drip: float = 0.0
    drip_head: bool = False

    @classmethod
    def json(cls, value: object) -> Self:
        """An answer that holds a JSON value."""
        return cls(orjson.dumps(value), headers={"Content-Type": JSON_TYPE})

    def head(self) -> bytes:
        """The status line and the headers."""
        lines = [f"HTTP/1.1 {self.status} Contoh", *(f"{name}: {value}" for name, value in self.headers.items())]
        if self.length is None or self.length >= 0:
            lines.append(f"Content-Length: {len(self.body) if self.length is None else self.length}")
        if self.ending is not Ending.KEEP or self.length == -1:
            lines.append("Connection: close")
        return self.before + ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def wire(self) -> bytes:
        """All that is sent, but for what is endless."""
        whole = self.raw if self.raw is not None else self.head() + self.body
        return whole if self.cut is None else whole[: self.cut]

    def saying(self, **headers: str) -> Reply:
        """The same with more headers; `_` in a name stands for `-`."""
        return replace(self, headers={**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came: its path and query, its headers by lower-case name, and the how-manieth for that target it is, from 0."""

    target: str
    headers: Mapping[str, str]
    time: int = 0


Answerer = Callable[[Asked], Reply]
Table = Mapping[str, Sequence[Reply]]


def by_table(table: Table) -> Answerer:
    """Answers by path and query, else by path alone, else 404; a target asked more often than it has answers repeats its last."""

    def answer(asked: Asked) -> Reply:
        several = table.get(asked.target) or table.get(asked.target.partition("?")[0])
        if not several:
            return Reply(b"tidak ada", status=404, headers={"Content-Type": "text/plain"})
        return several[min(asked.time, len(several) - 1)]

    return answer


class Scene:
    """
    One play on the server: who answers, what was asked, and when it is over.

    greeting: bytes that every connection gets for its first ones, whatever they say, before it is closed.
    """

    def __init__(self, answer: Answerer, *, tls: ssl.SSLContext | None = None, greeting: bytes | None = None) -> None:
        self.answer, self.tls, self.greeting = answer, tls, greeting
        self.asked: list[Asked] = []
        self.connections = 0
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._times: dict[str, int] = {}

    def next_answer(self, target: str, headers: Mapping[str, str]) -> Reply:
        """Note a request and decide on its answer."""
        with self._lock:
            time = self._times.get(target, 0)
            self._times[target] = time + 1
            asked = Asked(target, headers, time)
            self.asked.append(asked)
        return self.answer(asked)


class HostileServer:
    """Listens on 127.0.0.1 at a free port and plays one scene at a time."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._scene: Scene | None = None
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @contextmanager
    def playing(self, scene: Scene) -> Iterator[Scene]:
        """Play a scene until the block ends; whoever still drips or floods then stops."""
        self._scene = scene
        try:
            yield scene
        finally:
            scene.over.set()
            self._scene = None

    def close(self) -> None:
        """Listen no longer."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(2)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            scene = self._scene
            if scene is None:
                sock.close()
                continue
            scene.connections += 1
            threading.Thread(target=_serve, args=(sock, scene), daemon=True).start()


def _serve(sock: socket.socket, scene: Scene) -> None:
    """One connection to its end."""
    with suppress(OSError), sock:
        sock.settimeout(30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if scene.greeting is not None:
            sock.recv(4096)
            sock.sendall(scene.greeting)
            return
        if scene.tls is None:
            _talk(sock, scene)
        else:
            with scene.tls.wrap_socket(sock, server_side=True) as secure:
                _talk(secure, scene)


def _talk(sock: socket.socket, scene: Scene) -> None:
    waiting = b""
    while not scene.over.is_set():
        while b"\r\n\r\n" not in waiting:
            chunk = sock.recv(4096)
            if not chunk or len(waiting) > _HEAD_LIMIT:
                return
            waiting += chunk
        head, _, waiting = waiting.partition(b"\r\n\r\n")
        target, headers = _request(head)
        if not _send(sock, scene.next_answer(target, headers), scene):
            return


def _request(head: bytes) -> tuple[str, dict[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return [*first.split(" "), "", ""][1], headers


def _send(sock: socket.socket, reply: Reply, scene: Scene) -> bool:
    """Send one answer; True where the connection stays open for the next."""
    if reply.delay:
        scene.over.wait(reply.delay)
    whole = reply.wire()
    quick = len(whole)
    if reply.drip:
        quick = 0 if reply.drip_head else min(quick, len(reply.head()))
    sock.sendall(whole[:quick])
    for position in range(quick, len(whole)):
        if scene.over.wait(reply.drip):
            return False
        sock.sendall(whole[position : position + 1])
    flooded = 0
    while reply.endless and flooded < _FLOOD_LIMIT and not scene.over.is_set():
        sock.sendall(reply.endless)
        flooded += len(reply.endless)
    if reply.ending is Ending.RESET:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return reply.ending is Ending.KEEP and reply.length != -1 and reply.cut is None
