from __future__ import annotations

from datetime import date
from decimal import Decimal

from exchange.matching.amounts import asked_amount, number
from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_MONTHS = {"bulan": Decimal(1), "tahun": Decimal(12)}


class Quantity(Criterion):
    """Whether the firm can make what is asked within the contract's months, both sides in one unit."""

    name = "quantity"
    title = "Jumlah dan kapasitas"
    weight = 2.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """Capacity over the contract's months against the amount asked; None where units or periods cannot be compared."""
        asked = asked_amount(need, offer, met.place)
        capacity = (
            None if offer.capacity is None else f"{number(offer.capacity)} {offer.unit_said or ''} per {offer.capacity_period or '?'}"
        )
        if asked.amount is None:
            return self.say(None, asked.why, asked.said, capacity)
        if offer.capacity is None:
            return self.say(None, "Kapasitas produksi belum dicatat.", asked.said, None)
        if asked.amount <= offer.capacity:
            return self.say(1.0, f"Kapasitas satu {offer.capacity_period or 'periode'} sudah mencukupi.", asked.said, capacity)
        months = _months(need.contract_start, need.contract_end)
        if offer.capacity_period not in _MONTHS:
            return self.say(None, "Jumlah hari kerja belum diketahui, kapasitas sebulan tidak dapat dihitung.", asked.said, capacity)
        able = offer.capacity / _MONTHS[offer.capacity_period] * months
        if able >= asked.amount:
            return self.say(1.0, f"Kapasitas {months} bulan masa kontrak mencukupi.", asked.said, capacity)
        share = float(able / asked.amount)
        return self.say(share, f"Kapasitas {months} bulan hanya {share:.0%} dari yang diminta.", asked.said, capacity)


def _months(start: date | None, end: date | None) -> int:
    """Whole months of a contract, one where its length was not said."""
    if start is None or end is None:
        return 1
    return max(1, (end.year - start.year) * 12 + end.month - start.month + 1)
