"""The forms that charts have, each with its table and its drawing: stacks along time, and flows from sectors to provinces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from flask_babel import gettext as _

from exchange.reports.charts.marks import Flow, Stack, axis_of, ribbons, stacks
from exchange.reports.charts.svg import Picture
from exchange.reports.classes import ALL_SECTORS
from exchange.store.figures import FigureFilter, Sum
from exchange.web.figured import Row, first_day, sector_word, step_of
from exchange.web.shown import day, region
from exchange.web.unmet import short
from schemas.codes import region as region_of

ENDS = 9
_NONE = Decimal(0)
Sums = Mapping[tuple[str, str], Sum]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """
    What the charts are made of: sums by the names of `chart_kinds.ASKED` as `want` narrows them, cases by state with the states' labels in
    order, the largest classes of unmet demand (title, demands, value) and the trainings (title, firms, demands, value) as the report last
    counted them for this year.
    """

    sums: Mapping[str, Sums]
    step: str
    want: FigureFilter = field(default_factory=FigureFilter)
    cases: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    classes: Sequence[tuple[str, int, Decimal]] = ()
    trainings: Sequence[tuple[str, int, int, Decimal]] = ()


class Chart(NamedTuple):
    """
    One chart. says: what it shows and what not, one sentence; headings, rows: its table; picture: None where nothing is to be drawn.

    links: of each row the list of what it counts, None where there is no such list.
    """

    name: str
    title: str
    says: str
    headings: list[str]
    rows: list[Row]
    picture: Picture | None
    links: Sequence[str | None] = ()

    def lines(self) -> Iterator[tuple[Row, str | None]]:
        """The rows with their links."""
        return zip_longest(self.rows, self.links) if self.links else ((row, None) for row in self.rows)


# the list behind a part of a chart, by what the part is of; None where there is none
Behind = Callable[..., str | None]


def place(code: str) -> str:
    """A province by its name alone."""
    found = region_of(code) if code else None
    return found.name.removeprefix("Provinsi ") if found else region(None)


def _summed(sectors: Sequence[str]) -> list[str]:
    """The headings of a row's sums: each sector's, all of them, how many, and how many without a value."""
    return [*(f"{sector_word(code)} (Rp)" for code in sectors), str(_("Semua (Rp)")), str(_("Banyaknya")), str(_("Tanpa nilai"))]


def _title_of(key: str, step: str) -> str:
    if not key:
        return str(_("tanpa tanggal"))
    if step == "triwulan":
        return str(_("triwulan %(number)s %(year)s", number=key[-1], year=key[:4]))
    return key if step == "tahun" else day(first_day(key), "month")


def _short_title(key: str) -> str:
    return key if len(key) < 7 or "T" in key else f"{key[5:]}/{key[2:4]}"


def _nothing(*_its: str) -> str | None:
    return None


def by_time(name: str, title: str, says: str, given: Sums, step: str, behind: Behind = _nothing) -> Chart:
    """Stacks of the sectors along time, from sums by month and sector; behind: the list of a month, quarter or year."""
    cells: dict[str, dict[str, Sum]] = {}
    for (month, sector), one in given.items():
        at = cells.setdefault(step_of(month, step), {})
        at[sector] = at.get(sector, Sum()) + one
    keys = [*_between([key for key in cells if key], step), *([""] if "" in cells else [])]
    sectors = [code for code in ALL_SECTORS if any(code in at for at in cells.values())]
    headings = [str(_("Waktu")), *_summed(sectors)]
    rows: list[Row] = []
    columns, links = [], []
    for key in keys:
        at = cells.get(key, {})
        whole = sum(at.values(), Sum())
        rows.append([_title_of(key, step), *(at.get(code, Sum()).value for code in sectors), whole.value, whole.number, whole.unknown])
        links.append(behind(key) if key and whole.number else None)
        if key:
            said = f"{_title_of(key, step)}: {short(whole.value)}"
            columns.append(Stack(_short_title(key), {code: max(_NONE, one.value) for code, one in at.items()}, said, links[-1]))
    drawn = None
    if columns:
        axis = [(at, short(at)) for at in axis_of(max(sum(each.values.values(), _NONE) for each in columns))]
        drawn = stacks(title, largest(rows, len(sectors) + 1), columns, {code: sector_word(code) for code in sectors}, axis)
    return Chart(name, title, says, headings, rows, drawn, links)


def _between(keys: Sequence[str], step: str) -> list[str]:
    """The keys with those between the first and the last, so that a month without anything has its place; at most 120 columns."""
    if not keys:
        return []
    first, last = min(keys), max(keys)
    months = [f"{year}-{month:02}" for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)]
    every = [key for key in dict.fromkeys(step_of(month, step) for month in months) if first <= key <= last]
    return every if len(every) <= 120 else sorted(keys)


def largest(rows: Sequence[Row], column: int) -> str:
    """The three largest rows in words, for those who do not see the drawing."""
    best = sorted(rows, key=lambda row: -Decimal(row[column] or 0))[:3]
    return "; ".join(f"{row[0]}: {short(Decimal(row[column] or 0))}" for row in best) or str(_("Tidak ada."))


def flow(name: str, title: str, says: str, given: Sums, behind: Behind = _nothing) -> Chart:
    """Flows from sectors to the provinces that have most, from sums by both; behind: the list of a province, and of a sector in it."""
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
    headings = [str(_("Provinsi pembeli")), *_summed(sectors)]
    rows: list[Row] = []
    for province in order:
        at = [cells.get((sector, province), Sum()) for sector in sectors]
        whole = sum(at, Sum())
        rows.append([place(province), *(one.value for one in at), whole.value, whole.number, whole.unknown])
    flows = [
        Flow(start, end, value, f"{sector_word(start)}, {names[end]}: {short(value)}", None if end == "…" else behind(end, start))
        for (start, end), value in sums.items() if value
    ]  # fmt: skip
    drawn = None
    if flows:
        starts = {code: (sector_word(code), short(sum((each.value for each in flows if each.start == code), _NONE)))
                  for code in sectors if any(each.start == code for each in flows)}  # fmt: skip
        ends_ = {code: (called, short(sum((each.value for each in flows if each.end == code), _NONE)))
                 for code, called in names.items() if any(each.end == code for each in flows)}  # fmt: skip
        drawn = ribbons(title, largest(rows, len(sectors) + 1), flows, starts, ends_)
    return Chart(name, title, says, headings, rows, drawn, [behind(province) for province in order])
