from __future__ import annotations

from exchange.matching.amounts import asked_amount, rupiah
from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer


class Price(Criterion):
    """Whether the budget pays what is asked at the firm's price. A package's budget may have to pay other items too."""

    name = "price"
    title = "Harga dan pagu"
    weight = 2.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 within the budget at the lowest price, less the further beyond; None where amount, price or budget is unknown."""
        if need.budget is None or need.budget == 0:
            return self.say(None, "Pagu tidak disebut.", None, _range(offer))
        if offer.price_min is None:
            return self.say(None, "Harga produk belum dicatat.", rupiah(need.budget), None)
        budget = f"pagu {rupiah(need.budget)}"
        if need.budget < offer.price_min:
            return self.say(float(need.budget / offer.price_min), "Pagu di bawah harga satu satuan produk.", budget, _range(offer))
        asked = asked_amount(need, offer, met.place)
        if asked.amount is None:
            return self.say(None, f"Pagu cukup untuk satu satuan; {asked.why[0].lower()}{asked.why[1:]}", budget, _range(offer))
        cost = asked.amount * offer.price_min
        if cost <= need.budget:
            return self.say(1.0, f"{asked.said} mulai {rupiah(cost)}, masih dalam pagu.", budget, _range(offer))
        share = float(need.budget / cost)
        return self.say(share, f"{asked.said} mulai {rupiah(cost)}, pagu hanya {share:.0%} dari itu.", budget, _range(offer))


def _range(offer: Offer) -> str | None:
    if offer.price_min is None:
        return None
    high = "" if offer.price_max is None or offer.price_max == offer.price_min else f"–{rupiah(offer.price_max)}"
    return f"{rupiah(offer.price_min)}{high} per {offer.unit_said or 'satuan'}"
