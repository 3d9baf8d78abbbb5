"""
Small values that travel through a caller's hands and come back: unreadable, unforgeable, the same for the same value.

Method: a synthetic initialisation vector (as in RFC 5297) over keyed BLAKE2b. The tag of the plain bytes is the vector of the key
stream that covers them, so that equal values seal equally, and nothing is told but their length.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

_TAG = 16
_BLOCK = 64


class Sealer:
    """
    Seals and opens by one secret, for one purpose.

    secret: the service's. purpose: at most 16 bytes; what is sealed for one is not opened for another.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = blake2b(secret.encode(), digest_size=32, person=purpose.encode()).digest()

    def seal(self, plain: bytes) -> str:
        """The value as a word of letters, digits, `-` and `_`."""
        tag = self._tag(plain)
        return urlsafe_b64encode(tag + self._cover(tag, plain)).rstrip(b"=").decode()

    def open(self, word: str) -> bytes | None:
        """The value; None where the word was not sealed by this secret for this purpose."""
        try:
            body = urlsafe_b64decode(word.encode("ascii") + b"=" * (-len(word) % 4))
        except (UnicodeEncodeError, binascii.Error, ValueError):
            return None
        tag, covered = body[:_TAG], body[_TAG:]
        plain = self._cover(tag, covered)
        return plain if hmac.compare_digest(self._tag(plain), tag) else None

    def _tag(self, plain: bytes) -> bytes:
        return blake2b(plain, digest_size=_TAG, key=self._key, person=b"tag").digest()

    def _cover(self, tag: bytes, body: bytes) -> bytes:
        blocks = range(-(-len(body) // _BLOCK))
        stream = b"".join(blake2b(tag, key=self._key, person=b"stream", salt=number.to_bytes(4, "big")).digest() for number in blocks)
        return bytes(one ^ other for one, other in zip(body, stream, strict=False))
