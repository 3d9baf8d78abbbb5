"""What a matching run asks of the tables, in bulk: the demands as the matcher reads them, and its results kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from typing import cast as typed

from sqlalchemy import ColumnElement, Table, Text, cast, func, select
from sqlalchemy.orm import Session

from exchange.store.base import utcnow
from exchange.store.bulk import insert_many, update_many
from exchange.store.demands import STATUS_OPEN, DemandRow
from exchange.store.matches import DECIDED, MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow

_PERIODS = ("selection", "contract", "use")
_READ = (
    DemandRow.id,
    DemandRow.version,
    DemandRow.reference,
    DemandRow.title,
    DemandRow.description,
    # as text: whoever reads the demand makes it a list, in its own process
    cast(DemandRow.items, Text),
    DemandRow.category,
    DemandRow.quantity_said,
    DemandRow.budget_amount,
    DemandRow.budget_currency,
    DemandRow.domestic_product,
    func.coalesce(DemandRow.region, SourceRow.region),
    *(getattr(DemandRow, f"{name}_{part}") for name in _PERIODS for part in ("start", "end", "precision")),
)
_IN = 500
# A due day that is known by its month or year alone may be so much later than the day that is kept.
_NAMED_WITHIN = timedelta(days=366)
# in bulk the tables themselves are written: the session need not know each row
_DEMAND, _MATCH, _PRODUCT = (typed(Table, row.__table__) for row in (DemandRow, MatchRow, ProductRow))


def is_open() -> tuple[Any, ...]:
    """The conditions under which a demand is matched."""
    return DemandRow.state == "live", DemandRow.status.in_(STATUS_OPEN)


def demand_inputs(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    """
    What the matcher reads of these demands (`read_need`), with `id` and `version`, by id; a source's region where they have none.

    `items` is the JSON text that is kept.
    """
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), _IN):
        wanted = set(ids[start : start + _IN])
        query = select(*_READ).join(SourceRow, SourceRow.id == DemandRow.source_id)
        rows = session.execute(query.where(_among(DemandRow.id, wanted)).order_by(DemandRow.id))
        found.extend(_input(*row) for row in rows if row[0] in wanted)
    return found


def _among(column: Any, wanted: Set[int]) -> ColumnElement[bool]:
    """Rows of these ids; where they lie close together perhaps some between them too, since a long list is costly to write out."""
    least, most = min(wanted, default=0), max(wanted, default=0)
    if most - least < 2 * len(wanted):
        return column.between(least, most)  # type: ignore[no-any-return]
    return column.in_(wanted)  # type: ignore[no-any-return]


def _input(
    row_id: int,
    version: int,
    reference: str,
    title: str,
    description: str | None,
    items: str,
    category: str | None,
    quantity_said: str | None,
    amount: Decimal | None,
    currency: str | None,
    domestic: bool | None,
    region: str | None,
    *periods: Any,
) -> dict[str, Any]:
    return {
        "id": row_id,
        "version": version,
        "reference": reference,
        "title": title,
        "description": description,
        "items": items,
        "category": category,
        "quantity_said": quantity_said,
        "region": region,
        "budget": None if amount is None else {"amount": amount, "currency": currency},
        "eligibility": None if domestic is None else {"domestic_product": domestic},
        "periods": {
            name: {"start": periods[at], "end": periods[at + 1], "precision": periods[at + 2]}
            for at, name in zip((0, 3, 6), _PERIODS, strict=True)
            if periods[at + 2]
        },
    }


class Found(NamedTuple):
    """
    What the engine found of one pair.

    score: in millionths; marks: as the JSON text that is kept; verdict, flip: as MatchRow has them; product_version: the version
    of the product that was weighed.
    """

    score: int
    marks: str
    verdict: str
    flip: str | None
    product_version: int


def keep_matches(
    session: Session, model: str, day: date | None, demands: Mapping[int, tuple[int, int]], rows: Mapping[tuple[int, int], Found]
) -> None:
    """
    Bring the stored matches of some demands to what the engine found; what staff decided, and on which grounds, stays.

    Args:
        model: the version that matched; day: the one that time was reckoned from.
        demands: id -> (version that was matched, probability in millionths that anything serves it).
        rows: by (demand id, product id), each match that stands.
    """
    now = utcnow()
    known = _known(session, list(demands))
    new: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    seen: list[tuple[Any, ...]] = []
    for pair, found in rows.items():
        stored = known.get(pair)
        version = demands[pair[0]][0]
        if stored is None:
            new.append((*pair, version, *found))
        elif stored.state not in DECIDED:
            if stored.state != "proposed" or stored.told() != (model, *found[:-1]):
                changed.append((stored.id, stored.version + 1, version, *found))
            elif (stored.demand_version, stored.product_version) != (version, found.product_version):
                seen.append((stored.id, version, found.product_version))
    gone = [(stored.id, stored.version + 1) for pair, stored in known.items() if pair not in rows and stored.state == "proposed"]
    connection = session.connection()
    touched = {"model": model, "state": "proposed", "updated_at": now}
    columns = ("demand_version", *Found._fields)
    insert_many(connection, _MATCH, ("demand_id", "product_id", *columns), new, touched | {"made_at": now, "version": 1})
    update_many(connection, _MATCH, ("version", *columns), changed, touched)
    update_many(connection, _MATCH, ("demand_version", "product_version"), seen)
    update_many(connection, _MATCH, ("version",), gone, {"state": "retired", "updated_at": now, "told_at": None})
    matched = [(row_id, version, served) for row_id, (version, served) in demands.items()]
    update_many(connection, _DEMAND, ("matched_version", "served"), matched, {"matched_model": model, "matched_on": day})


class _Stored(NamedTuple):
    id: int
    demand_id: int
    product_id: int
    state: str
    version: int
    demand_version: int
    product_version: int
    model: str
    score: Decimal
    marks: str
    verdict: str | None
    flip: str | None

    def told(self) -> tuple[Any, ...]:
        return self.model, int(self.score.scaleb(6)), self.marks, self.verdict, self.flip


def _known(session: Session, demand_ids: Sequence[int]) -> dict[tuple[int, int], _Stored]:
    """All matches of these demands, retired ones too, by (demand id, product id)."""
    # marks as text, which both databases keep to the letter
    columns = [cast(MatchRow.marks, Text) if name == "marks" else getattr(MatchRow, name) for name in _Stored._fields]
    found: dict[tuple[int, int], _Stored] = {}
    for start in range(0, len(demand_ids), _IN):
        wanted = set(demand_ids[start : start + _IN])
        for row in session.execute(select(*columns).where(_among(MatchRow.demand_id, wanted))):
            stored = _Stored(*row)
            if stored.demand_id in wanted:
                found[stored.demand_id, stored.product_id] = stored
    return found


class OpenDemand(NamedTuple):
    """
    One open demand as far as a run needs it to tell whether it is to be matched.

    matched_on: the day its time was reckoned from; starts: the first day of work by its own words; due: the last day of delivery.
    """

    row_id: int
    version: int
    matched_version: int
    matched_model: str | None
    matched_on: date | None
    starts: date | None
    due: date | None

    def is_stale(self, model: str, day: date | None) -> bool:
        """
        Whether it is to be matched anew for itself: new, changed, matched by another model, or of less time than when it was matched.

        Time runs from the day that work could begin until the due one has passed; and certificates expire with the year.
        """
        if self.version != self.matched_version or self.matched_model != model:
            return True
        if day is None or self.matched_on == day:
            return False
        if self.matched_on is None or self.matched_on.year != day.year:
            return True
        if self.due is None or self.due + _NAMED_WITHIN < self.matched_on:
            return False
        return self.starts is None or self.starts < day


def open_demands(session: Session) -> list[OpenDemand]:
    """Every open demand, by id."""
    query = select(
        DemandRow.id,
        DemandRow.version,
        DemandRow.matched_version,
        DemandRow.matched_model,
        DemandRow.matched_on,
        func.coalesce(DemandRow.contract_start, DemandRow.selection_end),
        func.coalesce(DemandRow.contract_end, DemandRow.use_end),
    )
    return [OpenDemand(*row) for row in session.execute(query.where(*is_open()).order_by(DemandRow.id))]


def demands_holding(session: Session, product_ids: Sequence[int]) -> set[int]:
    """Ids of the demands that have an undecided match with one of these products, whether it stands or was taken back."""
    found: set[int] = set()
    for start in range(0, len(product_ids), _IN):
        query = select(MatchRow.demand_id).where(MatchRow.product_id.in_(product_ids[start : start + _IN]), MatchRow.state.not_in(DECIDED))
        found.update(session.scalars(query))
    return found


def note_products_matched(session: Session, versions: Mapping[int, int]) -> None:
    """Product id -> version that was matched."""
    update_many(session.connection(), _PRODUCT, ("matched_version",), list(versions.items()))
