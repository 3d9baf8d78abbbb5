"""
Build a publication once for each state of the catalogue, and find it again while nothing has changed.

The bytes depend on the catalogue, the publisher's settings and the format alone, never on the clock: the same data give
the same file, and the date of issue is that of the newest change. All who ask for a new one at once wait for one builder.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exchange.access.coverage import all_products
from exchange.access.disclosures import Collector, Told, grouped, parts
from exchange.access.policy import Tier
from exchange.access.segments import canonical_time
from exchange.errors import ExchangeError
from exchange.publish.base import Format, Receiver
from exchange.publish.lacking import lacking, told
from exchange.publish.picture import basis, head_of, left_out
from exchange.publish.receivers import view_of
from exchange.publish.registry import format_named
from exchange.publish.shelf import Shelf
from exchange.publish.turns import turn
from exchange.settings import Settings
from exchange.store.base import Store

_JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True, slots=True)
class Packed:
    """A publication's bytes packed with gzip: where, their SHA-256 and their size."""

    path: Path
    etag: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Publication:
    """
    One finished file.

    name: what a download is called. products: how many are in it. left_out: how many are not, by reason in Indonesian (`picture`
    names them). lacking: how many of those in it have no price or one past its day, on the day of the newest change (`lacking` says why
    they are in it). etag: SHA-256 of the content, without quotes. bytes: the file's size. version, changed_at: the newest change in it.
    gzip: the same bytes packed, where that makes them smaller. told: what they tell beyond the public, by firm. statement: what the
    manifest says of it beyond the key. made_at: when these bytes first stood here. built: whether this call wrote it; False where it was
    there already.
    """

    path: Path
    name: str
    format: str
    media_type: str
    tier: str
    products: int
    left_out: dict[str, int]
    lacking: dict[str, int]
    etag: str
    bytes: int
    version: int
    changed_at: datetime
    gzip: Packed | None
    told: tuple[Told, ...]
    statement: dict[str, Any]
    made_at: datetime = field(compare=False)
    built: bool


def build(store: Store, settings: Settings, format_name: str, tier: Tier = Tier.PUBLIC, receiver: Receiver | None = None) -> Publication:
    """
    The publication of the catalogue as it is now: the file that is there where nothing changed, else a new one.

    receiver: the partner that it is made out to, which has a file of its own; None for everybody of the tier.

    Raises:
        UnknownFormat: no format has that name.
        NothingToPublish: the catalogue is empty and the format cannot say so; nothing is written.
        Denied: the tier reads in the scope of an agreement, and the receiver has none (`view_of`).
    """
    asked_at = time.time()
    chosen, shelf, name = _place(settings, format_name, tier, receiver)
    with store.read() as session:
        note = shelf.find(name, basis(session, settings, chosen, tier, receiver))
    if note is not None:
        return _publication(shelf, note)
    with turn(settings.data_dir / "locks" / f"publication-{name}"):
        note = shelf.newest(name)
        if note is not None and note["pictured_at"] >= asked_at:  # made while this call waited: as new as what it would make
            return _publication(shelf, note)
        pictured_at = time.time()
        with store.read() as session:
            made_from = basis(session, settings, chosen, tier, receiver)
            found = shelf.find(name, made_from)
            if found is not None:
                return _publication(shelf, found)
            made = _build(session, settings, chosen, tier, receiver, shelf)
        made |= {"basis": made_from, "pictured_at": pictured_at, "gzip": shelf.packed(made, mode_of(tier))}
        if note is not None and note["sha256"] == made["sha256"]:
            made["made_at"] = note["made_at"]
        shelf.keep(name, made)
    return replace(_publication(shelf, made), built=True)


def built_before(
    settings: Settings, format_name: str, digest: str, tier: Tier = Tier.PUBLIC, receiver: Receiver | None = None
) -> Publication | None:
    """
    The publication whose content has that SHA-256, also one that another took the place of within the last hour.

    None where this node never built such a file for that tier and receiver, or built it too long ago, or under another contract. Raises
    what `build` raises of names and tiers.
    """
    _, shelf, name = _place(settings, format_name, tier, receiver)
    note = shelf.about(name, digest)
    return None if note is None or note["contract"] != _contract(receiver) else _publication(shelf, note)


def _place(settings: Settings, format_name: str, tier: Tier, receiver: Receiver | None) -> tuple[Format, Shelf, str]:
    """The format, the folder, and the name that the notes bear there."""
    view_of(tier, receiver)
    chosen = format_named(format_name)
    name = f"{chosen.name}-{tier}" + (f"-{receiver.called}" if receiver else "")
    return chosen, Shelf(settings.data_dir / "publications"), name


def _contract(receiver: Receiver | None) -> str | None:
    return receiver.within.word() if receiver and receiver.within else None


def _publication(shelf: Shelf, note: dict[str, Any]) -> Publication:
    said, packed = note["statement"], note["gzip"]
    return Publication(
        path=shelf.path(note),
        name=said["file"],
        format=said["format"],
        media_type=said["media_type"],
        tier=said["tier"],
        products=said["products"],
        left_out=note["left_out"],
        lacking=note["lacking"],
        etag=note["sha256"],
        bytes=note["bytes"],
        version=note["version"],
        changed_at=datetime.fromisoformat(note["changed_at"]),
        gzip=Packed(shelf.path(packed), packed["sha256"], packed["bytes"]) if packed else None,
        told=parts(note.get("told", ())),
        statement=said | {"sha256": note["sha256"], "size": note["bytes"]},
        made_at=datetime.fromtimestamp(note["made_at"], UTC),
        built=False,
    )


def _build(session: Session, settings: Settings, chosen: Format, tier: Tier, receiver: Receiver | None, shelf: Shelf) -> dict[str, Any]:
    """Write the file from the session's one picture of the catalogue and return its note."""
    head, view, into = head_of(session, settings, tier, receiver), replace(view_of(tier, receiver), day=settings.day()), Collector()
    with shelf.building(chosen.suffix, mode_of(tier)) as (out, note):
        written = chosen.write(all_products(session, view, into.record), out, head)
        if written != head.products:
            raise ExchangeError(
                f"Format {chosen.name} menulis {written} dari {head.products} produk; berkasnya tidak dipakai.",
                mend="Laporkan kepada pembuat format itu.",
            )
    missing, price = left_out(session, view.tier), lacking(session, view.tier, head.changed_at.astimezone(_JAKARTA).date())
    statement = {
        "file": _file_name(settings, chosen, tier, receiver),
        "format": chosen.name,
        "media_type": chosen.media_type,
        "tier": str(tier),
        "receiver": receiver.region if receiver else None,
        "publisher": {"name": settings.office, "region": settings.home_region},
        "products": written,
        "left_out": told(missing),
        "lacking": told(price),
        "version": head.state,
        "changed_at": canonical_time(head.changed_at) if head.version else None,
        "licence": settings.data_licence,
        "terms": settings.data_terms,
    }
    times = {"version": head.version, "changed_at": head.changed_at.isoformat(), "made_at": time.time()}
    told_of = grouped(into.subjects) if chosen.lists_products else ()
    return note | times | {
        "left_out": missing, "lacking": price, "statement": statement, "contract": _contract(receiver), "told": told_of,
    }  # fmt: skip


def _file_name(settings: Settings, chosen: Format, tier: Tier, receiver: Receiver | None) -> str:
    """What a download is called: a format whose suffix does not tell it is named, and so is whoever it is not open to."""
    parts = ["katalog", settings.home_region]
    parts += [] if chosen.suffix == f".{chosen.name}" else [chosen.name]
    parts += [] if tier is Tier.PUBLIC else [str(tier)]
    parts += [f"untuk-{receiver.called}"] if receiver else []
    return "-".join(parts) + chosen.suffix


def mode_of(tier: Tier) -> int:
    """Who on this machine may read the file: everybody what is public, its owner alone what is not."""
    return 0o644 if tier is Tier.PUBLIC else 0o600
