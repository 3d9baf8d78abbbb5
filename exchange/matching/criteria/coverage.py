from __future__ import annotations

from functools import lru_cache

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer


class Coverage(Criterion):
    """Whether a cooperation agreement covers the trade between the two regions."""

    name = "coverage"
    title = "Perjanjian kerja sama"
    weight = 1.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 where the need names the agreement that covers it; None where nothing is known, which is no sign that there is none."""
        return self._of(need.coverage)

    @lru_cache(maxsize=1024)  # noqa: B019 - one of each criterion lives as long as the process
    def _of(self, coverage: str | None) -> Mark:
        if coverage is None:
            return self.say(None, "Belum diketahui: tidak ada perjanjian yang dicatat untuk permintaan ini.")
        return self.say(1.0, f"Tercakup {coverage}.", coverage, None)
