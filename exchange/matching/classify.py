"""
Items and products to KBKI and KBLI with a confidence: from codes where given, through the crosswalk where they are of another
list, else from the words of the codes' own titles and of the products whose codes are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exchange.matching.class_words import HEAD, CodeModel, Counts, kbki_codes, kbki_counts, kbli_codes, kbli_counts
from exchange.matching.offers import Offer
from exchange.matching.phrases import CONTEXT, Phrase, phrases
from schemas.codes import KBLI_EDITION, kbli
from schemas.codes.classes import EDITIONS, KBKI_EDITION, KBKI_SERVICES_EDITION, hs, kbki, kbki_over, links

# Below it a class is not told: the text is then "tidak diketahui".
LEAST = 0.35
_LEVELS = {"KBKI": (5, 3, 2), "KBLI": (5, 4, 3, 2)}
# Chosen and fitted by bench/classes.py on the sample catalogue, each firm's products classified without that firm.
_LEAD = 1.5
_KEYWORD = 0.5
_EXAMPLE = 1.0
_CROSSWALK = 1.0
_TEMPERATURE = {"KBKI": 2.0, "KBLI": 2.0}
_UNKNOWN = {"KBKI": 6.0, "KBLI": 6.0}
_KEPT = 0.01
# How surely a code holds on the other side of the crosswalk.
_EXACT, _PARTIAL = 0.95, 0.7


@dataclass(frozen=True, slots=True)
class Class:
    """
    One class of an item or product.

    scheme, edition, code, title: where it stands; title is None where the list at hand has no such code.
    confidence: in (0, 1], 1.0 for a code that was given. why: Indonesian, for the reader.
    """

    scheme: str
    code: str
    edition: str
    title: str | None
    confidence: float
    why: str


Reading = Mapping[str, Mapping[str, float]]


def _readings(name: str, keywords: Sequence[str]) -> list[tuple[Phrase, float]]:
    """What a thing is called, with weights: its name (the parts of one head), then its keywords."""
    own = [phrase for phrase in phrases(name) if phrase.head]
    found = [(phrase, 1.0 if phrase is own[0] else _KEYWORD) for phrase in own if phrase.head == own[0].head]
    for keyword in keywords:
        found.extend((phrase, _KEYWORD) for phrase in [phrase for phrase in phrases(keyword) if phrase.head][:1])
    return found


def _events(said: Iterable[tuple[Phrase, float]]) -> dict[str, float]:
    """Event -> weight, the highest of several."""
    found: dict[str, float] = {}
    for phrase, share in said:
        if phrase.head:
            lead = HEAD + phrase.head.partition("_")[0]
            found[lead] = max(found.get(lead, 0.0), _LEAD * share)
        for stem, weight in zip(phrase.roots, phrase.weights, strict=True):
            if weight > CONTEXT:
                for word in stem.split("_"):
                    found[word] = max(found.get(word, 0.0), weight * share)
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
            events = _events(_readings(offer.document.name, offer.document.keywords))
            for scheme, counts in (("KBKI", kbki_words), ("KBLI", kbli_words)):
                code, edition = offer.codes.get(scheme, ("", ""))
                if code and edition in ("", EDITIONS[scheme]):
                    for event in events:
                        counts.add(event, code[:5], _EXAMPLE)
        self._models = {
            "KBKI": CodeModel(kbki_codes(), _LEVELS["KBKI"], kbki_words),
            "KBLI": CodeModel(kbli_codes(), _LEVELS["KBLI"], kbli_words),
        }
        self._meets = _meets(self._models["KBKI"].codes, self._models["KBLI"].codes)

    def posterior(self, name: str, keywords: Sequence[str] = ()) -> dict[str, NDArray[np.float64]]:
        """Scheme -> probability of each code of its model; they sum to less than 1, the rest is that it is none of them."""
        events = _events(_readings(name, keywords))
        goods = self._softmax("KBKI", self._score("KBKI", events))
        makers = self._score("KBLI", events)
        if goods.any():
            left, right, share = self._meets
            met = np.bincount(right, goods[left] * share, len(makers))
            makers = makers + _CROSSWALK * np.log1p(100 * met)
        return {"KBKI": goods, "KBLI": self._softmax("KBLI", makers)}

    def _score(self, scheme: str, events: Mapping[str, float]) -> NDArray[np.float64]:
        model = self._models[scheme]
        score = np.zeros(len(model.codes))
        for event, weight in events.items():
            row = model.row(event)
            if row is not None:
                score += weight * row
        return score

    def _softmax(self, scheme: str, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities beside a class "none of them" that scores `_UNKNOWN`."""
        top = max(float(score.max()), _UNKNOWN[scheme])
        share = np.exp((score - top) / _TEMPERATURE[scheme])
        share /= share.sum() + np.exp((_UNKNOWN[scheme] - top) / _TEMPERATURE[scheme])
        return np.asarray(share, dtype=np.float64)


def _meets(goods: Sequence[str], makers: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The crosswalk as pairs of the numbers of a KBKI and a KBLI code, with the share of the former's links that the pair is."""
    under: dict[str, list[int]] = {}
    for at, code in enumerate(makers):
        for digits in (3, 4):
            under.setdefault(code[:digits], []).append(at)
    left, right, shares = [], [], []
    for at, code in enumerate(goods):
        edition = KBKI_EDITION if code < "5" else KBKI_SERVICES_EDITION
        met = [link.code for link in links("KBKI", edition, code) if link.scheme == "KBLI"]
        for one in met:
            for maker in under.get(one, ()):
                left.append(at)
                right.append(maker)
                shares.append(1.0 / len(met))
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64), np.array(shares)
