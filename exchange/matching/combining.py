"""
Which matches of a demand could be offered together, read from the matches that are stored; nothing is kept of it.

Firms are put together for one item of the demand, and only with products of one kind: of one KBKI class (five digits), or,
where a product has no KBKI code, named by the same thing ("kursi lipat" and "kursi kayu" are chairs). Matches whose units
cannot be compared with the item's take no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from exchange.matching.amounts import asked_amount
from exchange.matching.combine.choose import combine
from exchange.matching.combine.terms import FEWEST, Ask, Candidate, Combination, NoCombination
from exchange.matching.criteria.certificates import Certificates
from exchange.matching.criteria.quantity import surely_made
from exchange.matching.engine import Met
from exchange.matching.needs import TITLE, Need, read_need
from exchange.matching.offers import Offer, read_offer
from exchange.matching.periods import window
from exchange.matching.phrases import phrases
from exchange.matching.wishes import wishes_of
from exchange.store.businesses import business_record
from exchange.store.demands import STATUS_OPEN, DemandRow, demand_record
from exchange.store.matches import MatchRow
from exchange.store.products import product_record
from schemas.units import Unit, unit_of, unit_of_code

# what may be cut anywhere, to a thousandth of the unit; all else is shared out whole
_DIVISIBLE = frozenset({"mass", "length", "area", "volume", "energy"})
_FINE = Decimal("0.001")
_CLASS_DIGITS = 5


class Fit(NamedTuple):
    """An offer and the words of the demand that it met, as its text mark shows them."""

    offer: Offer
    met: str


@dataclass(frozen=True, slots=True)
class Together:
    """What firms can do together for one item: its text, how much is asked in the writer's words and in which unit; place: of the item."""

    item: str
    said: str
    unit: str
    result: Combination | NoCombination
    place: int = 0


def offered_together(demand: DemandRow, matches: Iterable[MatchRow], *, holding: str | None = None) -> list[Together]:
    """
    What the firms of a demand's matches can offer together, by item; nothing for a demand that is not open.

    matches: with product and firm loaded; rejected and retired ones, and products no longer on offer, take no part.
    holding: the SKU of a product that must have a share, as `together` takes it.
    """
    if demand.state != "live" or demand.status not in STATUS_OPEN:
        return []
    found = []
    for row in matches:
        met = next((mark.get("need") for mark in row.marks if mark["criterion"] == "text"), None)
        if met and row.state in {"proposed", "accepted"} and row.product.state == "active":
            offer = read_offer(product_record(row.product), None, business_record(row.product.business))
            found.append(Fit(offer, met))
    return together(read_need(demand_record(demand), today=demand.matched_on), found, holding=holding) if len(found) >= FEWEST else []


def match_numbers(found: Iterable[Together], matches: Iterable[MatchRow]) -> list[list[int]]:
    """Of each thing that `offered_together` told the numbers of the matches whose firms have a share; empty where it is no combination."""
    numbers = {row.product.sku: row.id for row in matches}
    results = [one.result for one in found]
    return [[numbers[share.offer.key] for share in one.shares] if isinstance(one, Combination) else [] for one in results]


def together(need: Need, found: Iterable[Fit], *, holding: str | None = None) -> list[Together]:
    """
    For each item and kind of product that no firm can serve alone: a combination, or why there is none.

    In the order of the items; nothing is said where one firm can, where fewer than two have what is asked, or where it was due
    already. What firms make and how long they take is reckoned as the criteria of single matches do. Pure.

    holding: the key of an offer: only its items and kind are told then, with the best combination in which it has a share, whether or not
    another firm could do it alone; also where its own firm can.
    """
    groups: dict[tuple[int, str], list[Offer]] = {}
    fits = list(found)
    kinds = _kinds([fit.offer for fit in fits])
    for fit in fits:
        for place in places_of(need, fit.met):
            if fit.offer.firm:
                groups.setdefault((place, kinds[fit.offer.key]), []).append(fit.offer)
    told = [
        _item_together(need, place, offers, holding)
        for (place, _), offers in sorted(groups.items(), key=lambda group: group[0])
        if holding is None or any(offer.key == holding for offer in offers)
    ]
    return [one for one in told if one]


def places_of(need: Need, met: str) -> list[int]:
    """The items that ask for these very words; the only item where they stand in the title."""
    places = {place for phrase, place in zip(need.phrases, need.places, strict=True) if phrase.text == met}
    if places == {TITLE} and len(need.items) == 1:
        return [0]
    return sorted(places - {TITLE})


def _kinds(offers: Sequence[Offer]) -> dict[str, str]:
    """A word for the kind of each offer: its KBKI class; by the head of its name where it has none."""
    kinds: dict[str, str] = {}
    classes: dict[str, set[str]] = {}
    for offer in offers:
        code = offer.codes.get("KBKI")
        if code and len(code[0]) >= _CLASS_DIGITS:
            kinds[offer.key] = f"KBKI {code[1]} {code[0][:_CLASS_DIGITS]}"
            classes.setdefault(_head(offer), set()).add(kinds[offer.key])
    for offer in offers:
        if offer.key not in kinds:
            # a product without a code joins the class that its name stands for, if that is but one
            named = classes.get(_head(offer), set())
            kinds[offer.key] = next(iter(named)) if len(named) == 1 else _head(offer)
    return kinds


def _head(offer: Offer) -> str:
    named = next((phrase for phrase in phrases(offer.name) if phrase.head), None)
    return offer.name.casefold() if named is None or named.head is None else named.head


def _item_together(need: Need, place: int, offers: Sequence[Offer], holding: str | None) -> Together | None:
    quantity = need.items[place].get("quantity") or {}
    unit = unit_of_code(quantity.get("unit") or "")
    if quantity.get("amount") is None or unit is None or Decimal(str(quantity["amount"])) <= 0:
        return None
    days = window(need).days
    if days is not None and days < 0:
        return None
    amount = Decimal(str(quantity["amount"]))
    sizes = {offer.key: size for offer in offers if (size := _size(need, offer, place, amount))}
    comparable = [offer for offer in offers if offer.key in sizes]
    if len({offer.firm for offer in comparable}) < FEWEST or (holding is not None and holding not in sizes):
        return None
    packs = [sizes[offer.key] for offer in comparable if not _is_divisible(offer.unit)]
    step = _step(amount, unit.dimension in _DIVISIBLE, packs)
    required, holders = _papers(need, comparable, place)
    said = str(quantity.get("said") or amount)
    ask = Ask(amount, _unit_said(said, unit), step, need.budget or None, days, required)
    nothing: frozenset[str] = frozenset()
    candidates = [_candidate(need, offer, sizes[offer.key], step, required if offer.key in holders else nothing) for offer in comparable]
    result = combine(ask, candidates, holding)
    if holding is None and isinstance(result, NoCombination) and result.reason == "alone":
        return None
    return Together(str(need.items[place]["text"]), said, ask.unit, result, place)


def _unit_said(said: str, unit: Unit) -> str:
    """The writer's own word for the unit where it stands right behind the number, since one code has many names; else the table's."""
    word = said.strip().lstrip("0123456789.,").strip()
    meant = unit_of(word) if word else None
    return word if meant is not None and meant.code == unit.code else unit.name


def _size(need: Need, offer: Offer, place: int, amount: Decimal) -> Fraction | None:
    """How much of the asked unit one of the offer's units is; None where the two cannot be compared."""
    own = asked_amount(need, offer, place).amount
    if not own:
        return None
    exact = Fraction(amount) / Fraction(own)
    # 500 kg are 16.666… sacks of 30 kg: the digits that a decimal cuts off are no difference
    near = exact.limit_denominator(10**6)
    return near if abs(near - exact) * 10**18 < exact else exact


def _is_divisible(code: str | None) -> bool:
    unit = unit_of_code(code or "")
    return unit is not None and unit.dimension in _DIVISIBLE


def _step(amount: Decimal, divisible: bool, packs: Sequence[Fraction]) -> Decimal:
    """
    What shares are multiples of: whole packages of every offer and whole pieces, where the amount can be shared out so.

    Where it cannot, the amount's own last digit, or a thousandth of what may be cut: the last package is then not full.
    """
    own = Decimal(1).scaleb(min(0, int(amount.as_tuple().exponent)))
    base = min(own, _FINE) if divisible else own
    numerators = [Fraction(base).numerator, *(size.numerator for size in packs)]
    whole = Fraction(lcm(*numerators), gcd(Fraction(base).denominator, *(size.denominator for size in packs)))
    step = Decimal(whole.numerator) / Decimal(whole.denominator)
    return step if Fraction(step) == whole and (Fraction(amount) / whole).denominator == 1 else base


def _papers(need: Need, offers: Sequence[Offer], place: int) -> tuple[frozenset[str], set[str]]:
    """The certificates that are demanded, and the offers of which none is missing or doubtful, as their criterion has it."""
    required = frozenset(wish.said for wish in wishes_of(need, place) if wish.required)
    holders = set()
    for offer in offers:
        mark = Certificates().mark(need, offer, Met(1.0, place, "", offer.name, 0.0))
        if not mark.blocks and not mark.asks:
            holders.add(offer.key)
    return required, holders


def _candidate(need: Need, offer: Offer, size: Fraction, step: Decimal, held: frozenset[str]) -> Candidate:
    """
    The offer in the asked unit; the dearer end of its price, so that no cost is promised that the firm did not.

    Capacity down and minimum order up to whole steps, as they would be anyway.
    """
    price = offer.price_max if offer.price_max is not None else offer.price_min
    able = surely_made(offer, window(need))
    return Candidate(
        key=offer.key,
        firm=offer.firm or offer.key,
        firm_name=offer.firm_name or offer.name,
        capacity=None if able is None else Decimal(Fraction(able) * size // Fraction(step)) * step,
        minimum_order=Decimal(-(-Fraction(offer.minimum_order or 0) * size // Fraction(step))) * step,
        unit_price=None if price is None else Fraction(price) / size,
        lead_time_days=offer.lead_time_days,
        certificates=held,
        sentra=offer.sentra,
    )
