from __future__ import annotations

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import TITLE, Need
from exchange.matching.offers import Offer


class Text(Criterion):
    """Whether the words of the demand name the product: the evidence without which there is no match."""

    name = "text"
    title = "Kesesuaian barang"
    weight = 5.0
    gate = True

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """The relevance that the text search counted."""
        if met.value <= 0:
            return self.say(0.0, "Tidak ada kata permintaan yang menyebut produk ini.", need.title, offer.name)
        where = "judul" if met.place == TITLE else f"butir {met.place + 1}"
        return self.say(
            min(1.0, met.value), f"“{met.asked}” pada {where} permintaan bertemu “{met.offered}” pada produk.", met.asked, offer.name
        )
