from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache

from exchange.matching.amounts import asked_amount, exceeds, rupiah
from exchange.matching.engine import Change, Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_ONE = Decimal(1)


class Price(Criterion):
    """
    Whether the budget pays what is asked at the firm's lowest price.

    A package's ceiling pays for all its items: it is never shared out among them, so only what one item alone exceeds is
    too dear.
    """

    name = "price"
    title = "Harga dan pagu"
    weight = 2.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 within the budget at the lowest price, less the further beyond; None where amount, price or budget is unknown."""
        if not need.budget:
            return self.say(None, "Pagu tidak disebut.", None, _range(offer))
        budget = f"pagu {rupiah(need.budget)}"
        if offer.price_min is None:
            return self.say(None, "Harga produk belum dicatat.", budget, None, asks=True)
        asked = asked_amount(need, offer, met.place)
        if asked.amount is None:
            if exceeds(offer.price_min, need.budget):
                share = float(need.budget / offer.price_min)
                change = self._cheaper(need, offer, _ONE, offer.price_min)
                return self.block(share, "Pagu di bawah harga satu satuan produk.", budget, _range(offer), change)
            why = f"{asked.why[0].lower()}{asked.why[1:]}"
            return self.say(None, f"Pagu cukup untuk satu satuan; {why}", budget, _range(offer), asks=True)
        cost = asked.amount * offer.price_min
        if not exceeds(cost, need.budget):
            others = f"; pagu ini untuk {len(need.items)} barang" if len(need.items) > 1 else ""
            return self.say(1.0, f"{asked.said} mulai {rupiah(cost)}, masih dalam pagu{others}.", budget, _range(offer))
        share = float(need.budget / cost)
        says = f"{asked.said} mulai {rupiah(cost)}, pagu hanya {share:.0%} dari itu."
        return self.block(share, says, budget, _range(offer), self._cheaper(need, offer, asked.amount, cost))

    def _cheaper(self, need: Need, offer: Offer, amount: Decimal, cost: Decimal) -> Change:
        """A price that the budget pays; a higher budget where that would be less than a rupiah."""
        assert need.budget is not None and offer.price_min is not None
        ceiling = cost.quantize(_ONE, ROUND_CEILING)
        price = (need.budget / amount).quantize(_ONE, ROUND_FLOOR)
        raised = f"naikkan pagu dari {rupiah(need.budget)} menjadi {rupiah(ceiling)}"
        if price < 1:
            return Change("demand", "budget.amount", f"{ceiling:f}", f"{raised[0].upper()}{raised[1:]}.")
        unit = offer.unit_said or "satuan"
        said = f"Turunkan harga dari {rupiah(offer.price_min)} menjadi {rupiah(price)} per {unit}, atau {raised}."
        return Change("offer", "price_min", f"{price:f}", said)


@lru_cache(maxsize=4096)
def _range(offer: Offer) -> str | None:
    if offer.price_min is None:
        return None
    high = "" if offer.price_max is None or offer.price_max == offer.price_min else f"–{rupiah(offer.price_max)}"
    prices = f"{rupiah(offer.price_min)}{high}"
    return f"{prices} per {offer.unit_said or 'satuan'}"
