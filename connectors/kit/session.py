"""
A requests session whose connections resolve a name once, check every address and connect to one of those very addresses.

Checking a name first and letting the library resolve it again would leave room for a name that answers differently the
second time. TLS still proves the host *name*: only the socket under it is opened here.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from connectors.kit.address import refusal
from connectors.kit.errors import AddressBlocked, Forbidden, UnknownHost
from connectors.kit.origin import Origin

Resolve = Callable[..., list[Any]]
Connect = Callable[[int, Any, float], socket.socket]


def open_socket(family: int, place: Any, seconds: float) -> socket.socket:
    """Connect a TCP socket to a numeric address within `seconds`."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(place)
    except BaseException:
        sock.close()
        raise
    return sock


class Watch:
    """
    Ends an exchange that outlives its time, whatever it is doing: a timeout of the library only bounds the wait for
    the next byte, so a source that drips one now and then would hold a run for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._handle: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True

    def take(self, sock: socket.socket) -> None:
        """Watch this connection; a handle of its own survives that TLS wraps the socket."""
        handle = socket.socket(sock.family, sock.type, sock.proto, fileno=os.dup(sock.fileno()))
        with self._lock:
            self._drop()
            self._handle = handle
        if self.expired:
            self._end()

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _end(self) -> None:
        self.expired = True
        with self._lock:
            if self._handle is not None:
                try:
                    self._handle.shutdown(socket.SHUT_RDWR)
                except OSError:  # already gone
                    self._drop()

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()  # a timer that has begun must not touch the handle after it is closed
        with self._lock:
            self._drop()


class Guard:
    """
    What the connections of one session may reach.

    local: loopback as well. approved: the places that a connection may be opened to; none until they are told.
    resolve, connect: replaced by recorders in tests.
    """

    def __init__(self, *, local: bool = False, resolve: Resolve = socket.getaddrinfo, connect: Connect = open_socket) -> None:
        self.local = local
        self.approved: frozenset[Origin] = frozenset()
        self.watch: Watch | None = None
        self._resolve = resolve
        self._connect = connect

    def open(self, place: Origin, seconds: float) -> socket.socket:
        """
        A socket connected to an approved place, whose every address was checked.

        Raises:
            Forbidden: nobody approved this very scheme, host and port, whatever was read out of the address before.
            UnknownHost: the name resolves to nothing.
            AddressBlocked: any of its addresses is closed to sources.
            OSError: none of them answers.
        """
        if place not in self.approved:
            raise Forbidden("Sambungan akan menuju host, port atau skema di luar yang disetujui untuk sumber ini.")
        found = self._addresses(place)
        last: OSError = OSError("no address")
        for family, _, _, _, address in found:
            try:
                sock = self._connect(family, address, seconds)
            except OSError as error:
                last = error
                continue
            if self.watch is not None:
                self.watch.take(sock)
            return sock
        raise last

    def _addresses(self, place: Origin) -> list[Any]:
        """What the name resolves to, all of it open to sources."""
        try:
            found = self._resolve(place.host, place.port, 0, socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            found = []
        if not found:
            raise UnknownHost(f"Nama host {place.host} tidak dikenal.")
        for *_, address in found:
            why = refusal(str(address[0]), local=self.local)
            if why is not None:
                raise AddressBlocked(f"Host {place.host} menuju alamat yang tidak boleh dipakai sumber ({why}).")
        return found


def _connection_classes(guard: Guard) -> tuple[type[HTTPConnection], type[HTTPSConnection]]:
    """The two connection classes of a session, tied to its guard."""

    def connect(scheme: str, connection: HTTPConnection) -> socket.socket:
        seconds = connection.timeout if isinstance(connection.timeout, int | float) else 10.0
        try:
            return guard.open(Origin(scheme, connection.host.strip("[]").lower(), connection.port), seconds)
        except TimeoutError as error:
            raise ConnectTimeoutError(connection, "connect timed out") from error
        except OSError as error:
            raise NewConnectionError(connection, "no connection") from error

    def resume(connection: HTTPConnection) -> None:
        if connection.sock is not None and guard.watch is not None:
            guard.watch.take(connection.sock)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect("http", self)

        def request(self, *args: Any, **kwargs: Any) -> None:
            resume(self)
            super().request(*args, **kwargs)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect("https", self)

        def request(self, *args: Any, **kwargs: Any) -> None:
            resume(self)
            super().request(*args, **kwargs)

    return Plain, Secure


class _Adapter(HTTPAdapter):
    """The library's adapter over guarded connections; it never retries by itself and knows no proxy."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(max_retries=0, pool_connections=2, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        plain, secure = _connection_classes(self._guard)
        manager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        manager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
        self.poolmanager = manager

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        raise AddressBlocked("Sumber tidak diambil lewat proxy.")


class _Session(requests.Session):
    """A session that looks at no redirect: the library would read its body whole, without any bound, to prepare the next step."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: redirects are ours to judge."""
        return None


def guarded_session(guard: Guard, agent: str) -> requests.Session:
    """A session of one policy: no environment (proxy, netrc, CA override), no cookie kept, no scheme besides HTTP(S)."""
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip, deflate"})
    session.adapters.clear()
    adapter = _Adapter(guard)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
