"""Days, months and instants as sources write them, in the wire form of the schemas."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from connectors.kit.errors import Refused

WIB = timezone(timedelta(hours=7))
"""Western Indonesian time, which the national procurement systems write without saying so."""

_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d+)")
_EMPTY = frozenset({"", "null", "none", "-", "0000-00-00"})


def day(value: Any) -> date | None:
    """
    The day that a date or date-time begins with, in the source's own time zone; None where nothing is said.

    Raises:
        Refused: something is said that is no date.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in _EMPTY):
        return None
    found = _DAY.match(value.strip()) if isinstance(value, str) else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else _unreadable(value)
    except ValueError:
        return _unreadable(value)


def _unreadable(value: Any) -> date:
    raise Refused("date_unreadable", f"Tanggal tidak terbaca: {str(value)[:40]!r}; yang diharapkan seperti 2026-01-31.")


def period(start: Any, end: Any, *, months: bool = False) -> dict[str, Any] | None:
    """
    A period in the wire form; None where neither end is said.

    months: the source writes a month as its first day, so two first days are two months. An end before its start
    says nothing that can be used and is left open; the row as it came is kept anyway.
    """
    first, last = day(start), day(end)
    if first is None and last is None:
        return None
    if first and last and last < first:
        last = None
    monthly = months and all(each.day == 1 for each in (first, last) if each)
    return {
        "start": first.isoformat() if first else None,
        "end": last.isoformat() if last else None,
        "precision": "month" if monthly else "day",
    }


def instant(value: Any, zone: timezone = UTC) -> str | None:
    """
    A date-time with its offset in ISO 8601; `zone` is read into one that names none, midnight into a day alone.

    Raises:
        Refused: something is said that is no date-time.
    """
    if day(value) is None:
        return None
    text = _FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", value.strip())
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "date_unreadable", f"Waktu tidak terbaca: {str(value)[:40]!r}; yang diharapkan seperti 2026-01-31 08:00:00."
        ) from None
    return (when if when.tzinfo else when.replace(tzinfo=zone)).isoformat()
