"""The charts: of each what it shows, its figures as a table, and its drawing from the same figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _

from exchange.reports.causes import CAUSES
from exchange.reports.charts.marks import Bar, Flow, Stack, axis_of, bars, ribbons, stacks
from exchange.reports.charts.svg import Picture
from exchange.reports.classes import ALL_SECTORS
from exchange.store.figures import Grouped, Sum
from exchange.store.match_tally import BANDS
from exchange.web.figured import Row, first_day, sector_word, step_of
from exchange.web.shown import day, money, number, percent, region
from exchange.web.told import told
from exchange.web.unmet import short
from schemas.codes import region as region_of

ENDS = 9
_NONE = Decimal(0)
Sums = Mapping[tuple[str, str], Sum]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """
    What the charts are made of: sums by the names of `ASKED`, cases by state with the states' labels in order, the largest classes of
    unmet demand (title, demands, value) and the trainings (title, firms, demands, value) as the report last counted them for this year.
    """

    sums: Mapping[str, Sums]
    step: str
    cases: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    classes: Sequence[tuple[str, int, Decimal]] = ()
    trainings: Sequence[tuple[str, int, int, Decimal]] = ()


class Chart(NamedTuple):
    """One chart. says: what it shows and what not, one sentence; headings, rows: its table; picture: None where nothing is to be drawn."""

    name: str
    title: str
    says: str
    headings: list[str]
    rows: list[Row]
    picture: Picture | None


ASKED: Final = {
    "demand-month": Grouped(("demand",), "month", "sector"),
    "demand-flow": Grouped(("demand",), "sector", "province"),
    "trade-month": Grouped(("trade",), "month", "sector"),
    "trade-flow": Grouped(("trade",), "sector", "province"),
    "scores": Grouped(("match",), "part", "sector"),
    "unmet": Grouped(("demand",), "part", "sector", unmet=True),
}


def place(code: str) -> str:
    """A province by its name alone."""
    found = region_of(code) if code else None
    return found.name.removeprefix("Provinsi ") if found else region(None)


def _summed() -> list[str]:
    return [str(_("Semua (Rp)")), str(_("Banyaknya")), str(_("Tanpa nilai"))]


def _title_of(key: str, step: str) -> str:
    if not key:
        return str(_("tanpa tanggal"))
    if step == "triwulan":
        return str(_("triwulan %(number)s %(year)s", number=key[-1], year=key[:4]))
    return key if step == "tahun" else day(first_day(key), "month")


def _short_title(key: str) -> str:
    return key if len(key) < 7 or "T" in key else f"{key[5:]}/{key[2:4]}"


def _by_time(name: str, title: str, says: str, given: Sums, step: str) -> Chart:
    cells: dict[str, dict[str, Sum]] = {}
    for (month, sector), one in given.items():
        at = cells.setdefault(step_of(month, step), {})
        at[sector] = at.get(sector, Sum()) + one
    keys = [*_between([key for key in cells if key], step), *([""] if "" in cells else [])]
    sectors = [code for code in ALL_SECTORS if any(code in at for at in cells.values())]
    headings = [
        str(_("Waktu")),
        *(f"{sector_word(code)} (Rp)" for code in sectors),
        str(_("Semua (Rp)")),
        str(_("Banyaknya")),
        str(_("Tanpa nilai")),
    ]
    rows: list[Row] = []
    columns = []
    for key in keys:
        at = cells.get(key, {})
        whole = sum(at.values(), Sum())
        rows.append([_title_of(key, step), *(at.get(code, Sum()).value for code in sectors), whole.value, whole.number, whole.unknown])
        if key:
            said = f"{_title_of(key, step)}: {short(whole.value)}"
            columns.append(Stack(_short_title(key), {code: max(_NONE, one.value) for code, one in at.items()}, said))
    drawn = None
    if columns:
        axis = [(at, short(at)) for at in axis_of(max(sum(each.values.values(), _NONE) for each in columns))]
        drawn = stacks(title, _largest(rows, len(sectors) + 1), columns, {code: sector_word(code) for code in sectors}, axis)
    return Chart(name, title, says, headings, rows, drawn)


def _between(keys: Sequence[str], step: str) -> list[str]:
    """The keys with those between the first and the last, so that a month without anything has its place; at most 120 columns."""
    if not keys:
        return []
    first, last = min(keys), max(keys)
    months = [f"{year}-{month:02}" for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)]
    every = [key for key in dict.fromkeys(step_of(month, step) for month in months) if first <= key <= last]
    return every if len(every) <= 120 else sorted(keys)


def _largest(rows: Sequence[Row], column: int) -> str:
    """The three largest rows in words, for those who do not see the drawing."""
    best = sorted(rows, key=lambda row: -Decimal(row[column] or 0))[:3]
    return "; ".join(f"{row[0]}: {short(Decimal(row[column] or 0))}" for row in best) or str(_("Tidak ada."))


def _flow(name: str, title: str, says: str, given: Sums) -> Chart:
    cells = {key: one for key, one in given.items() if one.number or one.value}
    ends: dict[str, Decimal] = {}
    for (_sector, province), one in cells.items():
        ends[province] = ends.get(province, _NONE) + max(_NONE, one.value)
    order = sorted(ends, key=lambda code: (-ends[code], code))
    top = order[:ENDS]
    sectors = [code for code in ALL_SECTORS if any(key[0] == code for key in cells)]
    names = {code: place(code) for code in top} | (
        {"…": str(_("%(count)s provinsi lain", count=len(order) - ENDS))} if order[ENDS:] else {}
    )
    sums: dict[tuple[str, str], Decimal] = {}
    for (sector, province), one in cells.items():
        key = sector, province if province in names else "…"
        sums[key] = sums.get(key, _NONE) + max(_NONE, one.value)
    headings = [
        str(_("Provinsi pembeli")),
        *(f"{sector_word(code)} (Rp)" for code in sectors),
        str(_("Semua (Rp)")),
        str(_("Banyaknya")),
        str(_("Tanpa nilai")),
    ]
    rows: list[Row] = []
    for province in order:
        at = [cells.get((sector, province), Sum()) for sector in sectors]
        whole = sum(at, Sum())
        rows.append([place(province), *(one.value for one in at), whole.value, whole.number, whole.unknown])
    flows = [
        Flow(start, end, value, f"{sector_word(start)}, {names[end]}: {short(value)}") for (start, end), value in sums.items() if value
    ]
    drawn = None
    if flows:
        starts = {code: (sector_word(code), short(sum((each.value for each in flows if each.start == code), _NONE)))
                  for code in sectors if any(each.start == code for each in flows)}  # fmt: skip
        ends_ = {code: (called, short(sum((each.value for each in flows if each.end == code), _NONE)))
                 for code, called in names.items() if any(each.end == code for each in flows)}  # fmt: skip
        drawn = ribbons(title, _largest(rows, len(sectors) + 1), flows, starts, ends_)
    return Chart(name, title, says, headings, rows, drawn)


def _scores(figures: Figures) -> Chart:
    title = str(_("Nilai kecocokan"))
    steps = [percent(each) for each in BANDS]
    names = {"0": _("di bawah %(score)s", score=steps[0]), str(len(steps)): _("%(score)s ke atas", score=steps[-1])}
    for band, (low, high) in enumerate(pairwise(steps), start=1):
        names[str(band)] = _("%(low)s sampai di bawah %(high)s", low=low, high=high)
    names = {band: names[band] for band in sorted(names)}
    counts = {band: sum(one.number for key, one in figures.sums["scores"].items() if key[0] == band) for band in names}
    rows: list[Row] = [[str(names[band]), counts[band]] for band in names]
    given = [Bar(str(names[band]), Decimal(counts[band]), number(counts[band])) for band in names]
    says = str(_("Kecocokan yang berlaku, menurut nilainya dan bulan permintaannya dibutuhkan; yang ditarik mesin tidak dihitung."))
    drawn = bars(title, "; ".join(f"{bar.title}: {bar.said}" for bar in given), given) if any(counts.values()) else None
    return Chart("nilai-kecocokan", title, says, [str(_("Nilai")), str(_("Kecocokan"))], rows, drawn)


def _stages(figures: Figures) -> Chart:
    title = str(_("Kerja sama menurut tahap"))
    rows: list[Row] = [[str(told(label)), figures.cases.get(state, 0)] for state, label in figures.stages.items()]
    given = [Bar(str(row[0]), Decimal(row[1] or 0), number(row[1])) for row in rows if row[1]]
    says = str(_("Semua perkara pada tahapnya sekarang; saringan waktu dan sektor tidak berlaku."))
    drawn = bars(title, "; ".join(f"{bar.title}: {bar.said}" for bar in given), given) if given else None
    return Chart("tahap-kerja-sama", title, says, [str(_("Tahap")), str(_("Perkara"))], rows, drawn)


def _unmet(figures: Figures) -> Chart:
    title = str(_("Permintaan tidak terlayani menurut sebab"))
    sums = {cause: sum((one for key, one in figures.sums["unmet"].items() if key[0] == f"unmet:{cause}"), Sum()) for cause in CAUSES}
    rows: list[Row] = [[str(told(CAUSES[cause])), one.value, one.number, one.unknown] for cause, one in sums.items() if one.number]
    rows.sort(key=lambda row: -Decimal(row[1] or 0))
    given = [Bar(str(row[0]), Decimal(row[1] or 0), short(Decimal(row[1] or 0))) for row in rows]
    says = str(_("Menurut sebab utamanya: yang bila berubah membuat produk terdekat memenuhi."))
    drawn = bars(title, _largest(rows, 1), given) if given else None
    headings = [str(_("Sebab")), str(_("Nilai (Rp)")), str(_("Banyaknya")), str(_("Tanpa nilai"))]
    return Chart("tidak-terlayani", title, says, headings, rows, drawn)


def _classes(figures: Figures) -> Chart:
    title = str(_("Barang yang tidak ada di sini, tahun ini"))
    rows: list[Row] = [[name, value, count] for name, count, value in figures.classes]
    given = [Bar(str(row[0])[:70], Decimal(row[1] or 0), short(Decimal(row[1] or 0))) for row in rows[:12]]
    says = str(_("Kelas barang dari permintaan yang tidak terlayani, menurut laporan kebutuhan tahun ini; saringan di sini tidak berlaku."))
    drawn = bars(title, _largest(rows, 1), given) if given else None
    return Chart("barang-tidak-ada", title, says, [str(_("Kelas")), str(_("Nilai (Rp)")), str(_("Banyaknya"))], rows, drawn)


def _trainings(figures: Figures) -> Chart:
    title = str(_("Rencana pelatihan, tahun ini"))
    rows: list[Row] = [[str(told(name)), value, demands, firms] for name, firms, demands, value in figures.trainings]
    given = [Bar(str(row[0])[:70], Decimal(row[1] or 0), short(Decimal(row[1] or 0))) for row in rows[:12]]
    says = str(_("Nilai permintaan yang terbuka oleh tiap pelatihan, menurut laporan kebutuhan tahun ini."))
    headings = [str(_("Pelatihan")), str(_("Nilai yang dibuka (Rp)")), str(_("Permintaan")), str(_("IKM"))]
    return Chart(
        "pelatihan", title, says, headings, rows, bars(title, _largest(rows, 1), given) if any(bar.value for bar in given) else None
    )


def _demand_month(figures: Figures) -> Chart:
    says = str(_("Nilai permintaan daerah lain menurut bulan dibutuhkan; yang tanpa nilai tidak masuk."))
    return _by_time("permintaan-waktu", str(_("Permintaan menurut waktu")), says, figures.sums["demand-month"], figures.step)


def _trade_month(figures: Figures) -> Chart:
    says = str(_("Nilai yang sudah diterima pembeli, menurut hari penerimaan, pembetulan sudah dikurangkan."))
    return _by_time("perdagangan-waktu", str(_("Perdagangan menurut waktu")), says, figures.sums["trade-month"], figures.step)


def _demand_flow(figures: Figures) -> Chart:
    says = str(_("Dari sektor barang ke provinsi yang memintanya, selebar nilainya."))
    return _flow("arus-permintaan", str(_("Arus permintaan: sektor dan provinsi")), says, figures.sums["demand-flow"])


def _trade_flow(figures: Figures) -> Chart:
    says = str(_("Dari sektor produk kita ke provinsi pembelinya, selebar nilai yang sudah diterima."))
    return _flow("arus-perdagangan", str(_("Arus perdagangan: sektor dan provinsi")), says, figures.sums["trade-flow"])


CHARTS: Final[Mapping[str, Callable[[Figures], Chart]]] = {
    "permintaan-waktu": _demand_month,
    "arus-permintaan": _demand_flow,
    "tidak-terlayani": _unmet,
    "barang-tidak-ada": _classes,
    "pelatihan": _trainings,
    "nilai-kecocokan": _scores,
    "tahap-kerja-sama": _stages,
    "perdagangan-waktu": _trade_month,
    "arus-perdagangan": _trade_flow,
}


def cell(value: Any, heading: str) -> str:
    """A cell of a chart's table as the reader writes numbers."""
    if isinstance(value, Decimal):
        return money(round(value, 0)) if "(Rp)" in heading else number(value)
    return number(value) if isinstance(value, int) else str(value or "")
