"""A mapping's sources made into functions; what is wrong with them is gathered with its place, not raised at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.kit.mapping.expressions import Expression, Getter, Language, WrongExpression
from connectors.kit.mapping.fields import Source
from connectors.kit.mapping.readers import LONGEST_REMEMBERED, MOST_REMEMBERED, Reader, listed, plain
from schemas.units import unit_of_code

Allowed = Callable[[Any], str | None]
"""What is wrong with a constant or with the meaning of a code (Indonesian); None where nothing is."""
_NOTHING: tuple[Any, ...] = (None, "", [])


class Compiler:
    """
    Compiles the expressions of one mapping in its language.

    wrong: what was found, as (place, what). columns: first names of all plain paths, by the place that uses them.
    """

    def __init__(self, language: Language, codes: Mapping[str, Mapping[str, Any]]) -> None:
        self.language, self.codes = language, codes
        self.wrong: list[tuple[str, str]] = []
        self.columns: dict[str, str] = {}

    def expression(self, place: str, text: str) -> Expression:
        """One expression over a listing; one that finds nothing where it is wrong."""
        try:
            made = self.language.compile(text)
        except WrongExpression as error:
            self.wrong.append((place, f"ungkapan {text[:60]!r} {error}"))
            return Expression(text, nothing, nothing)
        if made.column is not None:
            self.columns.setdefault(made.column, place)
        return made

    def apart(self, place: str, text: str) -> Getter:
        """An expression over a whole answer: over its JSON value, or over the root of its XML without the records."""
        columns = dict(self.columns)
        made = self.expression(place, text)
        self.columns = columns
        return made.value

    def raw(self, place: str, source: Source) -> Getter:
        """The value as it stands in the listing: of several expressions the first that says something."""
        if not source.expressions:
            return always(source.constant)
        ones = [self.expression(place, text).value for text in source.expressions]
        if len(ones) == 1:
            return ones[0]

        def first(body: Any) -> Any:
            return next((value for one in ones if (value := one(body)) not in _NOTHING), None)

        return first

    def value(self, place: str, source: Source | None, reader: Reader, allowed: Allowed | None = None) -> Getter:
        """
        The value as it is read, None for what is not said.

        allowed: judges a constant and the meanings of codes; a text is wanted where it is None.
        """
        if source is None:
            return nothing
        judge = allowed or _is_text
        if not source.expressions:
            self._judge(place, source.constant, judge)
            return always(source.constant)
        if source.codes is not None:
            reader = self._listed(place, source, judge, reader)
        expressions = [self.expression(place, text) for text in source.expressions]
        if len(expressions) == 1 and expressions[0].name is not None:
            return _named(expressions[0].name, reader)
        return _first_read([each.value for each in expressions], reader)

    def _listed(self, place: str, source: Source, judge: Allowed, reader: Reader) -> Reader:
        codes = source.codes
        if isinstance(codes, str):
            if codes not in self.codes:
                known = ", ".join(self.codes) or "belum satu pun"
                self.wrong.append((f"{place}.codes", f"tabel [codes.{codes}] tidak ada; yang ada: {known}"))
            codes = self.codes.get(codes, {})
        for word, meaning in (codes or {}).items():
            self._judge(f"{place}.codes.{word}", meaning, judge)
        return listed(codes or {}, source.otherwise, place.removeprefix("demand."), source.split, reader)

    def _judge(self, place: str, value: Any, judge: Allowed) -> None:
        fault = judge(value)
        if fault:
            self.wrong.append((place, fault))


def _first_read(ones: list[Getter], reader: Reader) -> Getter:
    if len(ones) == 1:
        (one,) = ones
        return lambda body: reader(one(body))

    def first(body: Any) -> Any:
        return next((value for one in ones if (value := reader(one(body))) not in _NOTHING), None)

    return first


def _named(name: str, reader: Reader) -> Getter:
    """What is read in the member of that name; of texts that most listings share it is worked out once."""
    known: dict[str, Any] = {}

    def read(body: Any) -> Any:
        value = body.get(name) if body.__class__ is dict else None
        if value.__class__ is not str:
            return reader(value)
        found = known.get(value, known)
        if found is known:
            found = reader(value)
            if len(known) < MOST_REMEMBERED and len(value) < LONGEST_REMEMBERED and not isinstance(found, dict | list):
                known[value] = found
        return found

    return read


def always(value: Any) -> Getter:
    """The same for every listing."""
    return lambda _body: value


nothing = always(None)


def no_constant(value: Any) -> str:
    """For values that differ from listing to listing."""
    return f"harus ungkapan (from), bukan constant {value!r}"


def among(*allowed: str) -> Allowed:
    """One of these words."""
    return lambda value: None if value in allowed else f"{value!r} bukan salah satu dari: {', '.join(allowed)}"


def whether(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else f"{value!r} harus true atau false"


def rec20(value: Any) -> str | None:
    """A unit code of the table."""
    return None if isinstance(value, str) and unit_of_code(value) else f"{value!r} bukan kode satuan UN/ECE Rec 20, misalnya H87 atau KGM"


def fits(reader: Reader, what: str) -> Allowed:
    """A value that the reader of sources reads as well."""

    def judge(value: Any) -> str | None:
        try:
            return None if reader(value) is not None else f"{value!r} bukan {what}"
        except Exception:  # whatever a reader refuses by, the value is none
            return f"{value!r} bukan {what}"

    return judge


def _is_text(value: Any) -> str | None:
    return None if isinstance(value, str) and plain(value) else "harus teks"
