"""
What complete runs no longer name: held at first, let go with a tombstone once enough of them agree, or left to a person.

A demand is withdrawn only after so many complete runs (`EXCHANGE_GUARD_RUNS`) and so many hours missed it, and only where those that
went missing together with it were no more than their source can be expected to lose in the time since it was last read whole. What a
source offers goes the same way (`offers.py`): each kind brings its rows and how one of them is marked and let go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from connectors.kit.guard import Allowance, Loss, allowed_to_withdraw
from exchange.access.segments import refresh_demands
from exchange.access.telling import tell_withdrawn
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow, demands_by_ids, losses_by_run
from exchange.store.matches import retire_matches
from exchange.store.run_listings import note_listings
from exchange.store.runs import RunRow
from exchange.store.supply import SupplyRow
from exchange.sync.report import Report

_PART = 500
_SAID = {
    "grace": "menunggu: belum cukup pengambilan lengkap atau belum cukup lama tidak disebut",
    "guard": "hilang bersama lebih banyak dari batas; periksa, lalu lepaskan atau pertahankan (exchange source release {})",
    "kept": "dipertahankan oleh petugas",
}


class Kind(NamedTuple):
    """
    What a source may stop naming.

    rows: its table; says: what one is called (Indonesian). mark: writes that a run (its beginning) missed these first, and why they are
    held; lose: lets these go because they are no longer named; take_back: because the source said so. The last argument of each is the
    home region.
    """

    rows: type[DemandRow] | type[SupplyRow]
    says: str
    mark: Callable[[Session, Sequence[int], datetime, str, str], None]
    lose: Callable[[Session, Sequence[int], str], int]
    take_back: Callable[[Session, Sequence[int], str], int]


class Missing(NamedTuple):
    """Row ids of what a run did not name: for the first time, and again."""

    first: list[int]
    again: list[int]

    def __len__(self) -> int:
        return len(self.first) + len(self.again)


class Before(NamedTuple):
    """What is known of the source before the run: rows shown, days since its last complete run (None: there was none), its losses."""

    shown: int
    days: float | None
    losses: tuple[Loss, ...]


def allowance_of(settings: Settings) -> Allowance:
    """The guard's rule as the settings give it."""
    return Allowance(settings.guard_least, settings.guard_share, settings.guard_history, settings.guard_quantile)


def losses(session: Session, source_id: int, runs: Iterable[RunRow]) -> tuple[Loss, ...]:
    """What each of these complete runs found gone, as far as it is gone by now and was not a person's matter."""
    gone = losses_by_run(session, source_id)
    return tuple(
        Loss(int(run.facts["shown_before"]), gone.get(run.started_at, 0), float(run.facts["days_before"]))
        for run in runs
        if run.facts.get("days_before") is not None
    )


def settle(session: Session, missing: Missing, before: Before, now: datetime, settings: Settings, report: Report) -> None:
    """
    Decide about the demands that a run proved complete did not name; counts and reasons go into the report.

    now: when the run began.
    """
    report.withdrawn, report.undecided = settle_kind(session, DEMANDS, missing, before, now, settings, report)
    report.missing = len(missing)
    note_missed(session, [*missing.first, *missing.again], report)
    report.held = report.missing - report.withdrawn


def note_missed(session: Session, row_ids: Sequence[int], report: Report) -> None:
    """Note which demands a run missed, and which of these it let go; called once that is decided."""
    gone = list[int]()
    for part in _parts(row_ids):
        gone += session.scalars(select(DemandRow.id).where(DemandRow.id.in_(part), DemandRow.state == "withdrawn"))
    away = set(gone)
    note_listings(session, report.run or 0, "withdrawn", gone)
    note_listings(session, report.run or 0, "missing", [row_id for row_id in row_ids if row_id not in away])


def allowed_of(before: Before, settings: Settings) -> int:
    """The most that may go at once without a person's word."""
    return allowed_to_withdraw(before.shown, 1.0 if before.days is None else before.days, before.losses, allowance_of(settings))


def settle_kind(
    session: Session, kind: Kind, missing: Missing, before: Before, now: datetime, settings: Settings, report: Report
) -> tuple[int, int]:
    """How many of one kind went, and how many wait for a person; why any are held goes into the report's notes."""
    allowed = allowed_of(before, settings)
    kind.mark(session, missing.first, now, "grace" if len(missing.first) <= allowed else "guard", settings.home_region)
    _count_again(session, kind, missing.again)
    due = _due(session, kind, [*missing.first, *missing.again], now, settings)
    lost, gone = kind.lose(session, due, settings.home_region), set(due)
    whys = _whys(session, kind, [row_id for row_id in (*missing.first, *missing.again) if row_id not in gone])
    for why, count in sorted(whys.items()):
        more = f" (batas {allowed})" if why == "guard" and len(missing.first) > allowed else ""
        report.notes.append(f"{count} dari {before.shown} {kind.says} tidak lagi disebut, {_SAID[why].format(report.source)}{more}.")
    return lost, whys.get("guard", 0)


def mark_missing(session: Session, row_ids: Sequence[int], since: datetime, why: str, home_region: str) -> None:
    """Mark demands as missing at their source; they stay shown, as held."""
    rows = [row for row in demands_by_ids(session, list(row_ids)) if row.missing_since is None]
    for row in rows:
        row.missing_since, row.missing_runs, row.held_why = since, 1, why
        row.version += 1
        row.matched_version += row.matched_version == row.version - 1  # being held changes nothing that is matched
        row.updated_at = since
    session.flush()
    refresh_demands(session, rows, home_region)


def _count_again(session: Session, kind: Kind, row_ids: Sequence[int]) -> None:
    for part in _parts(row_ids):
        session.execute(update(kind.rows).where(kind.rows.id.in_(part)).values(missing_runs=kind.rows.missing_runs + 1))


def _due(session: Session, kind: Kind, row_ids: Sequence[int], now: datetime, settings: Settings) -> list[int]:
    """Those that enough complete runs missed for long enough, and that no guard and no person holds."""
    since = now - timedelta(hours=settings.guard_grace_hours)
    rows, found = kind.rows, list[int]()
    for part in _parts(row_ids):
        long = rows.missing_runs >= settings.guard_runs, rows.missing_since <= since
        found += session.scalars(select(rows.id).where(rows.id.in_(part), rows.held_why == "grace", *long))
    return found


def _whys(session: Session, kind: Kind, row_ids: Sequence[int]) -> dict[str, int]:
    rows, found = kind.rows, dict[str, int]()
    for part in _parts(row_ids):
        query = select(rows.held_why, func.count()).where(rows.id.in_(part)).group_by(rows.held_why)
        for why, count in session.execute(query):
            found[why or "guard"] = found.get(why or "guard", 0) + count
    return found


def _parts(row_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (row_ids[start : start + _PART] for start in range(0, len(row_ids), _PART))


def withdraw(session: Session, row_ids: Sequence[int], home_region: str) -> int:
    """Take demands back: tombstones on the feed, undecided matches retired, partners that read them told. Returns how many."""
    rows = demands_by_ids(session, list(row_ids))
    gone = [row for row in rows if row.state != "withdrawn"]
    for row in rows:
        row.state, row.held_why = "withdrawn", None
        row.version += 1
        row.updated_at = utcnow()
    session.flush()
    refresh_demands(session, rows, home_region)
    retire_matches(session, [row.id for row in rows])
    tell_withdrawn(session, gone, home_region)
    return len(rows)


DEMANDS = Kind(DemandRow, "permintaan", mark_missing, withdraw, withdraw)


def keep(session: Session, kind: Kind, row_ids: Sequence[int]) -> int:
    """Keep these shown although their source no longer names them, until it names them again or a person lets them go."""
    for part in _parts(row_ids):
        session.execute(update(kind.rows).where(kind.rows.id.in_(part)).values(held_why="kept"))
    return len(row_ids)
