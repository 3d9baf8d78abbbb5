from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from exchange.matching.amounts import Asked, asked_amount, downwards, exceeds, number, rupiah
from exchange.matching.engine import Change, Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer


class MinimumOrder(Criterion):
    """Whether what is asked reaches the firm's smallest order."""

    name = "minimum_order"
    title = "Pesanan minimum"
    weight = 1.5

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """By the amount asked; where none is said, a budget below the smallest order's price tells as much."""
        asked = asked_amount(need, offer, met.place)
        if offer.minimum_order and asked.amount is None and need.budget and offer.price_min is not None and offer.minimum_order > 1:
            cost = offer.price_min * offer.minimum_order
            if exceeds(cost, need.budget):
                return self._too_dear(offer, cost, need.budget)
        return self._of(asked, offer)

    @lru_cache(maxsize=50_000)  # noqa: B019 - one of each criterion lives as long as the process
    def _of(self, asked: Asked, offer: Offer) -> Mark:
        if not offer.minimum_order:
            return self.say(None, "Pesanan minimum belum dicatat.")
        least = _least(offer)
        if asked.amount is not None:
            if not exceeds(offer.minimum_order, asked.amount):
                return self.say(1.0, "Jumlah yang diminta mencapai pesanan minimum.", asked.said, least)
            share = float(asked.amount / offer.minimum_order)
            lower = downwards(asked.amount)
            change = None if not lower else self._lower(offer, lower)
            return self.block(share, f"Pesanan {least}, yang diminta {asked.said}.", asked.said, least, change)
        return self.say(None, asked.why, asked.said, least, asks=True)

    def _too_dear(self, offer: Offer, cost: Decimal, budget: Decimal) -> Mark:
        """The smallest order costs more than the budget; of one unit alone the price itself says it."""
        assert offer.price_min is not None
        lower = downwards(budget / offer.price_min)
        change = None if lower < 1 else self._lower(offer, lower.to_integral_value(rounding="ROUND_FLOOR"))
        says = f"Pesanan minimum bernilai {rupiah(cost)}, di atas pagu."
        return self.block(float(budget / cost), says, f"pagu {rupiah(budget)}", _least(offer), change)

    def _lower(self, offer: Offer, to: Decimal) -> Change:
        assert offer.minimum_order is not None
        unit = offer.unit_said or "satuan"
        said = f"Turunkan pesanan minimum dari {number(offer.minimum_order)} {unit} menjadi {number(to)} {unit}."
        return Change("offer", "minimum_order", f"{to:f}", said)


@lru_cache(maxsize=4096)
def _least(offer: Offer) -> str:
    assert offer.minimum_order is not None
    return f"minimum {number(offer.minimum_order)} {offer.unit_said or ''}".strip()
