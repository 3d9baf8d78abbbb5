"""
Cursors of the change feed: where a reader stands, sealed, and good for one tier under one policy in one database.

A reader without a cursor gets all records first, by kind and name, and then the changes since it began; the cursor says where in that
it stands. What a record is called that the reader has read already is all that it could learn from it, and it is sealed nonetheless:
the numbers of changes would tell how much others read.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import NoReturn

from exchange.access.callers import Reader
from exchange.access.policy import VERSION as POLICY
from exchange.access.policy import bits
from exchange.access.sealing import Sealer
from exchange.api.smorest import fault, refuse
from exchange.errors import Gone
from schemas.wire import CHANGE_KINDS

LONGEST = 700
_SHAPE = re.compile(r"[A-Za-z0-9_-]{40,}")
_HEAD = struct.Struct(">BB8s8s8sBqB")  # shape, tier, contract, policy, database, kind asked, place among the changes, kind listed
_SHAPE_NOW = 2
_NONE = 255
_ADDRESS = "/api/v1/changes"


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a reader stands.

    epoch: of the database. kind: the one asked for, None for all. position: the change behind which it goes on, and went back to when
    it began. listed: while all records are listed, the kind and the name of the last one (empty at the kind's beginning); None after.
    """

    epoch: str
    kind: str | None
    position: int
    listed: tuple[str, str] | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are asked for."""
        return CHANGE_KINDS if self.kind is None else (self.kind,)

    def behind(self, position: int) -> Place:
        """Among the changes, behind one of them."""
        return replace(self, position=position, listed=None)


def write(place: Place, reader: Reader, secret: str) -> str:
    """The place as the reader gets it."""
    kind, name = place.listed or (None, "")
    its = (bits([reader.tier]), _contract(reader), _policy(), _database(place.epoch), _number(place.kind))
    head = _HEAD.pack(_SHAPE_NOW, *its, place.position, _number(kind))
    return _sealer(secret).seal(head + name.encode())


def read(word: str, reader: Reader, secret: str, epoch: str, kind: str | None) -> Place:
    """
    The place that a cursor names.

    reader: how the caller reads now; epoch: of this database; kind: asked for now.

    Raises:
        BadRequest: it is no cursor, or one of another question.
        Gone: it was given out to another tier or for another contract, under another policy, or by another database.
    """
    if not _SHAPE.fullmatch(word):
        refuse([fault("since", "Bukan kursor umpan ini; pakai nilai `next`, atau mulai tanpa since.")])
    plain = _sealer(secret).open(word)
    if plain is None or len(plain) < _HEAD.size or plain[0] != _SHAPE_NOW:
        gone("Kursor ini bukan dari basis data ini.", kind)
    _, tier, contract, policy, database, asked, position, listed = _HEAD.unpack_from(plain)
    if database != _database(epoch):
        gone("Basis data simpul ini sudah diganti sejak kursor ini dibuat.", kind)
    if tier != bits([reader.tier]) or contract != _contract(reader):
        gone("Hak baca Anda sudah berubah sejak kursor ini dibuat.", kind)
    if policy != _policy():
        gone("Aturan tentang kolom yang boleh dibaca sudah berubah sejak kursor ini dibuat.", kind)
    if asked != _number(kind):
        refuse([fault("since", "Kursor ini milik pertanyaan dengan `kind` yang lain; pakai kind yang sama, atau mulai tanpa since.")])
    name = plain[_HEAD.size :].decode()
    return Place(epoch, kind, position, None if listed == _NONE else (CHANGE_KINDS[listed], name))


def gone(why: str, kind: str | None) -> NoReturn:
    """Answer that nobody can go on from here, and how to begin anew."""
    address = f"{_ADDRESS}?kind={kind}" if kind else _ADDRESS
    mend = (
        f"Mulai lagi dengan GET {address} tanpa since: semua data dikirim satu kali, lalu perubahannya. "
        "Yang tidak disebut sampai `more` bernilai false sudah tidak ada."
    )
    raise Gone(why, mend=mend, resync=address)


def _sealer(secret: str) -> Sealer:
    return Sealer(secret, "feed-cursor")


def _contract(reader: Reader) -> bytes:
    """What of the reader's view its tier does not say."""
    return bytes(8) if reader.within is None else bytes.fromhex(reader.within.word())


def _policy() -> bytes:
    return blake2b(POLICY.encode(), digest_size=8).digest()


def _database(epoch: str) -> bytes:
    return blake2b(epoch.encode(), digest_size=8).digest()


def _number(kind: str | None) -> int:
    return _NONE if kind is None else CHANGE_KINDS.index(kind)
