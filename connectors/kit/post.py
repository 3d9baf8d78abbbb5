"""
One message sent out through the guarded way: one try, no redirect, and of what is answered the status and little more.

Of an event's receiver the answer is not ours to keep: its body is read within small bounds, so that the connection can be ended well, and
thrown away (`post`). Another node is talked to (`talk`): its answer is kept, within bounds of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import requests
from urllib3.exceptions import HTTPError as TransportError

from connectors.kit.errors import Forbidden, SourceError, TimedOut
from connectors.kit.fetch import AGENT
from connectors.kit.limits import Limits
from connectors.kit.masking import mask, quiet_libraries
from connectors.kit.origin import origin
from connectors.kit.session import Guard, Watch, guarded_session
from connectors.kit.status import retry_after
from connectors.kit.transfer import in_words, receive

SENT = Limits(connect=5.0, read=15.0, total=20.0, sent=16 * 1024, expanded=16 * 1024)


class Posted(NamedTuple):
    """What the receiver answered: its status, and how many seconds it asks to wait (Retry-After)."""

    status: int
    wait: float | None


class Answered(NamedTuple):
    """What another node answered. headers: by lower-case name; body: as far as it came; whole: it came whole and within the bounds."""

    status: int
    wait: float | None
    headers: Mapping[str, str]
    body: bytes
    whole: bool


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    local: bool = False,
    limits: Limits = SENT,
    contact: str = "operator simpul pertukaran daerah",
    guard: Guard | None = None,
) -> Posted:
    """
    Send a body to an address by POST.

    Args:
        local: whether the address may be on this machine, and without TLS.
        limits: `connect`, `read` and `total` in seconds; `sent` and `expanded` of the answer's body, beyond which it is cut.
        contact: how the receiver's operator reaches ours; stands in the user agent.
        guard: replaced in tests.

    Returns:
        The status, whatever it is. An answer whose status came and whose body broke off, or was too long, counts as come.

    Raises:
        SourceError: no answer came, or the address may not be reached; the message is without the address.
    """
    told = talk("POST", url, body, headers, local=local, limits=limits, contact=contact, guard=guard)
    return Posted(told.status, told.wait)


def talk(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    local: bool = False,
    limits: Limits = SENT,
    contact: str = "operator simpul pertukaran daerah",
    guard: Guard | None = None,
) -> Answered:
    """
    One question to another node and its answer; arguments and errors as `post` has them.

    limits: `sent` and `expanded` bound what is kept of the answer.
    """
    quiet_libraries()
    place = origin(url)
    if place.scheme != "https" and not local:
        raise Forbidden("Alamat harus HTTPS.")
    guard = guard or Guard(local=local)
    guard.approved = frozenset({place})
    came: Answered | None = None
    failure: SourceError | None = None
    with guarded_session(guard, f"{AGENT} ({contact})") as session, Watch(limits.total) as watch:
        guard.watch = watch
        try:
            came = _exchange(session, method, url, body, headers, watch, limits)
        except SourceError as error:
            failure = error
        except (requests.RequestException, TransportError, OSError, ValueError) as error:
            failure = in_words(error, url)
        finally:
            guard.watch = None
        if came is None and watch.expired:
            failure = TimedOut(f"{mask(url)} tidak selesai menjawab dalam {limits.total:g} detik.")
    if came is None:
        assert failure is not None
        raise failure
    return came


def _exchange(
    session: requests.Session, method: str, url: str, body: bytes | None, headers: Mapping[str, str], watch: Watch, limits: Limits
) -> Answered:  # fmt: skip
    waits = (limits.connect, limits.read)
    response = session.request(method, url, data=body, headers=dict(headers), stream=True, allow_redirects=False, timeout=waits)
    try:
        told = receive(response, url, watch, limits)
        return Answered(
            response.status_code, retry_after(response.headers.get("Retry-After")), told.headers, told.body, told.failure is None
        )
    finally:
        response.close()
