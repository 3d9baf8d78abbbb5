"""Kelurahan and kecamatan out of an address; names without a label are known from the catalogue and from the file itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from schemas.reading.names import name_key
from schemas.reading.text import is_nothing

_KEL = re.compile(r"\b(?:kel(?:urahan)?|desa|ds)\b\.?\s*:?\s*([^,;()/]+?)(?=\s*(?:[,;()/]|\bkec|\bkota\b|\bkab|$))", re.I)
_KEC = re.compile(r"\bkec(?:amatan)?\b\.?\s*:?\s*([^,;()/]+?)(?=\s*(?:[,;()/]|\bkel|\bdesa\b|\bkota\b|\bkab|$))", re.I)
_TOWN = re.compile(r"\b(?:kota|kab(?:upaten)?\.?)\s+[^,;()]+|\bprov(?:insi)?\.?\s+[^,;()]+", re.I)
LONGEST = 80
MOVED = re.compile(r"\b(?:pindah|pindahan|dulu|sebelumnya|d/h|eks|ex)\b", re.I)


@dataclass(slots=True)
class Places:
    """Pairs of kelurahan and kecamatan that are known, by the key of the kelurahan."""

    pairs: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    districts: dict[str, str] = field(default_factory=dict)

    def learn(self, subdistrict: str | None, district: str | None) -> None:
        """Keep a pair that somebody wrote with its labels."""
        subdistrict, district = (None if is_nothing(each) else _titled(each) for each in (subdistrict, district))
        if district:
            self.districts.setdefault(name_key(district), district)
        if subdistrict and district:
            pairs = self.pairs.setdefault(name_key(subdistrict), set())
            if all(name_key(other) != name_key(district) for _, other in pairs):  # the first spelling holds
                pairs.add((subdistrict, district))

    def spelled(self, subdistrict: str | None, district: str | None) -> tuple[str | None, str | None]:
        """Both in the spelling that is known, the district filled in where the kelurahan lies in one only."""
        pairs = self.pairs.get(name_key(subdistrict or ""), set())
        near = {pair for pair in pairs if district is None or name_key(pair[1]) == name_key(district)}
        if len(near) == 1:
            return near.pop()
        return _titled(subdistrict), self.districts.get(name_key(district or "")) or _titled(district)

    def found_in(self, text: str) -> tuple[str, str] | None:
        """The one known pair that an unlabelled text names, by its kelurahan and best with its kecamatan too."""
        words = f" {name_key(text)} "
        named = {pair for key, pairs in self.pairs.items() if f" {key} " in words for pair in pairs}
        both = {pair for pair in named if _both(pair, words)}
        best = both or named
        return best.pop() if len(best) == 1 else None


def _both(pair: tuple[str, str], words: str) -> bool:
    kelurahan, kecamatan = (f" {name_key(each)} " for each in pair)
    return kecamatan in words.replace(kelurahan, "  ", 1)


def _titled(text: str | None) -> str | None:
    if not text or not (text.islower() or text.isupper()):
        return text
    return text.title()


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says. street: what is left beside kelurahan, kecamatan and town; None where nothing."""

    subdistrict: str | None = None
    district: str | None = None
    street: str | None = None
    moved: bool = False


def labelled(text: str) -> tuple[str | None, str | None]:
    """Kelurahan and kecamatan where the text labels them."""
    kel, kec = _KEL.search(text), _KEC.search(text)
    return tuple(found[1].strip(" .") or None if found and len(found[1]) <= LONGEST else None for found in (kel, kec))  # type: ignore[return-value]


def read_place(text: str, places: Places) -> Place:
    """Kelurahan, kecamatan and street; a remark on a former address is set aside."""
    moved = MOVED.search(text) is not None
    present = re.sub(r"\([^()]*\)", " ", text)
    if moved and (cut := MOVED.search(present)):
        present = present[: cut.start()] or present
    subdistrict, district = labelled(present)
    if not subdistrict and not district and (pair := places.found_in(present)):
        subdistrict, district = pair
        left = name_key(present)
        for each in pair:
            left = left.replace(name_key(each), " ", 1)
    else:
        left = _TOWN.sub(" ", _KEC.sub(" ", _KEL.sub(" ", present)))
    street = present.strip() if re.sub(r"[\W_]+", "", left) else None
    subdistrict, district = places.spelled(subdistrict, district)
    return Place(subdistrict, district, street, moved)
