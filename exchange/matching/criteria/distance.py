from __future__ import annotations

from functools import lru_cache

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.places import distance_km, neighbours, place_name

_HALVES_AT_KM = 800.0


class Distance(Criterion):
    """How near the buyer's region is: the same, next door, the same province, else by the great circle between centre points."""

    name = "distance"
    title = "Jarak wilayah"
    weight = 1.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 within the region, halved at 800 km; roads, ports and islands are not counted, the sentence says how it was measured."""
        return self._between(need.region, offer.region)

    @lru_cache(maxsize=50_000)  # noqa: B019 - one of each criterion lives as long as the process
    def _between(self, region: str | None, home: str | None) -> Mark:
        return self.say(*_between(region, home))


def _between(region: str | None, home: str | None) -> tuple[float | None, str, str | None, str | None]:
    said, own = place_name(region), place_name(home)
    if not region or not home:
        return None, "Wilayah pembeli atau produsen tidak diketahui.", said, own
    if region == home:
        return 1.0, "Pembeli dan produsen di wilayah yang sama.", said, own
    if neighbours(region, home):
        return 0.97, "Wilayah pembeli bersebelahan dengan wilayah produsen.", said, own
    if region == home[:2]:
        return 0.95, "Pembeli adalah provinsi dari wilayah produsen.", said, own
    away = distance_km(region, home)
    same = region[:2] == home[:2]
    if away is None:
        return (0.9, "Satu provinsi.", said, own) if same else (None, "Titik pusat wilayah tidak ada dalam tabel.", said, own)
    measured = f"garis lurus antartitik pusat sekitar {away:,.0f} km.".replace(",", ".")
    return 1 / (1 + away / _HALVES_AT_KM), f"Satu provinsi; {measured}" if same else f"G{measured[1:]}", said, own
