"""A deal as it is told: to staff whole, to the partner whose demand it is as far as its agreement opens the firms."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.access.callers import Reader
from exchange.access.coverage import covers
from exchange.access.policy import Tier, view
from exchange.store.products import ProductRow
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow, contacts_of, deliveries_of, lines_of
from exchange.trade import amounts
from exchange.trade.deliveries import of_line
from schemas.fields import plain


def sums(lines: Sequence[DealLineRow], deliveries: Sequence[DeliveryRow]) -> dict[str, Decimal]:
    """What was offered, ordered and delivered in all, in rupiah, exact."""
    return {
        "offered": amounts.total(line.value for line in lines),
        "ordered": amounts.total(line.ordered_value for line in lines),
        "delivered": amounts.total(row.value for row in deliveries),
    }


def line_record(line: DealLineRow, deliveries: Sequence[DeliveryRow]) -> dict[str, Any]:
    """One line with its sums; decimals in plain digits."""
    came, worth = of_line(deliveries, line.id)
    return {
        "position": line.position, "product": line.sku, "product_name": line.product_name, "producer": line.business,
        "producer_name": line.business_name, "unit": line.unit, "unit_said": line.unit_said, "quantity": _plain(line.quantity),
        "price": _plain(line.price), "value": _plain(line.value), "ordered_quantity": _plain(line.ordered_quantity),
        "ordered_value": _plain(line.ordered_value), "delivered_quantity": plain(came), "delivered_value": plain(worth),
        "commodity": line.commodity,
    }  # fmt: skip


def deal_record(deal: DealRow, lines: Sequence[DealLineRow], deliveries: Sequence[DeliveryRow]) -> dict[str, Any]:
    """A deal with its lines, in the members of `schemas.deal.OwnDeal`; wants `deal.agreement` loaded."""
    money = sums(lines, deliveries)
    letter = {"number": deal.letter_number, "date": deal.letter_date, "valid_until": deal.valid_until} if deal.letter_number else None
    order = {"number": deal.order_number, "date": deal.order_date} if deal.order_number else None
    return {
        "ident": deal.ident, "demand": deal.demand, "demand_title": deal.title, "state": deal.state, "letter": letter,
        "terms": deal.terms, "agreement": deal.agreement.ident if deal.agreement else None, "answer": deal.answer, "order": order,
        "lines": [line_record(line, deliveries) for line in lines], "offered_value": plain(money["offered"]),
        "ordered_value": plain(money["ordered"]), "delivered_value": plain(money["delivered"]), "updated_at": deal.updated_at,
        "version": deal.version,
    }  # fmt: skip


def for_partner(session: Session, deals: Sequence[DealRow], reader: Reader) -> list[dict[str, Any]]:
    """
    Deals as the partner reads them whose demand they serve: the letter as it got it, and the contact of a firm where its contract covers
    the product and the firm is still published.
    """
    all_lines, all_deliveries = lines_of(session, [deal.id for deal in deals]), deliveries_of(session, [deal.id for deal in deals])
    numbers = [line.product_id for lines in all_lines.values() for line in lines]
    inside: set[int] = set()
    if reader.within is not None:
        inside = set(session.scalars(select(ProductRow.id).where(ProductRow.id.in_(numbers), covers(reader.within))))
    firms = contacts_of(session, sorted(inside))
    told = []
    for deal in deals:
        lines = all_lines[deal.id]
        record = deal_record(deal, lines, all_deliveries[deal.id])
        for row, line in zip(lines, record["lines"], strict=True):
            firm = firms.get(row.product_id)
            if firm is not None and firm.consented_on is not None:
                line["contact"] = {"telephone": firm.telephone, "email": firm.email}
        seen = [
            view("deal_line", line, Tier.CONTRACTED if row.product_id in inside else Tier.PUBLIC)
            for row, line in zip(lines, record["lines"], strict=True)
        ]
        told.append(view("deal_mine", record | {"lines": seen}, reader.tier))
    return told


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
