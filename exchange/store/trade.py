"""Trade: deals with the buyers of demands, their lines by firm and product, every step, and what was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, UniqueConstraint, and_, case, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.agreements import AgreementRow
from exchange.store.answers import MatchAnswerRow
from exchange.store.base import BigId, Row, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.types import AMOUNT, Scaled, UtcDateTime

RUPIAH = Scaled(2)


class DealRow(Row):
    """
    One deal with the buyer of one demand. ident: its public name, `TR-2026-0001`; demand, title, buyer, region: as of when it was begun.

    state: of the table of steps (exchange.trade.rules). agreement_id: under which it trades, None: without an agreement. offered_at: when
    the letter that stands was sent, None before and while it is written anew; answer: the buyer's to it, None before. version: the
    number of its last step.
    """

    __tablename__ = "deal"
    __table_args__ = (Index(None, "state", "id"), Index(None, "region", "id"), Index(None, "demand_id"), Index(None, "agreement_id"))

    ident: Mapped[str] = mapped_column(String(20), unique=True)
    demand: Mapped[str] = mapped_column(String(40))
    demand_id: Mapped[int] = mapped_column(BigId, ForeignKey(DemandRow.id))
    title: Mapped[str] = mapped_column(Text)
    buyer_name: Mapped[str] = mapped_column(String(400))
    region: Mapped[str | None] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    agreement_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(AgreementRow.id))
    terms: Mapped[str | None] = mapped_column(Text)
    letter_number: Mapped[str | None] = mapped_column(String(80))
    letter_date: Mapped[date | None]
    valid_until: Mapped[date | None]
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(12))
    order_number: Mapped[str | None] = mapped_column(String(80))
    order_date: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    agreement: Mapped[AgreementRow | None] = relationship(lazy="raise")


class DealLineRow(Row):
    """
    One product of one firm in a deal, both as of when it came in. quantity in the product's unit (Rec 20), price for one of it in rupiah.

    value: quantity × price, exact; all three None before they are said. price_reason: why the price is outside of the indicative range.
    ordered_quantity, ordered_value: of the order, None before. object_position, commodity: of the agreement's object that covers it, as of
    then; None: outside of any.
    """

    __tablename__ = "deal_line"
    __table_args__ = (
        UniqueConstraint("deal_id", "position"),
        UniqueConstraint("deal_id", "product_id"),
        Index(None, "business"),
        Index(None, "match_id"),
    )

    deal_id: Mapped[int] = mapped_column(BigId, ForeignKey(DealRow.id))
    position: Mapped[int]
    match_id: Mapped[int] = mapped_column(BigId, ForeignKey(MatchRow.id))
    product_id: Mapped[int] = mapped_column(BigId, ForeignKey(ProductRow.id))
    sku: Mapped[str] = mapped_column(String(60))
    product_name: Mapped[str] = mapped_column(String(300))
    sector: Mapped[str | None] = mapped_column(String(20))
    kbli: Mapped[str | None] = mapped_column(String(5))
    business: Mapped[str] = mapped_column(String(40))
    business_name: Mapped[str] = mapped_column(String(300))
    unit: Mapped[str | None] = mapped_column(String(3))
    unit_said: Mapped[str | None] = mapped_column(String(80))
    quantity: Mapped[Decimal | None] = mapped_column(AMOUNT)
    price: Mapped[Decimal | None] = mapped_column(RUPIAH)
    value: Mapped[Decimal | None] = mapped_column(RUPIAH)
    price_reason: Mapped[str | None] = mapped_column(Text)
    ordered_quantity: Mapped[Decimal | None] = mapped_column(AMOUNT)
    ordered_value: Mapped[Decimal | None] = mapped_column(RUPIAH)
    object_position: Mapped[int | None]
    commodity: Mapped[str | None] = mapped_column(String(200))


class DeliveryRow(Row):
    """
    What was delivered of one line on one day, never changed; number: from 1 in its deal; reference: where the proof is, in words.

    A correction is a row of its own with a quantity and a value of at most 0, the reason, and the delivery that it corrects.
    """

    __tablename__ = "deal_delivery"
    __table_args__ = (UniqueConstraint("deal_id", "number"), Index(None, "line_id"), Index(None, "day"))

    deal_id: Mapped[int] = mapped_column(BigId, ForeignKey(DealRow.id))
    line_id: Mapped[int] = mapped_column(BigId, ForeignKey(DealLineRow.id))
    number: Mapped[int]
    day: Mapped[date]
    quantity: Mapped[Decimal] = mapped_column(AMOUNT)
    value: Mapped[Decimal] = mapped_column(RUPIAH)
    reference: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    corrects_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("deal_delivery.id"))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class DealStepRow(Row):
    """One step of a deal, never changed. number: the version that it made; before, after: the values that it changed, as JSON."""

    __tablename__ = "deal_step"
    __table_args__ = (UniqueConstraint("deal_id", "number"),)

    deal_id: Mapped[int] = mapped_column(BigId, ForeignKey(DealRow.id))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    actor: Mapped[str] = mapped_column(String(80))
    step: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str | None] = mapped_column(Text)


def is_overdue(day: date) -> ColumnElement[bool]:
    """
    The condition that something ordered has not all come by a day although the demand's contract is over.

    An end that is known by its month or year alone has passed with the last day of it.
    """
    last, known = DemandRow.contract_end, DemandRow.contract_precision
    begins = case((known == "month", day.replace(day=1)), (known == "year", date(day.year, 1, 1)), else_=day)
    passed = select(DemandRow.id).where(DemandRow.id == DealRow.demand_id, last < begins)
    return and_(DealRow.state.in_(["dipesan", "sebagian_diterima"]), passed.exists())


def deal_counts(offered: str, day: date) -> list[ColumnElement[int]]:
    """Two counts as parts of a statement: deals in the state `offered`, and those that are overdue on a day."""
    kinds = DealRow.state == offered, is_overdue(day)
    return [select(func.count(DealRow.id)).where(kind).scalar_subquery() for kind in kinds]


def add_deal(session: Session, row: DealRow, year: int) -> None:
    """Put a deal on record under the next name of that year; writers come in one after the other, so that no two get the same."""
    start = f"TR-{year}-"
    query = select(DealRow.ident).where(DealRow.ident.startswith(start)).order_by(func.length(DealRow.ident).desc(), DealRow.ident.desc())
    last = session.scalar(query.limit(1))
    row.ident = f"{start}{int(last[len(start) :]) + 1 if last else 1:04}"
    session.add(row)
    session.flush()


def deal_by_ident(session: Session, ident: str, *, lock: bool = False) -> DealRow | None:
    """The deal of that name with its agreement; lock: nobody else changes it until this transaction is over."""
    query = select(DealRow).options(joinedload(DealRow.agreement)).where(DealRow.ident == ident)
    if lock:
        query = query.with_for_update(of=DealRow).execution_options(populate_existing=True)
    return session.scalars(query).first()


def lines_of(session: Session, deal_ids: Iterable[int]) -> dict[int, list[DealLineRow]]:
    """The lines of deals in their order, by deal."""
    wanted = list(deal_ids)
    found: dict[int, list[DealLineRow]] = {ident: [] for ident in wanted}
    query = select(DealLineRow).where(DealLineRow.deal_id.in_(wanted)).order_by(DealLineRow.deal_id, DealLineRow.position)
    for row in session.scalars(query):
        found[row.deal_id].append(row)
    return found


def deliveries_of(session: Session, deal_ids: Iterable[int]) -> dict[int, list[DeliveryRow]]:
    """What was delivered of deals, corrections among it, in the order in which it was recorded, by deal."""
    wanted = list(deal_ids)
    found: dict[int, list[DeliveryRow]] = {ident: [] for ident in wanted}
    query = select(DeliveryRow).where(DeliveryRow.deal_id.in_(wanted)).order_by(DeliveryRow.deal_id, DeliveryRow.number)
    for row in session.scalars(query):
        found[row.deal_id].append(row)
    return found


def deal_steps(session: Session, deal_id: int, after: int = 0) -> list[DealStepRow]:
    """The steps of a deal behind a version, the first one first."""
    query = select(DealStepRow).where(DealStepRow.deal_id == deal_id, DealStepRow.number > after)
    return list(session.scalars(query.order_by(DealStepRow.number)))


def contacts_of(session: Session, product_ids: Sequence[int]) -> dict[int, BusinessRow]:
    """The firms of products as they are now, by product."""
    query = select(ProductRow).options(joinedload(ProductRow.business)).where(ProductRow.id.in_(product_ids))
    return {row.id: row.business for row in session.scalars(query)}


def deals_of_source(session: Session, source_id: int, *, limit: int, before: int | None = None) -> list[DealRow]:
    """Deals of one source's demand whose letter stands, the latest first; before: the row of the last one of the page before."""
    query = _sent(source_id)
    if before is not None:
        query = query.where(DealRow.id < before)
    return list(session.scalars(query.order_by(DealRow.id.desc()).limit(limit)))


def deal_of_source(session: Session, source_id: int, ident: str) -> DealRow | None:
    """One of these deals."""
    return session.scalars(_sent(source_id).where(DealRow.ident == ident)).first()


def _sent(source_id: int) -> Select[DealRow]:
    query = select(DealRow).join(DemandRow, DemandRow.id == DealRow.demand_id).options(joinedload(DealRow.agreement))
    return query.where(DemandRow.source_id == source_id, DealRow.offered_at.is_not(None))


def in_deals(session: Session, match_ids: Sequence[int]) -> dict[int, str]:
    """In which deal that was not cancelled each of these matches is, the latest one, by match."""
    query = select(DealLineRow.match_id, DealRow.ident).join(DealRow, DealRow.id == DealLineRow.deal_id)
    query = query.where(DealLineRow.match_id.in_(match_ids), DealRow.state != "batal").order_by(DealRow.id)
    return {row[0]: row[1] for row in session.execute(query)}


def incoming_orders(session: Session, limit: int = 50) -> list[tuple[MatchAnswerRow, MatchRow]]:
    """What partners ordered on a match of their own and no deal has taken over yet, the oldest first, with demand, product and firm."""
    taken = select(DealLineRow.id).join(DealRow, DealRow.id == DealLineRow.deal_id)
    taken = taken.where(DealLineRow.match_id == MatchAnswerRow.match_id, DealRow.state != "batal")
    query = (
        select(MatchAnswerRow, MatchRow)
        .join(MatchRow, MatchRow.id == MatchAnswerRow.match_id)
        .options(joinedload(MatchRow.demand), joinedload(MatchRow.product).joinedload(ProductRow.business))
        .where(MatchAnswerRow.answer == "ordered", ~taken.exists())
        .order_by(MatchAnswerRow.at, MatchAnswerRow.id)
    )
    return [(answer, match) for answer, match in session.execute(query.limit(limit))]
