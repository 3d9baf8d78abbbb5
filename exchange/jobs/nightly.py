"""The nightly run: every approved source, then matching, then a summary; one at a time on one database."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exchange.access.telling import tell_lapses
from exchange.catalogue.quality.survey import keep as keep_scores
from exchange.demand.indexing import catch_up
from exchange.errors import Busy
from exchange.jobs import heartbeat, inbox_letters, letters
from exchange.jobs.cases import look_after_cases
from exchange.jobs.figures import figures_ahead
from exchange.jobs.log_check import check_log, log_needs
from exchange.jobs.needs import Need, brief_of, needs_of, needs_of_webhooks
from exchange.jobs.pulling import sync_all
from exchange.jobs.retaining import forget_old
from exchange.jobs.twin_check import compare_all
from exchange.jobs.twin_needs import needs_of_twins
from exchange.jobs.unmet import count_ahead, unmet_needs
from exchange.jobs.webhooks import forget_old_events
from exchange.matching.models import Models
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.in_use import answers_in_use
from exchange.store.locks import Held, hold
from exchange.store.nights import close_night, open_night
from exchange.store.sources import SourceRow, all_sources
from exchange.store.webhooks import silent_webhooks
from exchange.sync.again import Replayed
from exchange.sync.archive import Archive
from exchange.sync.replay import replay_changed
from exchange.sync.report import Report

log = logging.getLogger("exchange.nightly")
LOCK = "nightly"


@dataclass
class Night:
    """
    What one night brought: a report a source, the matching's counts, and the time in seconds.

    resting: sources that failed too often to be asked tonight, with the time of the next try and of their last list.
    heartbeat: whether the watcher outside was called (`called`, `trouble`), None where there is none. mail: whether a letter went
    (`sent`, `trouble`), None where none was due. search_letters: how many letters about saved searches went, and did not.
    silent: what is to be looked at about partners' webhooks that are suspended as the night ends. cases: what cases of cooperation ask of
    a person, those too that another node holds. replayed: of which sources quarantine was read again since a rule, a mapping or a table
    changed, and what came of it. exchange_log: what the check of the exchange log found. unmet: what was counted ahead for the report.
    forgotten: how much is not kept any more (`jobs/retaining.py`).
    """

    replayed: list[Replayed] = field(default_factory=list)
    sources: list[Report] = field(default_factory=list)
    resting: list[dict[str, Any]] = field(default_factory=list)
    matching: dict[str, Any] = field(default_factory=dict)
    cases: list[Need] = field(default_factory=list)
    exchange_log: dict[str, Any] = field(default_factory=dict)
    silent: list[Need] = field(default_factory=list)
    unmet: dict[str, Any] = field(default_factory=dict)
    expired: int = 0
    forgotten: dict[str, int | bool] = field(default_factory=dict)
    seconds: float = 0.0
    heartbeat: dict[str, Any] | None = None
    mail: dict[str, Any] | None = None
    search_letters: dict[str, int] = field(default_factory=dict)

    @property
    def all_well(self) -> bool:
        """Whether nobody needs to look."""
        return not self.needs

    @property
    def needs(self) -> list[Need]:
        """What a person must look at, by source, then by partner and by case; a broken exchange log first."""
        found = [need for report in self.sources for need in needs_of(report)]
        return [*log_needs(self.exchange_log), *found, *self.silent, *self.cases, *unmet_needs(self.unmet)]

    def as_json(self) -> dict[str, Any]:
        """The night as JSON."""
        return {
            "sources": [report.as_json() for report in self.sources],
            "replayed": [report.as_json() for report in self.replayed],
            "resting": self.resting,
            "matching": self.matching,
            "exchange_log": self.exchange_log,
            "unmet": self.unmet,
            "expired_answers": self.expired,
            "forgotten": self.forgotten,
            "seconds": round(self.seconds, 3),
            "needs": [need._asdict() for need in self.needs],
            "heartbeat": self.heartbeat,
            "mail": self.mail,
            "search_letters": self.search_letters,
            "all_well": self.all_well,
        }


def _at_rest(row: SourceRow) -> dict[str, Any]:
    good, following = (None if when is None else when.isoformat(timespec="seconds") for when in (row.last_good_at, row.next_try_at))
    return {"source": row.name, "health": row.health, "failures": row.failures, "last_good_at": good, "next_try_at": following}


def nightly(store: Store, settings: Settings) -> Night:
    """
    Pull every approved source, match, and expire what is past retention; a night that was broken off goes on where it stopped.

    Before that, what waits in quarantine is read again where a rule, a mapping or a table changed.

    Raises:
        Busy: a nightly run is under way already; the message says since when.
        SettingWrong: the model in use cannot be read; the sources were pulled by then.
    """
    begun, night = time.monotonic(), Night()
    with hold(store, LOCK, "Proses malam") as lock:
        with store.work() as session:
            now, approved = utcnow(), [row for row in all_sources(session, "approved") if not row.awaits_file]
            resting = [row for row in approved if row.next_try_at is not None and row.next_try_at > now]
            names = [row.name for row in approved if row not in resting]
            night.resting = [_at_rest(row) for row in resting]
            number = open_night(session, utcnow(), timedelta(hours=settings.resume_hours)).id
        try:
            _work(store, settings, lock, night, number, names)
        except Busy:
            raise
        except Exception as error:
            letters.tell_broken(store, settings, number, error)
            raise
        night.seconds = time.monotonic() - begun
        _close(store, settings, number, night)
    return night


def _work(store: Store, settings: Settings, lock: Held, night: Night, number: int, names: list[str]) -> None:
    """All that a night does, in its order."""
    night.cases = look_after_cases(store, settings)
    with store.work() as session:
        tell_lapses(session, settings.day())
    night.exchange_log = check_log(store, settings)
    night.replayed = replay_changed(store, settings, beat=lock.beat)
    night.sources = sync_all(store, settings, names, lock.beat, night=number)
    catch_up(store, settings.home_region, lock.beat)
    night.matching = rematch(
        store,
        home_region=settings.home_region,
        tick=lambda _done: lock.beat(),
        folder=settings.index(),
        shared=settings.executor,
        model=Models(settings.models()).in_use(),
        today=settings.day(),
    ).record()
    keep_scores(store, settings.day())
    inbox_letters.count_news(store, settings)
    night.unmet = count_ahead(store, settings, lock.beat)
    figures_ahead(store, settings, lock.beat)
    compare_all(store, settings, beat=lock.beat)
    with store.read() as session:
        needed, night.silent = answers_in_use(session), needs_of_webhooks(silent_webhooks(session))
        night.cases += needs_of_twins(session)
    night.forgotten = forget_old(store, settings, lock.beat)
    forget_old_events(store)
    night.expired = Archive(settings.data_dir / "archive").expire(utcnow() - timedelta(days=settings.retention_days), needed)


def _close(store: Store, settings: Settings, number: int, night: Night) -> None:
    """Keep what the night brought, tell those who watch it, and keep how that went."""
    ended, letter = utcnow(), letters.left_before(store, number)
    _keep(store, number, night, ended, letter)
    if settings.heartbeat_url:
        trouble = heartbeat.call(settings)
        night.heartbeat = {"called": trouble is None, "trouble": trouble}
    night.search_letters = inbox_letters.tell(store, settings)
    if settings.smtp_url:
        night.mail, letter = letters.tell(store, settings, number, night.needs, letter)
    if night.heartbeat or settings.smtp_url:
        _keep(store, number, night, ended, letter)


def _keep(store: Store, number: int, night: Night, ended: datetime, letter: dict[str, Any]) -> None:
    summary = night.as_json()
    with store.work() as session:
        close_night(session, number, ended, summary, brief_of(summary) | {"letter": letter})
