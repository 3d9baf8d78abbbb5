"""
A wall around the process while a connector is certified: what leaves for anywhere but loopback is written down and refused.

Name resolution and connecting are replaced by recorders already where a scenario names an address outside; this stands
behind them, for a connector that goes round the guarded way out. It is an audit hook of the interpreter, which no Python code can
pass by or take off; while no certification runs it does nothing.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

_NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_PACKETS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_PROCESSES = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile"})
_lock = threading.Lock()
_records: list[str] | None = None
_standing = False


class Behind(PermissionError):
    """Something inside of a certification reached for the world outside."""


@contextmanager
def wall() -> Iterator[list[str]]:
    """Refuse the world outside until the block ends; gives the list in which each attempt is written (host or program)."""
    global _records, _standing
    with _lock:
        if _records is not None:
            raise RuntimeError("one certification at a time")
        if not _standing:
            sys.addaudithook(_look)
            _standing = True
        _records = []
    try:
        yield _records
    finally:
        _records = None


def _look(event: str, args: tuple[Any, ...]) -> None:
    records = _records
    if records is None:
        return
    reached: str | None = None
    if event in _NAMES:
        reached = _outside(args[0])
    elif event in _PACKETS:
        reached = _outside(args[1][0]) if isinstance(args[1], tuple) and args[1] else None
    elif event in _PROCESSES:
        reached = f"program {event}"
    if reached is not None:
        records.append(reached)
        raise Behind(f"{reached} is outside of the certification")


def _outside(host: Any) -> str | None:
    """The host where it is not loopback; a name counts as outside, since looking it up asks somebody."""
    text = host.decode("latin-1") if isinstance(host, bytes) else str(host or "")
    try:
        return None if ip_address(text.partition("%")[0]).is_loopback else text
    except ValueError:
        return None if text in {"", "localhost"} else text
