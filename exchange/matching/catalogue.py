"""
What a run matches against, in one piece: the products, the model, and the index over them.

With a folder it is kept there, one folder for each version, written beside and renamed, so that every process finds it whole or not
at all and maps the same files; two versions are kept, since another process may still read the older. Without one it travels with
the work itself, made small once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from exchange.matching.index import Index
from exchange.matching.matcher import Matcher
from exchange.matching.offers import Offer
from exchange.matching.probability import Model

_KEPT = 2
# Another reading of the files than this one's gets another folder.
_FORM = "1"
_OFFERS, _MODEL = "offers.json", "model.json"
# made while this module is imported: msgspec looks into a type when it is first used, and two threads that do so at once end the process
_PACKED = msgspec.json.Decoder(tuple[bytes, bytes])
_OFFERED = msgspec.json.Decoder(tuple[Offer, ...])
_WEIGHED = msgspec.json.Decoder(Model)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """
    One version of products and model, as it is sent to workers.

    key: names what is in it; model: the model's name, as matches keep it; folder: where its files are, None where `packed` has them.
    """

    key: str
    model: str
    folder: Path | None = None
    packed: bytes = b""


def bound(offers: Sequence[Offer], model: Model, folder: Path | None = None) -> Catalogue:
    """
    Products and model as one version.

    Args:
        folder: where versions are kept, made where it is absent; one that is there already is not written again.
    """
    told = msgspec.json.encode(offers)
    weights = msgspec.json.encode(model)
    key = hashlib.sha256(b"\0".join((_FORM.encode(), model.name.encode(), weights, told))).hexdigest()[:32]
    if folder is None:
        return Catalogue(key, model.name, packed=zlib.compress(msgspec.json.encode((weights, told)), 1))
    own = folder / key
    if not _holds(own, told):
        shutil.rmtree(own, ignore_errors=True)
        _write(own, told, weights, Index([offer.document for offer in _sorted(offers)]))
    os.utime(own)
    _forget_old(folder)
    return Catalogue(key, model.name, own)


@lru_cache(maxsize=2)
def matcher(catalogue: Catalogue) -> Matcher:
    """The catalogue ready to match, once in each process."""
    if catalogue.folder is None:
        weights, told = _PACKED.decode(zlib.decompress(catalogue.packed))
        return Matcher(_offers(told), model=_model(weights))
    offers = _offers((catalogue.folder / _OFFERS).read_bytes())
    model = _model((catalogue.folder / _MODEL).read_bytes())
    return Matcher(offers, model=model, index=Index.mapped(catalogue.folder))


def _sorted(offers: Sequence[Offer]) -> list[Offer]:
    return sorted(offers, key=lambda offer: offer.key)


def _offers(told: bytes) -> tuple[Offer, ...]:
    return _OFFERED.decode(told)


def _model(told: bytes) -> Model:
    return _WEIGHED.decode(told)


def _holds(own: Path, told: bytes) -> bool:
    """Whether a version is there whole; one that was damaged is made again."""
    try:
        Index.mapped(own)
        return (own / _OFFERS).read_bytes() == told and (own / _MODEL).is_file()
    except (OSError, ValueError, KeyError):
        return False


def _write(own: Path, told: bytes, weights: bytes, index: Index) -> None:
    own.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = Path(tempfile.mkdtemp(dir=own.parent, prefix=".version-"))
    try:
        (beside / _OFFERS).write_bytes(told)
        (beside / _MODEL).write_bytes(weights)
        index.save(beside)
        for path in beside.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        beside.rename(own)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        if not own.is_dir():  # another process may have been first
            raise


def _forget_old(folder: Path) -> None:
    versions = sorted((path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")), key=_used, reverse=True)
    for path in versions[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
