"""
The office's report on a month or a year: each figure with its definition, beside the period before.

It is made of the figures as they were last counted, so that one count gives one report, to the byte. What is kept of a closed period is
`Report.record`, and what differs from it later is told line by line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exchange.errors import BadRequest
from exchange.reports.causes import CAUSES
from exchange.reports.classes import ALL_SECTORS
from exchange.store.figures import FigureFilter, Grouped, Sum, first_month, grouped
from exchange.store.period_inputs import case_states_reached, first_step_at

_JAKARTA = ZoneInfo("Asia/Jakarta")
_SHAPE = re.compile(r"(20[0-9]{2}|21[0-9]{2})(?:-(0[1-9]|1[0-2]))?")
PROVINCES = 10


class Definition(NamedTuple):
    """One figure: what it is called, whether it has a value in rupiah, and how it is counted."""

    title: str
    money: bool
    says: str


# Indonesian, since the report is a paper; the page tells them in the reader's language
DEFINITIONS: Final[Mapping[str, Definition]] = {
    "arrival": Definition(
        "Permintaan yang masuk", True,
        "Permintaan daerah lain yang pertama kali terbaca dari sumbernya dalam masa ini. Yang sama di beberapa sumber dihitung sekali; "
        "yang sudah dicabut sumbernya tidak dihitung. Nilainya jumlah anggaran dalam rupiah yang disebut; yang tidak menyebut nilai "
        "dihitung banyaknya saja, sehingga jumlah nilai adalah batas bawah.",
    ),
    "demand": Definition(
        "Permintaan yang dibutuhkan", True,
        "Permintaan daerah lain yang barangnya dibutuhkan dalam masa ini: menurut waktu pemakaian, kalau tidak disebut menurut kontrak, "
        "lalu menurut pemilihan penyedia, lalu menurut hari pengumumannya. Yang tanpa hari sama sekali tidak masuk masa mana pun.",
    ),
    "served": Definition(
        "di antaranya terlayani atau dapat ditanyakan", True,
        "Dari yang dibutuhkan dalam masa ini: ada kecocokan yang diterima petugas, atau yang memenuhi atau perlu ditanyakan.",
    ),
    "unmet": Definition(
        "di antaranya tidak terlayani", True,
        "Dari yang dibutuhkan dalam masa ini: pembelian barang yang tidak dapat dilayani dari sini. Jasa, konstruksi, yang ditutup, yang "
        "terlambat dan yang belum dicocokkan tidak dihitung di sini, sehingga kedua bagian tidak berjumlah semuanya.",
    ),
    "made": Definition(
        "Kecocokan yang dibuat", False,
        "Pasangan permintaan dan produk yang dibuat mesin dalam masa ini dan masih berlaku; yang sudah dicabut mesin tidak dihitung.",
    ),
    "accepted": Definition(
        "Kecocokan yang diterima", False, "Kecocokan yang diterima petugas dalam masa ini, menurut putusan yang berlaku.",
    ),
    "rejected": Definition("Kecocokan yang ditolak", False, "Kecocokan yang ditolak petugas dalam masa ini, menurut putusan yang berlaku."),
    "begun": Definition("Perkara kerja sama yang dimulai", False, "Perkara yang dicatat mulai dalam masa ini."),
    "signed_kb": Definition(
        "Kesepakatan yang ditandatangani", False,
        "Perkara yang dalam masa ini masuk tahap penandatanganan Kesepakatan Bersama atau Nota Kesepakatan."
    ),
    "signed_pks": Definition(
        "Perjanjian Kerja Sama yang ditandatangani", False, "Perkara yang dalam masa ini masuk tahap Perjanjian Kerja Sama ditandatangani."
    ),
    "order": Definition(
        "Pesanan", True, "Baris barang yang dipesan pembeli, menurut tanggal pesanannya; dagang yang batal tidak dihitung."
    ),
    "trade": Definition(
        "Perdagangan terealisasi", True,
        "Barang yang sudah diterima pembeli, menurut hari penerimaannya. Banyaknya ialah penerimaan tanpa pembetulan; nilainya sesudah "
        "pembetulan, tepat dalam rupiah.",
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Period:
    """A month (`2026-10`) or a year (`2026`)."""

    key: str

    @property
    def is_year(self) -> bool:
        """Whether it is a year."""
        return len(self.key) == 4

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last month of it."""
        return (f"{self.key}-01", f"{self.key}-12") if self.is_year else (self.key, self.key)

    @property
    def first(self) -> date:
        """Its first day."""
        return date.fromisoformat(f"{self.months[0]}-01")

    @property
    def following(self) -> date:
        """The first day after it."""
        year, month = int(self.months[1][:4]), int(self.months[1][5:])
        return date(year + month // 12, month % 12 + 1, 1)

    @property
    def before(self) -> Period:
        """The one before it."""
        if self.is_year:
            return Period(key=str(int(self.key) - 1))
        year, month = int(self.key[:4]), int(self.key[5:])
        return Period(key=f"{year - (month == 1)}-{(month - 2) % 12 + 1:02}")


def period_of(key: str) -> Period:
    """
    The period of a key.

    Raises:
        BadRequest: it is neither a month nor a year.
    """
    if not _SHAPE.fullmatch(key):
        raise BadRequest("Masa laporan tidak dapat dibaca.", mend="Tulis bulan seperti 2026-10, atau tahun seperti 2026.")
    return Period(key=key)


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    lines, before: sums of the period and the one before, by the keys of `DEFINITIONS`; causes, sectors (demand), trades (by sector),
    provinces: of the period alone, the largest first. counted_at: when the figures were counted.
    """

    period: Period
    counted_at: datetime
    lines: Mapping[str, Sum]
    before: Mapping[str, Sum]
    causes: Sequence[tuple[str, Sum]]
    sectors: Sequence[tuple[str, Sum]]
    trades: Sequence[tuple[str, Sum]]
    provinces: Sequence[tuple[str, Sum]]

    def record(self) -> dict[str, Any]:
        """For JSON, exact: what is kept of a closed period."""
        tables = {name: [[key, *_plain(one)] for key, one in getattr(self, name)] for name in _TABLES}
        lines = {name: {key: _plain(one) for key, one in getattr(self, name).items()} for name in ("lines", "before")}
        return {"period": self.period.key, "counted_at": self.counted_at.isoformat(), **lines, **tables}

    def differing(self, other: Report) -> list[str]:
        """The keys of the lines in which another report on the same period differs."""
        return [key for key in DEFINITIONS if self.lines.get(key, Sum()) != other.lines.get(key, Sum())]


_TABLES = ("causes", "sectors", "trades", "provinces")


def _plain(one: Sum) -> list[Any]:
    return [one.number, f"{one.value:f}", one.unknown]


def _whole(given: Sequence[Any]) -> Sum:
    return Sum(int(given[0]), Decimal(given[1]), int(given[2]))


def report_from(record: Mapping[str, Any]) -> Report:
    """A report again out of what is kept."""
    tables: dict[str, Any] = {name: [(row[0], _whole(row[1:])) for row in record[name]] for name in _TABLES}
    lines: dict[str, Any] = {name: {key: _whole(one) for key, one in record[name].items()} for name in ("lines", "before")}
    return Report(
        period=Period(key=record["period"]), counted_at=datetime.fromisoformat(record["counted_at"]).astimezone(UTC), **lines, **tables
    )


def report_on(session: Session, period: Period, counted_at: datetime) -> Report:
    """The report of the figures as they are kept now; three statements."""
    asked = {
        "sectors": Grouped(("demand",), "sector", months=period.months), "trades": Grouped(("trade",), "sector", months=period.months),
        "provinces": Grouped(("demand",), "province", months=period.months),
    }  # fmt: skip
    for name, its in (("", period), ("before ", period.before)):
        asked[f"{name}outcomes"] = Grouped(("demand",), "part", months=its.months)
        asked[f"{name}kinds"] = Grouped(("arrival", "made", "decided", "order", "trade"), "kind", "part", months=its.months)
    found = grouped(session, FigureFilter(), asked)
    causes = [(cause, found["outcomes"].get((f"unmet:{cause}", ""), Sum())) for cause in CAUSES]
    return Report(
        period=period, counted_at=counted_at, lines=_lines(session, period, found, ""),
        before=_lines(session, period.before, found, "before "), causes=_ordered([each for each in causes if each[1].number]),
        sectors=[(code, found["sectors"][code, ""]) for code in ALL_SECTORS if (code, "") in found["sectors"]],
        trades=[(code, found["trades"][code, ""]) for code in ALL_SECTORS if (code, "") in found["trades"]],
        provinces=_ordered([(key[0], one) for key, one in found["provinces"].items()])[:PROVINCES],
    )  # fmt: skip


def told_since(session: Session) -> str | None:
    """The first month (YYYY-MM) of which a report tells anything: demand, a match, trade or a case; None before that. Two statements."""
    step = first_step_at(session)
    found = [first_month(session), f"{step.astimezone(_JAKARTA):%Y-%m}" if step else None]
    return min((month for month in found if month), default=None)


def _ordered(given: Sequence[tuple[str, Sum]]) -> list[tuple[str, Sum]]:
    return sorted(given, key=lambda one: (-one[1].value, -one[1].number, one[0]))


def _lines(session: Session, period: Period, found: Mapping[str, Mapping[tuple[str, str], Sum]], name: str) -> dict[str, Sum]:
    outcomes, kinds = found[f"{name}outcomes"], found[f"{name}kinds"]
    since, until = (datetime(day.year, day.month, day.day, tzinfo=_JAKARTA).astimezone(UTC) for day in (period.first, period.following))
    cases = case_states_reached(session, since, until)
    return {
        "arrival": kinds.get(("arrival", ""), Sum()),
        "demand": sum(outcomes.values(), Sum()),
        "served": outcomes.get(("served", ""), Sum()),
        "unmet": sum((one for key, one in outcomes.items() if key[0].startswith("unmet:")), Sum()),
        "made": kinds.get(("made", ""), Sum()),
        "accepted": kinds.get(("decided", "accepted"), Sum()),
        "rejected": kinds.get(("decided", "rejected"), Sum()),
        "begun": Sum(cases["begun"]),
        "signed_kb": Sum(cases["ttd_kb"] + cases["ttd_nk"]),
        "signed_pks": Sum(cases["ttd_pks"]),
        "order": kinds.get(("order", ""), Sum()),
        "trade": kinds.get(("trade", ""), Sum()),
    }
