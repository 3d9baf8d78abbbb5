"""
Sentences of the rooms below the pages, in the reader's language.

Those rooms speak Indonesian: on the command line, to machines, in records that are kept. Where a page shows such a sentence to a
reader of English, it is matched back against the templates of `translations/en/told/*.po` (`Butuh {1} hari, tersedia {2} hari.`) and
said again with the same values. A sentence that no template fits is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol
from flask import Flask
from flask_babel import get_locale

from exchange.errors import ExchangeError
from exchange.web.joined import joined
from exchange.web.wording import SOURCE, by_reader, catalogues, read

_PLACE = re.compile(r"\{(\d+)\}")
_FILLED = re.compile(r"\{(?P<place>\d+)(?::(?P<kind>[tlnd]))?(?:\|(?P<one>[^|{}]*)\|(?P<many>[^|{}]*))?\}")
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3})+|\d+)(,\d+)?(?![.,]?\d)")
_MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"]
_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})|(\d{{4}})-(\d\d)-(\d\d)")
# How sentences are put together, the widest first; each part must be known by itself.
_ROWS = (("\n", "\n"), (r"(?<=[.!?\]]) (?=[A-Z“])", " "), ("; ", "; "))
_LISTS = ((", dan ", ", and "), (" dan ", " and "), (" atau ", " or "), (", ", ", "))
_FRAMES = tuple(
    (re.compile(frame, re.DOTALL), said)
    for frame, said in ((r"(.+?) \[([^\]]+)\]", "{} [{}]"), (r"(.+?): (.+)", "{}: {}"), (r"(.+) \((.+)\)", "{} ({})"))
)
_FEW_LETTERS = 6
_COUNTED = re.compile(r"([\d.,]+) (.+)", re.DOTALL)


class Template(NamedTuple):
    """
    One sentence with places. shape: what it looks like with any values; places: of each group of the shape the number of its place;
    said: in the other language; weight: how many marks stand around the places; plain: the places whose values must be numbers, codes or
    sentences that are known, since so few letters stand around them that what a source wrote may well fit: `{1}, dan {2}`.
    """

    shape: re.Pattern[str]
    start: str
    end: str
    places: tuple[int, ...]
    said: str
    weight: int
    plain: frozenset[int]


class Found(NamedTuple):
    """A translation. weight: how many letters of the sentence its templates name."""

    said: str
    weight: int


class Told:
    """The templates of one language; `told` says a sentence in it, or None where no template fits."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._whole: dict[str, str] = {}
        shaped: list[Template] = []
        for text, said in entries(language):
            literals = _PLACE.split(text)[::2]
            if len(literals) == 1:
                self._whole[text] = said
                continue
            places = tuple(int(number) for number in _PLACE.findall(text))
            shape = re.compile(_shape_of(literals), re.DOTALL)
            between = "".join(literals)
            plain: Iterable[int] = ()
            if sum(map(str.isalpha, between)) < _FEW_LETTERS:
                plain = (int(one["place"]) for one in _FILLED.finditer(said) if one["kind"] == "t") if literals[0].strip() else places
            shaped.append(Template(shape, literals[0], literals[-1], places, said, len(between), frozenset(plain)))
        self._shaped = sorted(shaped, key=lambda template: -template.weight)  # what fits most closely goes first
        self._group, self._decimal = get_group_symbol(language), get_decimal_symbol(language)
        self._best = lru_cache(maxsize=20_000)(self._find)

    def told(self, text: str) -> str | None:
        """The sentence in this language; None where no template fits."""
        found = self._best(text)
        return found.said if found else None

    def _find(self, text: str) -> Found | None:
        """What fits most of the text: the sentence itself, a row of sentences, or one template; looser joints where none does."""
        other = _other_case(text)
        whole = self._whole.get(text) or _as_begun(text, self._whole.get(other))
        if whole:
            return Found(whole, len(text))
        found = [each for each in (self._row(text, _ROWS), self._shape(text, other)) if each]
        return max(found, key=lambda each: each.weight) if found else self._loose(text)

    def _shape(self, text: str, other: str) -> Found | None:
        for template in self._shaped:
            for each in (text, other):
                if each.startswith(template.start) and each.endswith(template.end) and (match := template.shape.fullmatch(each)):
                    values = dict(zip(template.places, match.groups(), strict=True))
                    if not all(self._is_plain(values[place]) for place in template.plain):
                        continue
                    found = self._filled(template, values)
                    return found if each == text else Found(_as_begun(text, found.said) or "", found.weight)
        return None

    def _is_plain(self, value: str) -> bool:
        """Whether a value is a number, a code or a sentence that is known, and so no words of somebody else's."""
        return not re.search(r"[a-z]{3}", value) or self._best(value) is not None

    def _row(self, text: str, joints: tuple[tuple[str, str], ...]) -> Found | None:
        for joint, said in joints:
            parts = re.split(joint, text)
            if len(parts) > 1 and (found := self._parts(parts) or self._parts([*parts[:-1], parts[-1].removesuffix(".")])):
                close = "." if text.endswith(".") and not found[-1].said.endswith(".") else ""
                return Found(said.join(each.said for each in found) + close, sum(each.weight for each in found))
        return None

    def _parts(self, parts: list[str]) -> list[Found] | None:
        """Each part told; None where one of them, but for blanks and numbers, is not known."""
        found = [self._best(part) or (Found(part, 0) if not part.strip() or part.isdigit() else None) for part in parts]
        return None if None in found else [each for each in found if each]

    def _loose(self, text: str) -> Found | None:
        if row := self._row(text, _LISTS):
            return row
        for frame, said in _FRAMES:
            if (framed := frame.fullmatch(text)) and (pair := self._parts(list(framed.groups()))):
                return Found(said.format(*(each.said for each in pair)), sum(each.weight for each in pair))
        if (counted := _COUNTED.fullmatch(text)) and (things := self._best(counted[2])):
            return Found(f"{self.numbers(counted[1])} {things.said}", things.weight)
        return None

    def _filled(self, template: Template, values: dict[int, str]) -> Found:
        def fill(found: re.Match[str]) -> str:
            value = values[int(found["place"])]
            if found["many"] is not None:
                return found["one"] if value == "1" else found["many"]
            return self._value(value, found["kind"])

        inner = (self._best(value) for value in values.values() if value)
        return Found(_FILLED.sub(fill, template.said), template.weight + sum(each.weight for each in inner if each))

    def _value(self, value: str, kind: str | None) -> str:
        """A value as the template wants it: t a sentence or word, l a list of them or of names, n numbers, d a date; else untouched."""
        if kind == "n":
            return self.numbers(value)
        if kind == "d":
            return self.days(value)
        if kind == "l":
            return self._listed(value)
        return (self.told(value) or value) if kind == "t" else value

    def _listed(self, value: str) -> str:
        found = self.told(value)
        if found:
            return found
        said = value.replace(", dan ", ", and ").replace(" dan ", " and ").replace(" atau ", " or ")
        return ", ".join(self.told(part) or self.numbers(part) for part in said.split(", "))

    def numbers(self, value: str) -> str:
        """The numbers of a text with the reader's marks: `Rp 1.250.000,50` becomes `Rp 1,250,000.50`."""

        def marked(found: re.Match[str]) -> str:
            whole, rest = found[1].replace(".", self._group), found[2]
            return whole + (self._decimal + rest[1:] if rest else "")

        return _NUMBER.sub(marked, value)

    def days(self, value: str) -> str:
        """The days of a text as the reader writes them; a word that stands for an unknown day is told."""

        def written(found: re.Match[str]) -> str:
            try:
                there = (
                    date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
                    if found[2]
                    else date(int(found[4]), int(found[5]), int(found[6]))
                )
            except ValueError:
                return found[0]
            return format_date(there, "d MMMM yyyy", locale=Locale.parse(self.language))

        said = _DAY.sub(written, value)
        return said if said != value else self.told(value) or value


def _shape_of(literals: list[str]) -> str:
    """What lies between the literal parts; a place right behind another is a tail, which is empty or begins with a mark: ` (…)`, `, …`."""
    found = re.escape(literals[0])
    for place, literal in enumerate(literals[1:], 1):
        tail = place > 1 and not literals[place - 1]
        found += ("((?:[ ,;:–(].*?)?)" if tail else "(.*?)") + re.escape(literal)
    return found


def _other_case(text: str) -> str:
    """A sentence as it begins within another one, or on its own: `batas waktu tidak disebut` and `Batas waktu tidak disebut`."""
    return text[:1].swapcase() + text[1:]


def _as_begun(text: str, said: str | None) -> str | None:
    """The translation of a sentence that was found under its other beginning, begun as `text` begins."""
    if said is None or said[1:2].isupper():
        return said
    return (said[:1].upper() if text[:1].isupper() else said[:1].lower()) + said[1:]


def entries(language: str) -> Iterator[tuple[str, str]]:
    """All templates of a language with their translation, the areas in name's order."""
    for file in catalogues(language, "told"):
        for message in read(file, language):
            if message.id and message.string:
                yield str(message.id), str(message.string)


@cache
def teller(language: str) -> Told:
    """The templates of a language, read once in the life of the process."""
    return Told(language)


def told(text: Any) -> Any:
    """A sentence of a room below in the reader's language; anything else, and what no template fits, as it is."""
    language = str(get_locale() or SOURCE)
    if language == SOURCE or not isinstance(text, str) or not text.strip():
        return text
    return teller(language).told(text) or text


def said_of(error: ExchangeError) -> str:
    """What an error says and what to do next, in the reader's language."""
    return joined(" ".join(str(told(part)) for part in (error.message, error.mend) if part))


def _shown(text: Any) -> Any:
    said = told(text)
    return joined(said) if type(said) is str else said  # what is marked as HTML is no sentence of those rooms


def register(app: Flask) -> None:
    """Give the templates the filter; on a page sums and measures stay on one line."""
    app.jinja_env.filters["told"] = by_reader(_shown)
