"""
One message sent out through the guarded way: one try, no redirect, and of what is answered the status and little more.

The receiver's answer is not ours to keep: its body is read within small bounds, so that the connection can be ended well, and thrown away.
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
    quiet_libraries()
    place = origin(url)
    if place.scheme != "https" and not local:
        raise Forbidden("Alamat harus HTTPS.")
    guard = guard or Guard(local=local)
    guard.approved = frozenset({place})
    came: Posted | None = None
    failure: SourceError | None = None
    with guarded_session(guard, f"{AGENT} ({contact})") as session, Watch(limits.total) as watch:
        guard.watch = watch
        try:
            came = _exchange(session, url, body, headers, watch, limits)
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
    session: requests.Session, url: str, body: bytes, headers: Mapping[str, str], watch: Watch, limits: Limits
) -> Posted:  # fmt: skip
    waits = (limits.connect, limits.read)
    response = session.post(url, data=body, headers=dict(headers), stream=True, allow_redirects=False, timeout=waits)
    try:
        receive(response, url, watch, limits)
        return Posted(response.status_code, retry_after(response.headers.get("Retry-After")))
    finally:
        response.close()
