"""
Writing lists to files in the background.

A worker claims one export, writes it beside its name and moves it there when it is whole. One that is killed leaves its claim to lapse:
another worker begins it again. What is past its time is deleted, and of all files no more than `MOST_BYTES` stay.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exchange.agreements.node import node_of
from exchange.errors import ExchangeError
from exchange.reports.export_words import in_language
from exchange.reports.exporting import LISTINGS, write_csv, write_xlsx
from exchange.reports.listed import Asked, Cells
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.exports import EXPORTS, ExportRow, beat_export, claim_export, is_export_free, kept_files, past_their_time
from exchange.store.users import user_by_name

log = logging.getLogger("exchange.exports")
KEPT_FOR = timedelta(days=3)
MOST_BYTES = 4 << 30
MOST_BYTES_EACH = 1 << 30
LEAST_FREE = 256 << 20
_EVERY_ROWS, _EVERY_S = 500, 2.0


class Stopped(Exception):
    """The export was cancelled, or another worker has it."""


class NoRoom(ExchangeError):
    """The file grew beyond its bound, or the disk is nearly full."""


def folder_of(settings: Settings) -> Path:
    """Where the files lie."""
    return settings.data_dir / "unduhan"


def file_of(settings: Settings, row: ExportRow) -> Path:
    """The file of an export; it is there while that is done."""
    return folder_of(settings) / f"{row.ident}.{row.format}"


class Exports:
    """The worker's part."""

    name = "exports"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """The next export; one at a time, since each reads a whole list."""
        with self._store.read() as session:
            if not is_export_free(session, utcnow()):
                return []
        with self._store.work() as session:
            row = claim_export(session, utcnow())
        return [] if row is None else [lambda: self._write(row)]

    def tidy(self) -> None:
        """Delete what is past its time, the oldest beyond `MOST_BYTES`, and files that no export knows."""
        tidy(self._store, self._settings)

    def _write(self, row: ExportRow) -> None:
        try:
            write_export(self._store, self._settings, row)
        except Stopped:
            log.info("export %s was taken back", row.ident)


def write_export(store: Store, settings: Settings, row: ExportRow) -> None:
    """
    Write one claimed export to its end, and note how that went.

    Raises:
        Stopped: it was cancelled meanwhile, or is another worker's by now; nothing of it is left.
    """
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{row.ident}.{row.tries}.part"
    try:
        with part.open("wb") as out, store.read() as session:
            listing, asked = in_language(row.kind, LISTINGS[row.kind], row.language), _asked(session, settings, row)
            total = listing.total(session, row.filters, asked)
            rows = _told(store, row, listing.rows(session, row.filters, asked), total, part)
            if row.format == "csv":
                write_csv(out, listing, rows)
            else:
                write_xlsx(out, listing, rows, office=settings.office, at=row.made_at)
        size = part.stat().st_size
        with store.work() as session:
            kept = EXPORTS.held(session, row.id, row.tries)
            if kept is None:
                raise Stopped
            part.replace(file_of(settings, row))
            now = utcnow()
            kept.state, kept.size, kept.ended_at, kept.until, kept.total = "done", size, now, now + KEPT_FOR, kept.rows
    except Stopped:
        raise
    except Exception as error:  # one export must not end the worker
        log.exception("export %s", row.ident)
        says = error.message if isinstance(error, ExchangeError) else f"Kesalahan dalam ({type(error).__name__}); lihat log."
        with store.work() as session:
            kept = EXPORTS.held(session, row.id, row.tries)
            if kept is not None:
                kept.state, kept.trouble, kept.ended_at = "failed", says, utcnow()
    finally:
        part.unlink(missing_ok=True)


def _asked(session: Session, settings: Settings, row: ExportRow) -> Asked:
    """As whoever asked for it saw the list, on that day."""
    account = user_by_name(session, row.account)
    day = settings.today or row.made_at.astimezone(ZoneInfo("Asia/Jakarta")).date()
    return Asked(settings.home_region, node_of(settings), day, account.id if account else 0)


def _told(store: Store, row: ExportRow, rows: Iterator[Cells | None], total: int | None, part: Path) -> Iterator[Cells]:
    """The rows, telling now and then how many there were; what was looked at and left out is None, and tells that it goes on."""
    count, told = 0, monotonic()
    _beat(store, row, 0, total)
    for looked, each in enumerate(rows, start=1):
        if each is not None:
            count += 1
            yield each
        if looked % _EVERY_ROWS == 0 and monotonic() - told > _EVERY_S:
            told = monotonic()
            _beat(store, row, count, total)
            if part.stat().st_size > MOST_BYTES_EACH:
                raise NoRoom(f"Berkasnya lebih besar dari {MOST_BYTES_EACH >> 30} GiB.", mend="Persempit saringannya.")
            if shutil.disk_usage(part.parent).free < LEAST_FREE:
                raise NoRoom("Ruang simpan hampir penuh.", mend="Minta pengelola menambah ruang, lalu coba lagi.")
    _beat(store, row, count, total)


def _beat(store: Store, row: ExportRow, count: int, total: int | None) -> None:
    with store.work() as session:
        if not beat_export(session, row.id, row.tries, utcnow(), count, total):
            raise Stopped


def tidy(store: Store, settings: Settings) -> None:
    """Delete what is past its time, the oldest beyond `MOST_BYTES`, and files that no export knows."""
    folder = folder_of(settings)
    if not folder.is_dir():
        return
    with store.work() as session:
        for row in past_their_time(session, utcnow()):
            _expire(settings, row)
        session.flush()
        _drop_oldest(session, settings)
        known = {file_of(settings, row).name for row in kept_files(session)}
    lapsed = utcnow().timestamp() - 3600
    for each in folder.iterdir():
        if each.name not in known and each.stat().st_mtime < lapsed:
            each.unlink(missing_ok=True)


def _drop_oldest(session: Session, settings: Settings) -> None:
    rows = kept_files(session)
    whole = sum(row.size or 0 for row in rows)
    for row in rows:
        if whole <= MOST_BYTES:
            return
        whole -= row.size or 0
        _expire(settings, row)


def _expire(settings: Settings, row: ExportRow) -> None:
    file_of(settings, row).unlink(missing_ok=True)
    row.state = "expired"
