"""The firms (IKM) and the questions asked of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import String, Table, Text, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import MONEY, UtcDateTime


def new_ident() -> str:
    """A public name for a firm; random, because a name made from the NIB would give the NIB away."""
    return f"ikm-{secrets.token_hex(6)}"


class BusinessRow(Row):
    """One firm; `nib` names it in the office, `ident` outside of it. Published only with a consent date."""

    __tablename__ = "business"

    ident: Mapped[str] = mapped_column(String(40), unique=True, default=new_ident)
    nib: Mapped[str] = mapped_column(String(13), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    legal_form: Mapped[str | None] = mapped_column(String(20))
    sector: Mapped[str | None] = mapped_column(String(20), index=True)
    kbli: Mapped[list[str]] = mapped_column(default=list)
    kbli_edition: Mapped[str] = mapped_column(String(10), default="2020")
    scale: Mapped[str | None] = mapped_column(String(20))
    district: Mapped[str | None] = mapped_column(String(80), index=True)
    subdistrict: Mapped[str | None] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    workers: Mapped[int | None]
    investment: Mapped[Decimal | None] = mapped_column(MONEY)
    founded_year: Mapped[int | None]
    cluster: Mapped[str | None] = mapped_column(String(120))
    visited_on: Mapped[date | None]
    visit_note: Mapped[str | None] = mapped_column(Text)
    training_needs: Mapped[list[str]] = mapped_column(default=list)
    telephone: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(200))
    consented_on: Mapped[date | None]
    consent_refused_on: Mapped[date | None]
    consent_basis: Mapped[str | None] = mapped_column(String(200))
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


_BUSINESS = cast(Table, BusinessRow.__table__)
# every member of BusinessSchema, in its words
FIELDS = tuple(c.key for c in BusinessRow.__table__.columns if c.key not in {"id", "ident", "version", "updated_at"})


def business_record(row: BusinessRow) -> dict[str, Any]:
    """The firm in the members of BusinessSchema."""
    return {name: getattr(row, name) for name in FIELDS}


def businesses_by_nib(session: Session, nibs: Iterable[str] | None = None) -> dict[str, BusinessRow]:
    """Firms by NIB: the named ones, or all."""
    query = select(BusinessRow)
    if nibs is not None:
        query = query.where(BusinessRow.nib.in_(list(nibs)))
    return {row.nib: row for row in session.scalars(query)}


def businesses_by_ident(session: Session, idents: Iterable[str]) -> dict[str, BusinessRow]:
    """Firms by public name: the named ones."""
    return {row.ident: row for row in session.scalars(select(BusinessRow).where(BusinessRow.ident.in_(list(idents))))}


def business_by_ident(session: Session, ident: str) -> BusinessRow | None:
    """The firm of a public name."""
    return session.scalars(select(BusinessRow).where(BusinessRow.ident == ident)).first()


def apply_business(session: Session, data: dict[str, Any], kept: Mapping[str, BusinessRow] | None = None) -> tuple[BusinessRow, str]:
    """
    Bring one firm up to `data` (members of BusinessSchema, decided before: what is None is stored as None).

    kept: the firms that stand, by NIB, where many are brought at once: then nothing is asked for, and whoever brings them flushes.

    Returns:
        The row and `new`, `changed` or `unchanged`; only the first two give it a new version.
    """
    row = (businesses_by_nib(session, [data["nib"]]) if kept is None else kept).get(data["nib"])
    if row is None:
        row = BusinessRow(**data)
        session.add(row)
        if kept is None:
            session.flush()
        return row, "new"
    return row, apply_fields(row, data)


def put_businesses(session: Session, rows: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Keep firms that are new, many at a time; each has the members of BusinessSchema and `ident`, at: when they were made."""
    told = [{**values, "updated_at": at} for values in rows]
    if told:
        session.execute(insert(_BUSINESS), told)


def ids_by_nib(session: Session) -> dict[str, int]:
    """The number of every firm, by NIB."""
    return {row.nib: row.id for row in session.execute(select(BusinessRow.nib, BusinessRow.id))}


def apply_fields(row: Any, data: dict[str, Any]) -> str:
    """Set what differs; a row that differs gets the next version and the clock's time."""
    differing = {name: value for name, value in data.items() if getattr(row, name) != value}
    if not differing:
        return "unchanged"
    for name, value in differing.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = utcnow()
    return "changed"
