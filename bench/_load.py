"""Load from one thread over several kept connections, in short turns, so that what is compared meets the same weather of a machine."""

from __future__ import annotations

import selectors
import socket
import statistics
import sys
from dataclasses import dataclass, field
from time import perf_counter

_END = b"\r\n\r\n"
_CHUNK = 1 << 18


@dataclass
class Target:
    """A request and what is expected of it; what was measured, in requests per second of each turn and seconds of each answer."""

    port: int
    path: str
    header: str = ""
    status: int = 200
    size: int = 0
    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def request(self) -> bytes:
        return f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.header}\r\n".encode()

    def said(self) -> dict[str, float]:
        """Bytes of a body, requests, median requests per second, p50 and p99 in milliseconds."""
        times = sorted(self.times)
        return {
            "bytes": self.size,
            "requests": len(times),
            "per_second": round(statistics.median(self.rates), 1),
            "p50_ms": round(times[len(times) // 2] * 1000, 2),
            "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
        }


class _Line:
    """One connection: what came of the answer that is waited for."""

    def __init__(self, target: Target) -> None:
        self.target, self.wire = target, target.request()
        self.socket = socket.create_connection(("127.0.0.1", target.port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        self.head, self.wanted, self.came, self.chunked = b"", -1, 0, False
        self.begun = perf_counter()
        self.socket.sendall(self.wire)

    def take(self) -> bool:
        """Take what has come; whether the answer is whole."""
        data = self.socket.recv(_CHUNK)
        if not data:
            sys.exit("the server closed the connection")
        if self.wanted < 0 and not self.chunked:
            self.head += data
            at = self.head.find(_END)
            if at < 0:
                return False
            self._read_head(self.head[:at])
            data = self.head[at + 4 :]
        self.came += len(data)
        return data.endswith(b"0\r\n\r\n") if self.chunked else self.came >= self.wanted

    def _read_head(self, head: bytes) -> None:
        if int(head[9:12]) != self.target.status:
            sys.exit(f"{self.target.path} answered {head[9:12].decode()}")
        low = head.lower()
        at = low.find(b"\r\ncontent-length:")
        if self.target.status == 304:
            self.wanted = 0
        elif at >= 0:
            self.wanted = int(low[at + 17 :].split(b"\r\n", 1)[0])
        else:
            self.chunked = True


def turn(target: Target, seconds: float, connections: int) -> None:
    """Ask from several connections at once for so long; each connection asks again when its answer is whole."""
    lines = [_Line(target) for _ in range(connections)]
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            line.socket.settimeout(30)
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.send()
        started = perf_counter()
        until, done, open_ = started + seconds, 0, connections
        while open_:
            for key, _ in waiting.select(30):
                line = key.data
                if not line.take():
                    continue
                now = perf_counter()
                target.times.append(now - line.begun)
                done += 1
                if now < until:
                    line.send()
                else:
                    open_ -= 1
        target.rates.append(done / (perf_counter() - started))
        target.size = lines[0].came if target.status != 304 else 0
    for line in lines:
        line.socket.close()


def ratios(one: Target, other: Target) -> list[float]:
    """What one did of what the other did, turn by turn."""
    return [mine / its for mine, its in zip(one.rates, other.rates, strict=True)]
