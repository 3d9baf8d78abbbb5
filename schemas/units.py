"""Units of measure: what a word means, its Rec 20 code, and exact conversion where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from schemas.codes import rows


@dataclass(frozen=True, slots=True)
class Unit:
    """
    One unit.

    id: its key in the table; code: UN/ECE Rec 20 (packages X + Rec 21), None where there is none; name: Indonesian;
    dimension: mass, length, area, volume, count, package …; factor: how many `base` it is, None where that differs by
    product, as for a sak or a dus.
    """

    id: str
    code: str | None
    name: str
    dimension: str
    base: str
    factor: Decimal | None


@cache
def units() -> dict[str, Unit]:
    """All units by id."""
    return {
        row["id"]: Unit(
            row["id"],
            row["code"] or None,
            row["name"],
            row["dimension"],
            row["base"],
            Decimal(row["factor"]) if row["factor"] else None,
        )
        for row in rows("units.csv")
    }


@cache
def aliases() -> dict[str, Unit]:
    """Units by every spelling that is known, in lower case; a unit's own name and id are among them."""
    known = units()
    found = {row["alias"]: known[row["unit"]] for row in rows("unit_aliases.csv")}
    for unit in known.values():
        found.setdefault(unit.id, unit)
        found.setdefault(unit.name.lower(), unit)
    return found


@cache
def doubtful() -> frozenset[str]:
    """Spellings that mean something else more often than their unit: `ribu`, `rak`, `in`, `t`."""
    return frozenset(row["alias"] for row in rows("unit_aliases.csv") if row["confidence"] == "low")


@cache
def _by_code() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit in units().values():
        if unit.code:
            found.setdefault(unit.code, unit)
    return found


def unit_of(text: str) -> Unit | None:
    """The unit that a word means (`Bh.`, `LBR`, `m²`); None where it is on no list. Blanks and case do not matter."""
    word = re.sub(r"\s+", " ", text).strip().lower()
    return aliases().get(word) or aliases().get(word.rstrip("."))


def unit_of_code(code: str) -> Unit | None:
    """The unit of a Rec 20 code; None where the table has none. Of two with one code the first of the table."""
    return _by_code().get(code)


def convert(amount: Decimal, have: Unit, want: Unit) -> Decimal | None:
    """
    An amount in another unit, exactly.

    None where the two measure different things, or where what one holds differs by product: it is never guessed.
    """
    if have.id == want.id:
        return amount
    if have.base != want.base or have.factor is None or want.factor is None:
        return None
    return amount * have.factor / want.factor
