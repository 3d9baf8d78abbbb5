"""
Quarantine with replay: what was not understood is read again from the archive, by the connector, rules and tables of today.

It runs by itself where these say another thing than when a listing was read last (`reader.py`), and whenever a person asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from itertools import groupby
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connectors.kit import Connector
from exchange.errors import BadRequest, Busy, Conflict, ExchangeError, NotFound
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.locks import hold
from exchange.store.quarantine import note_reader, waiting_listings, waiting_readers
from exchange.store.sources import SourceRow, all_sources, source_by_name
from exchange.sync.again import Again, Replayed
from exchange.sync.reader import reader_of
from exchange.sync.registry import connector_for

log = logging.getLogger("exchange.replay")
NIGHT = "nightly"


def replay(
    store: Store,
    settings: Settings,
    actor: str,
    *,
    name: str | None = None,
    rule: str | None = None,
    most: int | None = None,
    beat: Callable[[], None] = lambda: None,
    told: Callable[[Replayed], None] = lambda _report: None,
) -> list[Replayed]:
    """
    Read again what waits: of one source or all approved ones, of one rule or all, at most so many of each source.

    told: given a source's report as it is, again and again while it is read.

    Returns:
        A report for each source of which anything waits; one that is being pulled just now says so in `trouble`.

    Raises:
        NotFound, Conflict: the named source does not exist, or no person approved it.
    """
    with store.read() as session:
        if name is not None:
            sources = [_approved(session, name)]
        else:
            waits = waiting_readers(session)
            sources = [source for source in all_sources(session, "approved") if source.id in waits]
    reports = [_one(store, settings, source, actor, beat, told, rule=rule, limit=most) for source in sources]
    return [report for report in reports if report.waiting or report.trouble]


def replay_changed(
    store: Store, settings: Settings, actor: str = NIGHT, *, name: str | None = None, beat: Callable[[], None] = lambda: None
) -> list[Replayed]:
    """
    Read again what another reader read last than would read it today, of one source or all approved ones.

    A source whose connector is not there or cannot work with its settings waits on.
    """
    with store.read() as session:
        readers = waiting_readers(session)
        sources = [source for source in all_sources(session, "approved") if source.id in readers and name in {None, source.name}]
    changed = []
    for source in sources:
        try:
            reader = reader_of(connector_for(source))
        except BadRequest:
            continue
        if readers[source.id] == {reader}:
            continue
        try:
            changed.append(_one(store, settings, source, actor, beat, unlike=reader))
        except (DBAPIError, ExchangeError):
            raise
        except Exception as error:  # a fault of ours in one source must not cost the others their night
            log.exception("reading %s again", source.name)
            changed.append(Replayed(source.name, trouble=f"Kesalahan dalam ({type(error).__name__}); lihat log."))
    return changed


def _approved(session: Session, name: str) -> SourceRow:
    source = source_by_name(session, name)
    if source is None:
        raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
    if source.state != "approved":
        raise Conflict(f"Sumber {name!r} belum disetujui (keadaannya {source.state}).", mend=f"exchange source approve {name}")
    return source


def _one(
    store: Store,
    settings: Settings,
    source: SourceRow,
    actor: str,
    beat: Callable[[], None],
    told: Callable[[Replayed], None] = lambda _report: None,
    **wanted: Any,
) -> Replayed:
    """One source's report, under its lock."""
    report = Replayed(source.name)
    with ExitStack() as stack:
        try:
            connector = connector_for(source)
            lock = stack.enter_context(hold(store, f"source:{source.name}", f"Pengambilan sumber {source.name!r}"))
        except (BadRequest, Busy) as error:
            report.trouble = error.message
            return report

        def alive() -> None:
            beat()
            told(report)
            try:
                lock.beat()
            except Busy as lost:
                raise _TakenOver(lost.message) from lost

        try:
            _read_again(store, settings, source, connector, report, alive, wanted)
        except _TakenOver as lost:
            report.trouble = str(lost)
    if report.left < report.waiting or actor != NIGHT:
        facts = {key: value for key, value in report.as_json().items() if value and key not in {"source", "trouble"}}
        with store.work() as session:
            audit(session, actor, "quarantine.replay", "source", source.name, **facts)
    return report


class _TakenOver(Exception):
    """Another process took the source's lock over."""


def _read_again(
    store: Store,
    settings: Settings,
    source: SourceRow,
    connector: Connector,
    report: Replayed,
    beat: Callable[[], None],
    wanted: dict[str, Any],
) -> None:
    with store.read() as session:
        rows = waiting_listings(session, source.id, **wanted)
        again = Again.of(session, store, settings, source, connector)
    report.waiting = len(rows)
    for run_id, of_run in groupby(rows, key=lambda row: row.run_id):
        beat()
        again.read(run_id, list(of_run), report, beat)
    with store.work() as session:  # whatever became of them: by itself this reader does not try them again
        note_reader(session, [row.row_id for row in rows], reader_of(connector))
