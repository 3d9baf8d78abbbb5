from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_WISHES = (
    ("halal", "sertifikat halal", re.compile(r"\b(?:ber|ter|ser)?(?:sertifikat|sertifikasi|label|logo)?\s*halal\b")),
    ("sni", "SNI", re.compile(r"\bsni\b(?:[\s.:-]*(?:iso\s*)?(?:\d{2}-)?(\d{3,5}))?")),
    ("permit", "izin edar (P-IRT/BPOM/PKD)", re.compile(r"\bp\W?irt\b|\bbpom\b|\bizin edar\b|\bijin edar\b")),
)
_TKDN = re.compile(r"\btkdn\b(?:\D{0,25}?(\d{1,3}(?:[.,]\d+)?)\s*%)?")
_NO_WISH = re.compile(r"\btanpa\s+(?:label\s+|sertifikat\s+)?(?:halal|sni)\b")
_MISSING = 0.3


class Certificates(Criterion):
    """
    Whether the certificates that the text asks for are there: SNI, halal, distribution permit, TKDN.

    A gate: a missing certificate is not made good by a low price. What the firm stated is no proof of a certificate.
    """

    name = "certificates"
    title = "Sertifikat"
    weight = 3.0
    gate = True

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """1 where all that is asked was stated by the firm, low where one is missing, None where none is asked."""
        wishes, tkdn = wished(need.text)
        held = ", ".join(f"{name}: {said}" for name, said in offer.certificates.items()) or None
        if not wishes and tkdn is None:
            return self.say(None, "Permintaan tidak meminta sertifikat tertentu.", None, held)
        missing, asked = [], []
        for name, title, standard in wishes:
            asked.append(f"{title} {standard}" if standard else title)
            said = offer.certificates.get(name)
            if said is None or (standard and standard not in re.findall(r"\d+", said)):
                missing.append(asked[-1])
        if tkdn is not None:
            asked.append(f"TKDN {tkdn:f}%" if tkdn else "TKDN")
            own = offer.certificates.get("tkdn")
            if own is None or Decimal(own) < tkdn:
                missing.append(asked[-1])
        if missing:
            return self.say(_MISSING, f"Belum ada pada produk: {', '.join(missing)}.", ", ".join(asked), held)
        return self.say(1.0, f"Yang diminta ada pada produk: {', '.join(asked)}.", ", ".join(asked), held)


@lru_cache(maxsize=20_000)
def wished(text: str) -> tuple[tuple[tuple[str, str, str | None], ...], Decimal | None]:
    """The certificates that a demand's text asks for: (name, title, number of the standard or None), and the least TKDN."""
    said = text.casefold()
    if not any(word in said for word in ("halal", "sni", "irt", "bpom", "edar", "tkdn")) or _NO_WISH.search(said):
        return (), None
    wishes = []
    for name, title, pattern in _WISHES:
        found = pattern.search(said)
        if found:
            wishes.append((name, title, found[1] if pattern.groups else None))
    share = _TKDN.search(said)
    tkdn = None if share is None else Decimal((share[1] or "0").replace(",", "."))
    return tuple(wishes), tkdn
