"""
A large office: firms, products, demands and their matches in number, on either database.

So many demands are matched by the engine as there are products; what comes of that is multiplied inside the database, so that every copy
has real scores, marks and verdicts, and a region, a budget and a reference of its own. The index of demands is made as the worker makes
it; the tally of matches is written by the database's own triggers, as always.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from _demands import REGIONS, demands
from _worked import worked
from search import fill
from sqlalchemy import Date, Table, case, func, insert, literal, select
from sqlalchemy.orm import Session

from exchange.access.accounts import add_user
from exchange.catalogue.quality.survey import keep
from exchange.demand.indexing import catch_up, differences, make_anew
from exchange.jobs.figures import figures_ahead
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.figures import figure_count
from exchange.store.match_tally import tally_faults
from exchange.store.matches import MatchRow
from exchange.store.saved_searches import SavedSearchRow, newest_match, searches_of
from exchange.store.sources import SourceRow
from exchange.store.users import user_by_name

NAME, WORD, HOME = "petugas", "kata-sandi-bangku", "36.72"
_DEMAND, _MATCH = cast(Table, DemandRow.__table__), cast(Table, MatchRow.__table__)
_SEED = 20_000
_MONTHS = [date(year, month, 1) for year in (2025, 2026) for month in range(1, 13)]  # in which goods are needed; one demand in 25 says none
_MORE = ("11.71", "12.71", "13.71", "16.71", "18.71", "32.73", "35.78", "51.71", "63.71", "64.72", "73.71", "81.71", "91.71")


def furnish(store: Store, folder: Path, *, products: int, asked: int) -> dict[str, float]:
    """
    Fill an empty database; `asked` demands in whole multiples of the seed of at most 20,000.

    Returns:
        How many products, demands and matches there are; the demands a second that the index took in.
    """
    migrate.upgrade(store)
    fill(store, products)
    seed = min(asked, _SEED)
    with store.work() as session:
        add_user(session, NAME, WORD, "admin")
        source = SourceRow(name="contoh", connector="table", region="33.74", state="approved")
        session.add(source)
        session.flush()
        session.execute(insert(DemandRow), [_row(source.id, listing) for listing in demands(seed)])
    rematch(store, home_region=HOME, folder=folder / "index")
    with store.work() as session:
        step = {"demand": _most(session, _DEMAND), "match": _most(session, _MATCH)}
    for copy in range(1, asked // seed):
        with store.work() as session:
            _multiply(session, copy, step)
    begun = perf_counter()
    taken = make_anew(store, HOME)
    speed = round(taken / (perf_counter() - begun))
    if store.engine.dialect.name == "postgresql":
        _settle(store)
    with store.read() as session:
        counted = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in (_DEMAND, _MATCH)}
    return {"products": products, **counted, "index_per_second": speed}


def kept_ahead(store: Store, folder: Path) -> dict[str, float]:
    """
    Bring a furnished database to the newest shape and to what a night leaves: quality, figures of maps and charts; and give its reader
    three saved searches, some thousand matches behind, and the office its cases and deals.

    Returns:
        Seconds of each; the figures are counted once.
    """
    settings, told = Settings(data_dir=folder, database_url=""), {}
    for name, step in (
        ("upgraded_s", lambda: migrate.upgrade(store)), ("index_s", lambda: catch_up(store, HOME)),
        ("quality_s", lambda: keep(store, settings.day())), ("searches_s", lambda: _searches(store)),
        ("worked_s", lambda: worked(store, settings)), ("figures_s", lambda: _figures(store, settings)),
    ):  # fmt: skip
        begun = perf_counter()
        step()
        told[name] = round(perf_counter() - begun, 1)
    return told


def _figures(store: Store, settings: Settings) -> None:
    with store.read() as session:
        row = figure_count(session)
    if row is None or row.counted_at is None:
        figures_ahead(store, settings)


def _searches(store: Store) -> None:
    with store.work() as session:
        account = user_by_name(session, NAME)
        if account is None or searches_of(session, account.id):
            return
        newest = newest_match(session)
        for name, asked in (("Semarang", {"daerah": "33.74"}), ("Logam", {"sektor": "logam", "nilai": "70"}), ("Semua", {})):
            session.add(SavedSearchRow(account_id=account.id, name=name, asked=asked, from_id=max(0, newest - 5_000)))


def faults(store: Store) -> list[str]:
    """Where the tally or the index are not what a fresh count and a fresh make give, as `exchange doctor` finds it; reads everything."""
    with store.read() as session:
        return tally_faults(session) + differences(session, HOME)


def _row(source_id: int, listing: dict[str, Any]) -> dict[str, Any]:
    items = [
        item | {"quantity": item["quantity"] and item["quantity"] | {"amount": str(item["quantity"]["amount"])}}
        for item in listing["items"]
    ]
    return {
        "ident": f"d-{listing['reference']}", "source_id": source_id, "reference": listing["reference"], "title": listing["title"],
        "buyer_name": "Dinas Contoh", "region": listing["region"], "category": listing["category"], "items": items,
        "quantity_said": listing["quantity_said"], "budget_amount": listing["budget"]["amount"], "budget_currency": "IDR",
        "budget_basis": "package_ceiling", "status": "open", "content_hash": listing["reference"], "raw_answer": "0", "raw_position": 0,
        "connector_version": "1",
    }  # fmt: skip


def _most(session: Session, table: Table) -> int:
    return int(session.scalar(select(func.max(table.c.id))) or 0)


def _multiply(session: Session, copy: int, step: dict[str, int]) -> None:
    """The seed once more, under numbers of its own."""
    shift = {name: copy * most for name, most in step.items()}
    regions = [region for region in (*REGIONS, *_MORE) if region]
    place = case(*((_DEMAND.c.id % len(regions) == at, literal(region)) for at, region in enumerate(regions)), else_=None)
    values = {
        "id": _DEMAND.c.id + shift["demand"],
        "ident": _DEMAND.c.ident + literal(f"-{copy}"),
        "reference": _DEMAND.c.reference + literal(f"-{copy}"),
        "content_hash": _DEMAND.c.content_hash + literal(f"-{copy}"),
        "region": place,
        "status": case((_DEMAND.c.id % 7 == copy % 7, literal("planned")), else_=literal("open")),
        "selection_start": case(
            *(((_DEMAND.c.id + copy) % (len(_MONTHS) + 1) == at, literal(day, Date)) for at, day in enumerate(_MONTHS)), else_=None
        ),
        "selection_precision": literal("month"),
    }
    _copy(session, _DEMAND, values, step["demand"])
    values = {
        "id": _MATCH.c.id + shift["match"],
        "demand_id": _MATCH.c.demand_id + shift["demand"],
        "state": case(
            (_MATCH.c.id % 97 == copy, literal("accepted")), (_MATCH.c.id % 89 == copy, literal("rejected")), else_=_MATCH.c.state
        ),
    }
    _copy(session, _MATCH, values, step["match"])


def _copy(session: Session, table: Table, values: dict[str, Any], last: int) -> None:
    columns = [values.get(column.name, column) for column in table.c]
    names = [column.name for column in table.c]
    session.execute(insert(table).from_select(names, select(*columns).where(table.c.id <= last), include_defaults=False))


def _settle(store: Store) -> None:
    """What a server's housekeeping does within the hour: numbers go on after the copies, statistics are true."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (_DEMAND, _MATCH):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM \"{table.name}\"))"
            )
        connection.exec_driver_sql("VACUUM ANALYZE")
