from __future__ import annotations

import re
from itertools import takewhile
from typing import NamedTuple

from exchange.matching.classify import Classifier, titles_alone
from exchange.matching.codes import WORTH, crossed, edition_of
from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_REMEMBERED = 50_000


class _Agreement(NamedTuple):
    """score in [0, 1]; sure: how surely it holds, in (0, 1]; what was compared, for the reader; how it was found."""

    score: float
    sure: float
    asked: str
    own: str
    how: str


class Classes(Criterion):
    """
    How far the classes of both sides agree (KBKI, KBLI, HS).

    Codes that both sides state are compared first, of one list and edition; then across lists by the crosswalk, which holds
    for its own editions alone; then what the text of the item speaks of, estimated. What is less sure counts less: the weight
    is drawn towards nothing in proportion, and a class that nobody can tell is unknown.
    """

    name = "classes"
    title = "Klasifikasi"
    weight = 3.0

    def __init__(self, classifier: Classifier | None = None) -> None:
        self._given = classifier
        self._marks: dict[tuple[str, tuple[str, str] | None, tuple[str, str] | None], Mark | None] = {}
        self._crossed: dict[tuple[str, str, str, str], list[tuple[str, float]]] = {}

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """The best agreement over the codes of the item that met (of all items where the title met), else by its words."""
        asked = _codes(need, met.place)
        found = _same(asked, offer) or self._across(asked, offer) if asked else None
        if found is not None:
            return self._mark(found)
        if not any(scheme in offer.codes for scheme, _, _ in asked):
            mark = self._estimated(need.title if met.place < 0 else need.items[met.place]["text"], offer)
            if mark is not None:
                return mark
        if not asked:
            return self.say(None, "Permintaan tidak menyebut kode klasifikasi dan kelasnya tidak dapat ditaksir.", None, _shown(offer))
        codes = ", ".join(sorted({f"{scheme} {code}" for scheme, code, _ in asked}))
        return self.say(None, "Kedua pihak tidak memakai daftar kode dan edisi yang sama.", codes, _shown(offer))

    def _mark(self, found: _Agreement) -> Mark:
        says = f"{found.how} {found.asked} dan kode produk {found.own} cocok {found.score:.0%}."
        return Mark(self.name, self.title, found.score, self.weight * found.sure, self.gate, found.asked, found.own, says)

    def _across(self, asked: list[tuple[str, str, str]], offer: Offer) -> _Agreement | None:
        """Through the crosswalk, from the demand's list to one that the product states."""
        best: _Agreement | None = None
        for scheme, code, edition in asked:
            for other, (own, own_edition) in offer.codes.items():
                if other == scheme or own_edition not in ("", edition_of(other, own)):
                    continue
                key = (scheme, code, edition, other)
                if key not in self._crossed:
                    self._crossed[key] = crossed(*key)
                for met, sure in self._crossed[key]:
                    score = _shared(other, met, own)
                    if best is None or (score, sure) > (best.score, best.sure):
                        part = f"{scheme} {edition} {code} = {other} {met}"
                        best = _Agreement(score, sure, part, f"{other} {own}", "Lewat tabel padanan:")
        return best

    def _estimated(self, text: str, offer: Offer) -> Mark | None:
        """What a text speaks of against the product's codes; None where either is unknown. Remembered, since pairs repeat."""
        key = (text, offer.codes.get("KBKI"), offer.codes.get("KBLI"))
        if key not in self._marks:
            if len(self._marks) >= _REMEMBERED:
                self._marks.clear()
            found = self._spoken(text, offer)
            self._marks[key] = self._mark(found) if found else None
        return self._marks[key]

    def _spoken(self, text: str, offer: Offer) -> _Agreement | None:
        reading = (self._given or titles_alone()).reading(text)
        for scheme in ("KBKI", "KBLI"):
            own, edition = offer.codes.get(scheme, ("", ""))
            if own and edition in ("", edition_of(scheme, own)):
                score = reading.worth(scheme, own)
                if score is not None:
                    asked = f"{scheme} {reading.best[scheme]}"
                    return _Agreement(score, reading.sure[scheme], asked, f"{scheme} {own}", "Kelas permintaan ditaksir:")
        return None


def _same(asked: list[tuple[str, str, str]], offer: Offer) -> _Agreement | None:
    """Codes of one list, and of one edition where both state it."""
    best: _Agreement | None = None
    for scheme, code, edition in asked:
        own, own_edition = offer.codes.get(scheme, ("", ""))
        if not own or (edition and own_edition and edition != own_edition):
            continue
        score = _shared(scheme, code, own)
        if best is None or score > best.score:
            best = _Agreement(score, 1.0, f"{scheme} {code}", f"{scheme} {own}", "Kode permintaan")
    return best


def _shared(scheme: str, code: str, own: str) -> float:
    """What the digits are worth that two codes of one list begin with."""
    digits = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(code, own, strict=False)))
    return next((worth for least, worth in WORTH[scheme] if digits >= least), 0.0)


def _codes(need: Need, place: int) -> list[tuple[str, str, str]]:
    """Scheme, code and edition ("" where not stated) of the item's codes, or of all items'."""
    found = []
    items = need.items if place < 0 else need.items[place : place + 1]
    for item in items:
        for one in item.get("classifications") or ():
            scheme = re.sub(r"[^A-Z]", "", str(one["scheme"]).upper())
            code = re.sub(r"\D", "", str(one["code"]))
            if scheme in WORTH and code:
                found.append((scheme, code, str(one.get("edition") or "")))
    return found


def _shown(offer: Offer) -> str | None:
    return ", ".join(f"{scheme} {code}" for scheme, (code, _) in offer.codes.items()) or None
