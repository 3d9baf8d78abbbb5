"""Negotiated prices: the lists of a case (PKS), version by version, and the lines of each; never changed once they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.agreements import AgreementRow
from exchange.store.base import BigId, Row, utcnow
from exchange.store.types import AMOUNT, Scaled, UtcDateTime


class PriceListRow(Row):
    """
    One version of a case's price list. number: from 1; since: its first day, None: from the first day of the contract.

    basis: on what it rests (`exchange.agreements.prices.basis`), reference: the addendum, or article and minutes, in words. made_by: who
    recorded it. digest: SHA-256 over the digest of the version before and this one's canonical content.
    """

    __tablename__ = "agreement_price_list"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    agreement_id: Mapped[int] = mapped_column(BigId, ForeignKey(AgreementRow.id))
    number: Mapped[int]
    since: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(12))
    reference: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(500))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    digest: Mapped[str] = mapped_column(String(64))


class PriceRow(Row):
    """
    One line: the price in rupiah of one `unit` (Rec 20; None: `unit_said` alone) of a product, named by its SKU.

    quantity_min, quantity_max: the order that it holds for, both included, None without a bound of that side. valid_from, valid_until:
    its days within those of its version, None: all of them.
    """

    __tablename__ = "agreement_price"
    __table_args__ = (UniqueConstraint("list_id", "position"), Index(None, "list_id", "sku"))

    list_id: Mapped[int] = mapped_column(BigId, ForeignKey(PriceListRow.id))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str | None] = mapped_column(String(3))
    unit_said: Mapped[str | None] = mapped_column(String(80))
    price: Mapped[Decimal] = mapped_column(Scaled(2))
    quantity_min: Mapped[Decimal | None] = mapped_column(AMOUNT)
    quantity_max: Mapped[Decimal | None] = mapped_column(AMOUNT)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(300))


class Version(NamedTuple):
    """A version of a list by its number and first day; None: the contract's."""

    number: int
    since: date | None


def lists_of(session: Session, agreement_id: int) -> list[PriceListRow]:
    """The versions of a case's list, the first one first."""
    query = select(PriceListRow).where(PriceListRow.agreement_id == agreement_id)
    return list(session.scalars(query.order_by(PriceListRow.number)))


def versions_of(session: Session, agreement_ids: Sequence[int]) -> dict[int, list[Version]]:
    """The versions of several cases, each case's first one first; one statement."""
    found: dict[int, list[Version]] = {each: [] for each in agreement_ids}
    columns = PriceListRow.agreement_id, PriceListRow.number, PriceListRow.since
    query = select(*columns).where(PriceListRow.agreement_id.in_(agreement_ids)).order_by(*columns[:2])
    for case, number, since in session.execute(query):
        found[case].append(Version(number, since))
    return found


def lines_of_list(session: Session, list_id: int) -> list[PriceRow]:
    """The lines of one version, in their order."""
    return list(session.scalars(select(PriceRow).where(PriceRow.list_id == list_id).order_by(PriceRow.position)))


def newest_list(session: Session, agreement_id: int, *, basis: str | None = None) -> tuple[PriceListRow, list[PriceRow]] | None:
    """The newest version of a case's list, of those on that basis, with its lines in their order; None without one. One statement."""
    newest = select(func.max(PriceListRow.number)).where(PriceListRow.agreement_id == agreement_id)
    last = (newest if basis is None else newest.where(PriceListRow.basis == basis)).scalar_subquery()
    query = select(PriceListRow, PriceRow).join(PriceRow, PriceRow.list_id == PriceListRow.id)
    query = query.where(PriceListRow.agreement_id == agreement_id, PriceListRow.number == last).order_by(PriceRow.position)
    found = [(of, line) for of, line in session.execute(query)]
    return (found[0][0], [line for _, line in found]) if found else None


def lines_for(session: Session, lists: Iterable[tuple[str, int]], skus: Sequence[str]) -> list[tuple[str, int, PriceRow]]:
    """Case, version and line of these products in these lists (case, number), by case, version and place; one statement, none for none."""
    wanted = [and_(AgreementRow.ident == case, PriceListRow.number == number) for case, number in lists]
    if not wanted or not skus:
        return []
    query = (
        select(AgreementRow.ident, PriceListRow.number, PriceRow)
        .join(PriceListRow, PriceListRow.agreement_id == AgreementRow.id)
        .join(PriceRow, PriceRow.list_id == PriceListRow.id)
        .where(or_(*wanted), PriceRow.sku.in_(skus))
        .order_by(AgreementRow.ident, PriceListRow.number, PriceRow.position)
    )
    return [(case, number, line) for case, number, line in session.execute(query)]


def skus_in(session: Session, lists: Iterable[tuple[str, int]]) -> list[str]:
    """The products that stand in any of these lists (case, number)."""
    wanted = [and_(AgreementRow.ident == case, PriceListRow.number == number) for case, number in lists]
    if not wanted:
        return []
    query = select(PriceRow.sku).distinct().join(PriceListRow, PriceRow.list_id == PriceListRow.id)
    query = query.join(AgreementRow, PriceListRow.agreement_id == AgreementRow.id).where(or_(*wanted))
    return list(session.scalars(query.order_by(PriceRow.sku)))
