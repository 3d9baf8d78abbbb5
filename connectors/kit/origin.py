"""
Where an address leads, as the library that connects reads it.

Readers of addresses disagree: `http://a\\@b/` is host b to one and host a to another. So the place is taken from the
prepared address by the reader that the connections use, and what readers are known to disagree on is refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urljoin

import requests
from urllib3.util import parse_url

from connectors.kit.errors import Forbidden

_PORTS = {"http": 80, "https": 443}
_DISPUTED = re.compile(r"[\\\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
_USER = re.compile(r"https?://[^/?#]*@", re.I)


class Origin(NamedTuple):
    """One place that answers; the host in lower case, without the brackets of an IPv6 address."""

    scheme: str
    host: str
    port: int


def origin(url: str) -> Origin:
    """
    The place that a request for this address is sent to.

    Raises:
        Forbidden: it is no HTTP(S) address, or holds a backslash, a blank, a control character or user info.
    """
    if _DISPUTED.search(url):
        raise Forbidden("Alamat sumber memuat garis miring terbalik, spasi atau tanda kendali.")
    if not url.lower().startswith(("http://", "https://")):
        raise Forbidden("Alamat sumber harus dimulai dengan https:// atau http://.")
    try:
        sent = parse_url(requests.Request("GET", url).prepare().url or "")
    except (ValueError, requests.RequestException):
        raise Forbidden("Alamat sumber tidak terbaca.") from None
    if _USER.match(url) or sent.auth is not None:
        raise Forbidden("Alamat sumber tidak boleh memuat nama pengguna atau sandi.")
    if sent.scheme not in _PORTS or not sent.host:
        raise Forbidden("Alamat sumber tidak terbaca.")
    return Origin(sent.scheme, sent.host.strip("[]").lower(), sent.port or _PORTS[sent.scheme])


def joined(base: str, link: str) -> str:
    """
    The address that a link leads to, absolute or relative; raises Forbidden where it is none.

    The link is looked at as it came: joining takes some of what is refused out of it.
    """
    if _DISPUTED.search(link):
        raise Forbidden("Tautan dari sumber memuat garis miring terbalik, spasi atau tanda kendali.")
    try:
        return urljoin(base, link)
    except ValueError:
        raise Forbidden("Tautan dari sumber tidak terbaca.") from None
