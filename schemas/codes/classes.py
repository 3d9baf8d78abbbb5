"""
Lists of goods and how they meet: KBKI (goods of 2012, services of 2013), HS 2022, and the crosswalk KBKI - KBLI - HS.

A code means nothing without its edition: KBLI 2020 and 2025 share 1,052 codes, of which fewer than half keep their title.
So every link names the edition of both its sides, and is followed only from the edition that it is stated for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from schemas.codes import KBLI_EDITION, cells

KBKI_EDITION = "2012"
KBKI_SERVICES_EDITION = "2013"
HS_EDITION = "2022"
EDITIONS = MappingProxyType({"KBKI": KBKI_EDITION, "KBLI": KBLI_EDITION, "HS": HS_EDITION})
_PARENTS = (7, 5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Kbki:
    """One line of KBKI: one digit (seksi) to seven (kelompok komoditas); `cut`: the source holds 255 characters of its title."""

    code: str
    edition: str
    title: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Hs:
    """One heading (4 digits) or subheading (6 digits) of HS 2022, in the words of the Indonesian tariff."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Link:
    """
    What a code is in another list.

    scheme, edition, code: the other side. exact: whether both sides are the same goods; otherwise they overlap.
    """

    scheme: str
    edition: str
    code: str
    exact: bool


@cache
def _kbki() -> dict[str, Kbki]:
    return {code: Kbki(code, edition, title, bool(cut)) for code, edition, title, cut in cells("kbki.csv")}


def kbki(code: str) -> Kbki | None:
    """The KBKI line of a code of one to seven digits; None where there is none."""
    return _kbki().get(code)


def kbki_over(code: str) -> Kbki | None:
    """The nearest line that stands over a code of two to ten digits, seven digits at most; None where there is none."""
    return next((_kbki()[code[:digits]] for digits in _PARENTS if digits < len(code) and code[:digits] in _kbki()), None)


def kbki_lines(digits: int) -> tuple[Kbki, ...]:
    """All KBKI lines of so many digits, by code."""
    return tuple(line for code, line in _kbki().items() if len(code) == digits)


@cache
def _hs() -> dict[str, Hs]:
    return {code: Hs(code, title) for code, title in cells("hs.csv")}


def hs_lines() -> tuple[Hs, ...]:
    """All headings and subheadings, by code."""
    return tuple(_hs().values())


def hs(code: str) -> Hs | None:
    """The HS 2022 line of a code of four or six digits; None where there is none."""
    return _hs().get(code)


@cache
def _links() -> dict[tuple[str, str, str], tuple[Link, ...]]:
    found: dict[tuple[str, str, str], list[Link]] = {}
    for kbki_edition, goods, scheme, edition, code, match in cells("crosswalk.csv"):
        exact = match == "exact"
        here, there = ("KBKI", kbki_edition, goods), (scheme, edition, code)
        found.setdefault(here, []).append(Link(*there, exact))
        found.setdefault(there, []).append(Link(*here, exact))
    return {side: tuple(links) for side, links in found.items()}


def links(scheme: str, edition: str, code: str) -> tuple[Link, ...]:
    """
    What a code is in the other lists of the crosswalk.

    Args:
        scheme: KBKI, KBLI or HS.
        edition: of that list, as `EDITIONS` writes it; a code of another edition has no links.
        code: digits. KBKI is linked by its first five, KBLI by its first four (a few by three), HS by its first six.

    Returns:
        KBLI and HS for a KBKI code, KBKI for the others; empty where the crosswalk has no line. KBLI and HS meet
        through KBKI alone.
    """
    lengths = {"KBKI": (5,), "KBLI": (4, 3), "HS": (6,)}.get(scheme, ())
    return next((_links()[side] for digits in lengths if (side := (scheme, edition, code[:digits])) in _links()), ())
