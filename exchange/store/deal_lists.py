"""Lists of deals: what they are narrowed by, the months in which something came of them among it, and how much came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from exchange.store.trade import RUPIAH, DealLineRow, DealRow, DeliveryRow, is_overdue


@dataclass(frozen=True, kw_only=True)
class DealFilter:
    """
    What a list of deals may be narrowed by; None leaves a thing open.

    business: public name of a firm that has a line in it; overdue_on: see `is_overdue`.
    received: only those of which something came, a correction too; first, last: the days between which it came, both included; sector: of
    the product that came, or (where nothing is asked of what came) of any of its lines, "" where the product had none.
    """

    state: str | None = None
    region: str | None = None
    business: str | None = None
    demand_id: int | None = None
    overdue_on: date | None = None
    received: bool = False
    first: date | None = None
    last: date | None = None
    sector: str | None = None

    @property
    def of_received(self) -> bool:
        """Whether it asks for what came."""
        return self.received or self.first is not None or self.last is not None


class Received(NamedTuple):
    """What came: receipts, corrections left out, and their value in rupiah, corrections with their sign."""

    number: int = 0
    value: Decimal = Decimal(0)


def _narrowed(query: Select[Any], want: DealFilter) -> Select[Any]:
    for name in ("state", "demand_id"):
        value = getattr(want, name)
        if value is not None:
            query = query.where(getattr(DealRow, name) == value)
    if want.overdue_on is not None:
        query = query.where(is_overdue(want.overdue_on))
    if want.region:
        query = query.where(or_(DealRow.region == want.region, DealRow.region.startswith(want.region + ".")))
    if want.business:
        query = query.where(DealRow.id.in_(select(DealLineRow.deal_id).where(DealLineRow.business == want.business)))
    if want.of_received:
        query = query.where(DealRow.id.in_(_of_lines(select(DeliveryRow.deal_id), want)))
    elif want.sector is not None:
        query = query.where(DealRow.id.in_(select(DealLineRow.deal_id).where(_of_sector(want.sector))))
    return query


def _of_sector(sector: str) -> ColumnElement[bool]:
    return DealLineRow.sector == sector if sector else DealLineRow.sector.is_(None)


def _of_lines(query: Any, want: DealFilter) -> Any:
    """A query over deliveries with what the filter says of them."""
    if want.sector is not None:
        query = query.join(DealLineRow, DealLineRow.id == DeliveryRow.line_id).where(_of_sector(want.sector))
    if want.first is not None:
        query = query.where(DeliveryRow.day >= want.first)
    return query if want.last is None else query.where(DeliveryRow.day <= want.last)


def received_of(session: Session, want: DealFilter, deal_ids: Sequence[int]) -> dict[int, Received]:
    """What came of these deals as the filter says it, by deal; those of which nothing came are left out. One statement."""
    query = _of_lines(select(DeliveryRow.deal_id, *_received()), want).where(DeliveryRow.deal_id.in_(deal_ids))
    query = query.group_by(DeliveryRow.deal_id)
    return {deal: _told(number, value) for deal, number, value in session.execute(query)}


def received_in_all(session: Session, want: DealFilter) -> Received:
    """What came of all deals that the filter leaves, as it says it."""
    query = _of_lines(select(*_received()), want).where(DeliveryRow.deal_id.in_(_narrowed(select(DealRow.id), want)))
    return _told(*session.execute(query).one())


def _received() -> tuple[ColumnElement[int], ColumnElement[int]]:
    # summed as the whole numbers that are kept, so that it is exact
    return func.count().filter(DeliveryRow.corrects_id.is_(None)), func.sum(type_coerce(DeliveryRow.value, BigInteger))


def _told(number: int, value: Any) -> Received:
    return Received(int(number), Decimal(int(value or 0)).scaleb(-RUPIAH.digits))


def list_deals(session: Session, want: DealFilter, *, limit: int = 50, before: int | None = None) -> list[DealRow]:
    """Deals with their agreement, the latest first; before: the row of the last one of the page before."""
    query = _narrowed(select(DealRow).options(joinedload(DealRow.agreement)), want)
    if before is not None:
        query = query.where(DealRow.id < before)
    return list(session.scalars(query.order_by(DealRow.id.desc()).limit(limit)))


def count_deals(session: Session, want: DealFilter) -> int:
    """How many deals the filter leaves."""
    return session.scalar(_narrowed(select(func.count()).select_from(DealRow), want)) or 0


def deal_regions(session: Session) -> list[str]:
    """The regions of all deals."""
    return list(session.scalars(select(DealRow.region).distinct().where(DealRow.region.is_not(None)).order_by(DealRow.region)))


def deal_firms(session: Session) -> list[tuple[str, str]]:
    """(public name, name) of the firms of all deals, by name."""
    query = select(DealLineRow.business, func.max(DealLineRow.business_name)).group_by(DealLineRow.business)
    return sorted(((ident, name) for ident, name in session.execute(query)), key=lambda one: (one[1], one[0]))
