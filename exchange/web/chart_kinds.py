"""The charts: of each what it shows, its figures as a table, and its drawing from the same figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from flask_babel import gettext as _

from exchange.reports.causes import CAUSES
from exchange.reports.charts.marks import Bar, bars
from exchange.store.figures import FigureFilter, Grouped, Sum
from exchange.store.match_tally import BANDS
from exchange.web.chart_shapes import Chart, Figures, by_time, flow, largest
from exchange.web.demand_filters import list_behind, months_of, within
from exchange.web.figured import Row
from exchange.web.lists_behind import deals_behind, matches_behind, stage_behind
from exchange.web.shown import money, number, percent
from exchange.web.told import told
from exchange.web.unmet import short

ASKED: Final = {
    "demand-month": Grouped(("demand",), "month", "sector"),
    "demand-flow": Grouped(("demand",), "sector", "province"),
    "trade-month": Grouped(("trade",), "month", "sector"),
    "trade-flow": Grouped(("trade",), "sector", "province"),
    "scores": Grouped(("match",), "part", "sector"),
    "unmet": Grouped(("demand",), "part", "sector", unmet=True),
}


def _scores(figures: Figures) -> Chart:
    title = str(_("Nilai kecocokan"))
    steps = [percent(each) for each in BANDS]
    names = {"0": _("di bawah %(score)s", score=steps[0]), str(len(steps)): _("%(score)s ke atas", score=steps[-1])}
    for band, (low, high) in enumerate(pairwise(steps), start=1):
        names[str(band)] = _("%(low)s sampai di bawah %(high)s", low=low, high=high)
    names = {band: names[band] for band in sorted(names)}
    counts = {band: sum(one.number for key, one in figures.sums["scores"].items() if key[0] == band) for band in names}
    rows: list[Row] = [[str(names[band]), counts[band]] for band in names]
    links = [matches_behind(figures.want, **_scored(int(band))) if counts[band] else None for band in names]
    given = [Bar(str(names[band]), Decimal(counts[band]), number(counts[band]), link) for band, link in zip(names, links, strict=True)]
    says = str(_("Kecocokan yang berlaku, menurut nilainya dan bulan permintaannya dibutuhkan; yang dicabut mesin tidak dihitung."))
    drawn = bars(title, "; ".join(f"{bar.title}: {bar.said}" for bar in given), given) if any(counts.values()) else None
    return Chart("nilai-kecocokan", title, says, [str(_("Nilai")), str(_("Kecocokan"))], rows, drawn, links)


def _scored(band: int) -> dict[str, str | None]:
    """A band of scores as filters of the list of matches, in percent."""
    ends = [None, *(f"{each * 100:.0f}" for each in BANDS), None]
    return {"nilai": ends[band], "di_bawah": ends[band + 1]}


def _stages(figures: Figures) -> Chart:
    title = str(_("Kerja sama menurut tahap"))
    rows: list[Row] = [[str(told(label)), figures.cases.get(state, 0)] for state, label in figures.stages.items()]
    links = [stage_behind(figures.want, state) if figures.cases.get(state) else None for state in figures.stages]
    given = [Bar(str(row[0]), Decimal(row[1] or 0), number(row[1]), link) for row, link in zip(rows, links, strict=True) if row[1]]
    says = str(_("Semua perkara pada tahapnya sekarang; saringan waktu dan sektor tidak berlaku."))
    drawn = bars(title, "; ".join(f"{bar.title}: {bar.said}" for bar in given), given) if given else None
    return Chart("tahap-kerja-sama", title, says, [str(_("Tahap")), str(_("Perkara"))], rows, drawn, links)


def _unmet(figures: Figures) -> Chart:
    title = str(_("Permintaan tidak terlayani menurut sebab"))
    sums = {cause: sum((one for key, one in figures.sums["unmet"].items() if key[0] == f"unmet:{cause}"), Sum()) for cause in CAUSES}
    said = {cause: str(told(CAUSES[cause])) for cause in sorted(sums, key=lambda cause: -sums[cause].value) if sums[cause].number}
    links = {cause: list_behind(figures.want, hasil="unmet", sebab=cause, sekali=None) for cause in said}
    rows: list[Row] = [[said[cause], sums[cause].value, sums[cause].number, sums[cause].unknown] for cause in said]
    given = [Bar(said[cause], sums[cause].value, short(sums[cause].value), links[cause]) for cause in said]
    says = str(_("Menurut sebab utamanya: yang bila berubah membuat produk terdekat memenuhi."))
    drawn = bars(title, largest(rows, 1), given) if given else None
    headings = [str(_("Sebab")), str(_("Nilai (Rp)")), str(_("Banyaknya")), str(_("Tanpa nilai"))]
    return Chart("tidak-terlayani", title, says, headings, rows, drawn, list(links.values()))


def _classes(figures: Figures) -> Chart:
    title = str(_("Barang yang tidak ada di sini, tahun ini"))
    rows: list[Row] = [[name, value, count] for name, count, value in figures.classes]
    given = [Bar(str(row[0])[:70], Decimal(row[1] or 0), short(Decimal(row[1] or 0))) for row in rows[:12]]
    says = str(_("Kelas barang dalam laporan permintaan tidak terlayani tahun ini; saringan di sini tidak berlaku."))
    drawn = bars(title, largest(rows, 1), given) if given else None
    return Chart("barang-tidak-ada", title, says, [str(_("Kelas")), str(_("Nilai (Rp)")), str(_("Banyaknya"))], rows, drawn)


def _trainings(figures: Figures) -> Chart:
    title = str(_("Rencana pelatihan, tahun ini"))
    rows: list[Row] = [[str(told(name)), value, demands, firms] for name, firms, demands, value in figures.trainings]
    given = [Bar(str(row[0])[:70], Decimal(row[1] or 0), short(Decimal(row[1] or 0))) for row in rows[:12]]
    says = str(_("Nilai permintaan yang terbuka oleh tiap pelatihan, menurut laporan permintaan tidak terlayani tahun ini."))
    headings = [str(_("Pelatihan")), str(_("Nilai yang dibuka (Rp)")), str(_("Permintaan")), str(_("IKM"))]
    return Chart(
        "pelatihan", title, says, headings, rows, bars(title, largest(rows, 1), given) if any(bar.value for bar in given) else None
    )


def _demand_month(figures: Figures) -> Chart:
    says = str(_("Nilai permintaan daerah lain menurut bulan dibutuhkan; yang tanpa nilai tidak masuk."))
    return by_time("permintaan-waktu", str(_("Permintaan menurut waktu")), says, figures.sums["demand-month"], figures.step,
                    lambda key: list_behind(figures.want, **within(figures.want, *months_of(key))))  # fmt: skip


def _trade_month(figures: Figures) -> Chart:
    says = str(_("Nilai yang sudah diterima pembeli, menurut hari penerimaan, pembetulan sudah dikurangkan."))
    return by_time("perdagangan-waktu", str(_("Perdagangan menurut waktu")), says, figures.sums["trade-month"], figures.step,
                   lambda key: deals_behind(figures.want, **within(figures.want, *months_of(key))))  # fmt: skip


def _demand_flow(figures: Figures) -> Chart:
    says = str(_("Dari sektor barang ke provinsi yang memintanya, selebar nilainya."))

    def behind(province: str, sector: str | None = figures.want.sector) -> str | None:
        return list_behind(figures.want, daerah=_inside(figures.want, province), sektor=sector) if province else None

    return flow("arus-permintaan", str(_("Arus permintaan: sektor dan provinsi")), says, figures.sums["demand-flow"], behind)


def _inside(want: FigureFilter, province: str) -> str:
    """The region that is asked for, where it lies in the province; else the province."""
    return want.region if want.region and want.region.startswith(province) else province


def _trade_flow(figures: Figures) -> Chart:
    says = str(_("Dari sektor produk kita ke provinsi pembelinya, selebar nilai yang sudah diterima."))

    def behind(province: str, sector: str | None = figures.want.sector) -> str | None:
        return deals_behind(figures.want, daerah=_inside(figures.want, province), sektor=sector) if province else None

    return flow("arus-perdagangan", str(_("Arus perdagangan: sektor dan provinsi")), says, figures.sums["trade-flow"], behind)


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
