"""
What a run did, listing by listing: new, changed, missed, taken back.

New ones are told by the demands themselves. The others are noted as the run does them, at most `MOST` of each outcome and run: a change of
mapping changes every listing of a source, and nobody leafs through that. Unchanged listings are not noted at all: they are those that the
source had before the run and of which the run noted nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

from sqlalchemy import ForeignKey, Index, Select, String, Table, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row
from exchange.store.bulk import insert_many
from exchange.store.demands import DemandRow
from exchange.store.quarantine import QuarantineRow
from exchange.store.runs import RunRow

NOTED = ("changed", "missing", "withdrawn")
MOST = 5000


class RunListingRow(Row):
    """One listing of one run; outcome: one of `NOTED`."""

    __tablename__ = "run_listing"
    __table_args__ = (Index(None, "run_id", "outcome", "id"),)

    run_id: Mapped[int] = mapped_column(BigId, ForeignKey(RunRow.id))
    outcome: Mapped[str] = mapped_column(String(10))
    demand_id: Mapped[int] = mapped_column(BigId, ForeignKey(DemandRow.id))


_TABLE = cast(Table, RunListingRow.__table__)


def note_listings(session: Session, run_id: int, outcome: str, demand_ids: Iterable[int], before: int = 0) -> None:
    """Note what befell these demands in a run; `before`: how many of that outcome it had by now, of which `MOST` are noted in all."""
    ids = list(demand_ids)[: max(0, MOST - before)]
    if ids:
        insert_many(session.connection(), _TABLE, ("demand_id",), [(each,) for each in ids], {"run_id": run_id, "outcome": outcome})


class Came(NamedTuple):
    """One listing of a run. place: by which the list goes on behind it."""

    place: int
    demand: DemandRow


def listings_of_run(session: Session, run: RunRow, outcome: str, *, limit: int, after: int = 0) -> list[Came]:
    """The demands that a run brought (`new`) or did something to (one of `NOTED`), in the order of that; `after`: a place."""
    query: Select[int, DemandRow]
    if outcome == "new":
        last = run.facts.get("last_row")
        least = max(after, _last_before(session, run))
        query = select(DemandRow.id, DemandRow).where(
            DemandRow.id > least, DemandRow.source_id == run.source_id, DemandRow.first_seen_at >= run.started_at
        )
        if last:
            query = query.where(DemandRow.id <= last)
        if run.ended_at is not None:
            query = query.where(DemandRow.first_seen_at <= run.ended_at)
        query = query.order_by(DemandRow.id)
    else:
        its = RunListingRow
        query = select(its.id, DemandRow).join(DemandRow, DemandRow.id == its.demand_id)
        query = query.where(its.run_id == run.id, its.outcome == outcome, its.id > after).order_by(its.id)
    return [Came(place, demand) for place, demand in session.execute(query.limit(limit))]


def tells_unchanged(run: RunRow) -> bool:
    """Whether it is known what a run found unchanged: it read the whole list of its source, and that is proved."""
    return run.state == "complete" and not run.facts.get("changes_only")


def unchanged_of_run(session: Session, run: RunRow, *, limit: int, after: int = 0) -> list[Came]:
    """
    The demands that a whole run named and found as they were, by their reference; `after`: a place.

    It is worked out of what the demands are today. One that was away at the time of an earlier run, and came back since, stands there too;
    of the last whole run nothing is out of place.
    """
    if not run.unchanged or not tells_unchanged(run):
        return []
    its = DemandRow
    noted = select(RunListingRow.demand_id).where(RunListingRow.run_id == run.id, RunListingRow.outcome.in_(NOTED))
    unread = select(QuarantineRow.reference).where(QuarantineRow.run_id == run.id, QuarantineRow.source_id == run.source_id)
    query = select(its.id, its).where(
        its.source_id == run.source_id, its.first_seen_at < run.started_at, its.id.not_in(noted), its.reference.not_in(unread),
        or_(its.missing_since > run.started_at, and_(its.missing_since.is_(None), its.state.concat("") == "live")),
    )  # fmt: skip
    if after:
        query = query.where(its.reference > select(its.reference).where(its.id == after).scalar_subquery())
    return [Came(place, demand) for place, demand in session.execute(query.order_by(its.reference).limit(limit))]


def _last_before(session: Session, run: RunRow) -> int:
    """The last new demand that the source had before a run, by what an earlier complete run wrote down; 0 where none did."""
    query = select(RunRow.facts).where(RunRow.source_id == run.source_id, RunRow.state == "complete", RunRow.id < run.id)
    facts = session.scalar(query.order_by(RunRow.id.desc()).limit(1))
    return int((facts or {}).get("last_row") or 0)
