"""What the list of demands is asked for in its address, the counts that lead on from it, and the address of the list behind a figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from flask import url_for

from exchange.demand.entries import month_key
from exchange.demand.searching import Search
from exchange.demand.spans import CLOSINGS, closing_span, month_of, number_of
from exchange.demand.wants import SPANS, DemandWant, spans_of
from exchange.reports.causes import CAUSES, OUTCOMES
from exchange.reports.classes import ALL_SECTORS
from exchange.store.figures import FigureFilter
from exchange.web.asking import allow, asked, here, one_of, words_of
from exchange.web.figured import months_asked
from exchange.web.shown import day as shown_day
from exchange.wiring import settings
from schemas.demand import CATEGORIES, STATUSES

FILTERS: Final = ("cari", "daerah", "sektor", "dari", "sampai", "status", "tutup", "sumber", "kategori", "hasil", "sebab", "sekali",
                  "ditahan", "ditarik")  # fmt: skip
# what lists are narrowed by with counts: the index's name of it, and the address's
FACETS: Final = {"sector": "sektor", "region": "daerah", "status": "status", "category": "kategori", "source": "sumber",
                 "outcome": "hasil", "cause": "sebab"}  # fmt: skip
MOST_SHOWN: Final = 8
_NOBODY: Final = -1
_YES: Final = ("ya",)


@dataclass(frozen=True, kw_only=True)
class DemandWish:
    """
    What is asked for. want: as it is searched for; text: the words as they were typed; source: its name; closing: of `CLOSINGS`.

    first, last: months of need (YYYY-MM), both included; given: what the address says of them.
    """

    want: DemandWant
    text: str | None
    source: str | None
    closing: str | None
    first: str | None
    last: str | None
    given: Mapping[str, str]

    @property
    def unheard(self) -> bool:
        """Whether words are asked for of which none can be searched for."""
        return self.text is not None and self.want.words is None

    @property
    def is_sorted(self) -> bool:
        """Whether it asks for what only a count of the figures tells."""
        return bool(self.want.sector or self.want.outcome or self.want.cause or self.want.once)

    @property
    def columns(self) -> list[str]:
        """The columns of the index that narrow it."""
        return sorted({SPANS[name][0] for name in spans_of(self.want)})

    @property
    def is_common(self) -> bool:
        """Whether nothing narrows the list but that it shows what stands."""
        return self.text is None and replace(self.want, live=False) == DemandWant()


def read_demand_wish(sources: Mapping[int, str]) -> DemandWish:
    """
    The filters of the address; sources: names by row id.

    Raises:
        BadRequest: one is unknown, or cannot be read.
    """
    allow(*FILTERS, "setelah")
    text, source, closing = asked("cari"), asked("sumber"), one_of("tutup", CLOSINGS)
    first, last = months_asked()
    ends = closing_span(closing, settings().day()) if closing else (None, None)
    want = DemandWant(
        words=words_of(text), region=asked("daerah"), status=one_of("status", STATUSES), category=one_of("kategori", CATEGORIES),
        source=None if source is None else next((number for number, name in sources.items() if name == source), _NOBODY),
        held=one_of("ditahan", _YES) is not None, live=one_of("ditarik", _YES) is None, deadline_from=ends[0], deadline_to=ends[1],
        need_from=number_of(first) if first else None, need_to=number_of(last) if last else None, sector=one_of("sektor", ALL_SECTORS),
        outcome=one_of("hasil", tuple(OUTCOMES)), cause=one_of("sebab", tuple(CAUSES)), once=one_of("sekali", _YES) is not None,
    )  # fmt: skip
    given = {name: value for name in ("dari", "sampai") if (value := asked(name))}
    return DemandWish(want=want, text=text, source=source, closing=closing, first=first, last=last, given=given)


def facets(search: Search, wish: DemandWish) -> list[tuple[str, list[dict[str, Any]]]]:
    """(filter of the address, its choices) in the order of the page: of each value how many have it, and where a press leads."""
    names = [name for name in FACETS if name != "cause" or wish.want.outcome == "unmet" or wish.want.cause]
    search.read([*names, "need", "deadline"])
    counts = search.counts(names)
    told = {FACETS[name]: [_choice(FACETS[name], each) for each in counts[name][:MOST_SHOWN]] for name in counts}
    told["dari"] = _times(search.months(), wish)
    spans = {name: closing_span(name, settings().day()) for name in CLOSINGS}
    told["tutup"] = [_choice("tutup", each) for each in search.deadlines(spans).items() if each[1]]
    order = ("sektor", "daerah", "dari", "tutup", "status", "kategori", "sumber", "hasil", "sebab")
    return [(name, told[name]) for name in order if told.get(name)]


def _choice(parameter: str, counted: tuple[str, int]) -> dict[str, Any]:
    """A value of a facet: how many have it, and the address that narrows the list to it, or widens it again."""
    value, count = counted
    chosen = asked(parameter) == value
    return {"value": value, "count": count, "chosen": chosen, "href": here(**{parameter: None if chosen else value, "setelah": None})}


def _times(months: Mapping[int, int], wish: DemandWish) -> list[dict[str, Any]]:
    """The years, the latest that have most; of the one year that is asked for its months too."""
    years = Counter[str]()
    for month, count in months.items():
        years[month_key(month)[:4]] += count
    told = [_span(year, year, count, wish) for year, count in sorted(years.most_common(MOST_SHOWN))]
    year = wish.first[:4] if wish.first and wish.last and wish.first[:4] == wish.last[:4] else None
    for month, count in sorted(months.items()):
        if month_key(month)[:4] == year:
            key = month_key(month)
            told.append(_span(key, shown_day(date(int(key[:4]), int(key[5:]), 1), "month"), count, wish))
    return told


def _span(key: str, called: str, count: int, wish: DemandWish) -> dict[str, Any]:
    bounds = (key, key) if len(key) > 4 else (f"{key}-01", f"{key}-12")
    chosen = (wish.first, wish.last) == bounds
    href = here(**dict.fromkeys(("dari", "sampai"), None if chosen else key), setelah=None)
    return {"value": called, "count": count, "chosen": chosen, "href": href}


def list_behind(figures: FigureFilter, **more: str | None) -> str:
    """
    The address of the list of just those demands that a figure counts; more: what narrows it besides, by the list's own filters.

    The figure is of the last count, the list of now: what was withdrawn since is not on it, what came since is on neither.
    """
    its = {"daerah": figures.region, "sektor": figures.sector, "dari": figures.first, "sampai": figures.last, "sekali": "ya"} | more
    query = urlencode({name: value for name, value in its.items() if value})
    return f"{url_for('web_demands.listing')}?{query}"


def months_of(key: str) -> tuple[str, str]:
    """The first and the last month (YYYY-MM) of a month, a quarter (2026-T1) or a year."""
    return month_of(key, end=False), month_of(key, end=True)


def within(figures: FigureFilter, first: str, last: str) -> Mapping[str, str]:
    """The months from `first` to `last`, as far as they are among those that figures are of, as filters of the list."""
    return {"dari": max(first, figures.first or first), "sampai": min(last, figures.last or last)}


def region_choices(codes: Sequence[str], chosen: str | None) -> list[tuple[str, list[str]]]:
    """(province, its regions) of these codes, and of the one that is chosen though nothing is of it."""
    found: dict[str, list[str]] = {}
    for code in sorted({*codes, *([chosen] if chosen else [])}):
        its = found.setdefault(code[:2], [])
        if len(code) > 2:
            its.append(code)
    return list(found.items())
