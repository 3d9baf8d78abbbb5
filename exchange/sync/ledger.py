"""The ledger's rows: a run is opened or taken up again, its answers are written down as they come, and it is closed with its counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors.kit import Answer, AnswerMeta, Earlier
from exchange.errors import NotFound
from exchange.store.base import Store, utcnow
from exchange.store.runs import COUNTS, AnswerRow, RunRow
from exchange.sync.archive import Archive
from exchange.sync.report import Report

UNCHANGED = 304
VALIDATORS = frozenset({"etag", "last-modified"})


@dataclass(frozen=True, slots=True)
class Opened:
    """
    A run's row, and what an earlier part of it has done that was broken off.

    shown: demands shown before its first part. taken: listings in order whose batches are committed; counts, skips: what they came to;
    answers: those that are kept whole, by request.
    """

    run_id: int
    started_at: datetime
    shown: int
    taken: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    skips: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, AnswerRow] = field(default_factory=dict)


def open_run(
    session: Session, source_id: int, connector_version: str, now: datetime, *, shown: int, resume: timedelta, night: int | None = None
) -> Opened:
    """
    The source's run that was broken off no longer than `resume` ago, taken up again; else a new one, with `shown` demands before it.

    One that was left open and is too old, or was read by another version of the connector, is closed as failed.
    """
    left = session.scalars(select(RunRow).where(RunRow.source_id == source_id).order_by(RunRow.id.desc()).limit(1)).first()
    broken = left is not None and (left.state == "running" or left.facts.get("rule") == "stopped")
    if (
        left is not None
        and broken
        and "progress" in left.facts
        and left.connector_version == connector_version
        and timedelta(0) <= now - left.started_at <= resume
    ):
        left.state, left.reasons, left.ended_at, left.night_id = "running", [], None, night
        progress = left.facts["progress"]
        answers = _whole_answers(session, left.id)
        return Opened(left.id, left.started_at, progress["shown"], progress["taken"], progress["counts"], progress["skips"], answers)
    ended = update(RunRow).where(RunRow.source_id == source_id, RunRow.state == "running")
    session.execute(ended.values(state="failed", reasons=["Pengambilan terputus sebelum selesai."], ended_at=now))
    row = RunRow(
        source_id=source_id, connector_version=connector_version, started_at=now, night_id=night, facts=_progress(shown, 0, {}, {})
    )
    session.add(row)
    session.flush()
    return Opened(row.id, now, shown)


def _progress(shown: int, taken: int, counts: Mapping[str, int], skips: Mapping[str, int]) -> dict[str, Any]:
    return {"progress": {"shown": shown, "taken": taken, "counts": dict(counts), "skips": dict(skips)}}


def _whole_answers(session: Session, run_id: int) -> dict[str, AnswerRow]:
    query = select(AnswerRow).where(AnswerRow.run_id == run_id, AnswerRow.status.in_((200, UNCHANGED)), AnswerRow.request.is_not(None))
    rows = session.scalars(query.order_by(AnswerRow.id))
    return {str(row.request): row for row in rows if row.facts.get("whole")}


def earlier_answers(session: Session, source_id: int, before: int) -> dict[str, AnswerRow]:
    """The whole answers of a source's last complete run before another, by request, of those that came with a validator."""
    query = select(RunRow.id).where(RunRow.source_id == source_id, RunRow.state == "complete", RunRow.id < before)
    last = session.scalars(query.order_by(RunRow.id.desc()).limit(1)).first()
    rows = {} if last is None else _whole_answers(session, last)
    return {request: row for request, row in rows.items() if VALIDATORS & row.facts["headers"].keys()}


def note_progress(session: Session, opened: Opened, taken: int, counts: Mapping[str, int], skips: Mapping[str, int]) -> None:
    """How far a run has come, in the transaction of the batch that brought it there."""
    session.execute(update(RunRow).where(RunRow.id == opened.run_id).values(facts=_progress(opened.shown, taken, counts, skips)))


def stop_run(session: Session, report: Report, opened: Opened, taken: int) -> None:
    """Close a run that something else than its source ended; the next one takes it up where it stopped."""
    close_run(session, report, {"rule": "stopped", **_progress(opened.shown, taken, report.counted({}), report.skips)})


def close_run(session: Session, report: Report, facts: dict[str, object]) -> None:
    """The run's state, reasons and counts."""
    row = session.get(RunRow, report.run)
    assert row is not None, "a run that was opened is there"
    for name in COUNTS:
        setattr(row, name, getattr(report, name))
    row.state, row.reasons, row.facts = report.state, list(report.reasons), facts
    row.requests, row.received_bytes, row.ended_at = report.requests, report.bytes, utcnow()


class Keeper:
    """
    Takes each answer of one run: the bytes into the archive, then the facts into the ledger.

    The bytes are packed and written beside the reading of the answer, by a thread of the run's own; `settle` waits for it, and comes
    before anything that was read is committed. So nothing is ever known whose bytes are not kept.
    """

    def __init__(
        self, store: Store, archive: Archive, opened: Opened, beat: Callable[[], None], earlier: Mapping[str, AnswerRow] | None = None
    ) -> None:
        self._store = store
        self._beat = beat
        self._archive = archive
        self._run_id = opened.run_id
        self._had = dict(opened.answers)
        self._earlier = earlier or {}
        self._writer = ThreadPoolExecutor(1, "archive")
        self._waiting: tuple[Future[str], AnswerMeta, int] | None = None

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown()

    def __call__(self, body: bytes, meta: AnswerMeta) -> str:
        """The digest of the answer; raises StorageFull where there is no room for the one before it."""
        self._beat()
        self.settle()
        digest = Archive.digest(body)
        self._waiting = self._writer.submit(self._archive.keep, body, digest), meta, len(body)
        return digest

    def settle(self) -> None:
        """Wait until the last answer is kept, and write it down; raises StorageFull where there is no room for it."""
        if self._waiting is None:
            return
        (written, meta, size), self._waiting = self._waiting, None
        digest = written.result()
        facts: dict[str, Any] = {"sent": meta.sent, "declared": meta.declared, "whole": meta.whole, "headers": dict(meta.headers)}
        media_type = (meta.headers.get("content-type") or "")[:200] or None
        self._note(meta.request, digest=digest, url=meta.address, status=meta.status, size=size, media_type=media_type, facts=facts)

    def _note(self, request: str, **values: Any) -> None:
        with self._store.work() as session:
            session.add(AnswerRow(run_id=self._run_id, request=request or None, **values))

    def earlier(self, request: str) -> Earlier | None:
        """The last complete run's answer to a request, where it came with a validator and its bytes are there."""
        row = self._earlier.get(request)
        if row is None:
            return None
        try:
            answer = self._answer(row, request)
        except (NotFound, ValueError):
            return None

        def take() -> Answer:
            self._beat()
            its = {"digest": row.digest, "url": row.url, "size": row.size, "media_type": row.media_type, "facts": row.facts}
            self._note(request, status=UNCHANGED, **its)
            return answer

        headers = row.facts["headers"]
        return Earlier(headers.get("etag"), headers.get("last-modified"), take)

    def recall(self, request: str) -> Answer | None:
        """The answer to a request that the broken-off part of this run got, once; None where it has none or its bytes are gone."""
        row = self._had.pop(request, None)
        if row is None:
            return None
        self._beat()
        try:
            return self._answer(row, request)
        except (NotFound, ValueError):
            return None

    def _answer(self, row: AnswerRow, request: str) -> Answer:
        """An answer as it came, from the archive; raises NotFound or ValueError where its bytes are gone or were altered."""
        body, facts = self._archive.read(row.digest), row.facts
        meta = AnswerMeta(row.url, 200, facts["headers"], facts["sent"], facts["declared"], facts["whole"], request)
        return Answer(body, meta, row.digest)
