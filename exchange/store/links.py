"""Links between demands that are the same listing twice or the same need seen from two sources; proposed, then a person's word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.bulk import insert_many
from exchange.store.demands import DemandRow
from exchange.store.types import UtcDateTime

KINDS = ("same_listing", "same_need")
STATES = ("proposed", "confirmed", "rejected")
_PART = 500


class DemandLinkRow(Row):
    """
    Two demands, the one with the smaller row id first.

    kind: `same_listing` of one source, `same_need` across sources; reason: why it was proposed, Indonesian. state: `proposed`, then
    `confirmed` or `rejected` by staff, and back. A link changes neither demand.
    """

    __tablename__ = "demand_link"
    __table_args__ = (UniqueConstraint("low_id", "high_id", "kind"), Index(None, "high_id"))

    low_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    high_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    kind: Mapped[str] = mapped_column(String(20))
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
    """A link to be: row ids in order, kind, reason."""

    low: int
    high: int
    kind: str
    reason: str


_LINK = cast(Table, DemandLinkRow.__table__)
_CODE = cast(Table, DemandCodeRow.__table__)


def parts(things: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Pieces that are short enough for one statement."""
    return (things[start : start + _PART] for start in range(0, len(things), _PART))


def put_codes(session: Session, named: dict[int, Collection[str]], known: Collection[int] = ()) -> None:
    """The codes that demands name, by row id; those of `known` ids had others before and lose them."""
    for part in parts(list(known)):
        session.execute(delete(DemandCodeRow).where(DemandCodeRow.demand_id.in_(part)))
    rows = [(row_id, code) for row_id, codes in named.items() for code in codes]
    insert_many(session.connection(), _CODE, ("demand_id", "code"), rows)


def naming(session: Session, codes: Sequence[str]) -> list[tuple[str, int]]:
    """(code, demand's row id) of the demands that name one of these codes."""
    found: list[tuple[str, int]] = []
    for part in parts(codes):
        query = select(DemandCodeRow.code, DemandCodeRow.demand_id).where(DemandCodeRow.code.in_(part))
        found += [(code, row_id) for code, row_id in session.execute(query)]
    return found


def put_links(session: Session, links: Iterable[Link], settled: Collection[int]) -> int:
    """
    Propose these links where they are not there yet, and take back what was proposed of the demands `settled` and holds no more.

    What staff decided stays as it is. Returns how many are new.
    """
    wanted = {link[:3]: link for link in links}
    ids = sorted({row_id for key in wanted for row_id in key[:2]} | set(settled))
    kept: set[tuple[int, int, str]] = set()
    over: list[int] = []
    for part in parts(ids):
        query = select(DemandLinkRow).where(or_(DemandLinkRow.low_id.in_(part), DemandLinkRow.high_id.in_(part)))
        for row in session.scalars(query):
            key = (row.low_id, row.high_id, row.kind)
            kept.add(key)
            if key not in wanted and row.state == "proposed" and (row.low_id in settled or row.high_id in settled):
                over.append(row.id)
    for part in parts(over):
        session.execute(delete(DemandLinkRow).where(DemandLinkRow.id.in_(part)))
    fresh = [link for key, link in wanted.items() if key not in kept]
    same = {"state": "proposed", "made_at": utcnow()}
    insert_many(session.connection(), _LINK, ("low_id", "high_id", "kind", "reason"), fresh, same)
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
        select(func.count(DemandLinkRow.high_id.distinct()))
        .join(high, high.id == DemandLinkRow.high_id)
        .join(low, low.id == DemandLinkRow.low_id)
        .where(DemandLinkRow.kind == "same_listing", DemandLinkRow.state != "rejected")
        .where(high.source_id == source_id, high.state == "live", low.state == "live")
    )
    return session.scalar(query) or 0


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
