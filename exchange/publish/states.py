"""
The word for a state of the catalogue as one reader reads it: what a publication calls its version, and where an increment goes on from.

The numbers of changes would tell a reader how much others read (decision 0023), so the word is sealed. It is the same for the same
state, and good for one tier under one policy in one database; of the tier `contracted` for what one contract (PKS) covers, so that
what one contract opens is never brought forward by what another one does.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NoReturn

from sqlalchemy.orm import Session

from exchange.access.callers import Reader
from exchange.access.policy import VERSION as POLICY
from exchange.access.policy import Tier, bits
from exchange.access.sealing import Sealer
from exchange.errors import Gone
from exchange.store.changes import latest_change
from exchange.store.feed import feed, floor_of, last_change
from exchange.store.increments import newest_told

LONGEST = 200
_PLAIN = struct.Struct(">BB8s8sq")  # shape, tier, policy and contract, database, place among the changes
_FIRST = 1
_KIND = "product"
_RESYNC = "/api/v1/publications/ubl"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class State:
    """
    What a reader reads of the catalogue.

    place: of the newest change of a product that the reader was told of, 0 before the first. at: when that was made. word: for its readers.
    """

    place: int
    at: datetime
    word: str


def state_now(session: Session, reader: Reader, secret: str) -> State:
    """The state that this session's picture of the database is in."""
    row, bit = feed(session), bits([reader.tier])
    last, at = newest_told(session, _KIND, bit)
    place = max(last, floor_of(row, bit, [_KIND]))
    if at is None and place:  # a database whose last such change was forgotten before they were kept
        at = (latest_change(session, _KIND) or (0, _NEVER))[1]
    plain = _PLAIN.pack(_FIRST, bits([reader.stage]), _rules(reader), _digest(row.epoch), place)
    return State(place, at or _NEVER, _sealer(secret).seal(plain))


def database_mark(session: Session, secret: str) -> str:
    """What words of this database, sealed by this secret, have in common; it tells neither."""
    return _sealer(secret).seal(_digest(feed(session).epoch))


def place_of(session: Session, word: str, readers: Sequence[Reader], secret: str) -> tuple[Reader, int]:
    """
    The view that a word was given out for, of those that the caller may go on with, and the place that it names.

    Raises:
        Gone: the word is not of this database, of none of these views or of another policy, or what is behind it was forgotten; `resync`
        is where to begin anew.
    """
    plain = _sealer(secret).open(word)
    if plain is None or len(plain) != _PLAIN.size or plain[0] != _FIRST:
        _gone("Versi ini bukan dari basis data simpul ini.")
    _, bit, policy, database, place = _PLAIN.unpack(plain)
    row = feed(session)
    if database != _digest(row.epoch):
        _gone("Basis data simpul ini sudah diganti sejak versi ini dibuat.")
    reader = next((each for each in readers if bits([each.stage]) == bit), None)
    resync = _RESYNC if reader is None or reader.stage is Tier.PUBLIC else f"{_RESYNC}?tier={reader.stage}"
    if reader is None:
        _gone("Hak baca Anda sudah berubah sejak versi ini dibuat.")
    if policy != _rules(reader):
        what = "Objek PKS Anda, atau aturan" if reader.within is not None else "Aturan"
        _gone(f"{what} tentang kolom yang boleh dibaca sudah berubah sejak versi ini dibuat.", resync)
    floor = floor_of(row, bits([reader.tier]), [_KIND])
    if place < floor:
        _gone("Perubahan sesudah versi ini sudah melewati masa simpan.", resync)
    if place > max(last_change(session), floor):
        _gone("Basis data simpul ini dikembalikan ke keadaan sebelum versi ini dibuat.", resync)
    return reader, place


def _rules(reader: Reader) -> bytes:
    """What decides what the reader reads of a record: the policy, and the objects of its contract."""
    return _digest(POLICY if reader.within is None else f"{POLICY}|{reader.within.word()}")


def _gone(why: str, resync: str = _RESYNC) -> NoReturn:
    mend = f"Ambil katalog penuh dengan GET {resync}, ganti seluruh salinan Anda, lalu teruskan dari cbc:VersionID dokumen itu."
    raise Gone(why, mend=mend, resync=resync)


def _sealer(secret: str) -> Sealer:
    return Sealer(secret, "catalogue-state")


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
