"""
Items and products to KBKI and KBLI with a confidence: from codes where given, through the crosswalk where they are of another
list, else from the words of the codes' own titles and of the products whose codes are known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exchange.matching.class_reading import LEAST, LEVELS, Reading, agreement, expected, spread
from exchange.matching.class_words import GENERIC, HEAD, CodeModel, Counts, kbki_codes, kbki_counts, kbli_codes, kbli_counts
from exchange.matching.codes import EXACT, Class, crossed, edition_of, title
from exchange.matching.offers import Offer
from exchange.matching.phrases import CONTEXT, Phrase, phrases
from schemas.codes.classes import EDITIONS, links
from schemas.reading.roots import root

_ALTERNATIVE = 0.1
# Chosen and fitted by bench/classes.py on the sample catalogue, each firm's products classified without that firm.
_LEAD, _KEYWORD, _EXAMPLE, _CROSSWALK = 2.0, 0.5, 1.0, 2.0
_UNKNOWN = 2.0
_TEMPERATURE = {"KBKI": 1.5, "KBLI": 1.9}
_CALIBRATION: dict[str, dict[int, tuple[float, float]]] = {
    "KBKI": {5: (0.088, 0.411), 3: (-0.541, 0.467), 2: (-0.27, 0.497)},
    "KBLI": {5: (-0.67, 0.274), 4: (-1.162, 0.337), 3: (-0.207, 0.172), 2: (0.099, 0.241)},
}
_KEPT = 0.02
_FAR = 12.0
_REMEMBERED = 20_000


def _names(name: str, keywords: Sequence[str]) -> list[tuple[Phrase, float]]:
    """What a thing is called, with weights: its name (the parts of one head), then its keywords."""
    own = _things(name)
    found = [(phrase, 1.0 if phrase is own[0] else _KEYWORD) for phrase in own if phrase.head == own[0].head]
    for keyword in keywords:
        found.extend((phrase, _KEYWORD) for phrase in _things(keyword)[:1])
    return found


def _things(text: str) -> list[Phrase]:
    """The phrases that name goods, those of a class alone ("mebel") too; none of services, travel or works."""
    return [phrase for phrase in phrases(text) if phrase.kind is None and phrase.roots[0]]


def _events(said: Iterable[tuple[Phrase, float]]) -> dict[str, float]:
    """
    Event -> weight, the highest of several.

    A word counts as the root that it is compared by and as it was written ("mebel", not "furnitur" alone). A phrase that leads
    with a wide word ("alat tulis") leads with the next one too.
    """
    found: dict[str, float] = {}
    for phrase, share in said:
        most = 1.0 if phrase.head else max(phrase.weights)
        head = phrase.head or phrase.roots[phrase.weights.index(most)]
        for stem, spelling, weight in zip(phrase.roots, phrase.said, phrase.weights, strict=True):
            if weight / most <= CONTEXT:
                continue
            for words in (stem.split("_"), [root(word) for word in spelling.split()]):
                for word in words:
                    found[word] = max(found.get(word, 0.0), weight / most * share)
                if stem == head:
                    for lead in words[: 2 if words[0] in GENERIC else 1]:
                        found[HEAD + lead] = max(found.get(HEAD + lead, 0.0), _LEAD * share)
    return found


class Classifier:
    """
    The classes that texts speak of.

    examples: products with codes, whose words count for their classes; none: the codes' titles alone. The same text gets the
    same classes from the same examples. Editions: KBKI 2012 (services 2013), KBLI 2020; codes of others teach nothing.
    """

    def __init__(self, examples: Iterable[Offer] = ()) -> None:
        kbki_words, kbli_words = Counts(kbki_counts()), Counts(kbli_counts())
        for offer in examples:
            events = _events(_names(offer.document.name, offer.document.keywords))
            for scheme, counts in (("KBKI", kbki_words), ("KBLI", kbli_words)):
                code, edition = offer.codes.get(scheme, ("", ""))
                if code and edition in ("", EDITIONS[scheme]):
                    for event in events:
                        counts.add(event, code[:5], _EXAMPLE)
        self._models = {
            "KBKI": CodeModel(kbki_codes(), LEVELS["KBKI"], kbki_words),
            "KBLI": CodeModel(kbli_codes(), LEVELS["KBLI"], kbli_words),
        }
        self._readings: dict[tuple[str, ...], Reading] = {}
        self._makers, self._shares = _meets(self._models["KBKI"].codes, self._models["KBLI"].codes)

    def posterior(self, name: str, keywords: Sequence[str] = ()) -> dict[str, NDArray[np.float64]]:
        """Scheme -> probability of each code of its model; they sum to less than 1, the rest is that it is none of them."""
        events = _events(_names(name, keywords))
        goods = self._softmax("KBKI", self._score("KBKI", events))
        makers = self._score("KBLI", events)
        met = np.zeros(len(makers), dtype=np.float32)
        for at in (goods >= _KEPT / 2).nonzero()[0].tolist():
            met[self._makers[at]] += goods[at] * self._shares[at]
        makers += np.float32(_CROSSWALK) * np.log1p(100 * met)
        return {"KBKI": goods, "KBLI": self._softmax("KBLI", makers)}

    def _score(self, scheme: str, events: Mapping[str, float]) -> NDArray[np.float32]:
        model = self._models[scheme]
        score = np.zeros(len(model.codes), dtype=np.float32)
        for event, weight in events.items():
            row = model.row(event)
            if row is not None:
                score += np.float32(weight) * row
        return score

    def _softmax(self, scheme: str, score: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities beside a class "none of them" that scores `_UNKNOWN`; those below a few in a million are nought."""
        top = max(float(score.max()), _UNKNOWN)
        near = (score > top - _FAR * _TEMPERATURE[scheme]).nonzero()[0]
        odds = np.exp((score[near].astype(np.float64) - top) / _TEMPERATURE[scheme])
        share = np.zeros(len(score))
        share[near] = odds / (odds.sum() + math.exp((_UNKNOWN - top) / _TEMPERATURE[scheme]))
        return share

    def reading(self, name: str, keywords: Sequence[str] = ()) -> Reading:
        """What a text speaks of, remembered for the last `_REMEMBERED` texts."""
        key = (name, *keywords)
        found = self._readings.get(key)
        if found is None:
            if len(self._readings) >= _REMEMBERED:
                self._readings.clear()
            found = self._readings[key] = self._read(name, keywords)
        return found

    def _read(self, name: str, keywords: Sequence[str]) -> Reading:
        of: dict[str, dict[str, float]] = {}
        best: dict[str, str] = {}
        sure: dict[str, float] = {}
        peak: dict[str, float] = {}
        for scheme, share in self.posterior(name, keywords).items():
            of[scheme] = found = self._levelled(scheme, share)
            told = max(((len(code), share, code) for code, share in found.items() if share >= LEAST), default=(0, 0.0, ""))
            _, sure[scheme], best[scheme] = told
            peak[scheme] = max((expected(found, scheme, code) for code in found), default=0.0)
        return Reading(of, best, sure, peak, {scheme: spread(scheme, shares) for scheme, shares in of.items()})

    def _levelled(self, scheme: str, share: NDArray[np.float64]) -> dict[str, float]:
        """Code of any level -> confidence, none surer than the code over it; nothing where no two digits are `LEAST` sure."""
        model = self._models[scheme]
        found: dict[str, float] = {}
        likely = (share >= _KEPT / 20).nonzero()[0]
        for up, digits in zip((0, *reversed(model.levels)), reversed(model.levels), strict=False):
            names = model.prefixes[digits]
            total = np.bincount(model.group[digits][likely], share[likely], len(names))
            top = float(total.max())
            sure = calibrated(scheme, digits, top)
            if not found and sure < LEAST:
                return {}
            rest = (1 - sure) / max(1 - top, 1e-6)  # the others share what the best leaves, as the model has them
            kept = (total >= _KEPT).nonzero()[0]
            for at, own in zip(kept.tolist(), total[kept].tolist(), strict=True):
                name = names[at]
                over = found.get(name[:up], _KEPT) if up else 1.0
                found[name] = min(sure if own == top else own * rest, over)
        return found

    def classify(self, name: str, keywords: Sequence[str] = (), codes: Mapping[str, tuple[str, str]] | None = None) -> list[Class]:
        """
        The classes of an item or product, the surest first, equal ones by scheme and code.

        Args:
            name: of the item or product; may be empty where codes are given.
            keywords: what else it is called.
            codes: scheme -> (code, edition), given codes; an edition of "" is one that nobody stated.

        Returns:
            Given codes with confidence 1.0; for KBKI and KBLI, where not given, what the crosswalk says of them (same edition
            only), else what the text says: the lowest level that is at least `LEAST` sure, and what else it may be there.
            Empty: unknown.
        """
        found = [
            Class(scheme, code, edition, title(scheme, code, edition), 1.0, f"{scheme} disebut oleh sumber.")
            for scheme, (code, edition) in (codes or {}).items()
        ]
        reading = self.reading(name, keywords)
        for scheme in LEVELS:
            if scheme not in (codes or {}):
                found.extend(_crossed(scheme, codes or {}, reading) or self._spoken(scheme, reading, name, keywords))
        return sorted(found, key=lambda one: (-one.confidence, one.scheme, one.code))

    def _spoken(self, scheme: str, reading: Reading, name: str, keywords: Sequence[str]) -> list[Class]:
        shares = reading.of[scheme]
        for digits in LEVELS[scheme]:
            level = {code: share for code, share in shares.items() if len(code) == digits}
            if max(level.values(), default=0.0) < LEAST:
                continue
            return [
                Class(scheme, code, edition_of(scheme, code), title(scheme, code, edition_of(scheme, code)), round(share, 3), why)
                for code, share in level.items()
                if share >= _ALTERNATIVE and (why := self._why(scheme, code, name, keywords))
            ]
        return []

    def _why(self, scheme: str, code: str, name: str, keywords: Sequence[str]) -> str:
        """The words that spoke most for a code, as they were written."""
        model = self._models[scheme]
        under = [at for at, one in enumerate(model.codes) if one.startswith(code)]
        spoke: dict[str, float] = {}
        for phrase, share in _names(name, keywords):
            for said, stem in zip(phrase.said, phrase.roots, strict=True):
                row = model.row(stem.partition("_")[0])
                if row is not None and float(row[under].max()) > 0:
                    spoke[said] = max(spoke.get(said, 0.0), share * float(row[under].max()))
        best = ", ".join(f"“{word}”" for word in sorted(spoke, key=lambda word: (-spoke[word], word))[:3])
        return f"Ditaksir dari kata {best}." if best else "Ditaksir lewat padanan KBKI dan KBLI."


def calibrated(scheme: str, digits: int, share: float) -> float:
    """The probability of the best code of so many digits as the share of cases in which it was right (Platt 1999)."""
    offset, slope = _CALIBRATION[scheme][digits]
    share = min(max(share, 1e-6), 1 - 1e-6)
    return 1.0 / (1.0 + math.exp(-offset - slope * math.log(share / (1 - share))))


def _crossed(scheme: str, codes: Mapping[str, tuple[str, str]], reading: Reading) -> list[Class]:
    """
    What given codes are in another scheme; of several the text says which is likelier.

    The lowest level of which one code is at least `LEAST` sure; empty where the crosswalk tells no such code.
    """
    for of, (code, edition) in codes.items():
        met = crossed(of, code, edition, scheme)
        shares = [reading.of[scheme].get(other, 0.0) + _KEPT for other, _ in met]
        for digits in LEVELS[scheme]:
            sures: dict[str, float] = {}
            for (other, sure), share in zip(met, shares, strict=True):
                sures[other[:digits]] = sures.get(other[:digits], 0.0) + sure * share / sum(shares)
            if max(sures.values(), default=0.0) >= LEAST:
                exact = "" if max(sure for _, sure in met) == EXACT else " (sebagian)"
                why = f"Dari {of} {edition} {code} lewat tabel padanan{exact}."
                return [
                    Class(scheme, other, edition_of(scheme, other), title(scheme, other, edition_of(scheme, other)), round(sure, 3), why)
                    for other, sure in sures.items()
                    if sure >= _ALTERNATIVE
                ]
    return []


@cache
def titles_alone() -> Classifier:
    """The classifier that knows no catalogue; made when first asked for, the same in every process."""
    return Classifier()


def class_affinity(text: str, offer: Offer, classifier: Classifier | None = None) -> float | None:
    """
    How far a text asks for the class that a product belongs to, in [0, 1]; 1.0 is surely of the very class.

    None where the text says no class, or the product has neither a code of the editions at hand nor a name that says one.
    """
    made = classifier or titles_alone()
    found = agreement(made.reading(text), made.reading(offer.document.name, offer.document.keywords), offer.codes)
    return found.score * found.sure if found else None


def _meets(goods: Sequence[str], makers: Sequence[str]) -> tuple[list[NDArray[np.int64]], list[float]]:
    """The crosswalk: for each KBKI code the numbers of the KBLI codes it meets, and the share of its links that each is."""
    under: dict[str, list[int]] = {}
    for at, code in enumerate(makers):
        for digits in (3, 4):
            under.setdefault(code[:digits], []).append(at)
    met = [[link.code for link in links("KBKI", edition_of("KBKI", code), code) if link.scheme == "KBLI"] for code in goods]
    numbers = [sorted({at for one in codes for at in under.get(one, ())}) for codes in met]
    return [np.array(one, dtype=np.int64) for one in numbers], [1.0 / max(1, len(codes)) for codes in met]
