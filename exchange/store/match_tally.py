"""
How many matches there are of each kind, so that a list of millions says its counts at once.

The database keeps the table itself: triggers of the migration that made it follow each match, and each demand and product whose place
or class changes, in the transaction that changes it. `exchange doctor` counts anew and compares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

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
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from exchange.store.base import BigId, Row
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchFilter, MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from exchange.store.types import ordered

# a match is of the band whose number is how many of these its score reaches
BANDS = tuple(Decimal(percent) / 100 for percent in (30, 50, 70, 90))


MOST_FRESH = 10_000


class MatchTallyRow(Row):
    """
    How many matches are of one state, demand's region ("" where the demand says none), source, product's sector and KBLI class ("" where
    it has none), and band of the score. `matches` may be 0.
    """

    __tablename__ = "match_tally"
    __table_args__ = (UniqueConstraint("state", "region", "source_id", "sector", "kbli", "band"),)

    state: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(ordered(10))
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("source.id"))
    sector: Mapped[str] = mapped_column(String(20))
    kbli: Mapped[str] = mapped_column(String(5))
    band: Mapped[int] = mapped_column(Integer)
    matches: Mapped[int] = mapped_column(BigId)


PLACE: ColumnElement[str] = case((MatchTallyRow.region != "", MatchTallyRow.region), else_=func.coalesce(SourceRow.region, ""))
OF_PRODUCT: tuple[ColumnElement[str], ColumnElement[str]] = (MatchTallyRow.sector.expression, MatchTallyRow.kbli.expression)


def is_tallied(want: MatchFilter) -> bool:
    """Whether a filter asks for nothing that the kinds do not tell."""
    least = want.least_score
    if want.only is not None or want.below_score not in (None, *BANDS):
        return False
    return want.words is None and want.demand_id is None and want.product_id is None and (least is None or least <= 0 or least in BANDS)


def _asked(want: MatchFilter) -> Iterator[ColumnElement[bool]]:
    if want.sector is not None:
        yield MatchTallyRow.sector == want.sector
    if want.region:
        yield or_(MatchTallyRow.region == want.region, MatchTallyRow.region.startswith(f"{want.region}."))
    if want.least_score is not None and want.least_score > 0:
        yield MatchTallyRow.band > BANDS.index(want.least_score)
    if want.below_score is not None:
        yield MatchTallyRow.band <= BANDS.index(want.below_score)


def _of_state(want: MatchFilter, state: ColumnElement[str] = MatchTallyRow.state.expression) -> ColumnElement[bool]:
    return state == want.state if want.state else state != "retired"


class Tallied(NamedTuple):
    """
    whole: matches in the state; left: those that the filter leaves; by_kind: those of them under each condition.

    facets: by `state`, `sector`, `region` and `band`, how many have each value of what all filters but its own leave; those that have
    none are left out, and what was taken back counts nowhere.
    """

    whole: int
    left: int
    by_kind: dict[str, int]
    facets: dict[str, dict[str, int]]


_FACETS: Mapping[str, ColumnElement[Any]] = {
    "state": MatchTallyRow.state.expression, "sector": MatchTallyRow.sector.expression, "region": MatchTallyRow.region.expression,
    "band": MatchTallyRow.band.expression,
}  # fmt: skip
OWN = {"state": "state", "sector": "sector", "region": "region", "band": "least_score"}


def tallied(
    session: Session,
    want: MatchFilter,
    kinds: Mapping[str, ColumnElement[bool]],
    regions: Collection[str] | None,
    shown: ColumnElement[bool] | None = None,
) -> Tallied:
    """
    Count by the kinds alone; one statement.

    Args:
        want: for which `is_tallied` says yes; its `covered` is left aside.
        kinds: conditions on MatchTallyRow and SourceRow, by name; regions: outside of which none of them holds, None for no such bound.
        shown: such a condition that narrows the facets.
    """
    number = func.sum(MatchTallyRow.matches)
    # said so that the table is read through, and not looked up row by row from an index
    parts: list[Any] = [_part("whole", [_read_through(want)]), _part("left", [_read_through(want), *_asked(want)])]
    for name, kind in kinds.items():
        query = select(literal(f"kind {name}"), literal(""), number).join(SourceRow, SourceRow.id == MatchTallyRow.source_id)
        parts.append(query.where(kind, *_asked(want), _within(regions, want)))
    for name, column in _FACETS.items():
        others = replace(want, **{OWN[name]: None})
        query = select(literal(f"by {name}"), cast(column, String(20)), number).group_by(column)
        query = query.where(_read_through(others), *_asked(others))
        if shown is not None:
            query = query.join(SourceRow, SourceRow.id == MatchTallyRow.source_id).where(shown)
        parts.append(query)
    told: dict[str, dict[str, int]] = {}
    for part, value, count in session.execute(union_all(*parts)):
        if count:
            told.setdefault(part, {})[value] = int(count)
    return Tallied(
        told.get("whole", {}).get("", 0),
        told.get("left", {}).get("", 0),
        {name: told.get(f"kind {name}", {}).get("", 0) for name in kinds},
        {name: told.get(f"by {name}", {}) for name in _FACETS},
    )


def _part(name: str, conditions: Sequence[ColumnElement[bool]]) -> Any:
    return select(literal(name), literal(""), func.sum(MatchTallyRow.matches)).where(*conditions)


def _read_through(want: MatchFilter) -> ColumnElement[bool]:
    return _of_state(want, MatchTallyRow.state.concat(""))


def places_of_state(want: MatchFilter) -> Any:
    """("place", region, "", number) for each region that has any match of the filter's state and sector, to be selected."""
    some = replace(want, region=None, least_score=None)
    number = func.sum(MatchTallyRow.matches)
    query = select(literal("place"), MatchTallyRow.region, literal(""), number).where(_read_through(some), *_asked(some))
    return query.group_by(MatchTallyRow.region).having(number > 0)


def count_waiting_matches(session: Session, since: datetime) -> tuple[int, int, bool]:
    """
    How many matches wait for a decision, how many of them were made since a time, and whether there are no more of these than are counted;
    one statement.

    Matches are numbered as they are made: only the newest `MOST_FRESH` are looked at.
    """
    newest = select(MatchRow.made_at, MatchRow.state).order_by(MatchRow.id.desc()).limit(MOST_FRESH).subquery()
    fresh = select(func.count().filter(newest.c.state == "proposed"), func.count()).where(newest.c.made_at >= since).subquery()
    waiting = select(func.coalesce(func.sum(MatchTallyRow.matches), 0)).where(MatchTallyRow.state == "proposed").scalar_subquery()
    row = session.execute(select(waiting, *fresh.c)).one()
    return int(row[0]), int(row[1]), int(row[2]) < MOST_FRESH


def _within(regions: Collection[str] | None, want: MatchFilter) -> ColumnElement[bool]:
    """In the state and the regions; said by spans, each with the state, so that the key finds the few kinds of some regions among all."""
    state = _of_state(want)
    if regions is None:
        return state
    region, named = MatchTallyRow.region, sorted(regions)
    # the column is ordered by its bytes, and "/" is the one after "."
    spans = [and_(region > f"{code}.", region < f"{code}/") for code in named]
    return or_(*(and_(state, span) for span in (region.in_(["", *named]), *spans)))


def in_places(want: MatchFilter, kind: ColumnElement[bool] | None, regions: Collection[str] | None) -> ColumnElement[bool]:
    """
    The condition that a match's demand lies where the kinds have any such match, to find few among many by the demands' places.

    kind, regions: as `tallied` takes them, kind None for none.
    """
    there = [_within(regions, want), MatchTallyRow.matches > 0, *_asked(want), *([] if kind is None else [kind])]
    demand = aliased(DemandRow)
    said = select(MatchTallyRow.region).join(SourceRow, SourceRow.id == MatchTallyRow.source_id).where(MatchTallyRow.region != "", *there)
    silent = (
        select(MatchTallyRow.source_id).join(SourceRow, SourceRow.id == MatchTallyRow.source_id).where(MatchTallyRow.region == "", *there)
    )
    query = select(demand.id).where(or_(demand.region.in_(said), and_(demand.region.is_(None), demand.source_id.in_(silent))))
    return MatchRow.demand_id.in_(query)


BAND = case(*((MatchRow.score >= BANDS[number - 1], number) for number in range(len(BANDS), 0, -1)), else_=0)


def _counted() -> Select[Any]:
    keys = (
        MatchRow.state, func.coalesce(DemandRow.region, ""), DemandRow.source_id, func.coalesce(ProductRow.sector, ""),
        func.coalesce(ProductRow.kbli, ""), BAND,
    )  # fmt: skip
    named: list[ColumnElement[Any]] = [key.label(f"key_{at}") for at, key in enumerate(keys)]
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
