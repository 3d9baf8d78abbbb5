"""A demand as the matcher reads it: what is asked, phrase by phrase, and what else is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from exchange.matching.phrases import HEAD_FROM, Phrase, phrases
from exchange.matching.tables import rows
from schemas.reading.roots import root

TITLE = -1
# How surely a phrase is asked, by the place it stands in; a title over listed items is only their heading.
_TITLE_ALONE, _TITLE_OVER_ITEMS, _CLASS_OVER_ITEMS = 1.0, 0.8, 0.55
_SPECIFICATION, _SPECIFICATION_ALONE, _DESCRIPTION = 0.8, 0.95, 0.5
# What an item asks for less surely where its specification names another thing of those that it lists, or a thing for the class.
_OTHERWISE_NAMED, _CLASS_SPECIFIED = 0.35, 0.5
_LED = 0.25
# A title may name what is done while the items say what is bought for it.
_ACTIVITIES = frozenset({"kegiatan"})
# Items repeat between demands more than whole demands do.
_REMEMBERED = 30_000
_TITLE_COUNTS, _ITEM_COUNTS, _DESCRIPTION_COUNTS = 1.0, 1.5, 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """
    What is asked.

    phrases: every reading of it, `places[n]` being the item's number (from 0) of phrase n or TITLE.
    query: root -> weight for BM25; a root in the title and in an item counts for both.
    kind: what the listing is instead of goods (`kinds.csv`), None where it may be goods.
    itemised: whether the items name goods, so that the title is only their heading.
    items, classes: as schemas/demand.py states them; wishes: certificates asked for in the text, with the words.
    periods: as schemas/demand.py states them; today, coverage: see `read_need`.

    Two needs are one only if they are the same object, so that what is read of one can be remembered cheaply.
    """

    key: str
    title: str
    text: str
    phrases: tuple[Phrase, ...]
    places: tuple[int, ...]
    query: Mapping[str, float]
    kind: str | None = None
    category: str | None = None
    region: str | None = None
    budget: Decimal | None = None
    items: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    domestic_product: bool | None = None
    quantity_said: str | None = None
    itemised: bool = False
    description: str = ""
    periods: Mapping[str, Any] = field(default_factory=dict)
    today: date | None = None
    coverage: str | None = None


def read_need(demand: Mapping[str, Any], key: str | None = None, *, today: date | None = None, coverage: str | None = None) -> Need:
    """
    A demand in the members of DemandSchema (see `demand_record`) as a need; pure, the same for the same record.

    today: the day that lead times are counted from; coverage: the agreement that covers the demand, in words (Indonesian);
    both None where they are not known.
    """
    items = [item for item in demand.get("items") or () if item.get("text")]
    title = demand.get("title") or ""
    readings: list[tuple[Phrase, int]] = []
    query: dict[str, float] = {}
    told = False
    kinds: list[str | None] = []
    leading = [phrase for phrase in phrases(title) if phrase.is_decisive]
    for place, item in enumerate(items):
        said = _without(item["text"], title)
        own = _readings(said, 1.0, 1.0)
        specification = item.get("specification") or ""
        specification = "" if specification in (item["text"], title) else specification
        told = told or any(phrase.head for phrase in own)
        kinds.extend(phrase.kind for phrase in phrases(said) if phrase.head or phrase.kind)
        extra = _readings(specification, *(2 * (_SPECIFICATION if own else _SPECIFICATION_ALONE,)))
        own = _led(_narrowed(own, extra), leading)
        told = told or any(phrase.head for phrase in extra)
        readings.extend((phrase, place) for phrase in (*own, *extra))
        _count(query, said, _ITEM_COUNTS)
        _count(query, specification, _ITEM_COUNTS)
    direct, classes = (_TITLE_OVER_ITEMS, _CLASS_OVER_ITEMS) if told else (_TITLE_ALONE, _TITLE_ALONE)
    readings.extend((phrase, TITLE) for phrase in _led(_readings(title, direct, classes), leading))
    description = demand.get("description") or ""
    if description and description != title:
        readings.extend((phrase, TITLE) for phrase in _readings(description, _DESCRIPTION, _DESCRIPTION))
    _count(query, title, _TITLE_COUNTS)
    _count(query, description if description != title else "", _DESCRIPTION_COUNTS)
    budget = demand.get("budget") or {}
    periods = demand.get("periods") or {}
    return Need(
        key=key or str(demand.get("ident") or demand.get("reference")),
        title=title,
        text=" \n ".join([title, description, *(f"{item['text']} {item.get('specification') or ''}" for item in items)]),
        phrases=tuple(phrase for phrase, _ in readings),
        places=tuple(place for _, place in readings),
        query=query,
        kind=_kind(title, kinds),
        category=demand.get("category"),
        region=demand.get("region"),
        budget=budget.get("amount") if budget.get("currency", "IDR") == "IDR" else None,
        items=tuple(items),
        domestic_product=(demand.get("eligibility") or {}).get("domestic_product"),
        quantity_said=demand.get("quantity_said"),
        itemised=told,
        description=description,
        periods=periods,
        today=today,
        coverage=coverage,
    )


def _narrowed(own: tuple[Phrase, ...], specified: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    """
    What an item asks for once its specification named the thing: of "tinta/toner", specified as "toner hitam", the toner; of a
    class, as "suvenir" specified as "karangan bunga", hardly its other members.
    """
    heads = {phrase.head for phrase in specified if not phrase.widened}
    if not own or not heads:
        return own
    named = any(phrase.head in heads for phrase in own)
    things = heads - _manner()
    if not named and not things:
        return own
    return tuple(
        phrase.at(_OTHERWISE_NAMED if named else _CLASS_SPECIFIED)
        if phrase.head not in heads and (named or phrase.widened or phrase.members)
        else phrase
        for phrase in own
    )


def _led(own: tuple[Phrase, ...], leading: list[Phrase]) -> tuple[Phrase, ...]:
    """
    What is asked for less surely because a thing leads that it only describes: an item "cabe rawit" under the title "benih cabe
    rawit", or the "(PJU)" of a lift truck for it.
    """
    if not leading:
        return own
    led = [frozenset(phrase.roots) - {phrase.head} for phrase in leading]
    return tuple(phrase.at(_LED) if any(roots and roots >= set(phrase.roots) for roots in led) else phrase for phrase in own)


@cache
def _manner() -> frozenset[str]:
    """Roots that say for whom or in what way, and no thing that an item could be (`manner.csv`)."""
    return frozenset(root(row["word"]) for row in rows("manner"))


def _without(text: str, title: str) -> str:
    """An item that only repeats the title says nothing of its own."""
    return "" if text.strip().casefold() == title.strip().casefold() else text


@lru_cache(maxsize=_REMEMBERED)
def _readings(text: str, direct: float, classes: float) -> tuple[Phrase, ...]:
    """The phrases of a text that name goods, each at its strength, and what each asks for as a class."""
    found = []
    for phrase in phrases(text):
        if phrase.kind is None and phrase.head is not None:
            found.append(phrase.at(direct))
        if phrase.kind is None:
            found.extend(member.at(classes) for member in phrase.members)
    return tuple(found)


def _count(query: dict[str, float], text: str, weight: float) -> None:
    for word, own in _counted(text) if text else ():
        query[word] = query.get(word, 0.0) + weight * own


@lru_cache(maxsize=_REMEMBERED)
def _counted(text: str) -> tuple[tuple[str, float], ...]:
    """Each root of a text with how much it says; what a class asks for counts a little."""
    seen: dict[str, float] = {}
    for phrase in phrases(text):
        for word, own in zip(phrase.roots, phrase.weights, strict=True):
            if word and own > 0:
                seen[word] = max(seen.get(word, 0.0), own * (0.3 if phrase.kind else 1.0))
        if phrase.kind is None:
            for offered in phrase.members:
                for word in offered.roots:
                    seen.setdefault(word, 0.4 * offered.strength)
    return tuple(seen.items())


def _kind(title: str, item_kinds: list[str | None]) -> str | None:
    """The kind that the title's head says, else the one that all items say; items that name goods overrule an activity's title."""
    for phrase in phrases(title):
        if phrase.kind:
            goods_listed = phrase.kind in _ACTIVITIES and not all(item_kinds)
            return None if goods_listed else phrase.kind
        if phrase.head and phrase.weights[phrase.roots.index(phrase.head)] >= HEAD_FROM:
            break
    if item_kinds and all(item_kinds):
        return item_kinds[0]
    return None
