"""
Unmet demand: what other regions asked for and nobody here could serve, by sector, cause, region, month and value. Pure.

Takes judged demands one after the other and keeps sums; of the demands themselves only the largest of each sector and cause.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import merge
from typing import Any

from exchange.reports.causes import CAUSES, CIRCUMSTANCES, OUTCOMES, Judged
from exchange.reports.classes import ALL_SECTORS, SECTOR_TITLES, Class


@dataclass(slots=True)
class Sum:
    """
    demands: how many; value: of those that state one, in rupiah; unknown: how many state none, which are in no sum;
    alone: how many of them fail for one cause only.
    """

    demands: int = 0
    value: Decimal = Decimal(0)
    unknown: int = 0
    alone: int = 0

    def add(self, one: Judged) -> None:
        """Count one demand."""
        self.demands += 1
        self.alone += one.alone
        if one.value is None:
            self.unknown += 1
        else:
            self.value += one.value

    def record(self) -> dict[str, Any]:
        """For JSON; the value exact, as text."""
        return {"demands": self.demands, "value": f"{self.value:f}", "value_unknown": self.unknown, "one_cause": self.alone}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of the unmet demands is reckoned: of one sector, or all; of each sector and cause the `most` largest are kept for lists."""

    sector: str | None = None
    most: int = 0


@dataclass(slots=True)
class Unmet:
    """
    outcomes: what became of all demands that were looked at (sector left open). cells: by (sector, cause); regions, months (YYYY-MM,
    "" where no day is told), classes (of what no product is there): each by itself. largest: by (sector, cause), as `Wanted` asks.
    also: by cause, the demands of which it is one beside the main one; beside: by circumstance (`CIRCUMSTANCES`), a cause of none.
    """

    want: Wanted = field(default_factory=Wanted)
    outcomes: dict[str, Sum] = field(default_factory=dict)
    total: Sum = field(default_factory=Sum)
    cells: dict[tuple[str, str], Sum] = field(default_factory=dict)
    regions: dict[str, Sum] = field(default_factory=dict)
    months: dict[str, Sum] = field(default_factory=dict)
    classes: dict[Class, Sum] = field(default_factory=dict)
    largest: dict[tuple[str, str], list[Judged]] = field(default_factory=dict)
    also: dict[str, Sum] = field(default_factory=dict)
    beside: dict[str, Sum] = field(default_factory=dict)

    def add(self, one: Judged) -> bool:
        """Count one demand; whether it is among the unmet ones that are asked for."""
        self.outcomes.setdefault(one.outcome, Sum()).add(one)
        if one.outcome != "unmet" or self.want.sector not in (None, one.sector):
            return False
        assert one.cause is not None
        month = f"{one.day:%Y-%m}" if one.day else ""
        for sums, key in ((self.regions, one.region), (self.months, month)):
            sums.setdefault(key, Sum()).add(one)
        self.cells.setdefault((one.sector, one.cause), Sum()).add(one)
        if one.of_class is not None:
            self.classes.setdefault(one.of_class, Sum()).add(one)
        for cause in one.causes:
            if cause != one.cause:
                self.also.setdefault(cause, Sum()).add(one)
        for name in one.beside:
            self.beside.setdefault(name, Sum()).add(one)
        self.total.add(one)
        self._list(one)
        return True

    def _list(self, one: Judged) -> None:
        kept = self.largest.setdefault((one.sector, one.cause or ""), [])
        if len(kept) < self.want.most or (kept and _order(one) < _order(kept[-1])):
            insort(kept, one, key=_order)
            del kept[self.want.most :]

    def listed(self, sector: str | None = None, cause: str | None = None) -> list[Judged]:
        """The largest of a sector and cause, or of all: by value downwards, unknown ones last, then by public name."""
        kept = [
            each for (its, why), each in self.largest.items() if sector in (None, its) and cause in (None, why)
        ]  # fmt: skip
        return list(merge(*kept, key=_order))

    def sectors(self) -> list[str]:
        """The sectors that have any, in the order of the tables."""
        there = {sector for sector, _ in self.cells}
        return [sector for sector in ALL_SECTORS if sector in there]

    def causes(self) -> list[str]:
        """The causes that any demand has, in the order of the tables."""
        there = {cause for _, cause in self.cells}
        return [cause for cause in CAUSES if cause in there]

    def of(self, sector: str | None, cause: str | None) -> Sum:
        """The sum of one cell, of a row or column where the other is None."""
        found = Sum()
        for (its_sector, its_cause), each in self.cells.items():
            if sector in (None, its_sector) and cause in (None, its_cause):
                found.demands += each.demands
                found.value += each.value
                found.unknown += each.unknown
                found.alone += each.alone
        return found

    def lacked(self, most: int | None = None) -> list[tuple[Class, Sum]]:
        """The classes that nobody here makes, by value downwards, then by demands, then by code."""
        return sorted(self.classes.items(), key=lambda one: (-one[1].value, -one[1].demands, one[0]))[:most]

    def record(self) -> dict[str, Any]:
        """For JSON: every table, in a fixed order."""
        return {
            "outcomes": {name: self.outcomes.get(name, Sum()).record() for name in OUTCOMES},
            "unmet": self.total.record(),
            "cells": [
                {"sector": sector, "cause": cause} | self.cells[sector, cause].record()
                for sector in self.sectors()
                for cause in self.causes()
                if (sector, cause) in self.cells
            ],
            "causes": [{"cause": cause, "title": CAUSES[cause]} | self.of(None, cause).record() for cause in self.causes()],
            "also": [{"cause": cause, "title": CAUSES[cause]} | self.also[cause].record() for cause in CAUSES if cause in self.also],
            "beside": [
                {"circumstance": name, "title": told} | self.beside[name].record()
                for name, told in CIRCUMSTANCES.items()
                if name in self.beside
            ],
            "sectors": [{"sector": each, "title": SECTOR_TITLES[each]} | self.of(each, None).record() for each in self.sectors()],
            "regions": [{"region": code} | self.regions[code].record() for code in sorted(self.regions)],
            "months": [{"month": month or None} | self.months[month].record() for month in sorted(self.months)],
            "lacked": [{"scheme": it.scheme, "code": it.code, "title": it.name} | sums.record() for it, sums in self.lacked()],
        }


def reckon(demands: Iterable[Judged], want: Wanted | None = None) -> Unmet:
    """The sums over some judged demands, in whatever order they come."""
    found = Unmet(want or Wanted())
    for one in demands:
        found.add(one)
    return found


def told(one: Judged) -> dict[str, Any]:
    """One unmet demand for JSON."""
    return {
        "demand": one.ident, "title": one.title, "region": one.region, "day": one.day, "sector": one.sector,
        "value": None if one.value is None else f"{one.value:f}", "cause": one.cause, "causes": list(one.causes),
        "beside": list(one.beside),
        "one_cause": one.alone, "says": one.says, "change": one.change, "product": one.sku, "product_name": one.product,
    }  # fmt: skip


def _order(one: Judged) -> tuple[bool, Decimal, str]:
    return one.value is None, -(one.value or Decimal(0)), one.ident
