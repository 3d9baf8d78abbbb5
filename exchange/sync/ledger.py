"""The ledger's rows: a run is opened, its answers are written down as they come, and it is closed with its counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from connectors.kit import AnswerMeta
from exchange.store.base import Store, utcnow
from exchange.store.runs import COUNTS, AnswerRow, RunRow
from exchange.sync.archive import Archive
from exchange.sync.report import Report


def open_run(session: Session, source_id: int, connector_version: str, started_at: datetime) -> int:
    """A new run of a source; one that was left open was ended by force and is closed as failed."""
    left = update(RunRow).where(RunRow.source_id == source_id, RunRow.state == "running")
    session.execute(left.values(state="failed", reasons=["Penarikan terputus sebelum selesai."], ended_at=started_at))
    row = RunRow(source_id=source_id, connector_version=connector_version, started_at=started_at)
    session.add(row)
    session.flush()
    return row.id


def close_run(session: Session, report: Report, facts: dict[str, object]) -> None:
    """The run's state, reasons and counts."""
    row = session.get(RunRow, report.run)
    assert row is not None, "a run that was opened is there"
    for name in COUNTS:
        setattr(row, name, getattr(report, name))
    row.state, row.reasons, row.facts = report.state, list(report.reasons), facts
    row.requests, row.received_bytes, row.ended_at = report.requests, report.bytes, utcnow()


class Keeper:
    """Takes each answer of one run: the bytes into the archive, the facts into the ledger, before anything is read."""

    def __init__(self, store: Store, archive: Archive, run_id: int, beat: Callable[[], None]) -> None:
        self._store = store
        self._beat = beat
        self._archive = archive
        self._run_id = run_id

    def __call__(self, body: bytes, meta: AnswerMeta) -> str:
        """The digest of the answer; raises StorageFull where there is no room for it."""
        self._beat()
        digest = self._archive.keep(body)
        with self._store.work() as session:
            session.add(
                AnswerRow(
                    run_id=self._run_id,
                    digest=digest,
                    url=meta.address,
                    status=meta.status,
                    size=len(body),
                    media_type=(meta.headers.get("content-type") or "")[:200] or None,
                )
            )
        return digest
