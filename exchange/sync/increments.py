"""
Sources that tell what changed: where to go on from, and what their tombstones withdraw.

A tombstone is a word and no silence, so no runs and no hours are waited for. Many at once can still be a mistake there, or a list that
was emptied: more than the source can be expected to lose are held together, as those are that go missing together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors.kit import Connector
from exchange.settings import Settings
from exchange.store.demands import rows_by_reference
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import SourceRow
from exchange.sync.missing import DEMANDS, Before, Kind, allowed_of, note_missed
from exchange.sync.report import Report

T = TypeVar("T")
_PART = 500


def cursor_of(source: SourceRow, connector: Connector) -> str | None:
    """Where to go on from; None where the connector reads otherwise by now, so that everything has to be read again."""
    kept = source.cursor or {}
    return str(kept["cursor"]) if connector.incremental and kept.get("version") == connector.version and kept.get("cursor") else None


def keep_cursor(session: Session, source_id: int, connector: Connector, cursor: str | None) -> None:
    """Move the cursor to where a run came that is proved complete, in the transaction that closes it."""
    if not connector.incremental or cursor is None:
        return
    source = session.get(SourceRow, source_id)
    assert source is not None, "a source is never deleted"
    source.cursor = {"cursor": cursor, "version": connector.version}


def settle_gone(
    session: Session, source_id: int, gone: Collection[str], before: Before, now: datetime, settings: Settings, report: Report
) -> None:
    """
    Withdraw the demands that the source took back, or hold them where they are too many; after `settle`, whose counts it adds to.

    gone: their references. What a person keeps stays; what waits in quarantine under such a reference waits no longer.
    """
    if not gone:
        return
    references = list(gone)
    rows = rows_by_reference(session, source_id, references).values()
    shown = _shown(session, DEMANDS, rows)
    withdrawn, held = take_back(session, DEMANDS, rows, before, now, settings, report)
    note_missed(session, shown, report)
    report.missing += withdrawn + held
    report.withdrawn += withdrawn
    report.held += held
    report.undecided += held
    for part in _parts(references):
        waits = QuarantineRow.source_id == source_id, QuarantineRow.reference.in_(part), QuarantineRow.state == "waiting"
        session.execute(update(QuarantineRow).where(*waits).values(state="gone"))


def take_back(
    session: Session, kind: Kind, row_ids: Collection[int], before: Before, now: datetime, settings: Settings, report: Report
) -> tuple[int, int]:
    """Let go what its source took back, or hold all of it where that is too much at once; how many went, and how many are held."""
    shown, allowed = _shown(session, kind, row_ids), allowed_of(before, settings)
    fits = len(shown) <= allowed
    kind.mark(session, shown, now, "grace" if fits else "guard", settings.home_region)
    if fits:
        return kind.take_back(session, shown, settings.home_region), 0
    report.notes.append(
        f"{len(shown)} dari {before.shown} {kind.says} dicabut sumbernya sekaligus, lebih dari batas {allowed}; "
        f"periksa, lalu lepaskan atau pertahankan (exchange source release {report.source})."
    )
    return 0, len(shown)


def _shown(session: Session, kind: Kind, row_ids: Collection[int]) -> list[int]:
    """Of these rows those that are shown, but for those that a person keeps."""
    rows, found = kind.rows, list[int]()
    for part in _parts(list(row_ids)):
        query = select(rows.id).where(rows.id.in_(part), rows.state == "live", rows.held_why.is_distinct_from("kept"))
        found += session.scalars(query)
    return sorted(found)


def _parts(things: Sequence[T]) -> list[Sequence[T]]:
    return [things[start : start + _PART] for start in range(0, len(things), _PART)]
