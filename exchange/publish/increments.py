"""
What changed of the catalogue since a reader's last publication, as one UBL document: built into a file, kept an hour for who asks again.

The full catalogue of one state with the increments since applied in turn is the full catalogue of the later state.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from exchange.access.callers import Reader
from exchange.access.coverage import Note, lifted_stream, reads_more
from exchange.access.disclosures import Collector, Told, grouped, parts
from exchange.access.policy import Tier, bits
from exchange.errors import ExchangeError
from exchange.publish import states
from exchange.publish.base import Receiver
from exchange.publish.formats.ubl import Step, Ubl
from exchange.publish.picture import basis, head_of
from exchange.publish.receivers import view_of
from exchange.publish.shelf import Shelf
from exchange.publish.write import Packed, mode_of
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.increments import Became, became, count_became

_AT_ONCE = 500
_KEPT = 3600  # seconds that a finished increment is found again


@dataclass(frozen=True, slots=True)
class Increment:
    """
    One finished file.

    name: what a download is called. tier: whose increment it is. lines: how many products it tells of. etag: SHA-256 of its content.
    changed_at: the newest change in it. gzip: the same bytes packed, where that makes them smaller. made_at: when these bytes first
    stood here. told: what it tells beyond the public.
    """

    path: Path
    name: str
    media_type: str
    tier: Tier
    lines: int
    etag: str
    changed_at: datetime
    gzip: Packed | None
    made_at: datetime = field(compare=False)
    told: tuple[Told, ...] = ()

    @property
    def format(self) -> str:
        """The format that it is of."""
        return Ubl.name


class NothingChanged(ExchangeError):
    """Since that state nothing changed for its reader; UBL has no document for that, and the word for it stays good."""

    status = HTTPStatus.NO_CONTENT
    slug = "tidak-ada-perubahan"
    title = "Tidak ada perubahan."


def build_increment(store: Store, settings: Settings, since: str, reader: Tier, receiver: Receiver | None = None) -> Increment:
    """
    The changes from the state `since` to the state of now, each product once: Add, Update or Delete.

    since: cbc:VersionID of a full catalogue or of an increment. reader: the caller's tier; whoever it is may go on from what the public
    reads, too, and a partner with a contract from what all signatories read: the word says which, and the increment is of that alone.
    receiver: the partner that it is made out to; what the public reads is made out to everybody.

    Raises:
        Gone: nobody can go on from there, see `states.place_of`.
        NothingChanged: there is nothing to tell; nothing is written.
        Denied: the tier reads in the scope of an agreement, and the receiver has none (`view_of`).
    """
    shelf, folder = Shelf(settings.data_dir / "increments"), settings.data_dir / "increments"
    views = [view_of(reader, receiver), *([Reader(Tier.AGREED)] if reader is Tier.CONTRACTED else []), Reader(Tier.PUBLIC)]
    with store.read() as session:
        view, after = states.place_of(session, since, views, settings.with_secret().secret_key)
        tier = view.stage
        receiver = None if tier is Tier.PUBLIC or receiver is None else replace(receiver, within=view.within)
        made_from = basis(session, settings, Ubl(), tier, receiver)
        name = f"{tier}-{hashlib.sha256(since.encode()).hexdigest()[:32]}" + (f"-{receiver.called}" if receiver else "")
        note = shelf.find(name, made_from)
        if note is None:
            asked = session, "product", str(view.tier), bits([view.tier]), after
            count = count_became(*asked)
            if not count:
                raise NothingChanged("Tidak ada perubahan sejak versi itu.")
            head = replace(head_of(session, settings, tier, receiver), products=count)
            into = Collector()
            steps = (Step(*each) for each in _lifted(session, replace(view, day=settings.day()), became(*asked), into.record))
            with shelf.building(Ubl.suffix, mode_of(tier)) as (out, note):
                written = Ubl().write_changes(steps, out, head, since)
            if written != count:
                raise ExchangeError(f"Perubahan katalog: {written} dari {count} baris tertulis; berkasnya tidak dipakai.")
            last = shelf.newest(name)
            note |= {"basis": made_from, "gzip": shelf.packed(note, mode_of(tier)), "changed_at": head.changed_at.isoformat()}
            note["made_at"] = last["made_at"] if last is not None and last["sha256"] == note["sha256"] else time.time()
            note["statement"] = {"file": f"katalog-{settings.home_region}-perubahan{Ubl.suffix}", "lines": count}
            note["told"] = grouped(into.subjects)
            _forget(folder)
            shelf.keep(name, note)
    return _increment(shelf, note, tier)


def _increment(shelf: Shelf, note: dict[str, Any], tier: Tier) -> Increment:
    said, packed = note["statement"], note["gzip"]
    return Increment(
        path=shelf.path(note),
        name=said["file"],
        media_type=Ubl.media_type,
        tier=tier,
        lines=said["lines"],
        etag=note["sha256"],
        changed_at=datetime.fromisoformat(note["changed_at"]),
        told=parts(note.get("told", ())),
        gzip=Packed(shelf.path(packed), packed["sha256"], packed["bytes"]) if packed else None,
        made_at=datetime.fromtimestamp(note["made_at"], UTC),
    )


def _lifted(session: Session, view: Reader, changed: Iterator[Became], tell: Note) -> Iterator[Became]:
    """What became of the records, as the view reads them."""
    if not reads_more(view):
        yield from changed
        return
    while part := list(islice(changed, _AT_ONCE)):
        bodies = lifted_stream(session, "product", view, [(one.ident, one.body) for one in part], tell)
        yield from (one._replace(body=body) for one, (_, body) in zip(part, bodies, strict=True))


def _forget(folder: Path) -> None:
    """Let go of notes that were written an hour ago; their files follow (`Shelf.keep`)."""
    for note in folder.glob("*.note"):
        with suppress(OSError):
            if note.stat().st_mtime < time.time() - _KEPT:
                note.unlink()
