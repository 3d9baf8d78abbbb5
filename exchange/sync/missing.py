"""What a complete run no longer names: let go with a tombstone, or held until a person decides."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from connectors.kit.guard import Allowance, allowed_to_withdraw
from exchange.access.segments import refresh_demands
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.demands import demands_by_ids
from exchange.store.matches import retire_matches
from exchange.sync.report import Report


def allowance_of(settings: Settings) -> Allowance:
    """The guard's shares as the settings give them."""
    return Allowance(
        least=settings.guard_least,
        daily=Fraction(str(settings.guard_share)),
        most=Fraction(str(settings.guard_cap)),
    )


def settle(
    session: Session,
    missing: list[int],
    held_before: int,
    known: int,
    last_complete: datetime | None,
    now: datetime,
    settings: Settings,
    report: Report,
) -> None:
    """
    Decide about the demands that a run proved complete did not name; counts and reason go into the report.

    missing: row ids of those that are missing for the first time. held_before: how many are held already; they count
    among the missing, and only a person lets them go. known: demands shown before the run. last_complete: when the
    complete run before it began.
    """
    report.missing, report.held = len(missing) + held_before, held_before
    if not report.missing:
        return
    days = (now - last_complete).total_seconds() / 86400 if last_complete else 1.0
    allowed = allowed_to_withdraw(known, days, allowance_of(settings))
    if report.missing <= allowed:
        report.withdrawn = withdraw(session, missing, settings.home_region)
        why = "masih ditahan sejak penarikan sebelumnya"
    else:
        report.held = report.missing
        hold(session, missing, now, settings.home_region)
        why = f"tidak lagi disebut sumber, lebih dari batas {allowed}; semuanya ditahan"
    if report.held:
        report.reasons.append(
            f"{report.held} dari {known} permintaan {why}. Periksa, lalu lepaskan dengan: exchange source release {report.source}"
        )


def hold(session: Session, row_ids: list[int], since: datetime, home_region: str) -> None:
    """Mark demands as missing at their source; they stay shown, as held."""
    rows = [row for row in demands_by_ids(session, row_ids) if row.missing_since is None]
    for row in rows:
        row.missing_since = since
        row.version += 1
        row.matched_version += row.matched_version == row.version - 1  # being held changes nothing that is matched
        row.updated_at = since
    session.flush()
    refresh_demands(session, rows, home_region)


def withdraw(session: Session, row_ids: list[int], home_region: str) -> int:
    """Take demands back: tombstones on the feed, undecided matches retired. Returns how many."""
    rows = demands_by_ids(session, row_ids)
    for row in rows:
        row.state = "withdrawn"
        row.version += 1
        row.updated_at = utcnow()
    session.flush()
    refresh_demands(session, rows, home_region)
    retire_matches(session, [row.id for row in rows])
    return len(rows)
