"""
Links by which a region sends its table: whoever has one may send files for that one source, until a day, and nothing else.

A link is signed with the node's secret key and stands nowhere in the database; all links of a source end when its counter goes up.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from exchange.errors import LinkEnded, NotFound

LONGEST_LABEL = 60
_LONGEST = 600
_MEND = "Minta tautan baru kepada kantor yang memberikannya."


class UploadLink(NamedTuple):
    """What a link says. source: its name; key: the source's counter when it was made; label: whose it is; until: its end."""

    source: str
    key: int
    label: str
    until: datetime


def first_key() -> int:
    """Where a source's counter begins: at no number that links of an earlier time, when it took files before, may bear."""
    return secrets.randbelow(2**30) + 1


def write_link(secret: str, link: UploadLink) -> str:
    """The link's token: letters, digits, `-`, `_` and `.`."""
    told = [link.source, link.key, link.label, int(link.until.timestamp())]
    return str(_signer(secret).dumps(told))


def read_link(secret: str, token: str, now: datetime) -> UploadLink:
    """
    The link of a token.

    Raises:
        NotFound: nobody here made it. LinkEnded: its time is over.
    """
    try:
        source, key, label, until = _signer(secret).loads(token if len(token) <= _LONGEST else "")
    except (BadData, ValueError, TypeError):
        raise NotFound("Tautan unggah ini tidak dikenal.", mend="Periksa apakah tautannya tersalin utuh. " + _MEND) from None
    link = UploadLink(source, key, label, datetime.fromtimestamp(until, UTC))
    if now >= link.until:
        raise ended(f"Tautan unggah ini hanya berlaku sampai {link.until:%d-%m-%Y %H:%M} UTC.")
    return link


def ended(message: str) -> LinkEnded:
    """The refusal of a link that was good once."""
    return LinkEnded(message, mend=_MEND)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="exchange.upload", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256})
