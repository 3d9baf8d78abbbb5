"""
Build a publication once for each state of the catalogue, and find it again while nothing has changed.

The bytes depend on the catalogue, the publisher's settings and the format alone, never on the clock: the same data give
the same file, and the date of issue is that of the newest change.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from exchange.access.policy import Tier
from exchange.errors import Denied, ExchangeError
from exchange.publish.base import Format, Receiver
from exchange.publish.picture import basis, head_of, left_out
from exchange.publish.registry import format_named
from exchange.publish.shelf import Shelf, written_beside
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.segments import all_segments


@dataclass(frozen=True, slots=True)
class Publication:
    """
    One finished file.

    products: how many are in it. left_out: how many are not, by reason in Indonesian (`picture` names them).
    etag: SHA-256 of the content, without quotes. bytes: the file's size. version, changed_at: the newest change in it.
    built: whether this call wrote it; False where it was there already.
    """

    path: Path
    format: str
    media_type: str
    tier: str
    products: int
    left_out: dict[str, int]
    etag: str
    bytes: int
    version: int
    changed_at: datetime
    built: bool


def export(store: Store, settings: Settings, format_name: str, out_path: Path | None = None, tier: Tier = Tier.PUBLIC) -> Publication:
    """`build`, and with `out_path` a copy there, whole or not at all, which `path` then names; raises what `build` raises."""
    made = build(store, settings, format_name, tier)
    if out_path is None:
        return made
    with made.path.open("rb") as source, written_beside(out_path, _mode(tier)) as out:
        shutil.copyfileobj(source, out, 1 << 18)
    return replace(made, path=out_path)


def build(store: Store, settings: Settings, format_name: str, tier: Tier = Tier.PUBLIC, receiver: Receiver | None = None) -> Publication:
    """
    The publication of the catalogue as it is now: the file that is there where nothing changed, else a new one.

    receiver: the partner that it is made out to, which has a file of its own; None for everybody of the tier.

    Raises:
        UnknownFormat: no format has that name.
        NothingToPublish: the catalogue is empty and the format cannot say so; nothing is written.
        Denied: the tier reads in the scope of an agreement only, which one file for all of them cannot keep.
    """
    if tier is Tier.CONTRACTED:
        raise Denied("Data bagi mitra dengan PKS hanya dalam lingkup PKS-nya, tidak sebagai satu berkas untuk semua.")
    chosen = format_named(format_name)
    shelf, name = Shelf(settings.data_dir / "publications"), f"{chosen.name}-{tier}" + (f"-{receiver.region}" if receiver else "")
    with store.read() as session:
        made_from = basis(session, settings, chosen, tier, receiver)
        note = shelf.find(name, made_from)
        built = note is None
        if note is None:
            note = _build(session, settings, chosen, tier, receiver, shelf) | {"basis": made_from}
            shelf.keep(name, note)
    return Publication(
        path=shelf.path(note),
        format=chosen.name,
        media_type=chosen.media_type,
        tier=str(tier),
        products=note["products"],
        left_out=note["left_out"],
        etag=note["sha256"],
        bytes=note["bytes"],
        version=note["version"],
        changed_at=datetime.fromisoformat(note["changed_at"]),
        built=built,
    )


def _build(session: Session, settings: Settings, chosen: Format, tier: Tier, receiver: Receiver | None, shelf: Shelf) -> dict[str, Any]:
    """Write the file from the session's one picture of the catalogue and return its note."""
    head = head_of(session, settings, tier, receiver)
    with shelf.building(chosen.suffix, _mode(tier)) as (out, note):
        written = chosen.write((body for _, _, body in all_segments(session, "product", tier)), out, head)
        if written != head.products:
            raise ExchangeError(
                f"Format {chosen.name} menulis {written} dari {head.products} produk; berkasnya tidak dipakai.",
                mend="Laporkan kepada pembuat format itu.",
            )
    told = {"products": written, "left_out": left_out(session, tier), "version": head.version, "changed_at": head.changed_at.isoformat()}
    return note | told


def _mode(tier: Tier) -> int:
    """Who on this machine may read the file: everybody what is public, its owner alone what is not."""
    return 0o644 if tier is Tier.PUBLIC else 0o600
