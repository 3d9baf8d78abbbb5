"""Whether a download is what a node published: its bytes, the signature beside it, and the node's published keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.errors import BadRequest
from exchange.publish.keys import RETIRED, REVOKED, Key, public_key
from exchange.publish.signing import Signature, read_signature

# why a download is not proved; the words of `--json`
UNREADABLE, UNKNOWN_KEY, REVOKED_KEY, FORGED, AFTER_KEY = (
    "signature_unreadable",
    "key_unknown",
    "key_revoked",
    "signature_wrong",
    "key_ended",
)
OTHER_MANIFEST, OTHER_FILE, CHANGED = "manifest_differs", "signature_of_another_file", "bytes_changed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason: None where the file is proved. says: that in words, Indonesian. key, statement: of the signature, where it could be read."""

    reason: str | None
    says: str
    key: Key | None = None
    statement: Mapping[str, Any] | None = None


def known_keys(text: bytes) -> dict[str, Key]:
    """
    The keys of a node as it publishes them, by name.

    Raises:
        BadRequest: it is no such list, or a key in it was changed: its name is made from it.
    """
    try:
        listed = orjson.loads(text)["keys"]
        if not isinstance(listed, list):
            raise TypeError("not a list")
        keys = [public_key(each) for each in listed]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest(
            f"Daftar kunci tidak dapat dibaca ({type(error).__name__}).", mend="Ambil lagi dari simpul itu: /api/v1/keys"
        ) from error
    return {key.kid: key for key in keys}


def verify(path: Path, signature: bytes, keys: Mapping[str, Key], manifest: bytes | None = None) -> Verdict:
    """
    Judge a download, in bounded memory.

    signature: the text beside it. keys: those that its node publishes. manifest: the manifest that came with it, which must then be
    the one that was signed, byte for byte.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        read = read_signature(signature)
    except (ValueError, TypeError):
        return Verdict(UNREADABLE, "tanda tangannya tidak dapat dibaca: rusak, terpotong, atau bukan tanda tangan terbitan")
    key = keys.get(read.kid)
    if key is None:
        return Verdict(
            UNKNOWN_KEY, f"kunci {read.kid[:60]} tidak ada di antara kunci simpul itu yang diketahui; mungkin daftarnya sudah lama"
        )
    if key.state == REVOKED:
        return Verdict(REVOKED_KEY, f"kunci {key.kid} sudah dicabut simpulnya" + (f": {key.reason}" if key.reason else ""), key)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(read.mark, read.signed)
        said = read.statement()
    except (InvalidSignature, ValueError):
        return Verdict(FORGED, "tanda tangannya tidak dibuat dengan kunci yang disebutnya: rusak atau dipalsukan", key)
    return _of_statement(path, read, key, said, manifest)


def _of_statement(path: Path, read: Signature, key: Key, said: Mapping[str, Any], manifest: bytes | None) -> Verdict:
    """The verdict where the key's owner said `said`."""
    what = f"{said['file']} versi {said['version']} dari {said['publisher'].get('name')}"
    if said["kid"] != key.kid or (manifest is not None and manifest != read.manifest):
        return Verdict(OTHER_MANIFEST, f"manifes yang diberikan bukan manifes yang ditandatangani ({what})", key, said)
    if key.state == RETIRED and key.valid_until and said.get("changed_at") and datetime.fromisoformat(said["changed_at"]) > key.valid_until:
        return Verdict(AFTER_KEY, f"kunci {key.kid} sudah diganti sebelum {what} ada, jadi bukan simpulnya yang menandatangani", key, said)
    size, digest = _size_and_digest(path)
    if digest == said["sha256"] and size == said["size"]:
        return Verdict(None, f"berkas ini {what}, {said['products']} produk", key, said)
    if path.suffix and path.suffix != Path(str(said["file"])).suffix:
        return Verdict(OTHER_FILE, f"tanda tangan ini milik {what}, bukan milik berkas {path.suffix}", key, said)
    if size != said["size"]:
        sizes = f"isinya {size} bita, yang ditandatangani {said['size']} bita ({what})"
        says = f"{sizes}: terpotong, diubah, atau tanda tangannya milik versi lain"
        return Verdict(CHANGED, says, key, said)
    return Verdict(CHANGED, f"isinya sudah berubah; yang ditandatangani {what}", key, said)


def _size_and_digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
