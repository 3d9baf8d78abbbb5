"""
The manifest of a publication and its signature: one small document that vouches for one file.

The manifest is canonical JSON that says what the file is and what SHA-256 it has. The signature is a JWS (RFC 7515, compact, EdDSA by
RFC 8037) whose payload is the manifest, byte for byte, so that one text beside a download proves the file, what is said of it, and by
which key. A file of any size is thus signed and checked in bounded memory, and any JOSE library can do the checking. Only what `build`
wrote is signed: the SHA-256 is the one that was taken while it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from exchange.publish.base64url import decoded, encoded
from exchange.publish.keys import Key
from exchange.publish.write import Publication

JOSE = "application/jose"
_TYPE = "exchange-publication"
_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was read, nothing of it proved yet. signed: the bytes that it was made over."""

    kid: str
    manifest: bytes
    signed: bytes
    mark: bytes

    def statement(self) -> dict[str, Any]:
        """What the manifest says; raises ValueError where it is none."""
        said: Any = orjson.loads(self.manifest)
        if not isinstance(said, dict) or not {"file", "sha256", "size", "kid", "version", "publisher"} <= set(said):
            raise ValueError("not a manifest")
        return said


def manifest_of(made: Publication, key: Key) -> bytes:
    """What this node says of a file that it built, and by which key; the same file and key give the same bytes."""
    return _canonical(made.statement | {"kid": key.kid})


def signature_of(made: Publication, key: Key) -> bytes:
    """The manifest of a file that this node built, signed."""
    head = encoded(_canonical({"alg": "EdDSA", "kid": key.kid, "typ": _TYPE}))
    signed = f"{head}.{encoded(manifest_of(made, key))}".encode()
    return signed + b"." + encoded(key.sign(signed)).encode()


def read_signature(text: bytes) -> Signature:
    """
    Take a signature apart.

    Raises:
        ValueError: it is not of the kind that `signature_of` makes; every letter of it counts.
    """
    if len(text) > _LONGEST:
        raise ValueError("too long for a signature")
    head, body, mark = text.decode("ascii").split(".")
    said: Any = orjson.loads(decoded(head))
    if not isinstance(said, dict) or set(said) != {"alg", "kid", "typ"} or (said["alg"], said["typ"]) != ("EdDSA", _TYPE):
        raise ValueError("a signature of another kind")
    return Signature(str(said["kid"]), decoded(body), f"{head}.{body}".encode(), decoded(mark))


def _canonical(said: Mapping[str, Any]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
