"""What class of goods a demand or an offer is of, and which of the office's sectors that class belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from exchange.matching.classify import Classifier, titles_alone
from exchange.matching.codes import edition_of, title
from exchange.store.demand_sorts import SORTS

# a class that is of no sector of the office, and a demand whose class cannot be told
OTHER, UNREAD = "lain", "tidak_terbaca"
SECTOR_TITLES = {
    "logam": "Logam",
    "kimia": "Kimia",
    "pangan": "Pangan",
    "energi": "Energi",
    OTHER: "Di luar sektor",
    UNREAD: "Tidak terbaca",
}
ALL_SECTORS = SORTS["sector"]
DIGITS = 3
_READ_ITEMS = 3
# Sums are made of what is read, so it must be surer than even odds.
_SURE = 0.55
# So many products make a class one of a sector; two or three may be a firm's sideline.
_FEW = 5
# Where the catalogue has nothing near: divisions that plainly belong to a sector, by what the sector's firms make.
_PLAIN = {
    "KBLI": {"10": "pangan", "11": "pangan", "56": "pangan", "19": "energi", "35": "energi", "20": "kimia", "21": "kimia", "22": "kimia",
             "24": "logam", "25": "logam"},
    "KBKI": {"21": "pangan", "22": "pangan", "23": "pangan", "24": "pangan", "17": "energi", "33": "energi", "34": "kimia", "35": "kimia",
             "36": "kimia", "41": "logam", "42": "logam"},
}  # fmt: skip


class Class(NamedTuple):
    """A class of two or three digits in its list."""

    scheme: str
    code: str

    @property
    def name(self) -> str:
        """Its title in the list at hand; "" where that has none."""
        return title(self.scheme, self.code, "") or ""

    def told(self) -> str:
        """The code with its title."""
        return f"{self.scheme} {self.code}" + (f" ({self.name})" if self.name else "")


def stated_classes(given: Iterable[Mapping[str, Any]]) -> list[Class]:
    """The stated codes (ClassificationSchema) of KBKI and KBLI in the editions at hand, cut to `DIGITS`; others tell nothing here."""
    found: dict[Class, None] = {}
    for one in given:
        scheme, code = re.sub(r"[^A-Z]", "", str(one["scheme"]).upper()), re.sub(r"\D", "", str(one["code"]))
        edition = str(one.get("edition") or "")
        if scheme in _PLAIN and len(code) >= 2 and edition in ("", edition_of(scheme, code)) and _is_goods(scheme, code):
            found[Class(scheme, code[:DIGITS])] = None
    return list(found)


def _is_goods(scheme: str, code: str) -> bool:
    """KBKI 0 to 4; KBLI of who grows, digs, makes or cooks. A purchase of goods that reads like a service was read wrongly."""
    return code < "5" if scheme == "KBKI" else code < "34" or code[:2] == "56"


class Reader:
    """Reads classes, and sorts them into sectors as the office's own products lie."""

    def __init__(self, products: Iterable[Mapping[str, Any]], classifier: Classifier | None = None) -> None:
        """`products`: columns `sector`, `kbli`, `kbki` of what the office has on offer."""
        self._classifier = classifier or titles_alone()
        self._shelf: dict[Class, Counter[str]] = {}
        for product in products:
            for scheme in _PLAIN:
                code = product[scheme.lower()] or ""
                for digits in range(2, DIGITS + 1):
                    if product["sector"] and len(code) >= digits:
                        self._shelf.setdefault(Class(scheme, code[:digits]), Counter())[product["sector"]] += 1

    def of_demand(self, demand: Mapping[str, Any], items: Sequence[Mapping[str, Any]], *, itemised: bool) -> tuple[Class | None, bool]:
        """The class of what is asked, and whether it is stated: else read from the items where these name the goods, else the title."""
        stated = stated_classes(code for item in items for code in item.get("classifications") or ())
        if stated:
            return stated[0], True
        texts = [str(item["text"]) for item in items[:_READ_ITEMS] if item.get("text")]
        asked = [*texts, demand["title"]] if itemised else [demand["title"], *texts]
        return next((found for text in asked if (found := self.of_text(text))), None), False

    def of_text(self, text: str) -> Class | None:
        """The class of goods that a text speaks of, KBKI before KBLI; None where it says none surely enough."""
        told = self._classifier.reading(text)
        for scheme in ("KBKI", "KBLI"):
            code = told.best.get(scheme, "")
            if code and told.sure[scheme] >= _SURE and _is_goods(scheme, code):
                return Class(scheme, code[:DIGITS])
        return None

    def sector(self, of_class: Class | None) -> str:
        """The sector of most own products of that class, of the division over it, else by what the class plainly is."""
        if of_class is None:
            return UNREAD
        for digits in range(len(of_class.code), 1, -1):
            near = self._shelf.get(Class(of_class.scheme, of_class.code[:digits]))
            if near:
                sector, count = min(near.items(), key=lambda one: (-one[1], one[0]))
                if count >= _FEW and count * 2 > near.total():
                    return sector
        return _PLAIN[of_class.scheme].get(of_class.code[:2], OTHER)
