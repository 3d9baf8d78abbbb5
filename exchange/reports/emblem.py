"""The office's coat of arms at the head of its papers, from the picture that a setting names."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from exchange.catalogue.firms.pictures import LARGEST, emblem_of
from exchange.errors import BadRequest
from exchange.settings import Settings

log = logging.getLogger("exchange.reports")


def emblem(settings: Settings) -> bytes | None:
    """
    The picture as PNG; None where none is named. One that cannot be used costs no paper: it is logged, and `exchange doctor` tells.
    """
    try:
        return checked(settings)
    except BadRequest as error:
        log.warning("the office's coat of arms is left out: %s", error.message)
        return None


def checked(settings: Settings) -> bytes | None:
    """
    The picture as PNG; None where none is named.

    Raises:
        BadRequest: the file cannot be read, or is no picture that is taken; in words, with the setting's name.
    """
    path = settings.office_emblem
    if path is None:
        return None
    try:
        told = path.stat()
        return _read(path, told.st_mtime_ns, told.st_size)
    except OSError as error:
        raise BadRequest(
            f"EXCHANGE_OFFICE_EMBLEM: berkas {path.name} tidak dapat dibaca ({error.strerror}).",
            mend="Periksa letak dan izin berkasnya, atau kosongkan setelannya.",
        ) from error
    except BadRequest as error:
        raise BadRequest(f"EXCHANGE_OFFICE_EMBLEM: berkas {path.name}: {error.message}", mend=error.mend) from error


@lru_cache(4)
def _read(path: Path, _changed: int, _size: int) -> bytes:
    """The file as it is now; read once until it changes."""
    with path.open("rb") as file:
        return emblem_of(file.read(LARGEST + 1))
