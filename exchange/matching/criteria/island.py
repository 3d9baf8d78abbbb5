from __future__ import annotations

from functools import cache

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.places import place_name
from exchange.matching.tables import rows

_SAME, _BRIDGED, _CROSSING = 1.0, 0.9, 0.5
# Suramadu
_BRIDGES = frozenset({frozenset({"Jawa", "Madura"})})


class Island(Criterion):
    """Whether goods must cross the sea from the producer to the buyer, by the main island of each side's region."""

    name = "island"
    title = "Pulau"
    weight = 0.5

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 on one island, 0.5 across the sea; None where a region is unknown or of several islands."""
        if not need.region or not offer.region:
            return self.say(None, "Wilayah pembeli atau produsen tidak diketahui.", place_name(need.region), place_name(offer.region))
        if need.region == offer.region:
            return self.say(_SAME, "Wilayah yang sama.", place_name(need.region), place_name(offer.region))
        here, there = island(need.region), island(offer.region)
        if here is None or there is None:
            return self.say(None, "Wilayah tidak ada dalam tabel pulau.", here, there)
        if here == there and here:
            return self.say(_SAME, f"Keduanya di Pulau {here}, tanpa menyeberang laut.", f"Pulau {here}", f"Pulau {there}")
        said, own = (f"Pulau {name}" if name else "kepulauan" for name in (here, there))
        if frozenset({here, there}) in _BRIDGES:
            return self.say(_BRIDGED, f"{said} dan {own} tersambung jembatan.", said, own)
        if not here and not there and need.region[:2] == offer.region[:2]:
            return self.say(None, "Satu provinsi kepulauan; perlu tidaknya menyeberang tidak diketahui.", said, own)
        return self.say(_CROSSING, f"Menyeberang laut: {own} ke {said}.", said, own)


@cache
def _islands() -> dict[str, str]:
    return {row["code"]: row["island"] for row in rows("islands")}


@cache
def island(code: str) -> str | None:
    """The main island of a region, of its province where the table has no line of its own; empty for archipelagos, None if unknown."""
    known = _islands()
    return known.get(code, known.get(code[:2]))
