"""Codes of goods as the matcher compares them: what a shared beginning is worth, and a code in the words of another list."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.codes import kbli
from schemas.codes.classes import EDITIONS, KBKI_SERVICES_EDITION, hs, kbki, kbki_over, links

# How much agreement up to so many digits is worth, the longest first.
WORTH = {
    "KBLI": ((5, 1.0), (4, 0.8), (3, 0.5), (2, 0.25)),
    "KBKI": ((10, 1.0), (7, 0.95), (5, 0.85), (4, 0.65), (3, 0.4), (2, 0.2)),
    "HS": ((6, 1.0), (4, 0.8), (2, 0.3)),
}
# How surely a code holds on the other side of the crosswalk; a partial one as often as it does in the sample catalogue.
EXACT, PARTIAL = 0.95, 0.65


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


def title(scheme: str, code: str, edition: str) -> str | None:
    """The title of a code, or of the nearest line over it; None where the list at hand has neither, or is of another edition."""
    if edition and edition != edition_of(scheme, code):
        return None
    if scheme == "KBKI":
        line = kbki(code) or kbki_over(code)
        return line.title if line else None
    if scheme == "KBLI":
        return next((found.title for digits in (5, 4, 3, 2) if (found := kbli(code[:digits]))), None)
    heading = hs(code[:6]) or hs(code[:4]) if scheme == "HS" else None
    return heading.title if heading else None


def edition_of(scheme: str, code: str) -> str:
    """The edition of the table that has a code."""
    return KBKI_SERVICES_EDITION if scheme == "KBKI" and code >= "5" else EDITIONS.get(scheme, "")


def crossed(scheme: str, code: str, edition: str, other: str) -> list[tuple[str, float]]:
    """
    A code as codes of another scheme, each with how surely it holds; the crosswalk is of `EDITIONS` alone.

    Empty where the edition is another or not stated, or the crosswalk has no line. KBLI and HS meet through KBKI.
    """
    if not edition or edition not in (EDITIONS.get(scheme), edition_of(scheme, code)):
        return []
    found: dict[str, float] = {}
    for link in links(scheme, edition_of(scheme, code), code):
        sure = EXACT if link.exact else PARTIAL
        if link.scheme == other:
            found[link.code] = max(found.get(link.code, 0.0), sure)
        elif link.scheme == "KBKI":
            for further in links("KBKI", link.edition, link.code):
                if further.scheme == other:
                    found[further.code] = max(found.get(further.code, 0.0), sure * (EXACT if further.exact else PARTIAL))
    return sorted(found.items())
