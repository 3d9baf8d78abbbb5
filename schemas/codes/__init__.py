"""
Code lists as tables of the project's own making; each says its edition, README.md beside them says the sources.

Read once a process, when first asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KBLI_EDITION = "2020"
REGIONS_EDITION = "Kepmendagri 300.2.2-2138/2025"
UNITS_EDITION = "UN/ECE Rec 20 Rev. 17, Rec 21 Rev. 12"


@dataclass(frozen=True, slots=True)
class Region:
    """A province (`36`) or a regency or city (`36.72`), Kemendagri code; the point is its centre, degrees WGS 84."""

    code: str
    name: str
    level: str
    parent: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Kbli:
    """One line of KBLI 2020: two digits (golongan pokok) to five (kelompok)."""

    code: str
    title: str


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table, as strings."""
    yield from csv.DictReader(io.StringIO((files(__package__) / name).read_text(encoding="utf-8")))


def cells(name: str) -> Iterator[list[str]]:
    """The rows of one table as lists in the order of its heading, which is left out: for tables of thousands of rows."""
    reader = csv.reader(io.StringIO((files(__package__) / name).read_text(encoding="utf-8")))
    next(reader)
    yield from reader


@cache
def _regions() -> dict[str, Region]:
    return {
        row["code"]: Region(row["code"], row["name"], row["level"], row["parent"] or None, float(row["latitude"]), float(row["longitude"]))
        for row in rows("regions.csv")
    }


def regions() -> tuple[Region, ...]:
    """All 38 provinces, 416 regencies and 98 cities, by code."""
    return tuple(_regions().values())


def region(code: str) -> Region | None:
    """The region of a code; None where there is none."""
    return _regions().get(code)


@cache
def _kbli() -> dict[str, Kbli]:
    return {row["code"]: Kbli(row["code"], row["title"]) for row in rows("kbli.csv")}


def kbli(code: str) -> Kbli | None:
    """The KBLI 2020 line of a code of two to five digits; None where there is none."""
    return _kbli().get(code)


def kbli_lines() -> tuple[Kbli, ...]:
    """All lines of KBLI 2020, two digits to five."""
    return tuple(_kbli().values())


def kbli_children(prefix: str) -> list[Kbli]:
    """The five-digit lines under a code, by code."""
    return [line for code, line in sorted(_kbli().items()) if len(code) == 5 and code.startswith(prefix)]
