"""
Taking an import as it was chosen, or putting it aside.

What is taken is judged again: where the catalogue changed since the look, nothing is written and the differences are shown.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from exchange.catalogue.preview import Line
from exchange.catalogue.taking import WAIT, Choice, Pick, choose, take_chosen
from exchange.errors import Conflict, NotFound
from exchange.jobs.imports import PATIENCE, SMALL_CATALOGUE, judge, progress, show
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.base import Store, utcnow
from exchange.store.imports import (
    BROKEN,
    DISCARDED,
    PREVIEW,
    READING,
    TAKEN,
    TAKING,
    TICKED,
    ImportLineRow,
    ImportRow,
    catalogue_size,
    catalogue_stamp,
    drop_lines,
    every_line,
    import_by_id,
)
from exchange.sync.archive import Archive

_SMALL = 300  # rows that a page takes while its reader waits


def want(store: Store, settings: Settings, import_id: int, version: int, actor: str) -> None:
    """
    Take an import as it was chosen: at once where it is small, else by a worker.

    Raises:
        NotFound: there is none. Conflict: it is no preview any more, or the choice is not the one that the reader saw.
    """
    with store.work() as session:
        row = open_preview(session, import_id, version)
        row.state, row.decided_by, row.decided_at = TAKING, actor, utcnow()
        row.tries, row.trouble = 0, None
        row.version += 1
        small = row.counts.get("rows", 0) <= _SMALL and catalogue_size(session) <= SMALL_CATALOGUE
        row.wanted_at = utcnow() + PATIENCE if small else utcnow()
    if small:
        take(store, settings, import_id)


def open_preview(session: Session, import_id: int, version: int) -> ImportRow:
    """
    An import that is still to be decided about, as the reader saw it; nobody else changes it before the transaction ends.

    Raises:
        NotFound: there is none. Conflict: it was taken or discarded, or somebody chose otherwise meanwhile.
    """
    row = import_by_id(session, import_id, lock=True)
    if row is None:
        raise NotFound(f"Impor {import_id} tidak ada.", mend="Buka daftar impor dan pilih dari sana.")
    if row.state != PREVIEW:
        who = row.decided_by or row.made_by
        raise Conflict(f"{who} sudah memutuskan impor ini; tidak ada yang diubah.", mend="Baca keadaannya di bawah.")
    if row.version != version:
        who = row.changed_by or "Seseorang"
        raise Conflict(
            f"{who} mengubah pilihan impor ini setelah halaman Anda dibuka.", mend="Periksa pilihannya sekarang, lalu putuskan lagi."
        )
    return row


def take(store: Store, settings: Settings, import_id: int, beat: Callable[[], None] = lambda: None) -> None:
    """Write what was chosen; where the catalogue makes it something else than was looked at, show that instead and write nothing."""
    with store.read() as session:
        row = import_by_id(session, import_id)
        seen = every_line(session, import_id) if row is not None and row.state == TAKING else []
    if row is None or row.state != TAKING:
        return
    body = Archive(settings.data_dir / "archive").read(row.digest)
    before = {(each.sheet, each.line, each.part == "doubt"): each for each in seen}
    while True:
        judged = judge(store, settings, row, body, progress(store, import_id, beat))
        choice = None if _moved(judged.lines, before) else choose(judged.report, judged.known, _picks(judged.lines, before))
        with store.work() as session:
            kept = import_by_id(session, import_id, lock=True)
            if kept is None or kept.state != TAKING:
                return
            if catalogue_stamp(session) != judged.stamp:
                continue  # somebody wrote between the look and this transaction: look again
            if choice is None:
                kept.decided_by = kept.decided_at = None
                show(session, kept, judged, before)
            else:
                _take(session, kept, choice, before)
            return


def _moved(lines: list[Line], before: dict[tuple[str, int, bool], ImportLineRow]) -> bool:
    """Whether something that was chosen is another thing now, or something came that nobody looked at."""
    for line in lines:
        old = before.get(line.place)
        left = old is not None and old.part in TICKED and not old.chosen
        if old is None or (old.print != line.print and not left):
            return True
    return len(lines) != len(before)


def _picks(lines: list[Line], before: dict[tuple[str, int, bool], ImportLineRow]) -> list[Pick]:
    """What was chosen about each line, as it was seen."""
    seen = ((line, before[line.place]) for line in lines)
    return [Pick(line, old.chosen or line.part not in TICKED, old.body.get("verdict", WAIT), old.body.get("sku")) for line, old in seen]


def _take(session: Session, row: ImportRow, choice: Choice, before: dict[tuple[str, int, bool], ImportLineRow]) -> None:
    actor = row.decided_by or row.made_by
    counts, fates = take_chosen(session, choice, actor)
    for place, fate in fates.items():
        kept = session.get_one(ImportLineRow, before[choice.picks[place].line.place].id)
        kept.body = kept.body | fate
    left = sum(1 for pick in choice.picks if not pick.chosen)
    row.state, row.wanted_at, row.tries = TAKEN, None, 0
    row.result = counts | {"left": left}
    row.version += 1
    audit(session, actor, "import.take", "import", str(row.id), name=row.filename, digest=row.digest, **row.counts, **row.result)


def discard(store: Store, import_id: int, actor: str) -> None:
    """
    Put an import aside; its lines are forgotten, that it was there is not.

    Raises:
        NotFound: there is none. Conflict: it was taken, or is being taken.
    """
    with store.work() as session:
        row = import_by_id(session, import_id, lock=True)
        if row is None:
            raise NotFound(f"Impor {import_id} tidak ada.", mend="Buka daftar impor dan pilih dari sana.")
        if row.state not in {PREVIEW, BROKEN, READING}:
            raise Conflict(f"{row.decided_by} sudah memutuskan impor ini; tidak ada yang diubah.", mend="Baca keadaannya di bawah.")
        put_aside(session, row, actor)


def put_aside(session: Session, row: ImportRow, actor: str) -> None:
    """Forget an import's lines and say who put it aside."""
    drop_lines(session, [row.id])
    row.state, row.wanted_at, row.decided_by, row.decided_at = DISCARDED, None, actor, utcnow()
    row.version += 1
    audit(session, actor, "import.discard", "import", str(row.id), name=row.filename)
