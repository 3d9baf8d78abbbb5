"""
Matching the stored demands with the stored products, so that a change costs what it touches.

A pair's score depends on that pair alone. So a demand is matched again when it is new or changed, when another model matched it
last, when a product that it holds a match with changed or went, when a changed product now reaches it, or when its time has run on.
Which demands a changed product may reach, the roots of all matched demands tell (`readings`) without reading their texts again.
The result is that of a full run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from exchange.access.telling import tell_matches
from exchange.executor import SerialExecutor, executor, rarely_collecting
from exchange.matching.catalogue import bound
from exchange.matching.matcher import Matcher
from exchange.matching.offers import Offer, read_offer
from exchange.matching.part import Matched, match_part, reached
from exchange.matching.probability import Model, shipped
from exchange.matching.readings import Readings
from exchange.store.base import Store, utcnow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow, retire_matches
from exchange.store.matching import Found, demand_inputs, demands_holding, is_open, keep_matches, note_products_matched, open_demands
from exchange.store.products import ProductRow, active_products, product_record

_PART = 500
# Starting the workers takes about as long as matching so many.
_WORTH_SHARING = 10_000
_UNSEEN = ProductRow.matched_version != ProductRow.version
T = TypeVar("T")


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


def rematch(
    store: Store,
    *,
    home_region: str,
    full: bool = False,
    tick: Callable[[int], None] | None = None,
    folder: Path | None = None,
    shared: str = "serial",
    model: Model | None = None,
    today: date | None = None,
) -> Tally:
    """
    Bring the stored matches up to date.

    Reads and weighs outside of any writing transaction and writes in short ones, a part of the demands each. What changes
    meanwhile keeps a version that was not matched yet, and a run that breaks off leaves the rest stale: the next run does it.

    Args:
        store: the database.
        home_region: where the products are made (`EXCHANGE_HOME_REGION`).
        full: match everything again.
        tick: called with the number of demands done, after each part.
        folder: where the index is kept: the catalogue for all processes, and what was read of the demands; None keeps nothing
            between runs, and a changed product has all texts read again.
        shared: the executor that parts are given to (`EXCHANGE_EXECUTOR`) where there are enough of them.
        model: the model to match by; None for the shipped one.
        today: the day that the time left is reckoned from; None where no day passes, and only what a demand says counts.

    Raises:
        SettingWrong: `shared` names no executor.
    """
    started = perf_counter()
    with store.read() as session:
        rows = list(active_products(session))
        lost = session.execute(select(ProductRow.id, ProductRow.version).where(ProductRow.state != "active", _UNSEEN))
        gone: dict[int, int] = dict(list(lost))
    offers = tuple(read_offer(product_record(row), home_region) for row in rows)
    model = model or shipped()
    # a worker on another machine may not see the folder
    catalogue = bound(offers, model, None if folder is None or shared.startswith("dask:") else folder / "catalogue")
    products = {row.sku: (row.id, row.version) for row in rows}
    changed = {row.id: row.version for row in rows if row.matched_version != row.version}
    readings = Readings(None if folder is None else folder / "readings")
    with store.read() as session:
        held = demands_holding(session, [*changed, *gone])
    with store.work() as session:
        _retire_closed(session)
        _retire_lost_products(session)
    with store.read() as session:
        waiting = open_demands(session)
    stale = [one.row_id for one in waiting if full or one.is_stale(catalogue.model, today)]
    if (changed or gone) and len(stale) < len(waiting):
        due = set(stale)
        fresh = {one.row_id: one.version for one in waiting if one.row_id not in due}
        due |= held & fresh.keys()
        news = tuple(offer for offer, row in zip(offers, rows, strict=True) if row.id in changed)
        due |= _reached(store, news, {row: version for row, version in fresh.items() if row not in held}, readings, model, today)
        stale = [one.row_id for one in waiting if one.row_id in due]
    with _pool(shared, len(stale)) as pool, rarely_collecting():
        for part in _each(pool, partial(match_part, catalogue, today), _inputs(store, stale)):
            _keep(store, part, products, catalogue.model, today, readings)
            if tick:
                tick(len(part))
    readings.save()
    with store.work() as session:
        note_products_matched(session, changed | gone)
    _tell_rest(store, today)
    with store.read() as session:
        counts = _open_count(session), len(rows), _standing(session)
    return Tally(*counts, rematched=len(stale), seconds=round(perf_counter() - started, 3))


def _reached(
    store: Store, news: tuple[Offer, ...], fresh: dict[int, int], readings: Readings, model: Model, today: date | None
) -> set[int]:
    """Those of the demands (id -> version) that a changed product now reaches."""
    if not news:
        return set()
    engine = Matcher(news, model=model)
    sharing = readings.sharing(engine.index.name_roots())
    known = readings.known()
    asked = [row for row, version in fresh.items() if row in sharing or known.get(row) != version]
    return {row for part in _inputs(store, asked) for row in reached(engine, today, part)}


def _inputs(store: Store, ids: Sequence[int]) -> Iterator[list[dict[str, Any]]]:
    """The demands of these ids as the matcher reads them, part by part."""
    for start in range(0, len(ids), _PART):
        with store.read() as session:
            part = demand_inputs(session, ids[start : start + _PART])
        yield part


@contextmanager
def _pool(shared: str, demands: int) -> Iterator[Executor]:
    if demands < _WORTH_SHARING:
        yield SerialExecutor()
        return
    with executor(shared) as pool:
        yield pool


def _each(pool: Executor, work: Callable[[list[dict[str, Any]]], T], parts: Iterator[list[dict[str, Any]]]) -> Iterator[T]:
    """The work's answers in the order of the parts; a few are under way while one is taken."""
    under_way: deque[Future[T]] = deque()
    ahead = 0 if isinstance(pool, SerialExecutor) else 6
    for part in parts:
        under_way.append(pool.submit(work, part))
        if len(under_way) > ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _keep(
    store: Store,
    part: Sequence[Matched],
    products: dict[str, tuple[int, int]],
    model: str,
    today: date | None,
    readings: Readings,
) -> None:
    rows: dict[tuple[int, int], Found] = {}
    for matched in part:
        readings.add(matched.demand, matched.version, matched.roots)
        for sku, score, marks, verdict, flip in matched.rows:
            product_id, version = products[sku]
            rows[matched.demand, product_id] = Found(score, marks, verdict, flip, version)
    with store.work() as session:
        keep_matches(session, model, today, {matched.demand: (matched.version, matched.served) for matched in part}, rows)
        tell_matches(session, today, [matched.demand for matched in part])


def _tell_rest(store: Store, today: date | None) -> None:
    """Tell owners of demands of the matches that they read since something else than matching changed: a contract, a firm's consent."""
    told = 1
    while told:
        with store.work() as session:
            told = tell_matches(session, today)


def _retire_closed(session: Session) -> None:
    """Take the undecided matches of demands that are withdrawn, closed or cancelled back; reopened ones are matched anew."""
    live, status = is_open()
    closed = ~live | ~status
    with_matches = select(MatchRow.demand_id).join(MatchRow.demand).where(MatchRow.state == "proposed", closed).distinct()
    retire_matches(session, session.scalars(with_matches).all())
    session.execute(update(DemandRow).where(closed, DemandRow.matched_version != 0).values(matched_version=0))


def _retire_lost_products(session: Session) -> None:
    """Take the undecided matches of products that are no longer on offer back."""
    lost = select(ProductRow.id).where(ProductRow.state != "active")
    session.execute(
        update(MatchRow)
        .where(MatchRow.state == "proposed", MatchRow.product_id.in_(lost))
        .values(state="retired", told_at=None, version=MatchRow.version + 1, updated_at=utcnow()),
        execution_options={"synchronize_session": False},
    )


def _open_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DemandRow).where(*is_open())) or 0


def _standing(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(MatchRow).where(MatchRow.state != "retired")) or 0
