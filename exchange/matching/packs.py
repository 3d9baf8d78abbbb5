"""Units with what one of them holds, and the exact factor from one to another where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from exchange.matching.tables import rows
from schemas.reading.stated import MEASURED, read_pack
from schemas.units import Unit, unit_of_code, units

Holds = tuple[tuple[Decimal, Unit | None], ...]
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """
    A unit as one side says it.

    unit: of the table; holds: what one is said to hold, each an amount above 0 and its unit, None where things are counted
    without a name (`isi 24`); said: the writer's words.
    """

    unit: Unit
    holds: Holds
    said: str


class Factor(NamedTuple):
    """An amount times `times` over `over`; `how` (Indonesian, may be empty) names what that leans on."""

    times: Decimal
    over: Decimal
    how: str = ""


class Density(NamedTuple):
    """Kilograms a litre; only a `verified` one is counted with."""

    kg_per_litre: Decimal
    verified: bool


@lru_cache(maxsize=10_000)
def pack_of(code: str | None, said: str | None) -> Pack | None:
    """A product's unit by its words or its code; None where neither is on the list, or where one gainsays the other."""
    unit, holds = read_pack(said) if said else (None, ())
    coded = unit_of_code(code) if code else None
    if unit is not None and coded is not None and not agree(unit, coded):
        return None
    unit = unit or coded
    return None if unit is None else Pack(unit, holds, said or unit.name)


@cache
def _densities() -> tuple[tuple[str, Density], ...]:
    return tuple((row["name"], Density(Decimal(row["kg_per_litre"]), row["status"] == "verified")) for row in rows("densities"))


@lru_cache(maxsize=10_000)
def density(name: str) -> Density | None:
    """The density of a product by the words that its name begins with; None where the table has none."""
    said = f"{name.casefold()} "
    return next((known for begins, known in _densities() if said.startswith(f"{begins} ")), None)


@lru_cache(maxsize=50_000)
def factor(have: Pack, want: Pack, weight: Decimal | None = None, known: Density | None = None) -> Factor | str:
    """
    From `have` to `want`.

    Args:
        have: the unit of an amount.
        want: the unit that it is to be counted in.
        weight: kilograms of one `want`, above 0, where its catalogue says so.
        known: the density of the thing, where the table has one.

    Returns:
        The factor, exact; or why there is none (Indonesian, without its full stop).
    """
    same = same_unit(have.unit, want.unit)
    if _odd(have) or _odd(want):
        return "isi yang disebut berbeda dari arti satuannya"
    if same and _sizes(have) == _sizes(want):
        return Factor(_ONE, _ONE)
    if same and have.unit.dimension != "package" and _sizes(have) and _sizes(want):
        return f"ukuran satu {have.unit.name} berbeda"  # two short bars are no long one
    amounts = [(_ONE, have.unit), *_held(have)]
    held = _held(want)
    sizes = [(_ONE, want.unit), *held]
    if weight and want.unit.dimension != "mass" and not any(unit is not None and unit.dimension == "mass" for _, unit in want.holds):
        sizes.append((weight, units()["kg"]))
    for at, (amount, unit) in enumerate(amounts):
        for other_at, (size, other) in enumerate(sizes):
            found = None if same and at == other_at == 0 else _between(amount, unit, size, other)
            if found is not None:
                return found._replace(how=_how(have, want, at, other_at, weight if other_at > len(held) else None))
    return _by_density(amounts, sizes, known) or _why(have, want, same)


def same_unit(one: Unit, other: Unit) -> bool:
    """Whether two words of the table have one code, as sak and karung."""
    return one.id == other.id or (one.code is not None and one.code == other.code)


def agree(one: Unit, other: Unit) -> bool:
    """Whether two units are one, or as large as each other, as buah and unit."""
    return same_unit(one, other) or (one.base == other.base and one.factor is not None and one.factor == other.factor)


def _odd(pack: Pack) -> bool:
    """A rim that is said to hold 480 sheets, or a dozen of ten, is not that of the table."""
    own = pack.unit
    if own.factor is None or own.factor == 1 or own.dimension != "count":
        return False
    held = [
        (amount, _ONE) if unit is None else (amount, unit.factor) for amount, unit in pack.holds if unit is None or unit.base == own.base
    ]
    return any(each is None or amount * each != own.factor for amount, each in held)


def _sizes(pack: Pack) -> list[tuple[Decimal, str]]:
    """What one is said to hold, in base units; of a rim not that it holds 500 sheets, which every rim does."""
    return [
        (amount * (unit.factor or 1), unit.base) if unit else (amount, "")
        for amount, unit in pack.holds
        if not (pack.unit.factor is not None and pack.unit.factor != 1 and pack.unit.base == (unit.base if unit else pack.unit.base))
    ]


def _held(pack: Pack) -> Holds:
    """What one holds, where that is said of one: `10 lusin @ 50 gr` may speak of a dozen or of a piece and is not counted with."""
    return pack.holds if pack.unit.factor in {None, _ONE} else ()


def _between(amount: Decimal, unit: Unit | None, size: Decimal, other: Unit | None) -> Factor | None:
    """Things counted without a name (`isi 24`) are not compared: nobody says what they are."""
    if unit is None or other is None:
        return None
    if unit.factor is not None and other.factor is not None and unit.base == other.base:
        return Factor(amount * unit.factor, size * other.factor)
    return Factor(amount, size) if unit.factor is None and same_unit(unit, other) else None


def _by_density(
    amounts: list[tuple[Decimal, Unit | None]], sizes: list[tuple[Decimal, Unit | None]], known: Density | None
) -> Factor | str | None:
    """Between mass and volume, where the table has the thing's density; one that nobody verified is told, not used."""
    if known is None:
        return None
    for amount, unit in amounts:
        for size, other in sizes:
            if unit is None or other is None or {unit.dimension, other.dimension} != {"mass", "volume"}:
                continue
            if not known.verified:
                return f"massa jenisnya (kira-kira {known.kg_per_litre} kg per liter) belum diperiksa".replace(".", ",")
            inside, outside = amount * (unit.factor or 0), size * (other.factor or 0)
            litres = known.kg_per_litre * 1000  # kilograms of a cubic metre
            how = "massa jenis air 1 kg per liter"
            return Factor(inside, outside * litres, how) if unit.dimension == "mass" else Factor(inside * litres, outside, how)
    return None


def _how(have: Pack, want: Pack, at: int, other_at: int, weight: Decimal | None) -> str:
    if weight is not None:
        return f"berat tercatat {weight.normalize():f} kg per {want.said}".replace(".", ",")
    said = [f"“{pack.said}”" for pack, place in ((have, at), (want, other_at)) if place]
    return f"isi menurut {' dan '.join(said)}" if said else ""


def _why(have: Pack, want: Pack, same: bool) -> str:
    if not have.holds and have.unit.factor is None and (same or want.unit.dimension in MEASURED or want.holds):
        return f"isi satu {have.unit.name} pada permintaan tidak disebut"
    if not want.holds and want.unit.factor is None and (same or have.unit.dimension in MEASURED or have.holds):
        return f"isi satu {want.unit.name} pada produk tidak disebut"
    return "kedua satuan mengukur hal yang berbeda"
