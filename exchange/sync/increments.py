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
from connectors.kit.guard import allowed_to_withdraw
from exchange.settings import Settings
from exchange.store.demands import DemandRow, rows_by_reference
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import SourceRow
from exchange.sync.missing import Before, allowance_of, mark_missing, withdraw
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
    shown = _shown(session, rows_by_reference(session, source_id, references).values())
    allowed = allowed_to_withdraw(before.shown, 1.0 if before.days is None else before.days, before.losses, allowance_of(settings))
    fits = len(shown) <= allowed
    mark_missing(session, shown, now, "grace" if fits else "guard", settings.home_region)
    withdrawn = withdraw(session, shown, settings.home_region) if fits else 0
    report.missing += len(shown)
    report.withdrawn += withdrawn
    report.held += len(shown) - withdrawn
    report.undecided += len(shown) - withdrawn
    if shown and not fits:
        report.notes.append(
            f"{len(shown)} dari {before.shown} permintaan ditarik sumbernya sekaligus, lebih dari batas {allowed}; "
            f"periksa, lalu lepaskan atau pertahankan (exchange source release {report.source})."
        )
    for part in _parts(references):
        waits = QuarantineRow.source_id == source_id, QuarantineRow.reference.in_(part), QuarantineRow.state == "waiting"
        session.execute(update(QuarantineRow).where(*waits).values(state="gone"))


def _shown(session: Session, row_ids: Collection[int]) -> list[int]:
    """Of these demands those that are shown, but for those that a person keeps."""
    found: list[int] = []
    for part in _parts(list(row_ids)):
        query = select(DemandRow.id).where(DemandRow.id.in_(part), DemandRow.state == "live", DemandRow.held_why.is_distinct_from("kept"))
        found += session.scalars(query)
    return sorted(found)


def _parts(things: Sequence[T]) -> list[Sequence[T]]:
    return [things[start : start + _PART] for start in range(0, len(things), _PART)]
