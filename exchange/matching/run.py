"""
Matching the stored demands with the stored products, so that only what changed is done again.

A demand is matched again when its version is not the one it was matched at. When the catalogue changed (a product is new,
changed or gone) or another model version made the stored matches, *every* open demand is matched again: how rare a word is
depends on the whole catalogue, so that any product may move any score. The result is that of a full run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from time import perf_counter
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from exchange.matching.engine import Match
from exchange.matching.matcher import THRESHOLD, TOP, Matcher
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from exchange.matching.probability import CURRENT as MODEL
from exchange.store.base import Store, utcnow
from exchange.store.demands import STATUS_OPEN, DemandRow, demand_record, demands_by_ids
from exchange.store.matches import MatchRow, matches_of_demands, retire_matches
from exchange.store.products import ProductRow, active_products, product_record

DECIDED = frozenset({"accepted", "rejected"})
_BATCH = 500
_SCALE = Decimal("0.000001")
_UNSEEN = ProductRow.matched_version != ProductRow.version


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run did: demands open, products on offer, matches standing (not retired), demands matched again, and the seconds."""

    demands: int
    products: int
    matches: int
    rematched: int
    seconds: float

    def record(self) -> dict[str, Any]:
        """As `exchange match --json` prints it, and more."""
        return asdict(self)


def rematch(store: Store, *, home_region: str, full: bool = False, tick: Callable[[int], None] | None = None) -> Tally:
    """
    Bring the stored matches up to date.

    Reads and weighs outside of any writing transaction and writes in short ones, a batch of demands each. What changes
    meanwhile keeps a version that was not matched yet, and a run that breaks off leaves the rest stale: the next run does it.

    Args:
        store: the database.
        home_region: where the products are made (`EXCHANGE_HOME_REGION`).
        full: match everything again.
        tick: called with the number of demands done, after each batch.
    """
    started = perf_counter()
    with store.read() as session:
        rows = list(active_products(session))
        gone = session.execute(select(ProductRow.id, ProductRow.version).where(ProductRow.state != "active", _UNSEEN)).all()
        everything = full or bool(gone) or _catalogue_changed(session, rows)
    with store.work() as session:
        _retire_closed(session)
        _retire_lost_products(session)
    with store.read() as session:
        stale = _stale(session, everything)
    matcher = Matcher(read_offer(product_record(row), home_region) for row in rows)
    products = {row.sku: (row.id, row.version) for row in rows}
    for start in range(0, len(stale), _BATCH):
        with store.read() as session:
            batch = demands_by_ids(session, stale[start : start + _BATCH])
        needs = [read_need(demand_record(row) | {"region": row.region or row.source.region}, str(row.id)) for row in batch]
        found = [matches for _, matches in matcher.match(needs, top=TOP, threshold=THRESHOLD)]
        with store.work() as session:
            _write(session, {row.id: row.version for row in batch}, found, products)
        if tick:
            tick(len(batch))
    with store.work() as session:
        unseen = [(row.id, row.version) for row in rows if row.matched_version != row.version]
        for product_id, version in (*unseen, *gone):
            session.execute(update(ProductRow).where(ProductRow.id == product_id).values(matched_version=version))
    with store.read() as session:
        counts = _open_count(session), len(rows), _standing(session)
    return Tally(*counts, rematched=len(stale), seconds=round(perf_counter() - started, 3))


def _catalogue_changed(session: Session, rows: Iterable[ProductRow]) -> bool:
    """Whether a product is new or changed since the last run, or stored matches are of a product that is gone or of another model."""
    if any(row.version != row.matched_version for row in rows):
        return True
    lost = select(MatchRow.id).join(MatchRow.product).where(ProductRow.state != "active", MatchRow.state == "proposed").limit(1)
    old = select(MatchRow.id).where(MatchRow.state == "proposed", MatchRow.model != MODEL).limit(1)
    return any(session.scalar(query) is not None for query in (lost, old))


def _retire_closed(session: Session) -> None:
    """Take the undecided matches of demands that are withdrawn, closed or cancelled back; reopened ones are matched anew."""
    closed = (DemandRow.state != "live") | DemandRow.status.not_in(STATUS_OPEN)
    with_matches = select(MatchRow.demand_id).join(MatchRow.demand).where(MatchRow.state == "proposed", closed).distinct()
    retire_matches(session, session.scalars(with_matches).all())
    session.execute(update(DemandRow).where(closed, DemandRow.matched_version != 0).values(matched_version=0))


def _retire_lost_products(session: Session) -> None:
    """Take the undecided matches of products that are no longer on offer back."""
    lost = select(ProductRow.id).where(ProductRow.state != "active")
    session.execute(
        update(MatchRow)
        .where(MatchRow.state == "proposed", MatchRow.product_id.in_(lost))
        .values(state="retired", version=MatchRow.version + 1, updated_at=utcnow()),
        execution_options={"synchronize_session": False},
    )


def _stale(session: Session, everything: bool) -> list[int]:
    """Ids of the open demands that are to be matched."""
    query = select(DemandRow.id).where(DemandRow.state == "live", DemandRow.status.in_(STATUS_OPEN)).order_by(DemandRow.id)
    return list(session.scalars(query if everything else query.where(DemandRow.matched_version != DemandRow.version)))


def _write(session: Session, demands: dict[int, int], found: list[list[Match]], products: dict[str, tuple[int, int]]) -> None:
    """Store the matches of one batch (demand id -> version that was matched) where they differ from what is stored."""
    known = matches_of_demands(session, list(demands))
    wanted: set[tuple[int, int]] = set()
    for (demand_id, version), matches in zip(demands.items(), found, strict=True):
        for match in matches:
            product_id, product_version = products[match.offer]
            wanted.add((demand_id, product_id))
            values = _values(match) | {"demand_version": version, "product_version": product_version}
            stored = known.get((demand_id, product_id))
            if stored is None:
                session.add(MatchRow(demand_id=demand_id, product_id=product_id, **values))
            else:
                _renew(stored, values)
        session.execute(update(DemandRow).where(DemandRow.id == demand_id).values(matched_version=version))
    for pair, stored in known.items():
        if pair not in wanted and stored.state == "proposed":
            stored.state, stored.version, stored.updated_at = "retired", stored.version + 1, utcnow()


def _values(match: Match) -> dict[str, Any]:
    return {
        "score": Decimal(match.score).quantize(_SCALE),
        "marks": [mark.record() for mark in match.marks],
        "model": MODEL,
        "state": "proposed",
    }


def _renew(stored: MatchRow, values: dict[str, Any]) -> None:
    """New score and reasons on a stored pair; what staff decided, and on which grounds, stays. A retired pair is proposed again."""
    if stored.state in DECIDED:
        return
    told = [name for name in values if not name.endswith("_version")]
    if any(getattr(stored, name) != values[name] for name in told):
        stored.version, stored.updated_at = stored.version + 1, utcnow()
    for name, value in values.items():
        if getattr(stored, name) != value:
            setattr(stored, name, value)


def _open_count(session: Session) -> int:
    query = select(func.count()).select_from(DemandRow).where(DemandRow.state == "live", DemandRow.status.in_(STATUS_OPEN))
    return session.scalar(query) or 0


def _standing(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MatchRow).where(MatchRow.state != "retired")) or 0
