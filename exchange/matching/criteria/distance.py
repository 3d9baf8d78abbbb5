from __future__ import annotations

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
        if not need.region or not offer.region:
            return self.say(None, "Wilayah pembeli atau produsen tidak diketahui.", place_name(need.region), place_name(offer.region))
        said, own = place_name(need.region), place_name(offer.region)
        if need.region == offer.region:
            return self.say(1.0, "Pembeli dan produsen di wilayah yang sama.", said, own)
        if neighbours(need.region, offer.region):
            return self.say(0.97, "Wilayah pembeli bersebelahan dengan wilayah produsen.", said, own)
        if need.region == offer.region[:2]:
            return self.say(0.95, "Pembeli adalah provinsi dari wilayah produsen.", said, own)
        away = distance_km(need.region, offer.region)
        if away is None:
            if need.region[:2] == offer.region[:2]:
                return self.say(0.9, "Satu provinsi.", said, own)
            return self.say(None, "Titik pusat wilayah tidak ada dalam tabel.", said, own)
        score = 1 / (1 + away / _HALVES_AT_KM)
        measured = f"garis lurus antartitik pusat sekitar {away:,.0f} km.".replace(",", ".")
        same = need.region[:2] == offer.region[:2]
        return self.say(score, f"Satu provinsi; {measured}" if same else f"G{measured[1:]}", said, own)
