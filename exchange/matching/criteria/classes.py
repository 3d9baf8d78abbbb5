from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

# how much agreement up to so many digits is worth, the longest first
_BY_DIGITS = {
    "KBLI": ((5, 1.0), (4, 0.8), (3, 0.5), (2, 0.25)),
    "KBKI": ((10, 1.0), (7, 0.95), (5, 0.85), (4, 0.65), (3, 0.4), (2, 0.2)),
    "HS": ((6, 1.0), (4, 0.8), (2, 0.3)),
}


class Classes(Criterion):
    """How far the codes of both sides agree (KBLI, KBKI, HS), where both sides have codes of one list and edition."""

    name = "classes"
    title = "Klasifikasi"
    weight = 3.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """The best agreement over the codes of the item that met, or of all items where the title met."""
        asked = list(_codes(need, met.place))
        if not asked:
            return self.say(None, "Permintaan tidak menyebut kode klasifikasi.", None, _shown(offer))
        best: tuple[float, str, str] | None = None
        for scheme, code, edition in asked:
            own, own_edition = offer.codes.get(scheme, ("", ""))
            if not own or (edition and own_edition and edition != own_edition):
                continue
            digits = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(code, own, strict=False)))
            score = next((worth for least, worth in _BY_DIGITS[scheme] if digits >= least), 0.0)
            if best is None or score > best[0]:
                best = (score, f"{scheme} {code}", f"{scheme} {own}")
        if best is None:
            codes = ", ".join(sorted({f"{scheme} {code}" for scheme, code, _ in asked}))
            return self.say(None, "Kedua pihak tidak memakai daftar kode yang sama.", codes, _shown(offer))
        score, said, own = best
        return self.say(score, f"Kode permintaan {said} dan kode produk {own} cocok {score:.0%}.", said, own)


def _codes(need: Need, place: int) -> Iterator[tuple[str, str, str]]:
    items = need.items if place < 0 else need.items[place : place + 1]
    for item in items:
        for one in item.get("classifications") or ():
            scheme = re.sub(r"[^A-Z]", "", str(one["scheme"]).upper())
            code = re.sub(r"\D", "", str(one["code"]))
            if scheme in _BY_DIGITS and code:
                yield scheme, code, str(one.get("edition") or "")


def _shown(offer: Offer) -> str | None:
    return ", ".join(f"{scheme} {code}" for scheme, (code, _) in offer.codes.items()) or None
