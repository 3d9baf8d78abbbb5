"""Matches of a demand and a product, with their reasons and what staff decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, Select, String, Text, UniqueConstraint, and_, func, or_, select, update
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, Session, contains_eager, joinedload, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from exchange.store.base import BigId, Row, utcnow
from exchange.store.demands import DemandRow
from exchange.store.products import ProductRow
from exchange.store.types import Scaled, UtcDateTime
from schemas.match import whole_mark

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
    verdict: what the criteria come to, as schemas/match.py states it; flip: the one change that would make a near miss fit.
    told_at: when the owner of the demand was told of it by a webhook, None where that is still to be done if anybody asks for it.
    """

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("demand_id", "product_id"),
        Index(None, "state", "score", "id"),
        Index(None, "product_id", "state"),
    )

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
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    demand: Mapped[DemandRow] = relationship(lazy="raise")
    product: Mapped[ProductRow] = relationship(lazy="raise")


@dataclass(frozen=True, kw_only=True)
class MatchFilter:
    """
    What a list of matches may be narrowed by; None leaves a thing open.

    covered: a condition on demand and product; led: one on the match alone that all of them meet, by which few are found among many.
    """

    state: str | None = None
    sector: str | None = None
    region: str | None = None
    least_score: Decimal | None = None
    demand_id: int | None = None
    product_id: int | None = None
    text: str | None = None
    covered: ColumnElement[bool] | None = field(default=None, compare=False)
    led: ColumnElement[bool] | None = field(default=None, compare=False)


def _narrowed(query: Select[Any], want: MatchFilter) -> Select[Any]:
    # said so that no index of states leads where the demands are to
    state = MatchRow.state if want.led is None else MatchRow.state.concat("")
    query = query.where(state == want.state if want.state else state != "retired")
    if want.led is not None:
        query = query.where(want.led)
    if want.sector:
        query = query.where(ProductRow.sector == want.sector)
    if want.region:
        query = query.where(or_(DemandRow.region == want.region, DemandRow.region.startswith(want.region + ".")))
    if want.least_score is not None:
        query = query.where(MatchRow.score >= want.least_score)
    if want.demand_id is not None:
        query = query.where(MatchRow.demand_id == want.demand_id)
    if want.product_id is not None:
        query = query.where(MatchRow.product_id == want.product_id)
    if want.covered is not None:
        query = query.where(want.covered)
    if want.text:
        columns = (DemandRow.title, DemandRow.buyer_name, ProductRow.name)
        query = query.where(or_(*(c.icontains(want.text, autoescape=True) for c in columns)))
    return query


def list_matches(session: Session, want: MatchFilter, *, limit: int = 50, after: tuple[Decimal, int] | None = None) -> list[MatchRow]:
    """
    Matches by score downwards, then by id, each with demand (and its source), product and firm.

    after: (score, id) of the last one of the page before.
    """
    query = (
        select(MatchRow)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .options(
            joinedload(MatchRow.demand).joinedload(DemandRow.source),
            joinedload(MatchRow.product).joinedload(ProductRow.business),
        )
    )
    query = _narrowed(query, want)
    if after:
        score, row_id = after
        query = query.where(or_(MatchRow.score < score, and_(MatchRow.score == score, MatchRow.id > row_id)))
    return list(session.scalars(query.order_by(MatchRow.score.desc(), MatchRow.id).limit(limit)))


def count_matches(session: Session, want: MatchFilter) -> int:
    """How many matches the filter leaves."""
    query = select(func.count()).select_from(MatchRow).join(MatchRow.demand).join(MatchRow.product)
    return session.scalar(_narrowed(query, want)) or 0


def count_by(session: Session, want: MatchFilter, kinds: Mapping[str, ColumnElement[bool]]) -> dict[str, int]:
    """How many of the matches that the filter leaves meet each condition (on demand and product), by its name; one statement."""
    counts = [func.count().filter(kind) for kind in kinds.values()]
    query = select(MatchRow.id).join(MatchRow.demand).join(MatchRow.product)
    return dict(zip(kinds, session.execute(_narrowed(query, want).with_only_columns(*counts)).one(), strict=True))


def match_by_id(session: Session, match_id: int) -> MatchRow | None:
    """One match with demand (and its source), product and firm."""
    query = select(MatchRow).options(
        joinedload(MatchRow.demand).joinedload(DemandRow.source),
        joinedload(MatchRow.product).joinedload(ProductRow.business),
    )
    return session.scalars(query.where(MatchRow.id == match_id)).first()


def matches_of_demands(session: Session, demand_ids: Sequence[int]) -> dict[tuple[int, int], MatchRow]:
    """All matches of these demands, retired ones too, by (demand id, product id)."""
    found: dict[tuple[int, int], MatchRow] = {}
    for start in range(0, len(demand_ids), 500):
        query = select(MatchRow).where(MatchRow.demand_id.in_(demand_ids[start : start + 500]))
        found |= {(row.demand_id, row.product_id): row for row in session.scalars(query)}
    return found


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


# what the owner of a demand is shown of its matches: neither what staff refused nor what was taken back
_FOR_OWNER = ("proposed", "accepted")


def matches_of_source(
    session: Session, source_id: int, covered: ColumnElement[bool], *, limit: int, after: tuple[Decimal, int] | None = None
) -> list[MatchRow]:
    """
    Matches of one source's live demands with products that `covered` tells of, the best first, as `list_matches` gives them.

    after: (score, id) of the last one of the page before.
    """
    query = _of_source(source_id, covered)
    if after:
        score, row_id = after
        query = query.where(or_(MatchRow.score < score, and_(MatchRow.score == score, MatchRow.id > row_id)))
    return list(session.scalars(query.order_by(MatchRow.score.desc(), MatchRow.id).limit(limit)))


def match_of_source(session: Session, source_id: int, covered: ColumnElement[bool], match_id: int) -> MatchRow | None:
    """One of these matches."""
    return session.scalars(_of_source(source_id, covered).where(MatchRow.id == match_id)).first()


def _of_source(source_id: int, covered: ColumnElement[bool]) -> Select[MatchRow]:
    return (
        select(MatchRow)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .options(contains_eager(MatchRow.demand), contains_eager(MatchRow.product).joinedload(ProductRow.business))
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", MatchRow.state.in_(_FOR_OWNER), covered)
    )


def untold_matches(
    session: Session, source_id: int, covered: ColumnElement[bool], limit: int, demand_ids: Sequence[int] | None = None
) -> list[tuple[int, str]]:
    """
    (id, the demand's ident) of the first of these matches whose owner was not told of them, by id.

    demand_ids: of these demands alone (at most 500), None for all of the source.
    """
    query = (
        select(MatchRow.id, DemandRow.ident)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", MatchRow.state.in_(_FOR_OWNER), covered)
        .where(MatchRow.told_at.is_(None))
    )
    if demand_ids is not None:
        query = query.where(DemandRow.id.in_(demand_ids))
    return [(row_id, ident) for row_id, ident in session.execute(query.order_by(MatchRow.id).limit(limit))]


def note_told(session: Session, match_ids: Sequence[int]) -> None:
    """Keep that the owner of their demand was told of these matches."""
    for start in range(0, len(match_ids), 500):
        change = update(MatchRow).where(MatchRow.id.in_(match_ids[start : start + 500])).values(told_at=utcnow())
        session.execute(change, execution_options={"synchronize_session": False})


def counts_by_commodity(session: Session, source_id: int, shown: ColumnElement[bool]) -> list[tuple[str | None, str | None, int, int]]:
    """(sector, KBLI class, matches, demands that have one) of one source's live demands, for the products that `shown` tells of."""
    query = (
        select(ProductRow.sector, ProductRow.kbli, func.count(), func.count(MatchRow.demand_id.distinct()))
        .select_from(MatchRow)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", MatchRow.state.in_(_FOR_OWNER), shown)
        .group_by(ProductRow.sector, ProductRow.kbli)
        .order_by(ProductRow.sector, ProductRow.kbli)
    )
    return [(sector, kbli, matches, demands) for sector, kbli, matches, demands in session.execute(query)]
