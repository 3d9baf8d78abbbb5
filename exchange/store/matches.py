"""Matches of a demand and a product, with their reasons and what staff decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    Subquery,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, joinedload, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from exchange.store.base import BigId, Row, utcnow
from exchange.store.demands import DemandRow
from exchange.store.products import ProductRow
from exchange.store.types import Scaled, UtcDateTime
from exchange.store.users import UserRow  # noqa: F401 - for its table
from schemas.match import whole_mark
from schemas.reading.searching import Query

STATES = ("proposed", "accepted", "rejected", "retired")
DECIDED = frozenset({"accepted", "rejected"})


class Marks(TypeDecorator[list[Any]]):
    """Marks as JSON: kept as `KEPT_MARK` in schemas/match.py says, and read whole."""

    impl = JSON
    cache_ok = True

    def process_result_value(self, value: list[Any] | None, dialect: Dialect) -> list[Any] | None:
        """Each mark with all its members."""
        return None if value is None else [whole_mark(mark) for mark in value]


class MatchRow(Row):
    """
    One pair. score in [0, 1], exact to 6 decimals so that it sorts and pages alike on both databases.

    state: `proposed`, `accepted` or `rejected` by staff, `retired` when the engine or the source takes it back.
    marks: the criteria with both sides' values, as schemas/match.py states them; model: the version that made it.
    reason: why it was rejected, in words; reason_code: by the list of `matching/reasons.py`, None of older ones.
    verdict: what the criteria come to, as schemas/match.py states it; flip: the one change that would make a near miss fit.
    told_at: when the owner of the demand was told of it by a webhook, None where that is still to be done if anybody asks for it.
    """

    __tablename__ = "match"
    __table_args__ = (UniqueConstraint("demand_id", "product_id"),)

    demand_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    product_id: Mapped[int] = mapped_column(BigId, ForeignKey("product.id"))
    score: Mapped[Decimal] = mapped_column(Scaled(6))
    marks: Mapped[list[Any]] = mapped_column(Marks, default=list)
    model: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[str | None] = mapped_column(String(20))
    flip: Mapped[str | None] = mapped_column(Text)
    demand_version: Mapped[int]
    product_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="proposed")
    reason: Mapped[str | None] = mapped_column(Text)
    reason_code: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    demand: Mapped[DemandRow] = relationship(lazy="raise")
    product: Mapped[ProductRow] = relationship(lazy="raise")
    care: Mapped[MatchCareRow | None] = relationship(uselist=False, viewonly=True, lazy="raise")


class MatchCareRow(Row):
    """
    One match that somebody arranged something about. assignee_id: the account that looks after it; snoozed_until: the day on which it is
    in the list again; version: counts what was arranged, apart from the match's own version, which partners read.
    """

    __tablename__ = "match_care"
    __table_args__ = (Index(None, "assignee_id", "match_id"), Index(None, "snoozed_until", "match_id"))

    match_id: Mapped[int] = mapped_column(BigId, ForeignKey("match.id"), unique=True)
    assignee_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("account.id"))
    snoozed_until: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_by: Mapped[str] = mapped_column(String(80))


# a page by score is read from these, in its order: the best first, then by id; the last two are tested without the row
Index("ix_match_best", MatchRow.state, MatchRow.score.desc(), MatchRow.id, MatchRow.demand_id, MatchRow.product_id)
Index("ix_match_product_best", MatchRow.product_id, MatchRow.state, MatchRow.score.desc(), MatchRow.id)
Index(
    "ix_match_reason_code", MatchRow.reason_code, MatchRow.id,
    sqlite_where=MatchRow.reason_code.is_not(None), postgresql_where=MatchRow.reason_code.is_not(None),
)  # fmt: skip
_WHOLE = (
    joinedload(MatchRow.care),
    joinedload(MatchRow.demand, innerjoin=True).joinedload(DemandRow.source, innerjoin=True),
    joinedload(MatchRow.product, innerjoin=True).joinedload(ProductRow.business, innerjoin=True),
)


@dataclass(frozen=True, kw_only=True)
class MatchFilter:
    """
    What a list of matches may be narrowed by; None leaves a thing open.

    sector: of the product, "" for one that has none; least_score, below_score: a span of the score, without its upper end.
    words: as they were typed, of which the demand or the product speaks (`exchange.matching.finding` finds those; nothing here heeds
    them); covered: a condition on demand and product; led: one on the match alone that all of them meet, by which few are found among many.
    only: such conditions as the reader asked for (whose they are, since when, why refused); without: ids that are left out.
    """

    state: str | None = None
    sector: str | None = None
    region: str | None = None
    least_score: Decimal | None = None
    below_score: Decimal | None = None
    demand_id: int | None = None
    product_id: int | None = None
    words: Query | None = None
    covered: ColumnElement[bool] | None = field(default=None, compare=False)
    led: ColumnElement[bool] | None = field(default=None, compare=False)
    only: ColumnElement[bool] | None = field(default=None, compare=False)
    without: Select[int] | None = field(default=None, compare=False)


def conditions_of(want: MatchFilter) -> list[ColumnElement[bool]]:
    """What the filter says of a match with its demand and product, but for its state."""
    found: list[ColumnElement[bool] | None] = [want.led, None if want.only is want.led else want.only, want.covered]
    if want.without is not None:
        found.append(MatchRow.id.not_in(want.without))
    if want.sector is not None:
        found.append(ProductRow.sector == want.sector if want.sector else ProductRow.sector.is_(None))
    if want.region:
        found.append(or_(DemandRow.region == want.region, DemandRow.region.startswith(want.region + ".")))
    if want.least_score is not None:
        found.append(MatchRow.score >= want.least_score)
    if want.below_score is not None:
        found.append(MatchRow.score < want.below_score)
    if want.demand_id is not None:
        found.append(MatchRow.demand_id == want.demand_id)
    if want.product_id is not None:
        found.append(MatchRow.product_id == want.product_id)
    return [one for one in found if one is not None]


def narrowed_matches(query: Any, want: MatchFilter, states: Sequence[str] | None = None) -> Any:
    """A query of MatchRow with the filter's conditions, joined to what they speak of; states: None where it has one already."""
    if want.region or want.covered is not None:
        query = query.join(MatchRow.demand)
    if want.sector is not None or want.covered is not None:
        query = query.join(MatchRow.product)
    if states is not None:
        # said so that no index of states leads where the demands are to
        query = query.where((MatchRow.state if want.led is None else MatchRow.state.concat("")).in_(states))
    return query.where(*conditions_of(want))


def states_of(want: MatchFilter) -> tuple[str, ...]:
    """The states that the filter shows: one, or all but what was taken back."""
    return (want.state,) if want.state else STATES[:3]


def best_first(want: MatchFilter, limit: int, after: tuple[Decimal, int] | None, *columns: InstrumentedAttribute[Any]) -> Subquery:
    """
    (score, number, and these columns) of the first matches by score downwards, then by number; in no order.

    Made of one part for each state, and one for what ties with the place to go on behind: each is a walk along an index in the page's own
    order, which stops when it has a page. Where the matches of few demands are led to, all of them are looked at.
    """
    few = want.led is not None or want.demand_id is not None
    score, number = MatchRow.score, MatchRow.id
    places: list[list[ColumnElement[bool]]] = [[]] if after is None else [[score == after[0], number > after[1]], [score < after[0]]]
    parts = []
    for states in [states_of(want)] if few else [(state,) for state in states_of(want)]:
        for place in places:
            query = select(score.label("score"), number.label("number"), *columns).where(*place)
            query = narrowed_matches(query, want, states if few else None)
            query = query if few else query.where(MatchRow.state == states[0])
            parts.append(select(query.order_by(score.desc(), number).limit(limit).subquery()))
    if len(parts) == 1:
        return parts[0].subquery()
    found = union_all(*parts).subquery()
    return select(found).order_by(found.c.score.desc(), found.c.number).limit(limit).subquery()


def list_matches(session: Session, want: MatchFilter, *, limit: int = 50, after: tuple[Decimal, int] | None = None) -> list[MatchRow]:
    """
    Matches by score downwards, then by id, each with demand (and its source), product and firm.

    after: (score, id) of the last one of the page before.
    """
    page = best_first(want, limit, after)
    query = select(MatchRow).join(page, page.c.number == MatchRow.id).options(*_WHOLE)
    return list(session.scalars(query.order_by(page.c.score.desc(), page.c.number)))


def matches_by_ids(session: Session, numbers: Sequence[int]) -> list[MatchRow]:
    """The matches of a page by their numbers (at most 500), in this order, as `list_matches` gives them."""
    if not numbers:
        return []
    rows = {row.id: row for row in session.scalars(select(MatchRow).where(MatchRow.id.in_(numbers)).options(*_WHOLE))}
    return [rows[number] for number in numbers]


def count_matches(session: Session, want: MatchFilter) -> int:
    """How many matches the filter leaves."""
    return session.scalar(narrowed_matches(select(func.count()).select_from(MatchRow), want, states_of(want))) or 0


def count_by(session: Session, want: MatchFilter, kinds: Mapping[str, ColumnElement[bool]], most: int) -> dict[str, int]:
    """
    How many of the matches that the filter leaves meet each condition (on demand and product), by its name; one statement.

    most: of how many of them, whichever come first.
    """
    counts = [func.count().filter(kind) for kind in kinds.values()]
    some = narrowed_matches(select(MatchRow.demand_id, MatchRow.product_id), want, states_of(want)).limit(most).subquery()
    query = select(*counts).select_from(some).join(DemandRow, DemandRow.id == some.c.demand_id)
    query = query.join(ProductRow, ProductRow.id == some.c.product_id)
    return dict(zip(kinds, session.execute(query).one(), strict=True))


def match_by_id(session: Session, match_id: int) -> MatchRow | None:
    """One match with demand (and its source), product and firm."""
    return session.scalars(select(MatchRow).options(*_WHOLE).where(MatchRow.id == match_id)).first()


def matches_of_product(session: Session, product_id: int, demand_ids: Sequence[int]) -> dict[int, MatchRow]:
    """The matches that stand (not retired) of a product with these demands (a page's worth), by demand id."""
    query = select(MatchRow).where(MatchRow.product_id == product_id, MatchRow.demand_id.in_(demand_ids), MatchRow.state != "retired")
    return {row.demand_id: row for row in session.scalars(query)}


def retire_matches(session: Session, demand_ids: Iterable[int]) -> int:
    """Take the undecided matches of withdrawn or closed demands back; what staff decided stays as it is."""
    ids, retired = list(demand_ids), 0
    for start in range(0, len(ids), 500):
        change = (
            update(MatchRow)
            .where(MatchRow.demand_id.in_(ids[start : start + 500]), MatchRow.state == "proposed")
            .values(state="retired", told_at=None, version=MatchRow.version + 1, updated_at=utcnow())
        )
        retired += session.execute(change, execution_options={"synchronize_session": False}).rowcount  # type: ignore[attr-defined]
    return retired
