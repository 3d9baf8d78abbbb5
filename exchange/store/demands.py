"""The demands and the questions asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy import cast as cast_sql
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship
from sqlalchemy.sql.expression import type_coerce

from exchange.store.base import BigId, Row, utcnow
from exchange.store.bulk import fetch_raw, insert_many
from exchange.store.sources import SourceRow
from exchange.store.types import MONEY, Scaled, UtcDateTime

_MISSING = text("missing_since IS NOT NULL")


class DemandRow(Row):
    """
    One demand; (source, reference) names it for good, so a second pull updates it.

    state: `live` or `withdrawn` (a tombstone; the row stays). missing_since: when the first complete run began that did not name it;
    missing_runs: how many did not, in a row; held_why: why it is shown all the same, one of `HELD_WHY`, None where it is not missing.
    content_hash: the listing as it came, less what the connector declares volatile or personal.
    raw_answer and raw_position: where the listing's bytes lie in the archive.
    matched_version, matched_model: the version of the row and of the model that were matched last; matched_on: the day that its time
    was reckoned from, None where no day was told; served: how likely anything of the catalogue serves it, in [0, 1], None before it
    was matched.
    """

    __tablename__ = "demand"
    __table_args__ = (
        UniqueConstraint("source_id", "reference"),
        Index(None, "state", "id"),
        Index(None, "region", "state", "id"),
        # few demands are missing, and pages, reports and /metrics ask for just those
        Index("ix_demand_missing", "source_id", "state", sqlite_where=_MISSING, postgresql_where=_MISSING),
    )

    ident: Mapped[str] = mapped_column(String(40), unique=True)
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("source.id"))
    reference: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    buyer_name: Mapped[str] = mapped_column(String(400))
    buyer_code: Mapped[str | None] = mapped_column(String(120))
    buyer_unit: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(String(10))
    place: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(20))
    items: Mapped[list[Any]] = mapped_column(default=list)
    quantity_said: Mapped[str | None] = mapped_column(Text)
    budget_amount: Mapped[Decimal | None] = mapped_column(MONEY)
    budget_currency: Mapped[str | None] = mapped_column(String(3))
    budget_basis: Mapped[str | None] = mapped_column(String(20))
    selection_start: Mapped[date | None]
    selection_end: Mapped[date | None]
    selection_precision: Mapped[str | None] = mapped_column(String(10))
    contract_start: Mapped[date | None]
    contract_end: Mapped[date | None]
    contract_precision: Mapped[str | None] = mapped_column(String(10))
    use_start: Mapped[date | None]
    use_end: Mapped[date | None]
    use_precision: Mapped[str | None] = mapped_column(String(10))
    domestic_product: Mapped[bool | None]
    small_business: Mapped[bool | None]
    method: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    url: Mapped[str | None] = mapped_column(Text)
    related: Mapped[dict[str, Any]] = mapped_column(default=dict)

    state: Mapped[str] = mapped_column(String(20), default="live")
    content_hash: Mapped[str] = mapped_column(String(64))
    raw_answer: Mapped[str] = mapped_column(String(64))
    raw_position: Mapped[int]
    connector_version: Mapped[str] = mapped_column(String(40))
    missing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    missing_runs: Mapped[int] = mapped_column(default=0, server_default="0")
    held_why: Mapped[str | None] = mapped_column(String(10))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    version: Mapped[int] = mapped_column(default=1)
    matched_version: Mapped[int] = mapped_column(default=0)
    matched_model: Mapped[str | None] = mapped_column(String(40))
    matched_on: Mapped[date | None]
    served: Mapped[Decimal | None] = mapped_column(Scaled(6))

    source: Mapped[SourceRow] = relationship(lazy="raise")


_DEMAND = cast(Table, DemandRow.__table__)
# waiting for further complete runs; more than the guard lets go; kept by a person's word
HELD_WHY = ("grace", "guard", "kept")
PERIODS = ("selection", "contract", "use")
STATUS_OPEN = ("planned", "open")


def demand_record(row: DemandRow) -> dict[str, Any]:
    """The demand in the members of DemandSchema as loaded (Python values), with its place in the exchange."""
    periods = {}
    for name in PERIODS:
        start, end, precision = (getattr(row, f"{name}_{part}") for part in ("start", "end", "precision"))
        periods[name] = {"start": start, "end": end, "precision": precision} if precision else None
    budget = None
    if row.budget_amount is not None:
        budget = {"amount": row.budget_amount, "currency": row.budget_currency, "basis": row.budget_basis}
    return {
        "ident": row.ident,
        "reference": row.reference,
        "title": row.title,
        "description": row.description,
        "buyer": {"name": row.buyer_name, "code": row.buyer_code, "unit": row.buyer_unit},
        "region": row.region,
        "place": row.place,
        "category": row.category,
        "items": row.items,
        "quantity_said": row.quantity_said,
        "budget": budget,
        "periods": periods,
        "eligibility": {"domestic_product": row.domestic_product, "small_business": row.small_business},
        "method": row.method,
        "status": row.status,
        "published_at": row.published_at,
        "url": row.url,
        "related": row.related,
        "state": row.state,
        "held": row.state == "live" and row.missing_since is not None,
        "first_seen_at": row.first_seen_at,
        "updated_at": row.updated_at,
        "version": row.version,
    }


class KnownListing(NamedTuple):
    """What the exchange keeps of one listing, as far as a run needs it to tell whether it changed; row_id 0: new in this run."""

    row_id: int
    content_hash: str
    connector_version: str
    state: str
    is_missing: bool
    buyer_code: str | None


# what KnownListing._make does, without a look at each length
_known: Callable[[Sequence[Any]], KnownListing] = partial(tuple.__new__, KnownListing)


def known_listings(session: Session, source_id: int) -> dict[str, KnownListing]:
    """All that a source ever sent, by reference."""
    query = select(
        DemandRow.reference,
        DemandRow.id,
        DemandRow.content_hash,
        DemandRow.connector_version,
        DemandRow.state,
        DemandRow.missing_since.is_not(None),
        DemandRow.buyer_code,
    ).where(DemandRow.source_id == source_id)
    rows = fetch_raw(session.connection(), query)
    return dict(zip(map(itemgetter(0), rows), map(_known, map(itemgetter(slice(1, None)), rows)), strict=True))


def insert_new(session: Session, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]) -> None:
    """
    Insert N new demands.

    columns, rows: as `insert_many` takes them, but for `published_at`, which is a time or None; same: what all of them have.
    """
    connection, at = session.connection(), columns.index("published_at")
    process = _DEMAND.c.published_at.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if process is not None:
        rows = [row if row[at] is None else (*row[:at], process(row[at]), *row[at + 1 :]) for row in rows]
    always = {"state": "live", "version": 1, "missing_runs": 0, "matched_version": 0}
    insert_many(connection, _DEMAND, columns, rows, always | dict(same))


def rows_by_reference(session: Session, source_id: int, references: Sequence[str]) -> dict[str, int]:
    """Row ids of a source's demands by their references."""
    found: dict[str, int] = {}
    for start in range(0, len(references), 500):
        part = references[start : start + 500]
        query = select(DemandRow.reference, DemandRow.id).where(DemandRow.source_id == source_id, DemandRow.reference.in_(part))
        found.update((row[0], row[1]) for row in session.execute(query))
    return found


def demands_by_ids(session: Session, ids: list[int]) -> list[DemandRow]:
    """The rows of these ids, each with its source."""
    found: list[DemandRow] = []
    for start in range(0, len(ids), 500):
        query = select(DemandRow).options(joinedload(DemandRow.source)).where(DemandRow.id.in_(ids[start : start + 500]))
        found.extend(session.scalars(query.order_by(DemandRow.id)))
    return found


def demand_by_ident(session: Session, ident: str) -> DemandRow | None:
    """The demand of that public name, with its source."""
    return session.scalars(select(DemandRow).options(joinedload(DemandRow.source)).where(DemandRow.ident == ident)).first()


def held_demands(session: Session, source_id: int) -> list[DemandRow]:
    """A source's demands that are missing there and still shown here."""
    query = (
        select(DemandRow)
        .options(joinedload(DemandRow.source))
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", DemandRow.missing_since.is_not(None))
    )
    return list(session.scalars(query.order_by(DemandRow.id)))


def is_held() -> ColumnElement[bool]:
    """Missing at its source and still shown; said so that the index of what is missing leads there, not that of all that is shown."""
    return and_(DemandRow.missing_since.is_not(None), DemandRow.state.concat("") == "live")


def last_row(session: Session, source_id: int) -> int:
    """The id of a source's latest new demand, 0 where it has none."""
    return session.scalar(select(func.max(DemandRow.id)).where(DemandRow.source_id == source_id)) or 0


def value_shown(session: Session, source_id: int) -> int:
    """The budgets in rupiah of all that is shown of a source, added up as floating-point numbers: for a chart, not for a sum on paper."""
    its = DemandRow
    query = select(func.sum(cast_sql(type_coerce(its.budget_amount, BigInteger), Float)))
    found = session.scalar(query.where(its.source_id == source_id, its.state == "live", its.budget_currency == "IDR"))
    return round(found / 10**MONEY.digits) if found else 0


def losses_by_run(session: Session, source_id: int) -> dict[datetime, int]:
    """How many demands of a source each complete run was the first to miss, of those that are gone or about to go, by its beginning."""
    gone = or_(DemandRow.state == "withdrawn", DemandRow.held_why == "grace")
    query = select(DemandRow.missing_since, func.count()).where(
        DemandRow.source_id == source_id, DemandRow.missing_since.is_not(None), gone
    )
    return {since: count for since, count in session.execute(query.group_by(DemandRow.missing_since)) if since is not None}


def count_demands(session: Session, state: str = "live") -> int:
    """How many demands are in one state."""
    return session.scalar(select(func.count()).select_from(DemandRow).where(DemandRow.state == state)) or 0


def own_demands(session: Session, source_id: int, *, state: str | None, limit: int, after: str | None) -> list[DemandRow]:
    """A source's demands with it, by public name; `after` is the last one of the page before, state None for all."""
    query = select(DemandRow).options(joinedload(DemandRow.source)).where(DemandRow.source_id == source_id)
    if state is not None:
        query = query.where(DemandRow.state == state)
    if after is not None:
        query = query.where(DemandRow.ident > after)
    return list(session.scalars(query.order_by(DemandRow.ident).limit(limit)))
