"""Sums of demand, matches and trade as they were last counted, by region, sector and month; counted by the night and the worker."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ColumnElement, Float, Index, Select, String, Table, Text, delete, func, literal, or_, select, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row
from exchange.store.bulk import insert_many
from exchange.store.types import Scaled, UtcDateTime, ordered

VALUE = Scaled(2)
TRIES = 3
_ONLY = 1
# demand by when it is needed; its arrival; matches by when their demand is needed, when they were made, when decided; deliveries by day
KINDS: Final = ("demand", "arrival", "match", "made", "decided", "order", "trade")


class FigureRow(Row):
    """
    One sum. kind: one of `KINDS`. province: two digits, region: Kemendagri code, both "" where unknown; month: YYYY-MM, "" where no day
    is told.

    part: of demand its outcome, of an unmet one its cause after `unmet:`; of matches the band of the score (`match_tally.BANDS`) or the
    decision; "" else. number: how many; value: in rupiah to the cent, of those that state one; unknown: how many state none.
    """

    __tablename__ = "figure"
    __table_args__ = (Index(None, "kind", "month", "province"),)

    kind: Mapped[str] = mapped_column(String(10))
    province: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(ordered(10))
    sector: Mapped[str] = mapped_column(String(20))
    month: Mapped[str] = mapped_column(ordered(7))
    part: Mapped[str] = mapped_column(String(30))
    number: Mapped[int] = mapped_column(BigId)
    value: Mapped[Decimal] = mapped_column(VALUE)
    unknown: Mapped[int] = mapped_column(BigId)


class FigureCountRow(Row):
    """
    The one count of them. wanted_at: since when a count waits, None: none does; tries: how often that was begun. counted_at, demands,
    seconds: of the last one that came to its end, None before the first. trouble: why the latest try gave nothing.
    """

    __tablename__ = "figure_count"

    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    demands: Mapped[int | None]
    seconds: Mapped[float | None] = mapped_column(Float)
    trouble: Mapped[str | None] = mapped_column(Text)


class Sum(NamedTuple):
    """number: how many; value: rupiah of those that state one; unknown: how many state none."""

    number: int = 0
    value: Decimal = Decimal(0)
    unknown: int = 0

    def __add__(self, other: object) -> Sum:
        """Both together."""
        assert isinstance(other, Sum)
        return Sum(self.number + other.number, self.value + other.value, self.unknown + other.unknown)


@dataclass(frozen=True, kw_only=True)
class FigureFilter:
    """What sums are narrowed by; None leaves a thing open. first, last: months (YYYY-MM), both included; region may be a province."""

    first: str | None = None
    last: str | None = None
    sector: str | None = None
    region: str | None = None


Key = tuple[str, str, str, str, str]


def figure_count(session: Session) -> FigureCountRow | None:
    """What is known of the count; None before the first was wanted."""
    return session.get(FigureCountRow, _ONLY)


def want_figures(session: Session, now: datetime) -> FigureCountRow:
    """Have the figures counted; where that waits already, it goes on waiting."""
    row = figure_count(session)
    if row is None:
        row = FigureCountRow(id=_ONLY, tries=0)
        session.add(row)
    if row.wanted_at is None:
        row.wanted_at, row.tries, row.trouble = now, 0, None
    session.flush()
    return row


def replace_figures(session: Session, sums: Mapping[Key, Sum]) -> None:
    """Put these sums by (kind, region, sector, month, part) in the place of all that were kept."""
    session.execute(delete(FigureRow))
    names = ("kind", "province", "region", "sector", "month", "part", "number", "value", "unknown")
    rows = [
        (kind, region[:2], region, sector, month, part, one.number, int(round(one.value, 2).scaleb(2)), one.unknown)
        for (kind, region, sector, month, part), one in sorted(sums.items())
    ]
    insert_many(session.connection(), cast(Table, FigureRow.__table__), names, rows)


def first_month(session: Session) -> str | None:
    """The earliest month (YYYY-MM) of any sum, None where there is none; one statement that seeks each kind in the index."""
    firsts = [select(func.min(FigureRow.month).label("month")).where(FigureRow.kind == kind, FigureRow.month > "") for kind in KINDS]
    each = union_all(*firsts).subquery()
    found: str | None = session.scalar(select(func.min(each.c.month)))
    return found


class Grouped(NamedTuple):
    """Sums of some kinds by one or two columns of FigureRow. unmet: of unmet demand alone; months: the filter's if None."""

    kinds: Collection[str]
    first: str
    second: str | None = None
    unmet: bool = False
    months: tuple[str, str] | None = None


def grouped(session: Session, want: FigureFilter, asked: Mapping[str, Grouped]) -> dict[str, dict[tuple[str, str], Sum]]:
    """Each of the groupings by its name, as sums by the values of its columns; one statement."""
    found: dict[str, dict[tuple[str, str], Sum]] = {name: {} for name in asked}
    queries = [_query(name, each, want) for name, each in asked.items()]
    for name, first, second, number, value, unknown in session.execute(union_all(*queries)):
        found[name][first, second] = Sum(int(number), Decimal(int(value)).scaleb(-VALUE.digits), int(unknown))
    return found


def _query(name: str, each: Grouped, want: FigureFilter) -> Select[Any]:
    first = _column(each.first)
    second = _column(each.second) if each.second else literal("")
    # summed as the whole numbers that are kept: the type would be asked to scale what no column bears
    sums = func.sum(FigureRow.number), func.sum(FigureRow.value, type_=BigId), func.sum(FigureRow.unknown)
    columns: list[Any] = [literal(name), first.label("first"), second.label("second"), *sums]
    query = select(*columns).where(*_asked(each, want))
    return query.group_by(*([first, second] if each.second else [first]))


def _column(name: str) -> ColumnElement[str]:
    found: ColumnElement[str] = FigureRow.__table__.c[name]
    return found


def _asked(each: Grouped, want: FigureFilter) -> Sequence[ColumnElement[bool]]:
    kinds: list[ColumnElement[bool]] = [FigureRow.kind.in_(list(each.kinds))]
    if each.unmet:
        kinds.append(FigureRow.part.startswith("unmet:"))
    first, last = each.months or (want.first, want.last)
    if first:
        kinds.append(FigureRow.month >= first)
    if last:
        kinds += [FigureRow.month <= last, FigureRow.month != ""]
    if want.sector:
        kinds.append(FigureRow.sector == want.sector)
    if want.region:
        kinds.append(FigureRow.province == want.region[:2])
    if want.region and len(want.region) > 2:
        kinds.append(or_(FigureRow.region == want.region, FigureRow.region.startswith(f"{want.region}.")))
    return kinds
