from __future__ import annotations

import re
from itertools import takewhile

from exchange.matching.class_reading import Agreement, agreement
from exchange.matching.classify import Classifier, titles_alone
from exchange.matching.codes import WORTH, crossed, edition_of
from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_REMEMBERED = 50_000


# A pair that is marked has met by its words already. Of those, estimated classes that differ were as often two labels of one thing
# as two things (judged demands), so an estimate says half of what it says of any two texts.
_AMONG_MET = 0.5
_STATED = "Kode permintaan {} dan kode produk {} cocok {:.0%}{}."
_THROUGH = "Lewat tabel padanan: {} dan kode produk {} cocok {:.0%}{}."
_ESTIMATED = "Kelas permintaan ditaksir: {} dan kode produk {} cocok {:.0%}{}."
_BOTH_ESTIMATED = "Kelas kedua pihak ditaksir: {} dan {} cocok {:.0%}{}."


class Classes(Criterion):
    """
    How far the classes of both sides agree (KBKI, KBLI, HS).

    Codes that both sides state are compared first, of one list and edition; then across lists by the crosswalk, which holds
    for its own editions alone; then what the phrase that met and the product speak of, estimated. What is less sure counts
    less, and a class that nobody can tell is unknown.
    """

    name = "classes"
    title = "Klasifikasi"
    weight = 3.0

    def __init__(self, classifier: Classifier | None = None) -> None:
        self._given = classifier
        self._marks: dict[tuple[str, int], tuple[Offer, Mark | None]] = {}
        self._crossed: dict[tuple[str, str, str, str], list[tuple[str, float]]] = {}

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """The best agreement over the codes of the item that met (of all items where the title met), else by the words that met."""
        asked = _codes(need, met.place)
        if found := _same(asked, offer):
            return self._mark(_STATED, found)
        if found := self._across(asked, offer):
            return self._mark(_THROUGH, found)
        mark = self._estimated(met.asked or need.title, offer)
        if mark is not None:
            return mark
        if not asked:
            return self.say(None, "Permintaan tidak menyebut kode klasifikasi dan kelasnya tidak dapat ditaksir.", None, _shown(offer))
        codes = ", ".join(sorted({f"{scheme} {code}" for scheme, code, _ in asked}))
        return self.say(None, "Kedua pihak tidak memakai daftar kode dan edisi yang sama.", codes, _shown(offer))

    def _mark(self, sentence: str, found: Agreement, share: float = 1.0) -> Mark:
        """What is not sure neither weighs nor speaks against: the mark goes to that of an unknown class as `sure` goes to 0."""
        unsure = "" if found.sure == 1.0 else f" (keyakinan {found.sure:.0%})"
        says = sentence.format(found.asked, found.own, found.score, unsure)
        sure = found.sure * share
        return Mark(
            self.name,
            self.title,
            round(1.0 - sure * (1.0 - found.score), 6),
            round(self.weight * sure, 6),
            self.gate,
            found.asked,
            found.own,
            says,
        )

    def _across(self, asked: list[tuple[str, str, str]], offer: Offer) -> Agreement | None:
        """Through the crosswalk, from the demand's list to one that the product states."""
        best: Agreement | None = None
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
                        best = Agreement(score, sure, part, f"{other} {own}", True)
        return best

    def _estimated(self, text: str, offer: Offer) -> Mark | None:
        """
        What a text speaks of against the product, remembered, since pairs repeat.

        None where either is unknown, or where the product states no code: two estimates would only repeat how the texts met.
        """
        if not offer.codes:
            return None
        key = (text, id(offer))
        known = self._marks.get(key)
        if known is not None and known[0] is offer:  # kept beside its mark, so that no other offer can have its id
            return known[1]
        if len(self._marks) >= _REMEMBERED:
            self._marks.clear()
        made, document = self._given or titles_alone(), offer.document
        found = agreement(made.reading(text), made.reading(document.name, document.keywords), offer.codes)
        mark = self._mark(_ESTIMATED if found.stated else _BOTH_ESTIMATED, found, _AMONG_MET) if found else None
        self._marks[key] = (offer, mark)
        return mark


def _same(asked: list[tuple[str, str, str]], offer: Offer) -> Agreement | None:
    """Codes of one list, and of one edition where both state it."""
    best: Agreement | None = None
    for scheme, code, edition in asked:
        own, own_edition = offer.codes.get(scheme, ("", ""))
        if not own or (edition and own_edition and edition != own_edition):
            continue
        score = _shared(scheme, code, own)
        if best is None or score > best.score:
            best = Agreement(score, 1.0, f"{scheme} {code}", f"{scheme} {own}", True)
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
