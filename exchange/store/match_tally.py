"""
How many matches there are of each kind, so that a list of millions says its counts at once.

The database keeps the table itself: triggers of the migration that made it follow each match, and each demand and product whose place
or class changes, in the transaction that changes it. `exchange doctor` counts anew and compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Insert,
    Integer,
    Select,
    String,
    UniqueConstraint,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from exchange.store.base import BigId, Row
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchFilter, MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow

# a match is of the band whose number is how many of these its score reaches
BANDS = tuple(Decimal(percent) / 100 for percent in (30, 50, 70, 90))


class MatchTallyRow(Row):
    """
    How many matches are of one state, demand's region ("" where the demand says none), source, product's sector and KBLI class ("" where
    it has none), and band of the score. `matches` may be 0.
    """

    __tablename__ = "match_tally"
    __table_args__ = (UniqueConstraint("state", "region", "source_id", "sector", "kbli", "band"),)

    state: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(10))
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("source.id"))
    sector: Mapped[str] = mapped_column(String(20))
    kbli: Mapped[str] = mapped_column(String(5))
    band: Mapped[int] = mapped_column(Integer)
    matches: Mapped[int] = mapped_column(BigId)


PLACE: ColumnElement[str] = case((MatchTallyRow.region != "", MatchTallyRow.region), else_=func.coalesce(SourceRow.region, ""))


def is_tallied(want: MatchFilter) -> bool:
    """Whether a filter asks for nothing that the kinds do not tell."""
    least = want.least_score
    return want.text is None and want.demand_id is None and want.product_id is None and (least is None or least <= 0 or least in BANDS)


def _asked(want: MatchFilter) -> Iterator[ColumnElement[bool]]:
    if want.sector:
        yield MatchTallyRow.sector == want.sector
    if want.region:
        yield or_(MatchTallyRow.region == want.region, MatchTallyRow.region.startswith(f"{want.region}."))
    if want.least_score is not None and want.least_score > 0:
        yield MatchTallyRow.band > BANDS.index(want.least_score)


def _of_state(want: MatchFilter) -> ColumnElement[bool]:
    return MatchTallyRow.state == want.state if want.state else MatchTallyRow.state != "retired"


def tallied(session: Session, want: MatchFilter, kinds: Mapping[str, ColumnElement[bool]]) -> tuple[int, dict[str, int]]:
    """
    Count by the kinds alone; one statement.

    Args:
        want: for which `is_tallied` says yes; its `covered` is left aside.
        kinds: conditions on MatchTallyRow and SourceRow, by name.

    Returns: how many matches there are in the state, and how many of those that the filter leaves are under each condition.
    """
    asked, number = and_(true(), *_asked(want)), func.sum(MatchTallyRow.matches)
    sums = [func.coalesce(number.filter(asked, kind), 0) for kind in kinds.values()]
    query = select(func.coalesce(number, 0), *sums).join(SourceRow, SourceRow.id == MatchTallyRow.source_id).where(_of_state(want))
    whole, *found = (int(count) for count in session.execute(query).one())
    return whole, dict(zip(kinds, found, strict=True))


def in_places(want: MatchFilter, kind: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """
    The condition that a match's demand lies where the kinds have any such match, to find few among many by the demands' places.

    kind: a condition as `tallied` takes it, None for none.
    """
    there = [_of_state(want), MatchTallyRow.matches > 0, *_asked(want), *([] if kind is None else [kind])]
    demand = aliased(DemandRow)
    said = select(MatchTallyRow.region).join(SourceRow, SourceRow.id == MatchTallyRow.source_id).where(MatchTallyRow.region != "", *there)
    silent = (
        select(MatchTallyRow.source_id).join(SourceRow, SourceRow.id == MatchTallyRow.source_id).where(MatchTallyRow.region == "", *there)
    )
    query = select(demand.id).where(or_(demand.region.in_(said), and_(demand.region.is_(None), demand.source_id.in_(silent))))
    return MatchRow.demand_id.in_(query)


def _counted() -> Select[Any]:
    band = case(*((MatchRow.score >= BANDS[number - 1], number) for number in range(len(BANDS), 0, -1)), else_=0)
    keys = (
        MatchRow.state, func.coalesce(DemandRow.region, ""), DemandRow.source_id, func.coalesce(ProductRow.sector, ""),
        func.coalesce(ProductRow.kbli, ""), band,
    )  # fmt: skip
    named = [key.label(f"key_{at}") for at, key in enumerate(keys)]
    inner = select(*named).select_from(MatchRow).join(MatchRow.demand).join(MatchRow.product).subquery()
    return select(*inner.c, func.count().label("matches")).group_by(*inner.c)


_KEYS = ("state", "region", "source_id", "sector", "kbli", "band")


def tally_faults(session: Session) -> list[str]:
    """The kinds whose count is not that of the rows, each in words; reads every match."""
    kept = select(*(getattr(MatchTallyRow, name) for name in _KEYS), MatchTallyRow.matches).where(MatchTallyRow.matches != 0)
    told, true_ones = ({tuple(row[:-1]): int(row[-1]) for row in session.execute(query)} for query in (kept, _counted()))
    return [
        f"{'/'.join(map(str, key))}: {told.get(key, 0)} dicatat, {true_ones.get(key, 0)} ada"
        for key in sorted(told.keys() | true_ones.keys())
        if told.get(key, 0) != true_ones.get(key, 0)
    ]


def retally(session: Session) -> None:
    """Count anew from the rows."""
    session.execute(delete(MatchTallyRow))
    session.execute(_filling())


def _filling() -> Insert:
    columns: Sequence[str] = (*_KEYS, "matches")
    return insert(MatchTallyRow).from_select(list(columns), _counted())
