"""What a list of firms is put together from: narrow columns of all, the names that words find, and counts of what hangs on a firm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from exchange.store.businesses import BusinessRow
from exchange.store.finding import speaking_of
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.trade import DealLineRow
from schemas.reading.searching import Query


class Firm(NamedTuple):
    """One firm as a list knows it."""

    id: int
    ident: str
    name: str
    sector: str | None
    district: str | None
    cluster: str | None
    kbli: Sequence[str]
    scale: str | None
    consented_on: date | None
    consent_refused_on: date | None
    training_needs: Sequence[str]
    visited_on: date | None
    is_sample: bool


class Beside(NamedTuple):
    """How much hangs on one firm: open and accepted matches of its products, and deals with a line of it."""

    proposed: int
    accepted: int
    deals: int


def all_firms(session: Session) -> list[Firm]:
    """Each firm there is, in no order; one statement."""
    return [Firm(*row) for row in session.execute(select(*(getattr(BusinessRow, name) for name in Firm._fields)))]


def firms_speaking_of(session: Session, text: str, words: Query | None) -> set[str]:
    """The public names of the firms that words find, or whose NIB or public name has the text in it."""
    tests: list[ColumnElement[bool]] = [
        BusinessRow.nib.contains(text, autoescape=True),
        BusinessRow.ident.contains(text.casefold(), autoescape=True),
    ]
    if words is not None:
        tests.append(BusinessRow.ident.in_(speaking_of("business", words)))
    return set(session.scalars(select(BusinessRow.ident).where(or_(*tests))))


def product_counts(session: Session, business_ids: Iterable[int]) -> dict[int, int]:
    """How many products on offer each of these firms has; those without are left out."""
    query = select(ProductRow.business_id, func.count()).where(ProductRow.business_id.in_(list(business_ids)), ProductRow.state == "active")
    return {int(firm): int(count) for firm, count in session.execute(query.group_by(ProductRow.business_id))}


def beside(session: Session, firm: BusinessRow) -> Beside:
    """Count what hangs on a firm; one statement."""
    its = select(ProductRow.id).where(ProductRow.business_id == firm.id)

    def matches(state: str) -> ColumnElement[int]:
        query = select(func.count(MatchRow.id)).where(MatchRow.product_id.in_(its), MatchRow.state == state)
        return query.scalar_subquery()

    deals = select(func.count(func.distinct(DealLineRow.deal_id))).where(DealLineRow.business == firm.ident).scalar_subquery()
    row = session.execute(select(matches("proposed"), matches("accepted"), deals)).one()
    return Beside(*(int(count) for count in row))
