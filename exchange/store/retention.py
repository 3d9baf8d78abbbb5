"""
What nights forget of that which runs noted, in pieces of one short transaction each; each reader of it keeps what it needs.

Listings of a run (`run_listing`) are read by the page of that run alone. Changes of a demand (`demand_change`) are read by the page of the
demand, which wants of each field the last change and the number of all changes, and by the record of a version that this page leads to.
Feeds, cursors of partners, figures, reports and the index of demands read neither: they follow `change` and the demands themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import String, Table, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.bulk import update_many
from exchange.store.demand_changes import DemandChangeRow
from exchange.store.run_listings import RunListingRow
from exchange.store.runs import RunRow, last_run_of_each, last_whole_run

_CHANGES = "demand_change"


class RetentionRow(Row):
    """How far a table was looked through. position: the id of its last row by which everything was looked at."""

    __tablename__ = "retention"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    position: Mapped[int] = mapped_column(BigId, default=0)


class Piece(NamedTuple):
    """looked: rows that were looked at, 0 where none is old enough any more; gone: rows that were removed."""

    looked: int
    gone: int


def runs_in_need(session: Session) -> set[int]:
    """Runs whose listings stay however old: of each source the last one, the last complete one, and the last over its whole list."""
    good = last_run_of_each(session, "complete")
    needed = {row.id for row in (*last_run_of_each(session).values(), *good.values())}
    for source_id, row in good.items():
        if row.facts.get("changes_only") and (whole := last_whole_run(session, source_id)) is not None:
            needed.add(whole.id)
    return needed


def old_run_with_listings(session: Session, before: datetime, needed: Collection[int], after: int = 0) -> int | None:
    """The first run behind that id that began before a time, has listings noted and is not needed; None where no further one has."""
    its = RunListingRow
    while True:
        after = session.scalar(select(its.run_id).where(its.run_id > after).order_by(its.run_id).limit(1)) or 0
        run = session.get(RunRow, after) if after else None
        if run is None or run.started_at >= before:
            return None
        if run.id not in needed and run.state != "running":
            return run.id


def forget_listings(session: Session, run_id: int, limit: int = 5000) -> int:
    """Drop listings of a run, at most `limit`, and note on it that they are gone; how many, 0 where none is left."""
    ids = list(session.scalars(select(RunListingRow.id).where(RunListingRow.run_id == run_id).limit(limit)))
    if ids:
        session.execute(delete(RunListingRow).where(RunListingRow.run_id == run_id, RunListingRow.id.in_(ids)))
        unsaid = update(RunRow).where(RunRow.id == run_id, RunRow.listings_gone_at.is_(None))
        session.execute(unsaid.values(listings_gone_at=utcnow()))
    return len(ids)


def forget_superseded(session: Session, before: datetime, limit: int = 1000) -> Piece:
    """
    Drop changes all of whose fields were changed again, where that too was before a time; looks at the next `limit` changes.

    How many went before a change that stays is noted with it, so that it is known still whether every change was on record. Changes are
    looked at in the order of their ids: one with an earlier time behind a later one waits for that one's night.
    """
    place = session.scalars(select(RetentionRow).where(RetentionRow.name == _CHANGES)).first()
    if place is None:
        session.add(place := RetentionRow(name=_CHANGES, position=0))
    its = DemandChangeRow
    demands: set[int] = set()
    looked = 0
    ahead = select(its.id, its.demand_id, its.at).where(its.id > place.position).order_by(its.id).limit(limit)
    for row_id, demand_id, at in session.execute(ahead):
        if at >= before:
            break
        place.position, looked = row_id, looked + 1
        demands.add(demand_id)
    gone: list[int] = []
    told: dict[int, int] = {}
    for part in _parts(sorted(demands)):
        query = select(its.id, its.demand_id, its.fields, its.forgotten).where(its.demand_id.in_(part), its.id <= place.position)
        demand, staying, before_it, named = 0, 0, 0, set[str]()
        for row_id, demand_id, fields, forgotten in session.execute(query.order_by(its.demand_id, its.id.desc())):
            if demand_id != demand:
                demand, staying, named = demand_id, 0, set()
            if staying and named.issuperset(fields):
                gone.append(row_id)
                told[staying] = told.get(staying, before_it) + 1 + forgotten
            else:
                staying, before_it = row_id, forgotten
                named.update(fields)
    if told:
        update_many(session.connection(), cast(Table, its.__table__), ("forgotten",), list(told.items()))
    for part in _parts(gone):
        session.execute(delete(its).where(its.id.in_(part)), execution_options={"synchronize_session": False})
    return Piece(looked, len(gone))


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]
