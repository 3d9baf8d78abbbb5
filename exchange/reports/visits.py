"""Study visits: regions that publish the goods that nobody here makes. Only what those regions publish themselves is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exchange.reports.classes import Class, Reader, stated_classes
from exchange.reports.unmet import Sum
from exchange.store.unmet import Offered

MOST_CLASSES = 40
TOP = 5
NONE_YET = "Belum ada katalog daerah lain; tambahkan simpul atau katalog daerah lain sebagai sumber."


@dataclass(slots=True)
class Strength:
    """
    What one region has of one class that is lacking here.

    products: how many it publishes; top: names of the first of them, those whose class it states itself before those whose name was
    read, then by name; producers: how many of them each producer has.
    """

    lacked: Sum
    products: int = 0
    stated: int = 0
    top: list[tuple[bool, str, str]] = field(default_factory=list)

    def add(self, one: Offered, stated: bool) -> None:
        """Count a product."""
        self.products += 1
        self.stated += stated
        self.top = sorted([*self.top, (not stated, one.name, one.ident)])[:TOP]


@dataclass(slots=True)
class Visit:
    """One region to visit: offered, all that it publishes; its strengths by class; districts and producers of what is strong."""

    region: str
    offered: int = 0
    strengths: dict[Class, Strength] = field(default_factory=dict)
    places: Counter[str] = field(default_factory=Counter)

    @property
    def products(self) -> int:
        """How many products of lacking classes it has; one of two classes is counted in each."""
        return sum(one.products for one in self.strengths.values())

    @property
    def value(self) -> Decimal:
        """What was asked of these classes and could not be served here, in rupiah."""
        return sum((one.lacked.value for one in self.strengths.values()), Decimal(0))

    def key(self) -> tuple[Decimal, int, str]:
        """The order: what is lacking there, then how much the region has of it, then its code."""
        return -self.value, -self.products, self.region

    def classes(self) -> list[tuple[Class, Strength]]:
        """Its strengths, the most lacking first."""
        return sorted(self.strengths.items(), key=lambda one: (-one[1].lacked.value, -one[1].products, one[0]))

    def where(self) -> list[tuple[str, int]]:
        """Districts or producers with most of it, as the region names them."""
        return sorted(self.places.items(), key=lambda one: (-one[1], one[0]))[:TOP]

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "region": self.region,
            "offered": self.offered,
            "products": self.products,
            "value": f"{self.value:f}",
            "where": [{"place": place, "products": count} for place, count in self.where()],
            "classes": [
                {"scheme": it.scheme, "code": it.code, "title": it.name, "products": one.products, "class_stated": one.stated,
                 "lacked": one.lacked.record(), "top": [{"supply": ident, "name": name} for _, name, ident in one.top]}
                for it, one in self.classes()
            ],
        }  # fmt: skip


def visits(lacked: Sequence[tuple[Class, Sum]], offers: Iterable[Offered], reader: Reader) -> tuple[list[Visit], int]:
    """
    The regions whose catalogues show what is lacking here.

    Args:
        lacked: classes with what was asked of them; the first `MOST_CLASSES` are looked for.
        offers: what other regions publish.
        reader: reads the class of an offer whose class is not stated.

    Returns:
        Regions that have anything of it, in the order of `Visit.key`; and how many offers were looked at, 0 where there is no catalogue.
    """
    wanted = dict(lacked[:MOST_CLASSES])
    found: dict[str, Visit] = {}
    looked = 0
    for one in offers:
        looked += 1
        visit = found.setdefault(one.region, Visit(one.region))
        visit.offered += 1
        stated = stated_classes(one.record.get("classifications") or ())
        read = [] if stated else [reader.of_text(one.name)]
        hit = {each for its in (*stated, *read) if its for each in (its, Class(its.scheme, its.code[:2])) if each in wanted}
        for its in hit:
            visit.strengths.setdefault(its, Strength(wanted[its])).add(one, bool(stated))
        if hit:
            producer = one.record.get("producer") or {}
            visit.places.update([place] if (place := producer.get("district") or producer.get("name")) else [])
    return sorted((one for one in found.values() if one.strengths), key=Visit.key), looked
