"""
Signatures beside what they sign: a detached JWS (RFC 7515 appendix F, EdDSA by RFC 8037) over the bytes of a message or an answer.

A node that took another key signs with it, and sends along by which key the new one was vouched for: whoever pinned the old one follows
from key to key. A key whose end was a revocation vouches for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.publish.base64url import decoded, encoded
from exchange.publish.keys import Key, thumbprint

HEADER: Final = "Exchange-Signature"
CHAIN: Final = "Exchange-Key-Chain"
TYPE: Final = "exchange-detached"
_LONGEST = 2_000
MOST_KEYS: Final = 12


class Detached(NamedTuple):
    """A detached signature as it was read, nothing of it proved. at: seconds since 1970; head: as it was signed."""

    kid: str
    at: int
    head: str
    mark: bytes


def sign(key: Key, body: bytes, at: datetime) -> str:
    """The signature of a body by a key that signs, made at that time."""
    said = {"alg": "EdDSA", "iat": int(at.timestamp()), "kid": key.kid, "typ": TYPE}
    head = encoded(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
    return f"{head}..{encoded(key.sign(_signed(head, body)))}"


def read(word: str) -> Detached:
    """
    Take a signature apart.

    Raises:
        ValueError: it is not of the kind that `sign` makes.
    """
    if len(word) > _LONGEST:
        raise ValueError("too long for a signature")
    head, nothing, mark = word.split(".")
    said: Any = orjson.loads(decoded(head))
    if nothing or not isinstance(said, dict) or set(said) != {"alg", "iat", "kid", "typ"}:
        raise ValueError("a signature of another kind")
    if (said["alg"], said["typ"]) != ("EdDSA", TYPE) or type(said["iat"]) is not int or not isinstance(said["kid"], str):
        raise ValueError("a signature of another kind")
    return Detached(said["kid"], said["iat"], head, decoded(mark))


def proves(signature: Detached, body: bytes, public: bytes) -> bool:
    """Whether the owner of a key (32 bytes) signed exactly these bytes."""
    return _is_mark(signature.mark, _signed(signature.head, body), public)


def followed(kid: str, public: str, chain: Sequence[str]) -> list[tuple[str, str]]:
    """
    The keys that came after one, each vouched for by the one before.

    kid, public: of the key that is known (base64url); chain: what `Key.vouched` of later keys says, the oldest first.

    Returns: kid and base64url of each key after the known one, in their order; empty where the chain does not lead on from it.
    """
    found: list[tuple[str, str]] = []
    for word in chain[-MOST_KEYS:]:
        before, _, after = _vouched(word)
        if before == (found[-1][0] if found else kid):
            known = decoded(found[-1][1] if found else public)
            if not _proved(word, known):
                return found
            found.append(after)
    return found


def said_keys(chain: Sequence[str]) -> list[str]:
    """Every key that a chain says it leads on from; raises ValueError where it is none."""
    return [_vouched(word)[0] for word in chain[-MOST_KEYS:]]


def chain_of(keys: Sequence[Key]) -> list[str]:
    """What vouches for the keys of a ring, the oldest first, up to the one that signs."""
    return [key.vouched for key in reversed(keys) if key.vouched][-MOST_KEYS:]


def _vouched(word: str) -> tuple[str, str, tuple[str, str]]:
    """kid of the voucher, its head, and (kid, base64url) of the key that it vouches for; raises ValueError where it is no such word."""
    if len(word) > _LONGEST:
        raise ValueError("too long for a voucher")
    head, body, _ = word.split(".")
    said: Any = orjson.loads(decoded(body))
    its: Any = orjson.loads(decoded(head))
    if its.get("typ") != "exchange-succession" or thumbprint(decoded(said["x"])) != said["kid"]:
        raise ValueError("not a voucher")
    return str(its["kid"]), head, (str(said["kid"]), str(said["x"]))


def _proved(word: str, public: bytes) -> bool:
    head, body, mark = word.split(".")
    return _is_mark(decoded(mark), f"{head}.{body}".encode(), public)


def _signed(head: str, body: bytes) -> bytes:
    return f"{head}.{encoded(body)}".encode()


def _is_mark(mark: bytes, data: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(mark, data)
    except (InvalidSignature, ValueError):
        return False
    return True
