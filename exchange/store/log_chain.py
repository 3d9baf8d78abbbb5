"""
How batches of the exchange log hang together: each content holds its number, its time and the digest of the one before.

So whoever changes, takes away, adds or moves a batch breaks the chain at that place, and it is named. Nothing here asks the database.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import orjson

START = "0" * 64  # what stands before the first batch


class Sealed(NamedTuple):
    """A batch as it is kept. content: canonical JSON; digest: its SHA-256 in hexadecimal."""

    number: int
    previous: str
    content: bytes
    digest: str


class Batch(Protocol):
    """A batch as the database gives it."""

    id: Any
    at: Any
    entries: Any
    content: Any
    previous: Any
    digest: Any


def moment(at: datetime) -> str:
    """A time as contents have it: UTC to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def seal(number: int, previous: str, at: datetime, entries: Sequence[Mapping[str, Any]]) -> Sealed:
    """Entries as the batch of that number behind the one with that digest."""
    record = {"number": number, "previous": previous, "at": moment(at), "entries": list(entries)}
    content = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return Sealed(number, previous, content, sha256(content).hexdigest())


def read(packed: bytes) -> tuple[bytes, dict[str, Any]]:
    """The content of a batch and what it says; raises ValueError where it cannot be read."""
    try:
        content = zlib.decompress(bytes(packed))
        record = orjson.loads(content)
        if not isinstance(record["entries"], list):
            raise ValueError("no entries")
    except (zlib.error, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError("unreadable") from error
    return content, record


def firms_in(entries: Iterable[Mapping[str, Any]]) -> set[str]:
    """The firms that entries tell of."""
    return {name for entry in entries for kind, _, names in entry["told"] if kind == "business" for name in names}


def fault_in(row: Batch, firms: set[str], number: int, previous: str) -> str | None:
    """
    What is wrong with a batch that should have this number and stand behind this digest, in Indonesian; None where nothing is.

    firms: those that stand beside it in the database.
    """
    if row.id != number:
        return f"bundel {number} tidak ada; sesudah {number - 1} datang {row.id}"
    if row.previous != previous:
        return "tidak bersambung dengan bundel sebelumnya"
    try:
        content, record = read(row.content)
    except ValueError:
        return "isinya tidak dapat dibaca"
    if sha256(content).hexdigest() != row.digest:
        return "isinya bukan yang dicatat: sidiknya lain"
    told = (record.get("number"), record.get("previous"), record.get("at"), len(record["entries"]))
    if told != (row.id, row.previous, moment(row.at), row.entries):
        return "nomor, waktu atau jumlah catatannya bukan yang tertulis di dalamnya"
    try:
        named = firms_in(record["entries"])
    except (KeyError, TypeError, ValueError):
        return "isinya bukan catatan pembacaan"
    return None if named == firms else "daftar usahanya bukan yang tertulis di dalamnya"
