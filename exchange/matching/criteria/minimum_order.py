from __future__ import annotations

from exchange.matching.amounts import asked_amount, number, rupiah
from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer


class MinimumOrder(Criterion):
    """Whether what is asked reaches the firm's smallest order."""

    name = "minimum_order"
    title = "Pesanan minimum"
    weight = 1.5

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """By the amount asked; where none is said, a budget below the smallest order's price tells as much."""
        if offer.minimum_order is None:
            return self.say(None, "Pesanan minimum belum dicatat.")
        least = f"minimum {number(offer.minimum_order)} {offer.unit_said or ''}".strip()
        asked = asked_amount(need, offer, met.place)
        if asked.amount is not None:
            if asked.amount >= offer.minimum_order:
                return self.say(1.0, "Jumlah yang diminta mencapai pesanan minimum.", asked.said, least)
            share = float(asked.amount / offer.minimum_order)
            return self.say(share, f"Pesanan {least}, yang diminta {asked.said}.", asked.said, least)
        if offer.price_min is not None and need.budget:
            cost = offer.price_min * offer.minimum_order
            if cost > need.budget:
                share = float(need.budget / cost)
                said = f"pagu {rupiah(need.budget)}"
                return self.say(share, f"Pesanan minimum bernilai {rupiah(cost)}, di atas pagu.", said, least)
        return self.say(None, asked.why, asked.said, least)
