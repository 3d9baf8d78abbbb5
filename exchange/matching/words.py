"""
Indonesian text to search words: the same analysis for demands and products.

A text becomes marks in reading order: a `Word` (root and the writer's own spelling), `SOFT` between things named side by
side ("meja dan kursi", "besi/metal") and `HARD` where another phrase begins. Sizes and standards stay words (`50kg`, `d13`,
`sni2052`), and so do bare numbers of three to five digits, which name models; shorter ones only count. Each
distinct word is analysed once, each distinct text too while it is remembered.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from exchange.matching.tables import rows
from schemas.reading.roots import root

SOFT, HARD = "&", ";"

_UNITS = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilo"), "kg"),
    **dict.fromkeys(("g", "gr", "grm", "gram"), "g"),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "litre"), "l"),
    **dict.fromkeys(("inci", "inchi", "inch", '"', "”"), "inci"),
    **dict.fromkeys(("w", "watt"), "w"),
    **dict.fromkeys(("m", "meter", "mtr"), "m"),
    **dict.fromkeys(("v", "volt"), "v"),
    **{unit: unit for unit in ("mg", "ton", "ml", "cc", "cm", "mm", "m2", "m3", "kva", "kw", "kwp", "wp", "ah", "hp", "pk", "gsm")},
}
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS), key=len, reverse=True))
# the office's own number at the very start: "BRG.KTR.04 Pengadaan Lemari"
_NUMBER = re.compile(r"^\s*[A-Z]{2,}(?:[.-][A-Z]+)*[.-]\d{1,3}\.?\s+(?=[A-Za-z])")
_MARKUP = re.compile(r"<[/a-zA-Z][^<>]{0,200}>")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.])")
_DIMENSIONS = re.compile(r"(\d)\s*[x×]\s*(?=\d)")
_STANDARD = re.compile(r"\bsni\b[\s.:-]*(?:iso\s*)?(?:\d{2}-)?(\d{3,5})(?:[-:]\d+)*")
_MEASURE = re.compile(rf"(?<![a-z0-9])(\d+(?:[.,]\d+)?(?:x\d+(?:[.,]\d+)?)*)\s*({_UNIT})(?![a-z0-9])")
_NON = re.compile(r"\bnon\s*-\s*(?=[a-z])", re.IGNORECASE)
_CAPITAL_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-(?=[A-Z])")
_MARK = re.compile(
    r"(?P<word>\d+(?:[.,]\d+)?(?:x\d+(?:[.,]\d+)?)*[a-z]+[0-9]*|\d+(?:[.,]\d+)?(?:x\d+(?:[.,]\d+)?)+"
    r"|\d{3,5}(?![\d.,])|[a-z]{1,2}\d+(?=x\d)|[a-wyz][a-z]*[0-9]*[a-z0-9]*|x[a-z][a-z0-9]*)"
    r"|(?P<soft>[,/&+])|(?P<hard>[;|()\[\]{}\"\n\r•:*]|\s[-–]+\s|[-–]+\s|\s[-–]+)"
)
_JOINERS = frozenset({"dan", "serta", "beserta", "atau", "dengan", "and", "plus"})
_BREAKERS = frozenset({"berupa", "yaitu", "antara", "terdiri", "meliputi"})


class Word(NamedTuple):
    """`root` is compared; `said` is shown."""

    root: str
    said: str


def plain(text: str) -> str:
    """Lower case, markup left out, compatibility forms unified, thousand dots dropped, units glued to their number, standards to theirs."""
    if not _STANDARD.match(text.lstrip().casefold()):
        text = _NUMBER.sub("", text)
    text = _MARKUP.sub(" ; ", text) if "<" in text else text
    text = _CAPITAL_HYPHEN.sub(" - ", _NON.sub("non ", unicodedata.normalize("NFKC", text)))
    text = text.casefold()
    text = _THOUSANDS.sub(lambda found: found[0].replace(".", ""), text)
    text = _DIMENSIONS.sub(r"\1x", text)
    text = _STANDARD.sub(r"sni\1", text)
    return _MEASURE.sub(lambda found: f"{found[1].replace(',', '.')}{_UNITS[found[2]]} ", text)


@lru_cache(maxsize=5_000)
def marks(text: str) -> tuple[Word | str, ...]:
    """The words of `text` with the soft and hard breaks between them; known phrases and spellings made one."""
    return _unify(_raw_marks(text), _phrases())


def _raw_marks(text: str) -> list[Word | str]:
    found: list[Word | str] = []
    last_word_end, last_word = -1, ""
    clean = plain(text)
    for match in _MARK.finditer(clean):
        if match["word"] is None:
            mark: Word | str = SOFT if match["soft"] else HARD
            if found and not isinstance(found[-1], Word):
                found[-1] = max(found[-1], mark)  # ";" sorts after "&": the harder break holds
            elif found:
                found.append(mark)
            continue
        said = match["word"]
        if said == last_word and clean[last_word_end : match.start()] == "-":
            last_word_end = match.end()  # lampu-lampu is lampu
            continue
        last_word_end, last_word = match.end(), said
        if said in _JOINERS or said in _BREAKERS:
            if found and isinstance(found[-1], Word):
                found.append(SOFT if said in _JOINERS else HARD)
            continue
        if len(said) > 1:
            if said[-1] == "2" and said[:-1].isalpha() and len(said) > 4:
                said = said[:-1]  # bahan2 is bahan
            found.append(Word(root(said), said))
    while found and not isinstance(found[-1], Word):
        found.pop()
    return found


Phrases = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]


@cache
def _phrases() -> Phrases:
    """First root -> [(roots and soft breaks of the phrase, roots it stands for)], the longest first."""
    by_first: Phrases = {}
    for row in rows("spellings"):
        said = key(row["said"])
        stands_for = tuple(root(word) if "_" not in word else word for word in row["standard"].split())
        by_first.setdefault(said[0], []).append((said, stands_for))
    for choices in by_first.values():
        choices.sort(key=lambda choice: -len(choice[0]))
    return by_first


def key(phrase: str) -> tuple[str, ...]:
    """A phrase of a table as the marks that it is recognised by."""
    return tuple(mark.root if isinstance(mark, Word) else mark for mark in _raw_marks(phrase))


def _unify(found: list[Word | str], phrases: Phrases) -> tuple[Word | str, ...]:
    out: list[Word | str] = []
    roots = [mark.root if isinstance(mark, Word) else mark for mark in found]
    at = 0
    while at < len(found):
        mark = found[at]
        if isinstance(mark, Word):
            for said, stands_for in phrases.get(mark.root, ()):
                if tuple(roots[at : at + len(said)]) == said:
                    spelling = " ".join(part.said if isinstance(part, Word) else "dan" for part in found[at : at + len(said)])
                    out.extend(Word(one, spelling) for one in stands_for)
                    at += len(said)
                    break
            else:
                out.append(mark)
                at += 1
            continue
        out.append(mark)
        at += 1
    return tuple(out)


def words(text: str) -> tuple[str, ...]:
    """All roots of `text` in reading order, breaks left out."""
    return tuple(mark.root for mark in marks(text) if isinstance(mark, Word))
