"""
Build a publication once for each state of the catalogue, into a file named by its content, and find it again.

`publications/FORMAT-TIER.json` in the data folder says what was built last and from what; the publication itself is
`publications/<sha-256><suffix>`. Both appear by rename, so that a reader never meets half a file and two builders at
once do no harm. The bytes depend on the catalogue alone, not on the clock.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
from sqlalchemy.orm import Session

from exchange.access import policy
from exchange.access.policy import Tier
from exchange.publish.base import Format, Head
from exchange.publish.registry import format_named
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.changes import latest_change
from exchange.store.products import count_left_out
from exchange.store.segments import all_segments
from schemas.codes import region

_SPARED = 24 * 3600  # seconds that a superseded file stays for those who still read it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Publication:
    """
    One finished file.

    products: how many are in it. left_out: how many products are not, by reason (`not_consented`, `withdrawn`).
    etag: of the content, without quotes. bytes: the file's size. version and changed_at: of the catalogue in it.
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


def build(store: Store, settings: Settings, name: str, tier: Tier = Tier.PUBLIC) -> Publication:
    """
    The publication of the catalogue as it is now: the file that is there where nothing changed, else a new one.

    Raises:
        UnknownFormat: no format has that name.
        NothingToPublish: the catalogue is empty and the format cannot say so.
    """
    chosen = format_named(name)
    folder = settings.data_dir / "publications"
    pointer = folder / f"{chosen.name}-{tier}.json"
    with store.read() as session:
        head = _head(session, settings, tier)
        basis = _basis(chosen, head)
        kept = _kept(pointer, basis)
        if kept is None:
            folder.mkdir(parents=True, exist_ok=True)
            kept = _write(chosen, (body for _, _, body in all_segments(session, "product", tier)), folder, head)
            kept |= {"basis": basis, "left_out": count_left_out(session)}
            _replace(pointer, orjson.dumps(kept))
            _prune(folder)
    return Publication(
        path=folder / kept["file"],
        format=chosen.name,
        media_type=chosen.media_type,
        tier=str(tier),
        products=kept["products"],
        left_out=kept["left_out"],
        etag=kept["etag"],
        bytes=kept["bytes"],
        version=head.version,
        changed_at=head.changed_at,
    )


def export(store: Store, settings: Settings, name: str, out_path: Path, tier: Tier = Tier.PUBLIC) -> Publication:
    """Build the publication and put a copy at `out_path`, whole or not at all; raises what `build` raises."""
    made = build(store, settings, name, tier)
    with _beside(out_path) as out, made.path.open("rb") as source:
        shutil.copyfileobj(source, out)
    return Publication(**{slot: getattr(made, slot) for slot in made.__slots__} | {"path": out_path})


def _head(session: Session, settings: Settings, tier: Tier) -> Head:
    version, changed_at = latest_change(session, "product") or (0, _EPOCH)
    home = region(settings.home_region)
    return Head(
        office=settings.office,
        contact=settings.contact,
        region=settings.home_region,
        region_name=home.name if home else settings.home_region,
        licence=settings.data_licence,
        version=version,
        changed_at=changed_at,
        tier=str(tier),
    )


def _basis(chosen: Format, head: Head) -> str:
    """A digest of all that the bytes depend on: format, policy, publisher and the catalogue's place on the feed."""
    parts = [chosen.name, chosen.version, policy.VERSION, *(str(getattr(head, slot)) for slot in Head.__slots__)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _kept(pointer: Path, basis: str) -> dict[str, Any] | None:
    """What the pointer says, where it was made from the same basis and its file is whole in size."""
    try:
        said: dict[str, Any] = orjson.loads(pointer.read_bytes())
        whole = said["basis"] == basis and "left_out" in said and (pointer.parent / said["file"]).stat().st_size == said["bytes"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return said if whole else None


class _Hashed:
    """A file that is hashed while it is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self.digest, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._out.write(data)


def _write(chosen: Format, products: Iterable[bytes], folder: Path, head: Head) -> dict[str, Any]:
    """Write a new file under the name of its content; nothing stays where the format raises."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".building-")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 18) as file:
            hashed = _Hashed(file)
            count = chosen.write(products, cast(BinaryIO, hashed), head)
        digest = hashed.digest.hexdigest()
        made.chmod(0o644)
        made.replace(folder / f"{digest}{chosen.suffix}")
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return {"file": f"{digest}{chosen.suffix}", "etag": digest[:32], "bytes": hashed.size, "products": count}


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """A file that takes `path`'s place when the block ends and leaves nothing when it raises."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}-")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        made.chmod(0o644)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _replace(path: Path, data: bytes) -> None:
    with _beside(path) as out:
        out.write(data)


def _prune(folder: Path) -> None:
    """Remove files that no pointer names any more and that nobody can still be reading."""
    named = set()
    for pointer in folder.glob("*-*.json"):
        try:
            named |= {pointer.name, orjson.loads(pointer.read_bytes())["file"]}
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            continue
    for path in folder.iterdir():
        if path.name not in named and path.stat().st_mtime < time.time() - _SPARED:
            path.unlink(missing_ok=True)
