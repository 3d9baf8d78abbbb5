"""What a map tells of each region: which sums, in which words, and which list a press leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.store.figures import Grouped, Sum
from exchange.web.demand_filters import list_behind
from exchange.web.figured import Wish
from exchange.web.lists_behind import cases_behind, deals_behind, matches_behind
from exchange.web.shown import number
from exchange.web.unmet import short

_SHORT = ((Decimal(10) ** 12, _l("T")), (Decimal(10) ** 9, _l("M")), (Decimal(10) ** 6, _l("jt")), (Decimal(1000), _l("rb")))


class Measure(NamedTuple):
    """
    One thing that a map tells. kind: of FigureRow, None where it is not of the figures; unmet: of unmet demand alone; money: whether the
    value is told, else the number; says: what it is, in one sentence; link: the list behind a region, which has what is counted;
    listed: in what it differs since it is of now, None where that is told elsewhere or never so.
    """

    title: LazyString
    says: LazyString
    kind: str | None
    money: bool
    link: Callable[[Wish, str], str]
    unmet: bool = False
    listed: LazyString | None = None

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
            return f"{number(round(one, 1 if one < 10 else 0))}\u00a0{name}"
    return number(round(value))


def _demands(wish: Wish, code: str) -> str:
    return list_behind(wish.figures, daerah=code)


def _matches(wish: Wish, code: str) -> str:
    return matches_behind(wish.figures, daerah=code)


def _cases(wish: Wish, code: str) -> str:
    return cases_behind(wish.figures, daerah=code)


def _deals(wish: Wish, code: str) -> str:
    return deals_behind(wish.figures, daerah=code)


def _unmet(wish: Wish, code: str) -> str:
    return list_behind(wish.figures, daerah=code, hasil="unmet", sekali=None)


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
        listed=_l("Daftarnya menurut keadaan sekarang: yang dicabut sesudah hitungan tidak ada lagi di sana, yang baru cocok sudah ada."),
    ),
    "tak-terlayani": Measure(
        _l("Nilai tidak terlayani"),
        _l("Nilai permintaan yang tidak dapat dilayani dari sini, dibutuhkan dalam waktu ini."),
        "demand", True, _unmet, unmet=True,
    ),
    "perjanjian": Measure(
        _l("Kerja sama berlaku"),
        _l("Perkara kerja sama yang mencakup perdagangan pada suatu hari dalam waktu ini (semua waktu: hari ini), menurut tahapnya "
           "sekarang; saringan sektor tidak berlaku."),
        None, False, _cases,
    ),
    "dagang": Measure(
        _l("Perdagangan terealisasi"),
        _l("Nilai yang sudah diterima pembeli dalam waktu ini, pembetulan sudah dikurangkan."),
        "trade", True, _deals,
        listed=_l("Daftarnya memuat dagang yang penerimaannya dihitung di sini, dengan jumlah dan nilainya; yang diterima sesudah hitungan "
                  "sudah ada di sana."),
    ),
}  # fmt: skip


def counted_word(measure: Measure, one: Sum) -> str:
    """What stands beside a value: how many it is of, and how many of them state none."""
    if not measure.money:
        return ""
    said = str(
        _("%(count)s penerimaan", count=number(one.number)) if measure.kind == "trade" else _("%(count)s buah", count=number(one.number))
    )
    return f"{said}, {_('%(count)s tanpa nilai', count=number(one.unknown))}" if one.unknown else said
