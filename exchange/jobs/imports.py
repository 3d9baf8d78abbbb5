"""
Imports of the catalogue that staff look at before they are taken: a file is kept as it came, and judged without writing.

A small file is judged where it is uploaded; a large one waits for a worker. Taking it is `import_taking`.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from time import monotonic

from sqlalchemy.orm import Session

from exchange.catalogue.archive import check_archive, refuse_others
from exchange.catalogue.intake import import_table
from exchange.catalogue.marked import mark
from exchange.catalogue.mended import write_mended
from exchange.catalogue.outcome import REJECT, Known, Report
from exchange.catalogue.preview import Line, lines_of, publication
from exchange.catalogue.save import known_of
from exchange.catalogue.table import Table, read_table
from exchange.errors import BadRequest, Busy, ExchangeError, NotFound
from exchange.settings import Settings
from exchange.store.audit import audit, history
from exchange.store.base import Store, utcnow
from exchange.store.imports import (
    BROKEN,
    PREVIEW,
    READING,
    TICKED,
    ImportLineRow,
    ImportRow,
    catalogue_size,
    catalogue_stamp,
    import_by_id,
    replace_lines,
)
from exchange.sync.archive import Archive
from schemas.reading.files import WORKBOOK

log = logging.getLogger("exchange.imports")
# a page that was broken off leaves its import to a worker after so long
PATIENCE = timedelta(minutes=2)
# what a page judges while its reader waits, about two seconds of work here: bytes of a table unpacked, records of the catalogue
_SMALL_BOOK, _SMALL_TEXT, SMALL_CATALOGUE = 250_000, 150_000, 3_000
_MOST_TOLD = 200
_EVERY = 1.0  # seconds between two words about how far it is


@dataclass(slots=True)
class Judged:
    """A file against the catalogue as it is now. stamp: which catalogue that was."""

    table: Table
    report: Report
    known: Known
    lines: list[Line]
    stamp: tuple[int, ...]


def receive(store: Store, settings: Settings, body: bytes, filename: str, actor: str, parent: int | None = None) -> int:
    """
    Keep a file as it came; its import's number. It is not judged yet.

    Raises:
        BadRequest: it is no workbook and no CSV, is locked, or would unpack beyond bounds; nothing is kept.
        NotFound: there is no import that it could mend. StorageFull: there is no room for it.
    """
    name = PurePath(filename.replace("\\", "/")).name.replace("\0", "").strip()[:200] or "katalog"
    _check(body, name)
    digest = Archive(settings.data_dir / "archive").keep(body)
    with store.work() as session:
        if parent is not None and import_by_id(session, parent) is None:
            raise NotFound(f"Impor {parent} tidak ada.", mend="Unggah berkasnya dari halaman Impor.")
        kind = "xlsx" if body.startswith(WORKBOOK) else "csv"
        row = ImportRow(made_by=actor, made_at=utcnow(), filename=name, digest=digest, size=len(body), kind=kind, parent_id=parent)
        small = _is_small(session, body)
        row.wanted_at = utcnow() + PATIENCE if small else utcnow()
        session.add(row)
        session.flush()
        audit(session, actor, "import.upload", "import", str(row.id), name=name, digest=digest)
        number = row.id
    if small:
        look(store, settings, number)
    return number


def _check(body: bytes, name: str) -> None:
    if not body.strip(b"\0\r\n\t "):
        raise BadRequest(f"{name}: berkas kosong.", mend="Pilih buku kerja katalog yang berisi, lalu unggah lagi.")
    if not body.startswith(WORKBOOK):
        refuse_others(body, name)
        return
    try:
        check_archive(body, name)
    except BadRequest:
        raise
    except Exception as error:  # zipfile raises whatever a broken archive makes it stumble over
        mend = "Buka dengan Excel atau LibreOffice, simpan sebagai XLSX baru, lalu unggah lagi."
        raise BadRequest(f"{name}: berkas Excel rusak dan tidak dapat dibuka ({type(error).__name__}).", mend=mend) from error


def _is_small(session: Session, body: bytes) -> bool:
    """Whether a page may judge it while its reader waits."""
    if not body.startswith(WORKBOOK):
        return len(body) <= _SMALL_TEXT and catalogue_size(session) <= SMALL_CATALOGUE
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    return unpacked <= _SMALL_BOOK and catalogue_size(session) <= SMALL_CATALOGUE


def look(store: Store, settings: Settings, import_id: int, beat: Callable[[], None] = lambda: None) -> None:
    """Judge a file and keep what it would do, for the page; what cannot be read is kept with the reason."""
    with store.read() as session:
        row = import_by_id(session, import_id)
    if row is None or row.state != READING:
        return
    archive = Archive(settings.data_dir / "archive")
    try:
        body = archive.read(row.digest)
        judged = judge(store, settings, row, body, progress(store, import_id, beat))
        marked, refused = _books(archive, body, judged)
    except Busy:
        raise
    except Exception as error:  # one file must end neither the page nor the worker
        if not isinstance(error, ExchangeError):
            log.exception("reading import %s", import_id)
        with store.work() as session:
            kept = _still_read(session, import_id)
            if kept is None:
                return
            kept.state, kept.wanted_at = BROKEN, None
            kept.trouble = error.message if isinstance(error, ExchangeError) else f"Kesalahan dalam ({type(error).__name__}); lihat log."
            kept.mend = error.mend if isinstance(error, ExchangeError) else "Simpan lagi sebagai XLSX baru, lalu unggah sekali lagi."
        return
    with store.work() as session:
        kept = _still_read(session, import_id)
        if kept is not None:  # else somebody else looked meanwhile, and perhaps it was decided about
            show(session, kept, judged, {})
            kept.marked, kept.refused = marked, refused


def _still_read(session: Session, import_id: int) -> ImportRow | None:
    row = import_by_id(session, import_id, lock=True)
    return row if row is not None and row.state == READING else None


def judge(store: Store, settings: Settings, row: ImportRow, body: bytes, tick: Callable[[int, int], None]) -> Judged:
    """A file's rows against the catalogue as it is; tick is told how many of how many are done."""
    table = read_table(body, row.filename)
    rows = sum(len(sheet.rows) for sheet in table.sheets)
    tick(0, rows)
    with store.read() as session:
        stamp, known = catalogue_stamp(session), known_of(session)
    report = import_table(table, row.filename, known, settings.day(), tick=lambda count: tick(count, rows))
    report.number = row.id
    return Judged(table, report, known, lines_of(report, known), stamp)


def progress(store: Store, import_id: int, beat: Callable[[], None]) -> Callable[[int, int], None]:
    """Says how far it is, in rows, at most once a second and not at all of what is done within one."""
    last = monotonic()

    def tick(done: int, steps: int) -> None:
        nonlocal last
        if monotonic() - last >= _EVERY:
            last = monotonic()
            beat()
            with store.work() as session:
                row = session.get_one(ImportRow, import_id)
                row.done, row.steps = done, steps

    return tick


def _books(archive: Archive, body: bytes, judged: Judged) -> tuple[str | None, str | None]:
    """The digests of the workbooks that are given back: the whole one marked, and the refused rows alone."""
    if not judged.report.count(REJECT):
        return None, None
    out = io.BytesIO()
    write_mended(judged.report, out)
    return archive.keep(mark(body, judged.table, judged.report)), archive.keep(out.getvalue())


def show(session: Session, row: ImportRow, judged: Judged, before: dict[tuple[str, int, bool], ImportLineRow]) -> int:
    """Keep a look for the page; how many lines do something else than `before`, the look that choices were made of."""
    lines, moved = [], 0
    for position, line in enumerate(judged.lines):
        old, body, chosen = before.get(line.place), line.body, line.part in TICKED
        if old is not None and old.print == line.print:
            body, chosen = old.body, old.chosen
        elif old is not None or before:
            body = body | {"was": [old.part, old.body.get("fields")] if old else [], "who": _who(session, line, moved)}
            moved += 1
        lines.append(
            {"position": position, "part": line.part, "sheet": line.row.sheet[:200], "line": line.row.row, "key": line.key,
             "name": line.name[:300], "chosen": chosen, "noted": line.noted, "print": line.print, "body": body}
        )  # fmt: skip
    replace_lines(session, row.id, lines)
    row.counts = judged.report.counts()
    row.told = {
        "warnings": judged.report.warnings[:_MOST_TOLD],
        "publication": publication(judged.lines, judged.report, judged.known),
        "noted": sum(line.noted for line in judged.lines),
        "moved": moved,
    }
    row.state, row.wanted_at, row.tries, row.done, row.steps = PREVIEW, None, 0, 0, 0
    row.version += 1
    return moved


def _who(session: Session, line: Line, count: int) -> str | None:
    """Who changed the record last; asked for the first few alone, since each costs a statement."""
    if count >= 50 or line.row.kind != "product" or not line.key:
        return None
    acts = history(session, "product", line.key, limit=1)
    return acts[0].actor if acts else None
