"""The list of firms: narrowed by facets, each with its counts, page by page along the name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from exchange.store.firms import Firm

PUBLISHED, REFUSED, UNASKED = "published", "refused", "unasked"
CONSENT: Final = (PUBLISHED, UNASKED, REFUSED)
BANDS: Final = ("0-39", "40-59", "60-79", "80-100")
MOST: Final = 40  # values of one facet

Values = Callable[[Firm, Mapping[str, float]], Sequence[str]]


def consent_of(firm: Firm) -> str:
    """Whether a firm is published, refused to be, or was not asked yet."""
    return PUBLISHED if firm.consented_on else REFUSED if firm.consent_refused_on else UNASKED


def band_of(score: float) -> str:
    """The band that a score in [0, 100] lies in."""
    return next(band for band in reversed(BANDS) if score >= int(band.partition("-")[0]))


def _one(value: str | None) -> Sequence[str]:
    return (value,) if value else ()


FACETS: Final[Mapping[str, Values]] = {
    "sector": lambda firm, _: _one(firm.sector),
    "district": lambda firm, _: _one(firm.district),
    "cluster": lambda firm, _: _one(firm.cluster),
    "kbli": lambda firm, _: firm.kbli or (),
    "consent": lambda firm, _: (consent_of(firm),),
    "quality": lambda firm, scores: (band_of(scores.get(firm.ident, 0.0)),),
    "training": lambda firm, _: firm.training_needs or (),
}


class Found(NamedTuple):
    """number: of what the filter leaves; facets: by facet its values with counts, each leaving its own filter out; rows: of one page."""

    number: int
    facets: dict[str, list[tuple[str, int]]]
    rows: list[Firm]


def find(
    firms: Sequence[Firm], scores: Mapping[str, float], chosen: Mapping[str, str], named: set[str] | None, limit: int, after: str | None
) -> Found:
    """
    A page of firms by name.

    Args:
        scores: of the quality of data, by public name. chosen: facet → the value asked for. named: those that words found; None: no words.
        after: public name of the last firm of the page before; one that is not there begins anew.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    left: list[Firm] = []
    for firm in firms:
        if named is not None and firm.ident not in named:
            continue
        values = {name: its(firm, scores) for name, its in FACETS.items()}
        missed = [name for name, value in chosen.items() if value not in values[name]]
        if len(missed) > 1:
            continue
        for name in missed or FACETS:  # a facet counts what all other filters leave
            counts[name].update(set(values[name]))
        if not missed:
            left.append(firm)
    left.sort(key=_key)
    start = next((number + 1 for number, firm in enumerate(left) if firm.ident == after), 0) if after else 0
    return Found(len(left), {name: _ordered(name, its, chosen.get(name)) for name, its in counts.items()}, left[start : start + limit])


def _key(firm: Firm) -> tuple[str, str]:
    return firm.name.casefold(), firm.ident


def _ordered(name: str, counts: Counter[str], chosen: str | None) -> list[tuple[str, int]]:
    """The most frequent first, and what was chosen in any case; bands and consents in their own order."""
    fixed = {"consent": CONSENT, "quality": BANDS}.get(name)
    if fixed:
        return [(value, counts[value]) for value in fixed if counts[value] or value == chosen]
    found = sorted(counts.items(), key=lambda each: (-each[1], each[0].casefold()))[:MOST]
    if chosen and chosen not in dict(found):
        found.append((chosen, counts[chosen]))
    return found
