"""What a map tells of each region: which sums, in which words, and which list a press leads to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple
from urllib.parse import urlencode

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.store.figures import Grouped, Sum
from exchange.web.figured import Wish
from exchange.web.shown import number
from exchange.web.unmet import short

_SHORT = ((Decimal(10) ** 12, _l("T")), (Decimal(10) ** 9, _l("M")), (Decimal(10) ** 6, _l("jt")), (Decimal(1000), _l("rb")))


class Measure(NamedTuple):
    """
    One thing that a map tells. kind: of FigureRow, None where it is not of the figures; unmet: of unmet demand alone; money: whether the
    value is told, else the number; says: what it is, in one sentence; link: the list behind a region.
    """

    title: LazyString
    says: LazyString
    kind: str | None
    money: bool
    link: Callable[[Wish, str], str]
    unmet: bool = False

    def grouped(self, column: str) -> Grouped:
        """What is asked of the figures, by a column of theirs."""
        return Grouped((self.kind or "",), column, unmet=self.unmet)

    def value(self, one: Sum) -> Decimal:
        """What is shown of a sum."""
        return one.value if self.money else Decimal(one.number)

    def told(self, value: Decimal) -> str:
        """The value in words."""
        return short(value) if self.money else number(value)


def few(value: Decimal) -> str:
    """A value in few letters: 3,7 T, 940 M, 12 rb; exact below a thousand."""
    for unit, name in _SHORT:
        if value >= unit:
            one = value / unit
            return f"{number(round(one, 1 if one < 10 else 0))} {name}"
    return number(round(value))


def _demands(_wish: Wish, code: str) -> str:
    return url_for("web_demands.listing", daerah=code)


def _matches(wish: Wish, code: str) -> str:
    sector = wish.figures.sector if wish.figures.sector in ("logam", "kimia", "pangan", "energi") else None
    return url_for("web_matches.inbox", status="semua", daerah=code, sektor=sector)


def _cases(_wish: Wish, code: str) -> str:
    return url_for("web_agreements.board", daerah=code)


def _deals(_wish: Wish, code: str) -> str:
    return url_for("web_trade.listing", daerah=code)


def _unmet(wish: Wish, code: str) -> str:
    first, last, sector = wish.figures.first, wish.figures.last, wish.figures.sector
    days = {"dari": f"{first}-01" if first else "", "sampai": _last_day(last) if last else ""}
    return f"{url_for('web_unmet.page')}?{urlencode(days | ({'sektor': sector} if sector else {}) | {'daerah': code})}"


def _last_day(month: str) -> str:
    return f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]}"


MEASURES: Final[Mapping[str, Measure]] = {
    "nilai": Measure(
        _l("Nilai permintaan"),
        _l("Nilai permintaan daerah lain yang dibutuhkan dalam waktu ini; yang tanpa nilai tidak masuk jumlahnya."),
        "demand", True, _demands,
    ),
    "permintaan": Measure(
        _l("Banyak permintaan"),
        _l("Permintaan daerah lain yang dibutuhkan dalam waktu ini; yang sama di beberapa sumber sekali saja."),
        "demand", False, _demands,
    ),
    "kecocokan": Measure(
        _l("Kecocokan"), _l("Kecocokan yang berlaku, menurut bulan permintaannya dibutuhkan."), "match", False, _matches,
    ),
    "tak-terlayani": Measure(
        _l("Nilai tidak terlayani"),
        _l("Nilai permintaan yang tidak dapat dilayani dari sini, dibutuhkan dalam waktu ini."),
        "demand", True, _unmet, unmet=True,
    ),
    "perjanjian": Measure(
        _l("Kerja sama berlaku"),
        _l("Perkara kerja sama yang hari ini mencakup perdagangan; saringan waktu dan sektor tidak berlaku."),
        None, False, _cases,
    ),
    "dagang": Measure(
        _l("Perdagangan terealisasi"),
        _l("Nilai yang sudah diterima pembeli dalam waktu ini, pembetulan sudah dikurangkan."),
        "trade", True, _deals,
    ),
}  # fmt: skip


def counted_word(measure: Measure, one: Sum) -> str:
    """What stands beside a value: how many it is of, and how many of them state none."""
    if not measure.money:
        return ""
    said = str(_("%(count)s buah", count=number(one.number)))
    return f"{said}, {_('%(count)s tanpa nilai', count=number(one.unknown))}" if one.unknown else said
