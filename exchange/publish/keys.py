"""
The node's Ed25519 keys: one signs, those before it still prove what they signed, a revoked one proves nothing any more.

All of them stand in one file for its owner alone, `keys/signing.json` in the data folder, which is only ever replaced whole. What a
key was is never forgotten: a download of last year is checked against the key of last year. The secret part goes when a key is retired.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.access.segments import canonical_time
from exchange.errors import Conflict, NotFound, SettingWrong
from exchange.publish.base64url import decoded, encoded
from exchange.publish.shelf import written_beside
from exchange.settings import kept_secret
from exchange.store.base import utcnow

ACTIVE, RETIRED, REVOKED = "active", "retired", "revoked"
STATES = (ACTIVE, RETIRED, REVOKED)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """
    One key.

    kid: its RFC 7638 thumbprint, so that a name belongs to one key alone. public: its 32 bytes. valid_from: since when it signs,
    valid_until: when that ended, None while it signs. reason: why it was revoked, in the office's words. secret: kept by the one
    that signs alone. vouched: what the key before it signed for it when it took that one's place (compact JWS), None without one.
    """

    kid: str
    public: bytes
    state: str
    valid_from: datetime
    valid_until: datetime | None = None
    reason: str | None = None
    secret: bytes | None = field(default=None, repr=False)
    vouched: str | None = None

    def jwk(self) -> dict[str, Any]:
        """The public half as RFC 8037 writes it, with what this node says of it beside."""
        said: dict[str, Any] = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.kid, "x": encoded(self.public)}
        said |= {"state": self.state, "valid_from": canonical_time(self.valid_from)}
        said["valid_until"] = canonical_time(self.valid_until) if self.valid_until else None
        return said | {"reason": self.reason} if self.reason else said

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes by which the owner of the secret part vouches for `data`; the same data always give the same."""
        assert self.secret is not None, "a retired key signs nothing"
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(data)


def thumbprint(public: bytes) -> str:
    """The name of a key by RFC 7638."""
    said = b'{"crv":"Ed25519","kty":"OKP","x":"' + encoded(public).encode() + b'"}'
    return encoded(hashlib.sha256(said).digest())


class Ring:
    """The keys of one data folder. Two who first ask at once get the same key; whoever changes them must be alone (`store.locks`)."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "keys" / "signing.json"

    def exists(self) -> bool:
        """Whether this node has a key; a file that a killed start left empty holds none."""
        return self._path.exists() and self._path.stat().st_size > 0

    def all_keys(self) -> list[Key]:
        """
        All keys, the newest first; the first one is made where there is none.

        Raises:
            SettingWrong: the file cannot be read; it is left as it is, since only a backup can bring its keys back.
        """
        if not self.exists():
            kept_secret(self._path, lambda: _written([_new(utcnow())]).decode())
        self._close_to_others()
        try:
            return [_read(each) for each in orjson.loads(self._path.read_bytes())["keys"]]
        except (ValueError, KeyError, TypeError) as error:
            raise SettingWrong(
                f"{self._path.name}: kunci penanda tangan tidak dapat dibaca ({type(error).__name__}).",
                mend="Pulihkan berkas itu dari cadangan; jangan dihapus, sebab unduhan lama hanya terbukti dengan kunci di dalamnya.",
            ) from None  # what could not be read may be a secret

    def signing(self) -> Key:
        """The key that signs."""
        return next(key for key in self.all_keys() if key.state == ACTIVE)

    def rotate(self) -> Key:
        """Sign with a new key from now on; the one before vouches for it, is retired, and its secret part destroyed."""
        now, keys = utcnow().replace(microsecond=0), self.all_keys()
        made = _new(now)
        made = replace(made, vouched=_voucher(next(key for key in keys if key.state == ACTIVE), made))
        self._write([made, *(_retired(key, now) for key in keys)])
        return made

    def revoke(self, kid: str, reason: str) -> Key:
        """
        Let a key prove nothing any more; where it was the one that signs, a new one takes its place.

        kid: its name, or the beginning of it where that is clear. Returns the key as it is now.

        Raises:
            NotFound: no key, or more than one, begins so. Conflict: it is revoked already.
        """
        keys, now = self.all_keys(), utcnow().replace(microsecond=0)
        meant = [key for key in keys if kid and key.kid.startswith(kid)]
        if len(meant) != 1:
            said = "tidak ada" if not meant else "lebih dari satu"
            raise NotFound(f"Kunci yang diawali {kid[:60]!r}: {said}.", mend="Lihat: exchange key list")
        if meant[0].state == REVOKED:
            raise Conflict(f"Kunci {meant[0].kid} sudah dicabut.", mend="Tidak ada yang diubah.")
        gone = replace(_retired(meant[0], now), state=REVOKED, reason=reason)
        rest = [gone if key is meant[0] else key for key in keys]
        self._write(rest if any(key.state == ACTIVE for key in rest) else [_new(now), *rest])
        return gone

    def _write(self, keys: list[Key]) -> None:
        with written_beside(self._path, 0o600) as out:
            out.write(_written(keys))

    def _close_to_others(self) -> None:
        """A file that a restored backup left open to others is closed again, and said to have been open."""
        if os.name != "nt" and stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            self._path.chmod(0o600)
            _log.warning("%s was open to others of this machine; consider exchange key rotate", self._path.name)


def key_set(keys: list[Key]) -> bytes:
    """The public halves as a JWK Set (RFC 7517)."""
    return orjson.dumps({"keys": [key.jwk() for key in keys]}, option=orjson.OPT_INDENT_2) + b"\n"


def _new(now: datetime) -> Key:
    while True:
        secret = Ed25519PrivateKey.generate()
        public = secret.public_key().public_bytes_raw()
        kid = thumbprint(public)
        if kid[0].isalnum():  # a name that begins with a hyphen would be an option of the command line
            return Key(kid, public, ACTIVE, now.replace(microsecond=0), secret=secret.private_bytes_raw())


def _voucher(before: Key, made: Key) -> str:
    """What a key signs for the one that takes its place (JWS, compact), so that whoever pinned it can follow."""
    head = encoded(orjson.dumps({"alg": "EdDSA", "kid": before.kid, "typ": "exchange-succession"}, option=orjson.OPT_SORT_KEYS))
    body = encoded(orjson.dumps({"at": canonical_time(made.valid_from), "kid": made.kid, "x": encoded(made.public)}))
    return f"{head}.{body}.{encoded(before.sign(f'{head}.{body}'.encode()))}"


def _retired(key: Key, now: datetime) -> Key:
    return replace(key, state=RETIRED, valid_until=now, secret=None) if key.state == ACTIVE else key


def _written(keys: list[Key]) -> bytes:
    told = [
        key.jwk() | ({"d": encoded(key.secret)} if key.secret else {}) | ({"vouched": key.vouched} if key.vouched else {}) for key in keys
    ]
    return orjson.dumps({"keys": told}, option=orjson.OPT_INDENT_2)


def _read(said: Mapping[str, Any]) -> Key:
    """A key as the file has it; raises ValueError, KeyError or TypeError where it is none."""
    key = public_key(said)
    secret = decoded(said["d"]) if key.state == ACTIVE else None
    if secret is not None and Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw() != key.public:
        raise ValueError("the halves of a key do not belong together")
    return replace(key, secret=secret, vouched=said.get("vouched"))


def public_key(said: Mapping[str, Any]) -> Key:
    """
    A key as it is published.

    Raises:
        ValueError, KeyError, TypeError: it is no Ed25519 key of a node, or its name is not its own.
    """
    public, until = decoded(said["x"]), said["valid_until"]
    if said["crv"] != "Ed25519" or len(public) != 32 or thumbprint(public) != said["kid"] or said["state"] not in STATES:
        raise ValueError("not a key of a node")
    times = datetime.fromisoformat(said["valid_from"]), datetime.fromisoformat(until) if until else None
    return Key(said["kid"], public, said["state"], *times, reason=said.get("reason"))
