"""The listings of one run read again: found in its archived answers, translated, checked, and saved where they are understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing
from exchange.demand.intake import kept_reference
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.demands import DemandRow, rows_by_reference
from exchange.store.quarantine import QuarantineRow, Waiting
from exchange.store.runs import AT_HAND, AnswerRow, RunRow, complete_runs, last_whole_run
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.sync.batches import batches
from exchange.sync.known import AnotherBuyer, Gain, Known
from exchange.sync.known_pages import KnownPages
from exchange.sync.missing import mark_missing
from exchange.sync.recalled import Recalled, find_again
from exchange.sync.take import Batch
from exchange.sync.yardstick import Yardstick

_BATCH = 500
_COUNTED = ("waiting", "returned", "skipped", "superseded", "expired", "missing")


@dataclass
class Replayed:
    """
    What reading again brought for one source, in listings.

    waiting: looked at. returned: understood and saved. skipped: no demand, by the rule of today. superseded: their demand was read
    from a newer answer, or stands in quarantine under its reference already; nothing was overwritten. expired: the answer is past
    retention; missing: the connector does not come upon them any more in their answer. still: not understood, by rule. trouble: why
    nothing was read, Indonesian.
    """

    source: str
    waiting: int = 0
    returned: int = 0
    skipped: int = 0
    superseded: int = 0
    expired: int = 0
    missing: int = 0
    still: dict[str, int] = field(default_factory=dict)
    trouble: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The members as JSON."""
        return asdict(self)

    @property
    def looked_at(self) -> int:
        """How many have an outcome by now."""
        return self.returned + self.skipped + self.superseded + self.expired + self.missing + sum(self.still.values())

    @property
    def left(self) -> int:
        """How many wait on."""
        return self.waiting - self.returned - self.skipped - self.superseded


def together(reports: Iterable[Replayed]) -> dict[str, Any]:
    """The counts of several sources as one, `still` by rule."""
    counts: Counter[str] = Counter()
    still: Counter[str] = Counter()
    for report in reports:
        still.update(report.still)
        counts.update({name: getattr(report, name) for name in _COUNTED})
    return {name: counts[name] for name in _COUNTED} | {"still": dict(still)}


@dataclass
class _SecondTake(Batch):
    """A batch that remembers which rule each listing still breaks."""

    still: dict[str, str] = field(default_factory=dict)

    def _note_changed(self, row_ids: list[int]) -> None:
        """What a later reading changed is no doing of the run."""

    def _quarantine(self, raw: RawListing, reference: str, digest: str, rule: str, message: str) -> None:
        super()._quarantine(raw, reference, digest, rule, message)
        self.still[reference] = rule


@dataclass
class Again:
    """
    One source while it is read again.

    last_complete: the id of its last complete run over its whole list, 0 where there is none. What waits from an earlier run than that
    was not named by it: the run would have read it anew.
    """

    store: Store
    settings: Settings
    source: SourceRow
    connector: Connector
    known: Known
    last_complete: int

    @classmethod
    def of(cls, session: Session, store: Store, settings: Settings, source: SourceRow, connector: Connector) -> Self:
        """The picture of the source before."""
        known = Known.of(session, source.id, Yardstick.of(source.accepted, complete_runs(session, source.id)).buyers)
        whole = last_whole_run(session, source.id)
        return cls(store, settings, source, connector, known, whole.id if whole else 0)

    def read(self, run_id: int, rows: Sequence[Waiting], report: Replayed, beat: Callable[[], None]) -> None:
        """What waits from one run; its outcome goes into the report."""
        archive = Archive(self.settings.data_dir / "archive")
        there = [row for row in rows if archive.path(row.answer).exists()]
        wanted = {row.answer for row in there}
        with self.store.read() as session:
            run = session.get(RunRow, run_id)
            assert run is not None, "a run is never deleted"
            answers = _answers(session, run_id, wanted)
        count = 0
        with Recalled(answers, archive, wanted) as fetch:
            for found in batches(find_again(self.connector, fetch, there, run.started_at), _BATCH):
                count += len(found)
                self._save(run_id, found, report)
                beat()
        report.expired += len(rows) - len(there)
        report.missing += len(there) - count

    def _save(self, run_id: int, found: Sequence[tuple[int, RawListing]], report: Replayed) -> None:
        """One batch; where the database refuses a value of it, or it speaks of another buyer, one by one."""
        try:
            self._commit(run_id, found, report)
        except OperationalError:
            raise
        except (StatementError, AnotherBuyer) as error:
            if len(found) > 1:
                for one in found:
                    self._save(run_id, [one], report)
                return
            rule = error.rule if isinstance(error, AnotherBuyer) else "not_storable"
            report.still[rule] = report.still.get(rule, 0) + 1

    def _commit(self, run_id: int, found: Sequence[tuple[int, RawListing]], report: Replayed) -> None:
        with self.store.work() as session:
            source = session.merge(self.source, load=False)
            pages = KnownPages(self.settings.index() / "pages" / self.source.name, self.connector.version)
            known = replace(self.known, waiting=set(self.known.waiting))
            ready = self._ready(session, run_id, found, known.waiting)
            batch = _SecondTake(session, source, run_id, self.connector, self.settings.home_region, known, pages)
            gain = batch.take(ready)
            if run_id < self.last_complete:
                self._hold(session, gain)
        self.known.waiting = known.waiting
        self.known.add(gain)
        report.superseded += len(found) - len(ready)
        report.skipped += gain.counts["skipped"]
        report.returned += len(ready) - gain.counts["skipped"] - len(batch.still)
        report.still = dict(Counter(report.still) + Counter(batch.still.values()))

    def _ready(self, session: Session, run_id: int, found: Sequence[tuple[int, RawListing]], waiting: set[str]) -> list[RawListing]:
        """Those to be taken, each under the reference that it has now; the others are only marked. `waiting` is kept true."""
        ids = [row_id for row_id, _ in found]
        rows = {row.id: row for row in session.scalars(select(QuarantineRow).where(QuarantineRow.id.in_(ids)))}
        newer = self._read_since(session, run_id, [kept_reference(raw.reference) for _, raw in found])
        ready = []
        for row_id, raw in found:
            row, reference = rows[row_id], kept_reference(raw.reference)
            renamed = reference != row.reference
            if reference in newer or (renamed and reference in waiting):
                row.state = "replayed"
                waiting.discard(row.reference)
                continue
            if renamed:
                waiting.discard(row.reference)
                waiting.add(reference)
                row.reference = reference
            ready.append(raw)
        session.flush()
        return ready

    def _read_since(self, session: Session, run_id: int, references: Sequence[str]) -> set[str]:
        """Of these references those whose demand was read from an answer of this run or a later one, or given up by its source."""
        known = {reference: entry.row_id for reference in references if (entry := self.known.listings.get(reference))}
        if run_id < self.last_complete:
            return set(known)
        known |= rows_by_reference(session, self.source.id, [reference for reference, row_id in known.items() if not row_id])
        by_id = {row_id: reference for reference, row_id in known.items()}
        query = (
            select(DemandRow.id)
            .join(AnswerRow, AnswerRow.digest == DemandRow.raw_answer)
            .join(RunRow, RunRow.id == AnswerRow.run_id)
            .where(DemandRow.id.in_(list(by_id)), RunRow.source_id == self.source.id)
            .group_by(DemandRow.id)
            .having(func.max(AnswerRow.run_id) >= run_id)
        )
        return {by_id[row_id] for row_id in session.scalars(query)}

    def _hold(self, session: Session, gain: Gain) -> None:
        """What came back although the last complete run did not name it: known, and missing at its source from now on."""
        ids = rows_by_reference(session, self.source.id, list(gain.listings))
        mark_missing(session, list(ids.values()), utcnow(), "grace", self.settings.home_region)


def _answers(session: Session, run_id: int, wanted: set[str]) -> list[AnswerRow]:
    """The whole answers of a run in the order in which they came, and those wanted that it took from an earlier one."""
    query = select(AnswerRow).where(AnswerRow.run_id == run_id, AnswerRow.status.in_(AT_HAND)).order_by(AnswerRow.id)
    answers = [row for row in session.scalars(query) if row.facts.get("whole", True)]
    lacking = wanted - {row.digest for row in answers}
    if lacking:
        others = select(AnswerRow).where(AnswerRow.digest.in_(lacking), AnswerRow.status.in_(AT_HAND)).order_by(AnswerRow.id.desc())
        latest: dict[str, AnswerRow] = {}
        for row in session.scalars(others):
            latest.setdefault(row.digest, row)
        answers += latest.values()
    return answers
