"""Links between demands that are the same listing twice or the same need seen from two sources; proposed, then a person's word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint, delete, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.bulk import insert_many, stream_raw
from exchange.store.demands import DemandRow
from exchange.store.types import UtcDateTime

KINDS = ("same_listing", "same_need")
STATES = ("proposed", "confirmed", "rejected")
_PART, _MANY = 500, 5000


class DemandLinkRow(Row):
    """
    Two demands, the one with the smaller row id first.

    kind: `same_listing` of one source, which source_id names, or `same_need` across sources; reason: why, Indonesian. state:
    `proposed`, then `confirmed` or `rejected` by staff, and back. A link changes neither demand.
    """

    __tablename__ = "demand_link"
    __table_args__ = (UniqueConstraint("low_id", "high_id", "kind"), Index(None, "high_id"), Index(None, "source_id"))

    low_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    high_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("source.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="proposed")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    low: Mapped[DemandRow] = relationship(lazy="raise", foreign_keys=[low_id])
    high: Mapped[DemandRow] = relationship(lazy="raise", foreign_keys=[high_id])


class DemandCodeRow(Row):
    """
    A code of the same need elsewhere that a demand names and that is not its own reference, such as `rup:53980244`.

    A demand whose own reference is the code is found by that; only the others need to be found from the code.
    """

    __tablename__ = "demand_code"
    __table_args__ = (UniqueConstraint("code", "demand_id"), Index(None, "demand_id"))

    demand_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    code: Mapped[str] = mapped_column(String(220))


class Link(NamedTuple):
    """A link to be: row ids in order, kind, reason, and the source of both where they are of one."""

    low: int
    high: int
    kind: str
    reason: str
    source_id: int | None = None


_LINK = cast(Table, DemandLinkRow.__table__)
_CODE = cast(Table, DemandCodeRow.__table__)


def parts(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Pieces that are short enough for one statement."""
    return (things[start : start + _PART] for start in range(0, len(things), _PART))


def put_codes(session: Session, named: Mapping[int, Collection[str]], known: Sequence[int]) -> None:
    """The codes that demands name, by row id; those of `known` ids may have named others before."""
    for part in parts(known):
        session.execute(delete(DemandCodeRow).where(DemandCodeRow.demand_id.in_(part)))
    rows = [(row_id, code) for row_id, codes in named.items() for code in codes]
    insert_many(session.connection(), _CODE, ("demand_id", "code"), rows)


# SQLite would walk through all shown demands by the index of their state: the state is looked at in what was found


def naming(session: Session, sources: Collection[int], codes: Collection[str] | None) -> Iterator[tuple[str, int, int]]:
    """(code, row id, source id) of the shown demands of some sources that name one of these codes, or any where it is None."""
    query = select(DemandCodeRow.code, DemandCodeRow.demand_id, DemandRow.source_id, DemandRow.state)
    query = query.join(DemandRow, DemandRow.id == DemandCodeRow.demand_id)
    for part in [None] if codes is None else parts(sorted(codes)):
        found = session.execute(query if part is None else query.where(DemandCodeRow.code.in_(part)))
        yield from ((code, row_id, source_id) for code, row_id, source_id, state in found if state == "live" and source_id in sources)


def bearing(session: Session, sources: Collection[int], references: set[str]) -> Iterator[tuple[str, int, int, str]]:
    """(reference, row id, source id, `related` as JSON text) of the shown demands of some sources that have one of these references."""
    row = DemandRow
    query = select(row.reference, row.id, row.source_id, cast_to(row.related, Text), row.state)
    for source_id in sources:
        its = query.where(row.source_id == source_id)
        if len(references) > _MANY:  # then all that the source has is less to go through
            found: Iterable[Any] = (each for each in stream_raw(session.connection(), its) if each[0] in references)
        else:
            found = (each for part in parts(sorted(references)) for each in session.execute(its.where(row.reference.in_(part))))
        yield from ((reference, row_id, source, related) for reference, row_id, source, related, state in found if state == "live")


def put_links(session: Session, links: Iterable[Link], settled: Mapping[str, Collection[int]]) -> int:
    """
    Propose these links where they are not there yet.

    settled: by kind the demands of which `links` tells all that there are now; what was proposed of them and is not among those is
    taken back. What staff decided stays as it is. Returns how many are new.
    """
    wanted = {link[:3]: link for link in links}
    ids = {row_id for key in wanted for row_id in key[:2]}.union(*settled.values())
    kept: set[tuple[int, int, str]] = set()
    over: list[int] = []
    its = DemandLinkRow
    for part in parts(sorted(ids)):
        for end in (its.low_id, its.high_id):
            query = select(its.id, its.low_id, its.high_id, its.kind, its.state).where(end.in_(part))
            for row_id, low, high, kind, state in session.execute(query):
                kept.add((low, high, kind))
                about = settled.get(kind, ())
                if (low, high, kind) not in wanted and state == "proposed" and (low in about or high in about):
                    over.append(row_id)
    for part in parts(over):
        session.execute(delete(DemandLinkRow).where(its.id.in_(part)))
    fresh = [link for key, link in wanted.items() if key not in kept]
    same = {"state": "proposed", "made_at": utcnow()}
    insert_many(session.connection(), _LINK, ("low_id", "high_id", "kind", "reason", "source_id"), fresh, same)
    return len(fresh)


def linked_to(session: Session, ids: Sequence[int], kind: str) -> set[int]:
    """The other ends of the proposed links of one kind that these demands have."""
    found: set[int] = set()
    for part in parts(ids):
        for mine, other in ((DemandLinkRow.low_id, DemandLinkRow.high_id), (DemandLinkRow.high_id, DemandLinkRow.low_id)):
            query = select(other).where(mine.in_(part), DemandLinkRow.kind == kind, DemandLinkRow.state == "proposed")
            found.update(session.scalars(query))
    return found


def count_duplicates(session: Session, source_id: int) -> int:
    """How many shown demands of a source say the same as an earlier one of it, those left out of which staff said that they do not."""
    low, high = aliased(DemandRow), aliased(DemandRow)
    query = (
        select(DemandLinkRow.high_id, low.state, high.state)
        .join(high, high.id == DemandLinkRow.high_id)
        .join(low, low.id == DemandLinkRow.low_id)
        .where(DemandLinkRow.source_id == source_id, DemandLinkRow.kind == "same_listing", DemandLinkRow.state != "rejected")
    )
    return len({row_id for row_id, *states in session.execute(query) if states == ["live", "live"]})


def links_of(session: Session, demand_id: int, limit: int = 50) -> list[DemandLinkRow]:
    """A demand's links with both demands and their sources, what staff rejected last; to withdrawn demands none."""
    query = (
        select(DemandLinkRow)
        .options(joinedload(DemandLinkRow.low).joinedload(DemandRow.source), joinedload(DemandLinkRow.high).joinedload(DemandRow.source))
        .where(or_(DemandLinkRow.low_id == demand_id, DemandLinkRow.high_id == demand_id))
        .order_by(DemandLinkRow.state == "rejected", DemandLinkRow.id)
    )
    found = [row for row in session.scalars(query.limit(limit * 4)) if row.low.state == row.high.state == "live"]
    return found[:limit]


def link_by_id(session: Session, link_id: int) -> DemandLinkRow | None:
    """One link with both demands and their sources."""
    query = select(DemandLinkRow).options(
        joinedload(DemandLinkRow.low).joinedload(DemandRow.source), joinedload(DemandLinkRow.high).joinedload(DemandRow.source)
    )
    return session.scalars(query.where(DemandLinkRow.id == link_id)).first()
