"""
The word for a state of the catalogue as one tier reads it: what a publication calls its version, and where an increment goes on from.

The numbers of changes would tell a reader how much others read (decision 0023), so the word is sealed. It is the same for the same
state, and good for one tier under one policy in one database.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NoReturn

from sqlalchemy.orm import Session

from exchange.access.policy import VERSION as POLICY
from exchange.access.policy import Tier, bits
from exchange.access.sealing import Sealer
from exchange.errors import Gone
from exchange.store.changes import latest_change
from exchange.store.feed import feed, floor_of, last_change
from exchange.store.increments import newest_told

LONGEST = 200
_PLAIN = struct.Struct(">BB8s8sq")  # shape, tier, policy, database, place among the changes
_FIRST = 1
_KIND = "product"
_RESYNC = "/api/v1/publications/ubl"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class State:
    """
    What a tier reads of the catalogue.

    place: of the newest change of a product that the tier was told of, 0 before the first. at: when that was made. word: for its readers.
    """

    tier: Tier
    place: int
    at: datetime
    word: str


def state_now(session: Session, tier: Tier, secret: str) -> State:
    """The state that this session's picture of the database is in."""
    row, bit = feed(session), bits([tier])
    last, at = newest_told(session, _KIND, bit)
    place = max(last, floor_of(row, bit, [_KIND]))
    if at is None and place:  # a database whose last such change was forgotten before they were kept
        at = (latest_change(session, _KIND) or (0, _NEVER))[1]
    plain = _PLAIN.pack(_FIRST, bits([tier]), _digest(POLICY), _digest(row.epoch), place)
    return State(tier, place, at or _NEVER, _sealer(secret).seal(plain))


def database_mark(session: Session, secret: str) -> str:
    """What words of this database, sealed by this secret, have in common; it tells neither."""
    return _sealer(secret).seal(_digest(feed(session).epoch))


def place_of(session: Session, word: str, reader: Tier, secret: str) -> tuple[Tier, int]:
    """
    The tier that a word was given out for, and the place that it names. Whoever reads may go on from what the public reads, too.

    Raises:
        Gone: the word is not of this database, tier or policy, or what is behind it was forgotten; `resync` is where to begin anew.
    """
    plain = _sealer(secret).open(word)
    if plain is None or len(plain) != _PLAIN.size or plain[0] != _FIRST:
        _gone("Versi ini bukan dari basis data simpul ini.")
    _, bit, policy, database, place = _PLAIN.unpack(plain)
    row = feed(session)
    if database != _digest(row.epoch):
        _gone("Basis data simpul ini sudah diganti sejak versi ini dibuat.")
    tier = next((each for each in (reader, Tier.PUBLIC) if bits([each]) == bit), None)
    if tier is None:
        _gone("Hak baca Anda sudah berubah sejak versi ini dibuat.")
    if policy != _digest(POLICY):
        _gone("Aturan tentang kolom yang boleh dibaca sudah berubah sejak versi ini dibuat.")
    floor = floor_of(row, bit, [_KIND])
    if place < floor:
        _gone("Perubahan sesudah versi ini sudah melewati masa simpan.")
    if place > max(last_change(session), floor):
        _gone("Basis data simpul ini dikembalikan ke keadaan sebelum versi ini dibuat.")
    return tier, place


def _gone(why: str) -> NoReturn:
    mend = f"Ambil katalog penuh dengan GET {_RESYNC}, ganti seluruh salinan Anda, lalu teruskan dari cbc:VersionID dokumen itu."
    raise Gone(why, mend=mend, resync=_RESYNC)


def _sealer(secret: str) -> Sealer:
    return Sealer(secret, "catalogue-state")


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
