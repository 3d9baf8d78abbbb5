"""
How much a demand asks of the item that met, in the product's own unit; nothing is guessed.

What can be compared: units of one dimension by the table; a package by what *its own side* says it holds ("karung 25 kg"); a
product's unit by the weight that its catalogue gives. 500 kg are 20 sacks of 25 kg; 20 sacks of a demand that does not say
their size may hold anything and are not compared, and a litre is a kilogram of water only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache

from exchange.matching.needs import TITLE, Need
from exchange.matching.offers import Offer
from exchange.matching.packs import Factor, Holds, Pack, agree, density, factor, pack_of, same_unit
from schemas.reading.stated import COUNTED, Stated, Statement, read_stated
from schemas.units import Unit, unit_of_code

_GOODS = COUNTED | {"mass", "length", "area", "volume", "energy"}
# What is filled itself, so that `isi 50 kg` or `kemasan 5 liter` without a package's word speaks of it; a box holds such packages.
_FILLED = frozenset({
    "sak", "karung", "kantong", "botol", "kaleng", "galon", "drum", "jerigen", "tube", "toples", "ember", "cup", "sachet", "roll", "batang",
})  # fmt: skip
_PLACES = Decimal("0.000001")
# A quotient that does not come out even is rounded at its 28th digit; no price or capacity is as near as this.
_ROUNDING = Decimal("1e-20")


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """
    The demand's side: `amount` of `pack`, both None where they cannot be told; `why` says it then (Indonesian).

    Two are one only if they are the same object: the same words are read once, and what is reckoned from them is remembered cheaply.
    """

    amount: Decimal | None
    pack: Pack | None
    said: str | None
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """
    `amount` in the offer's unit, None where it cannot be told; `said` in the writer's words; `why` (Indonesian) if None;
    `how` (Indonesian, may be empty) names what a conversion leaned on. Two are one only if they are the same object, as of `Said`.
    """

    amount: Decimal | None
    said: str | None
    why: str
    how: str = ""


def asked_amount(need: Need, offer: Offer, place: int) -> Asked:
    """The amount of the item at `place`; of the only item where the title met, since then the two are one thing."""
    return _reckoned(said_amount(need, place), offer)


@lru_cache(maxsize=20_000)
def _reckoned(said: Said, offer: Offer) -> Asked:
    if said.amount is None or said.pack is None:
        return Asked(None, said.said, said.why)
    wanted = pack_of(offer.unit, offer.unit_said)
    if wanted is None:
        return Asked(None, said.said, f"Satuan produk {f'“{offer.unit_said}” ' if offer.unit_said else ''}tidak dikenal.")
    found = factor(said.pack, wanted, offer.weight_kg, density(offer.name))
    if isinstance(found, str):
        return Asked(None, said.said, f"“{said.said}” tidak dapat dihitung dalam {offer.unit_said or wanted.unit.name}: {found}.")
    return Asked(_times(said.amount, found), said.said, "", found.how)


def _times(amount: Decimal, by: Factor) -> Decimal:
    """Multiplied before it is divided, so that what comes out even is exact."""
    return amount * by.times / by.over


def in_units_of(offer: Offer, amount: Decimal, code: str | None, said: str) -> Decimal | None:
    """An amount in a Rec 20 unit, said in these words, as a number of the product's units; None where the two cannot be compared."""
    have, want = _own_pack(code, said, ""), pack_of(offer.unit, offer.unit_said)
    if have is None or want is None:
        return None
    found = factor(have, want, offer.weight_kg, density(offer.name))
    return None if isinstance(found, str) else _times(amount, found)


@lru_cache(maxsize=4096)
def said_amount(need: Need, place: int) -> Said:
    """What the demand says of the amount at `place`: its own quantity first, else the one amount that its texts state."""
    if place == TITLE and len(need.items) == 1:
        place = 0
    if not 0 <= place < len(need.items):
        if need.items:
            return _several(need.quantity_said)
        return _stated(need.title, "", need.quantity_said)
    item = need.items[place]
    quantity, texts = item.get("quantity"), (item["text"], item.get("specification") or "")
    if not quantity:
        return _stated(*texts, need.quantity_said if len(need.items) == 1 else None)
    amount = quantity.get("amount")
    return _structured(None if amount is None else str(amount), quantity.get("unit"), quantity["said"], *texts)


@lru_cache(maxsize=1024)
def _several(said: str | None) -> Said:
    return Said(None, None, said, "Permintaan memuat beberapa barang; jumlah barang ini tidak disebut.")


@lru_cache(maxsize=50_000)
def _structured(amount: str | None, code: str | None, said: str, text: str, specification: str) -> Said:
    if amount is None:
        return Said(None, None, said, f"Jumlah “{said}” tidak terbaca dengan pasti.")
    pack = _own_pack(code, said, f"{text}\n{specification}")
    if pack is None:
        stated = _stated(text, specification, None)  # "1 Paket" counts a budget line; the goods may be counted in the text
        return stated if stated.amount is not None else Said(None, None, said, f"Satuan “{said}” tidak menghitung barang.")
    return Said(Decimal(amount), pack, said, "")


def _own_pack(code: str | None, said: str, texts: str) -> Pack | None:
    """
    The unit of a structured quantity with what one is said to hold, in its own words or else in the item's texts.

    None where it counts no goods, or where the words gainsay the code.
    """
    read = read_stated(f"jumlah {said}").stated
    coded = unit_of_code(code) if code else None
    unit = read[0].unit if len(read) == 1 else None
    if unit is not None and coded is not None and not agree(unit, coded):
        return None
    unit = unit or coded or (None if code else _word(said))
    if unit is None or unit.dimension not in _GOODS or unit.id == "orang":
        return None
    return Pack(unit, (read[0].holds if len(read) == 1 else ()) or _holds(unit, read_stated(texts)), said)


def _word(said: str) -> Unit | None:
    pack = pack_of(None, said.lower().lstrip("0123456789., ") or None)
    return pack.unit if pack else None


def _holds(unit: Unit, read: Statement) -> Holds:
    """What texts say that one `unit` holds; nothing where they say several things, or speak of another package."""
    own = {holds for outer, holds in read.packs if outer is not None and same_unit(outer, unit)}
    own |= {one.holds for one in read.stated if one.holds and same_unit(one.unit, unit)}
    if not own and unit.id in _FILLED:
        own = {holds for outer, holds in read.packs if outer is None}
    return next(iter(own)) if len(own) == 1 else ()


@lru_cache(maxsize=50_000)
def _stated(text: str, specification: str, whole: str | None) -> Said:
    """The one amount that an item's texts state, else the whole listing's volume where it counts goods."""
    reads = (read_stated(text, bulk=True), read_stated(specification) if specification != text else Statement())
    found: dict[tuple[str, Decimal], Stated] = {}
    for read in reads:
        for one in read.stated:
            known = found.get((one.unit.id, one.amount))
            found[one.unit.id, one.amount] = known if known and known.holds else one
    if len(found) > 1:
        told = ", ".join(f"“{one.said}”" for one in found.values())
        return Said(None, None, told, f"Beberapa jumlah disebut ({told}); tidak jelas mana untuk barang ini.")
    for one in found.values():
        holds = one.holds or _holds(one.unit, Statement(packs=(*reads[0].packs, *reads[1].packs)))
        return Said(one.amount, Pack(one.unit, holds, one.said), one.said, "")
    if whole is not None and len(volume := read_stated(whole, bulk=True).stated or _measured(whole)) == 1:
        holds = volume[0].holds or _holds(volume[0].unit, Statement(packs=(*reads[0].packs, *reads[1].packs)))
        return Said(volume[0].amount, Pack(volume[0].unit, holds, whole), whole, "")
    unclear = next((said for read in reads for said in read.unclear), None)
    if unclear:
        return Said(None, None, unclear, f"“{unclear}” dapat berarti ukuran atau jumlah; jumlah barang ini tidak jelas.")
    if whole:
        return Said(None, None, whole, f"“{whole}” menghitung paket atau kegiatan; jumlah barang ini tidak disebut.")
    return Said(None, None, None, "Jumlah barang ini tidak disebut.")


def _measured(whole: str) -> tuple[Stated, ...]:
    """A volume that is nothing but a measure, as `2,5 ton`: where a listing's volume belongs, it is no size."""
    return read_stated(f"jumlah {whole}").stated if read_stated(whole).unclear == (whole.strip().lower(),) else ()


def exceeds(one: Decimal, other: Decimal) -> bool:
    """Whether one is above the other by more than the rounding of a quotient that does not come out even (28 digits)."""
    return one - other > abs(other) * _ROUNDING


def upwards(value: Decimal) -> Decimal:
    """The least number with six decimals that is not below `value`."""
    return value.quantize(_PLACES, ROUND_CEILING)


def downwards(value: Decimal) -> Decimal:
    """The greatest number with six decimals that is not above `value`."""
    return value.quantize(_PLACES, ROUND_FLOOR)


@lru_cache(maxsize=10_000)
def number(value: Decimal) -> str:
    """A number as Indonesians write it: thousand dots, decimal comma, no idle zeros, four decimals (more of what is below 1)."""
    near = value if value == value.to_integral_value() else round(value, 4 if abs(value) >= 1 else 4 - value.adjusted())
    whole = f"{near.normalize():,f}"
    return whole.translate(str.maketrans(",.", ".,"))


@lru_cache(maxsize=10_000)
def rupiah(value: Decimal) -> str:
    """A sum as Indonesians write it, rounded to whole rupiah."""
    return "Rp " + f"{value:,.0f}".replace(",", ".")
