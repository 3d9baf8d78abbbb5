"""
What the report of unmet demand asks of the tables: the demands of a window, their matches that stand, and which are linked.

Everything is read along a key, a part at a time, so that a million demands cost no more memory than a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from exchange.store.bulk import stream_raw
from exchange.store.businesses import BusinessRow
from exchange.store.demands import STATUS_OPEN, DemandRow
from exchange.store.links import DemandLinkRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow

PART = 2000
_IN = 500
_JAKARTA = ZoneInfo("Asia/Jakarta")
_SERVING = ("fit", "ask")
# when the goods are needed, by the most exact of what is said
_NEEDED = func.coalesce(*(getattr(DemandRow, f"{name}_{end}") for name in ("use", "contract", "selection") for end in ("start", "end")))
_REGION = func.coalesce(DemandRow.region, SourceRow.region)


@dataclass(frozen=True, kw_only=True)
class Window:
    """
    Which demands are looked at: those of other regions than `home`, needed from `first` to `last` (both included, None open).

    A demand that says no day of need has the day of its publication (in Jakarta); one without either is in no bounded window.
    region: a region, or a province with all in it.
    """

    home: str
    first: date | None = None
    last: date | None = None
    region: str | None = None

    @property
    def bounded(self) -> bool:
        """Whether a day is asked for at all."""
        return self.first is not None or self.last is not None

    def holds(self, region: str, day: date | None) -> bool:
        """Whether a demand of that region and day is in it."""
        if self.bounded and (day is None or not (self.first or date.min) <= day <= (self.last or date.max)):
            return False
        return region != self.home and (self.region is None or region == self.region or region.startswith(self.region + "."))


class Asked(NamedTuple):
    """
    One demand that is shown, as far as the report needs it.

    day: as `Window` has it; is_open: whether it is matched at all; is_matched: whether its present version was; accepted, fits:
    whether a match was accepted by staff, and whether a proposed one is called fit or to be asked.
    """

    row_id: int
    ident: str
    title: str
    category: str | None
    region: str
    amount: Decimal | None
    currency: str | None
    day: date | None
    is_open: bool
    is_matched: bool
    accepted: bool
    fits: bool


class Candidate(NamedTuple):
    """A match that stands and serves nobody: its product and firm, and its marks as the JSON text that is kept, "" where rejected."""

    row_id: int
    demand_id: int
    score: Decimal
    state: str
    verdict: str | None
    reason: str | None
    marks: str
    sku: str
    product: str
    sector: str | None
    firm: str


def asked(session: Session, window: Window | None, *, only_linked: bool = False) -> Iterator[list[Asked]]:
    """Parts of the demands that are shown, by row id; of the window, or all where it is None. One statement a part."""
    after = 0
    while True:
        query = _asked_query(window, only_linked).where(DemandRow.id > after).order_by(DemandRow.id).limit(PART)
        rows = session.execute(query).all()
        if rows:
            after = rows[-1][0]
            yield [_asked(*row) for row in rows]
        if len(rows) < PART:
            return


def _asked_query(window: Window | None, only_linked: bool) -> Select[Any]:
    # said so that the index of the demand's matches leads: that of states would be walked through for each demand
    has, state = select(MatchRow.id).where(MatchRow.demand_id == DemandRow.id), MatchRow.state.concat("")
    query = select(
        DemandRow.id, DemandRow.ident, DemandRow.title, DemandRow.category, _REGION, DemandRow.budget_amount, DemandRow.budget_currency,
        _NEEDED, DemandRow.published_at, DemandRow.status, DemandRow.matched_version == DemandRow.version,
        exists(has.where(state == "accepted")),
        exists(has.where(state == "proposed", MatchRow.verdict.in_(_SERVING))),
    ).join(SourceRow, SourceRow.id == DemandRow.source_id)  # fmt: skip
    # said so that the key leads, and not the index of what is shown
    query = query.where(DemandRow.state.concat("") == "live")
    if only_linked:
        linked = select(DemandLinkRow.low_id).where(DemandLinkRow.state != "rejected")
        query = query.where(DemandRow.id.in_(linked.union(select(DemandLinkRow.high_id).where(DemandLinkRow.state != "rejected"))))
    return query if window is None else query.where(*_within(window))


def _within(window: Window) -> Iterator[ColumnElement[bool]]:
    region = _REGION
    yield region != window.home
    if window.region:
        yield or_(region == window.region, region.startswith(window.region + ".", autoescape=True))
    if window.bounded:
        need = _NEEDED
        needed: list[ColumnElement[bool]] = [need.is_not(None)]
        published: list[ColumnElement[bool]] = [need.is_(None), DemandRow.published_at.is_not(None)]
        if window.first:
            needed.append(need >= window.first)
            published.append(DemandRow.published_at >= datetime.combine(window.first, time.min, _JAKARTA))
        if window.last and window.last < date.max:
            needed.append(need <= window.last)
            published.append(DemandRow.published_at < datetime.combine(window.last + timedelta(days=1), time.min, _JAKARTA))
        yield or_(and_(*needed), and_(*published))


def _asked(
    row_id: int, ident: str, title: str, category: str | None, region: str, amount: Decimal | None, currency: str | None,
    needed: date | str | None, published: datetime | None, status: str, matched: bool, accepted: bool, fits: bool,
) -> Asked:  # fmt: skip
    day = date.fromisoformat(needed) if isinstance(needed, str) else needed
    if day is None and published is not None:
        day = published.astimezone(_JAKARTA).date()
    is_open = status in STATUS_OPEN
    return Asked(row_id, ident, title, category, region, amount, currency, day, is_open, bool(matched), bool(accepted), bool(fits))


def candidates(session: Session, demand_ids: Sequence[int]) -> dict[int, list[Candidate]]:
    """The proposed and rejected matches of these demands, the best first; one statement for every 500."""
    found: dict[int, list[Candidate]] = {}
    for start in range(0, len(demand_ids), _IN):
        query = (
            select(
                MatchRow.id, MatchRow.demand_id, MatchRow.score, MatchRow.state, MatchRow.verdict, MatchRow.reason,
                cast(MatchRow.marks, Text), ProductRow.sku, ProductRow.name, ProductRow.sector, BusinessRow.ident,
            )
            .join(ProductRow, ProductRow.id == MatchRow.product_id)
            .join(BusinessRow, BusinessRow.id == ProductRow.business_id)
            .where(MatchRow.demand_id.in_(demand_ids[start : start + _IN]), MatchRow.state.concat("").in_(("proposed", "rejected")))
            .order_by(MatchRow.demand_id, MatchRow.score.desc(), MatchRow.id)
        )  # fmt: skip
        for row in session.execute(query):
            one = Candidate(*row)
            found.setdefault(one.demand_id, []).append(one)
    return found


def linked_pairs(session: Session) -> NDArray[np.int64]:
    """
    N x 2 row ids of demands that are linked and both shown, those left out of which staff said that they are not the same.

    What its source took back ties nobody together: two that are alike to it alone are two needs.
    """
    low, high = aliased(DemandRow), aliased(DemandRow)
    query = select(DemandLinkRow.low_id, DemandLinkRow.high_id).where(DemandLinkRow.state != "rejected").order_by(DemandLinkRow.id)
    query = query.join(low, low.id == DemandLinkRow.low_id).join(high, high.id == DemandLinkRow.high_id)
    query = query.where(low.state.concat("") == "live", high.state.concat("") == "live")
    flat = (row_id for pair in stream_raw(session.connection(), query) for row_id in pair)
    return np.fromiter(flat, dtype=np.int64).reshape(-1, 2)


class Offered(NamedTuple):
    """One thing that another region has on offer, in what it publishes."""

    row_id: int
    ident: str
    region: str
    name: str
    record: dict[str, Any]


def offered_elsewhere(session: Session, home: str) -> Iterator[Offered]:
    """All that regions other than `home` have on offer, by row id; one statement for every `PART`."""
    after = 0
    columns = SupplyRow.id, SupplyRow.ident, SupplyRow.region, SupplyRow.name, SupplyRow.record
    while True:
        query = select(*columns).where(SupplyRow.id > after, SupplyRow.state.concat("") == "live", SupplyRow.region != home)
        rows = session.execute(query.order_by(SupplyRow.id).limit(PART)).all()
        for row in rows:
            yield Offered(*row)
        if len(rows) < PART:
            return
        after = rows[-1][0]
