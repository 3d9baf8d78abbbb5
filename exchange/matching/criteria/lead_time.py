from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from exchange.matching.engine import Change, Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.periods import Window, day_said, window
from schemas.values import Precision


class LeadTime(Criterion):
    """Whether the firm delivers between the contract's start (or the reference day) and the day the goods are due."""

    name = "lead_time"
    title = "Waktu pengerjaan"
    weight = 1.5

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """
        1 where the lead time surely fits, less the further beyond; None where a day is not known.

        A plan that names a month leaves its day open: what fits only from its first to its last day is to be asked. A deadline that
        has passed is no near miss: no firm can change it.
        """
        contract = need.periods.get("contract") or {}
        return self._of(window(need), contract.get("precision", Precision.DAY) == Precision.DAY, offer.lead_time_days)

    @lru_cache(maxsize=20_000)  # noqa: B019 - one of each criterion lives as long as the process
    def _of(self, time: Window, to_the_day: bool, lead: int | None) -> Mark:
        own = None if lead is None else f"{lead} hari"
        if time.end is None:
            return self.say(None, "Batas waktu tidak disebut.", None, own)
        due = f"paling lambat {day_said(time.end)}"
        days, sure = time.days, time.sure_days
        if days is not None and days < 0:
            return self.block(0.0, f"Batas waktu {day_said(time.end)} sudah lewat.", due, own, None)
        if lead is None:
            return self.say(None, "Waktu pengerjaan belum dicatat.", due, None, asks=True)
        if days is None or sure is None or time.start is None:
            return self.say(None, "Hari mulai kontrak tidak disebut.", due, own, asks=True)
        said = f"{days} hari, {day_said(time.start)} sampai {day_said(time.end)}"
        if lead <= sure:
            return self.say(1.0, "Waktu pengerjaan cukup sebelum batas waktu.", said, own)
        if lead <= days:
            says = "Cukup hanya bila hari mulai dan batasnya tepat; sumber hanya menyebut bulan."
            return self.say(None, says, said, own, asks=True)
        change = _change(to_the_day, lead, time)
        return self.block(days / lead, f"Butuh {lead} hari, tersedia {days} hari.", said, own, change)


def _change(to_the_day: bool, lead: int, time: Window) -> Change:
    """As fast as surely fits; where no day is left, a later due day."""
    assert time.start_last is not None and time.end is not None and time.sure_days is not None
    later = time.start_last + timedelta(days=lead)
    if not to_the_day and later.day > 1:
        later = (later.replace(day=28) + timedelta(days=4)).replace(day=1)  # a plan by months is due in the month after
    more, until = (later - time.end).days, day_said(later)
    if time.sure_days < 1:
        return Change("demand", "periods.contract.end", later.isoformat(), f"Perpanjang batas waktu {more} hari (sampai {until}).")
    said = f"Percepat pengerjaan dari {lead} menjadi {time.sure_days} hari, atau perpanjang batas waktu {more} hari (sampai {until})."
    return Change("offer", "lead_time_days", str(time.sure_days), said)
