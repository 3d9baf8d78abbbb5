from __future__ import annotations

from functools import cache, lru_cache

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
        return self._between(need.region, offer.region)

    @lru_cache(maxsize=50_000)  # noqa: B019 - one of each criterion lives as long as the process
    def _between(self, region: str | None, home: str | None) -> Mark:
        return self.say(*_between(region, home))


def _between(region: str | None, home: str | None) -> tuple[float | None, str, str | None, str | None]:
    if not region or not home:
        return None, "Wilayah pembeli atau produsen tidak diketahui.", place_name(region), place_name(home)
    if region == home:
        return _SAME, "Wilayah yang sama.", place_name(region), place_name(home)
    here, there = island(region), island(home)
    if here is None or there is None:
        return None, "Wilayah tidak ada dalam tabel pulau.", here, there
    said, own = (f"Pulau {name}" if name else "kepulauan" for name in (here, there))
    if here == there and here:
        return _SAME, f"Keduanya di {said}, tanpa menyeberang laut.", said, own
    if frozenset({here, there}) in _BRIDGES:
        return _BRIDGED, f"{said} dan {own} tersambung jembatan.", said, own
    if not here and not there and region[:2] == home[:2]:
        return None, "Satu provinsi kepulauan; perlu tidaknya menyeberang tidak diketahui.", said, own
    return _CROSSING, f"Menyeberang laut: {own} ke {said}.", said, own


@cache
def _islands() -> dict[str, str]:
    return {row["code"]: row["island"] for row in rows("islands")}


@cache
def island(code: str) -> str | None:
    """The main island of a region, of its province where the table has no line of its own; empty for archipelagos, None if unknown."""
    known = _islands()
    return known.get(code, known.get(code[:2]))
