"""A network between two nodes that loses, repeats, delays, reorders, tampers and pretends, by a plan that follows from its seed."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("passed", "lost", "answer lost", "repeated", "delayed", "slow", "tampered", "pretended", "hung")
_WEIGHTS = (46, 10, 12, 10, 9, 5, 3, 3, 2)
_KEPT = ("content-type", "exchange-signature", "exchange-key-chain", "exchange-nonce", "accept")


class Proxy:
    """
    A process that listens on one port for each node behind it.

    ports: the port that is asked, to the port of the node behind it. `calm` ends all faults; `waiting` are messages that it still holds.
    """

    def __init__(self, ports: Mapping[int, int], seed: int) -> None:
        self.ports, self.seed = ports, seed
        self.calm, self.waiting = multiprocessing.Value("i", 0), multiprocessing.Value("i", 0)
        self.counts = multiprocessing.Array("i", len(FAULTS))
        self.process = 0

    def start(self) -> None:
        """Begin; the caller must have no threads."""
        self.process = os.fork()
        if self.process == 0:
            _serve(self)
            os._exit(0)

    def stop(self) -> None:
        """End it."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)

    def tally(self) -> dict[str, int]:
        """How often it did what."""
        return dict(zip(FAULTS, self.counts, strict=True))


def _serve(proxy: Proxy) -> None:
    for index, (port, behind) in enumerate(proxy.ports.items()):
        chance = random.Random(f"{proxy.seed}/{index}")
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(proxy, behind, chance, threading.Lock()))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    signal.pause()


def _handler(proxy: Proxy, behind: int, chance: random.Random, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._pass_on()

        def do_GET(self) -> None:
            self._pass_on()

        def log_message(self, *_: Any) -> None:
            pass

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() in _KEPT}
            with lock:
                fault = "passed" if proxy.calm.value else chance.choices(FAULTS, _WEIGHTS)[0]
                seconds, place = chance.uniform(0.05, 0.6), chance.random()
            with proxy.counts.get_lock():
                proxy.counts[FAULTS.index(fault)] += 1
            forward = _forwarder(behind, self.command, self.path, headers)
            self.close_connection = True
            if fault == "lost":
                return
            if fault == "hung":
                time.sleep(2.5)
                return
            if fault == "pretended":
                self._answer((200, {"Content-Type": "application/json"}, b'{"result":"applied"}'))
                return
            if fault == "delayed":
                self._later(forward, body, seconds)
                return
            if fault == "slow":
                time.sleep(seconds / 4)
            if fault == "tampered" and body:
                at = int(place * len(body))
                body = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
            answer = forward(body)
            if fault == "repeated":
                forward(body)
                self._later(forward, body, seconds)
            if answer is not None and fault != "answer lost":
                self._answer(answer)

        def _later(self, forward: Callable[[bytes], Any], body: bytes, seconds: float) -> None:
            with proxy.waiting.get_lock():
                proxy.waiting.value += 1

            def deliver() -> None:
                time.sleep(seconds)
                forward(body)
                with proxy.waiting.get_lock():
                    proxy.waiting.value -= 1

            threading.Thread(target=deliver, daemon=True).start()

        def _answer(self, told: tuple[int, dict[str, str], bytes]) -> None:
            status, headers, body = told
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the sender was killed meanwhile

    return Handler


def _forwarder(port: int, method: str, path: str, headers: dict[str, str]) -> Callable[[bytes], Any]:
    def forward(body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders() if name.lower() in _KEPT or name.lower() == "retry-after"}
            return response.status, kept, response.read()
        except (OSError, http.client.HTTPException):
            return None  # the node was killed meanwhile
        finally:
            connection.close()

    return forward


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    found = [socket.socket() for _ in range(count)]
    for each in found:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in found]
    for each in found:
        each.close()
    return ports
