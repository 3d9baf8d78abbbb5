"""How values look to the reader: money, days as exact as they were said, times in Jakarta, addresses masked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _

from connectors.kit.masking import mask
from exchange.matching.places import place_name
from exchange.store.demands import DemandRow
from exchange.sync.registry import found
from exchange.web.told import told
from exchange.web.wording import SOURCE, by_reader
from exchange.wiring import settings

_PATTERNS = {"day": "d MMMM yyyy", "month": "MMMM yyyy", "year": "yyyy"}


def number(value: Decimal | float | str | None, digits: int = 6) -> str:
    """A number with the reader's marks, without trailing zeros: 1.250,5 or 1,250.5."""
    if value is None:
        return str(_("tidak diketahui"))
    return str(format_decimal(Decimal(value), format="#,##0." + "#" * digits, locale=get_locale()))


def money(amount: Decimal | str | None, currency: str | None = "IDR") -> str:
    """A sum: Rp 1.250.000 or Rp 1,250,000; cents only where there are some."""
    if amount is None:
        return str(_("tidak diketahui"))
    value = Decimal(amount)
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.00##"
    digits = format_decimal(value, format=pattern, locale=get_locale())
    return f"{'Rp' if currency in {None, 'IDR'} else currency}\u00a0{digits}"


def price(low: Decimal | None, high: Decimal | None) -> str:
    """A price range: Rp 550.000 – Rp 850.000."""
    if low is None and high is None:
        return str(_("tidak diketahui"))
    if low is None or high is None or low == high:
        return money(high if low is None else low)
    return f"{money(low)} – {money(high)}"


def amounts(low: Decimal | None, high: Decimal | None) -> str:
    """A range of amounts: 10–12,5."""
    if low is None and high is None:
        return str(_("tidak diketahui"))
    if low is None or high is None or low == high:
        return number(high if low is None else low)
    return f"{number(low)}–{number(high)}"


def day(value: date | None, precision: str | None = "day") -> str:
    """A date no more exact than it was said: `Maret 2026` for a month."""
    if value is None:
        return str(_("tidak diketahui"))
    return str(format_date(value, _PATTERNS[precision or "day"], locale=get_locale()))


def period(value: dict[str, Any] | None) -> str:
    """From when to when, in the precision it was said in: `Maret 2026`, `Maret 2026 – Mei 2026`, `sampai 5 Mei 2026`."""
    if not value or not (value["start"] or value["end"]):
        return str(_("tidak diketahui"))
    start, end, precision = value["start"], value["end"], value["precision"]
    if not end:
        return str(_("mulai %(day)s", day=day(start, precision)))
    if not start:
        return str(_("sampai %(day)s", day=day(end, precision)))
    first, last = day(start, precision), day(end, precision)
    return first if first == last else f"{first} – {last}"


def said_period(value: dict[str, Any] | None) -> str:
    """A period whose days are text (ISO 8601), as `period` shows it."""
    days = {name: date.fromisoformat(value[name]) if value[name] else None for name in ("start", "end")} if value else {}
    return period({**value, **days} if value else None)


def moment(value: datetime | None) -> str:
    """A time as the clock in Jakarta showed it: 23 November 2026 09.05 WIB (09:05 in English)."""
    if value is None:
        return str(_("belum pernah"))
    clock = "HH.mm" if str(get_locale() or SOURCE) == SOURCE else "HH:mm"
    return f"{format_datetime(value, f'd MMMM yyyy {clock}')}\u00a0WIB"


def calendar_day(value: datetime | None) -> str:
    """The day on which something was, as the calendar in Jakarta had it."""
    return str(_("tidak diketahui")) if value is None else str(format_datetime(value, _PATTERNS["day"]))


def said_moment(value: str | None) -> str:
    """A time that a report keeps as text (ISO 8601), as `moment` shows it."""
    return moment(datetime.fromisoformat(value) if value else None)


def iso_day(value: str) -> str:
    """A day that is kept as text (ISO 8601), as `day` shows it."""
    return day(date.fromisoformat(value))


def lasting(seconds: float | None) -> str:
    """A span of time in the two units that matter: 0,4 detik, 12 detik, 3 menit 5 detik, 2 jam 10 menit."""
    if seconds is None:
        return str(_("tidak diketahui"))
    if seconds < 10:
        return str(_("%(count)s detik", count=number(round(Decimal(seconds), 1))))
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return str(_("%(count)s detik", count=rest))
    if minutes < 60:
        return str(_("%(minutes)s menit %(seconds)s detik", minutes=minutes, seconds=rest))
    return str(_("%(hours)s jam %(minutes)s menit", hours=minutes // 60, minutes=minutes % 60))


def size(count: int | None) -> str:
    """An amount of bytes: 512 B, 1,2 kB, 34 MB."""
    if count is None:
        return str(_("tidak diketahui"))
    if count < 1000:
        return f"{count}\u00a0B"
    value, unit = (Decimal(count) / 1000, "kB") if count < 1_000_000 else (Decimal(count) / 1_000_000, "MB")
    return f"{number(round(value, 1 if value < 10 else 0))}\u00a0{unit}"


def percent(score: Decimal | float | str | None) -> str:
    """A share in [0, 1] in whole per cent; what is unknown is said so, never 0."""
    if score is None:
        return str(_("tidak diketahui"))
    sign = "\u00a0%" if str(get_locale() or SOURCE) == SOURCE else "%"
    return f"{round(Decimal(str(score)) * 100)}{sign}"


def periods(demand: DemandRow, name: str) -> dict[str, Any] | None:
    """One period of a demand's row, for `period`; None where it says none."""
    start, end, precision = (getattr(demand, f"{name}_{part}") for part in ("start", "end", "precision"))
    return {"start": start, "end": end, "precision": precision} if precision else None


def region(code: str | None) -> str:
    """A region as people name it, with its code; the code alone where no list names it."""
    return place_name(code) or str(_("daerah tidak diketahui"))


def waiting_value(value: Any, field: str) -> str:
    """A value that waits in a proposal, read as its field is; as it stands where it cannot be read so."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    try:
        if field in {"price_min", "price_max"}:
            return money(value)
        if field in {"capacity_min", "capacity_max", "minimum_order", "tkdn_percent", "weight_kg"}:
            return number(value)
    except ArithmeticError:
        pass
    return str(value)


def connector(name: str) -> str:
    """What a connector reads, in the reader's language; its code where it is not installed any more."""
    there = found().usable.get(name)
    return str(told(there.title)) if there else name


def web_link(address: str | None) -> str | None:
    """An address that may be made a link: http and https only, so that no source plants a script in one."""
    try:
        return address if address and urlsplit(address).scheme in {"http", "https"} else None
    except ValueError:
        return None


def register(app: Flask) -> None:
    """Give the templates these filters, the office's name and the reader's language."""
    app.jinja_env.globals["get_locale"] = get_locale
    app.context_processor(lambda: {"office": settings().office})
    spans = (moment, said_moment, said_period, calendar_day, lasting, size)
    for show in (number, money, price, amounts, day, iso_day, period, *spans, percent, region, connector, waiting_value):
        app.jinja_env.filters[show.__name__] = by_reader(show)
    for same in (periods, web_link, mask):
        app.jinja_env.filters[same.__name__] = same
