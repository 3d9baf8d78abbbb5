"""
What was ordered and realised, for reports: sums made by the database, of whole numbers, so that they are exact.

Ordered: lines of orders that stand, on the day of the order. Realised: deliveries with their corrections, on the day on which they were
received. Quantities are summed only within one unit. Trade is under an agreement where its line is an object's of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, extract, func, literal, null, select, type_coerce, union_all
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from exchange.store.agreements import AgreementRow, objects_of
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow
from exchange.trade.rules import WITH_ORDER
from schemas.units import convert, unit_of_code


class Sums(NamedTuple):
    """Exact sums, in their unit and in rupiah."""

    ordered: Decimal
    ordered_value: Decimal
    realised: Decimal
    realised_value: Decimal


class Line(NamedTuple):
    """
    One group of trade. agreement: its public name, None outside of any; position, commodity: the object; firm: public name.

    month: as `2026-11`; unit: Rec 20 code, None where the product has none. What was not grouped by is None.
    """

    agreement: str | None
    position: int | None
    commodity: str | None
    firm: str | None
    firm_name: str | None
    region: str | None
    month: str | None
    unit: str | None
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Of which trade. since, until: days, both included; outside: without an agreement alone; None leaves a thing open."""

    since: date | None = None
    until: date | None = None
    agreement: str | None = None
    firm: str | None = None
    outside: bool = False


# what can be grouped by
BY = ("agreement", "commodity", "firm", "region", "month")


def realised(session: Session, by: Sequence[str], scope: Scope | None = None) -> list[Line]:
    """
    Ordered and realised trade by any of `BY`, each group once for each unit, in the order of the groups; one statement.

    Raises:
        ValueError: a word that is not of `BY`.
    """
    if unknown := [name for name in by if name not in BY]:
        raise ValueError(f"{unknown[0]} is none of {', '.join(BY)}")
    scope = scope or Scope()
    rows = union_all(_ordered(by, scope), _delivered(by, scope)).subquery()
    keys = [rows.c[name] for name in ("agreement", "position", "firm", "region", "month", "unit")]
    names = [func.max(rows.c[name]) for name in ("commodity", "firm_name")]
    sums = [func.sum(rows.c[name]) for name in Sums._fields]
    lines = []
    for agreement, position, firm, region, month, unit, commodity, firm_name, *found in session.execute(
        select(*keys, *names, *sums).group_by(*keys)
    ):
        lines.append(Line(agreement, position, commodity, firm, firm_name, region, _month(month), unit, _exact(found)))
    return sorted(lines, key=_order)


def _order(line: Line) -> tuple[Any, ...]:
    keys = (line.agreement, line.position, line.firm, line.region, line.month, line.unit)
    return tuple((key is None, key or 0 if isinstance(key, int) else str(key)) for key in keys)


def _exact(found: Sequence[Any]) -> Sums:
    """Whole numbers as they are kept back to what they mean; PostgreSQL sums them as numeric, SQLite as integers."""
    ordered, ordered_value, came, came_value = (Decimal(int(value or 0)) for value in found)
    return Sums(ordered.scaleb(-6), ordered_value.scaleb(-2), came.scaleb(-6), came_value.scaleb(-2))


def _month(number: int | None) -> str | None:
    return None if number is None else f"{number // 100:04}-{number % 100:02}"


def _ordered(by: Sequence[str], scope: Scope) -> Select[Any]:
    quantity, value = _whole(DealLineRow.ordered_quantity), _whole(DealLineRow.ordered_value)
    query = _of(by, scope, DealRow.order_date, (quantity, value, literal(0, BigInteger), literal(0, BigInteger)))
    return query.where(DealRow.state.in_(WITH_ORDER), DealLineRow.ordered_quantity != 0)


def _delivered(by: Sequence[str], scope: Scope) -> Select[Any]:
    sums = (literal(0, BigInteger), literal(0, BigInteger), _whole(DeliveryRow.quantity), _whole(DeliveryRow.value))
    return _of(by, scope, DeliveryRow.day, sums).join(DeliveryRow, DeliveryRow.line_id == DealLineRow.id)


def _whole(column: Any) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)


def _of(by: Sequence[str], scope: Scope, day: Any, sums: tuple[Any, ...]) -> Select[Any]:
    month = sql_cast(extract("year", day), Integer) * 100 + sql_cast(extract("month", day), Integer)
    chosen = {
        "agreement": AgreementRow.ident if {"agreement", "commodity"} & set(by) else None,
        "position": DealLineRow.object_position if "commodity" in by else None,
        "commodity": DealLineRow.commodity if "commodity" in by else None,
        "firm": DealLineRow.business if "firm" in by else None,
        "firm_name": DealLineRow.business_name if "firm" in by else None,
        "region": DealRow.region if "region" in by else None,
        "month": month if "month" in by else None,
        "unit": DealLineRow.unit,
    }
    columns = [(null() if column is None else column).label(name) for name, column in chosen.items()]
    covered = and_(AgreementRow.id == DealRow.agreement_id, DealLineRow.object_position.is_not(None))
    query: Any = select(*columns, *(one.label(name) for name, one in zip(Sums._fields, sums, strict=True))).select_from(DealLineRow)
    query = query.join(DealRow, DealRow.id == DealLineRow.deal_id).outerjoin(AgreementRow, covered)
    if scope.since is not None:
        query = query.where(day >= scope.since)
    if scope.until is not None:
        query = query.where(day <= scope.until)
    if scope.agreement is not None:
        query = query.where(AgreementRow.ident == scope.agreement)
    if scope.firm is not None:
        query = query.where(DealLineRow.business == scope.firm)
    if scope.outside:
        query = query.where(AgreementRow.id.is_(None))
    narrowed: Select[Any] = query
    return narrowed


class Target(NamedTuple):
    """
    One object of an agreement with what became of it. quantity, unit, value: its target, None where none is set.

    realised: in the target's unit, of what can be counted in it; apart: (unit, quantity) of what cannot, which is not guessed.
    """

    position: int
    commodity: str
    quantity: Decimal | None
    unit: str | None
    value: Decimal | None
    realised: Decimal | None
    realised_value: Decimal
    ordered_value: Decimal
    apart: tuple[tuple[str | None, Decimal], ...]

    @property
    def share(self) -> Decimal | None:
        """Realised of the target, by quantity where that is set, else by value; in thousandths rounded down, None without a target."""
        done, aim = (self.realised, self.quantity) if self.quantity else (self.realised_value, self.value)
        return None if not aim or done is None else (done / aim).quantize(Decimal("0.001"), ROUND_FLOOR)


def targets(session: Session, case: AgreementRow, until: date | None = None) -> list[Target]:
    """The objects of an agreement in their order, each with its target and what was realised of it up to a day."""
    lines = realised(session, ("commodity",), Scope(agreement=case.ident, until=until))
    told = []
    for one in objects_of(session, [case.id])[case.id]:
        mine = [line for line in lines if line.position == one.position]
        want = unit_of_code(one.unit or "")
        counted, apart = Decimal(0), []
        for line in mine:
            have = unit_of_code(line.unit or "")
            amount = convert(line.sums.realised, have, want) if have and want else None
            if amount is not None:
                counted += amount
            elif line.sums.realised:
                apart.append((line.unit, line.sums.realised))
        value, ordered = (sum((getattr(line.sums, name) for line in mine), Decimal(0)) for name in ("realised_value", "ordered_value"))
        told.append(
            Target(one.position, one.commodity, one.quantity, one.unit, one.value, counted if want else None, value, ordered, tuple(apart))
        )
    return told


def outside(session: Session, since: date | None = None, until: date | None = None) -> list[Line]:
    """Trade that no agreement's object covers, by the buyer's region and firm."""
    return realised(session, ("region", "firm"), Scope(since=since, until=until, outside=True))
