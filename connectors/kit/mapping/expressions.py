"""
Expressions that find a value in a listing: JMESPath for JSON, NDJSON and CSV, XPath 1.0 for XML.

Source
  JMESPath: https://jmespath.org/specification.html; XPath: https://www.w3.org/TR/1999/REC-xpath-19991116/
Both are compiled once. A plain path (`a.b` and `"a b".c`; `a/b`, `a/@b`, `a/text()`) is followed without the library.
XPath is guarded: core functions alone, no variables, a bounded number of steps to any depth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree

from connectors.kit.errors import Refused
from connectors.kit.xml_values import TEXT, Values, string

LONGEST = 500
_DEEP_STEPS = 3
RECORD = "record"
"""The name that a record's own element has when it is built again."""
Getter = Callable[[Any], Any]

_NAME = r"""[A-Za-z_][A-Za-z0-9_]*|"[^"\\]+\""""
_DOTTED = re.compile(rf"(?:{_NAME})(?:\.(?:{_NAME}))*")
_PART = re.compile(_NAME)
_STEP = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_PATH = re.compile(rf"(?:\./)?(?:({_STEP}(?:/{_STEP})*)(?:/(@{_STEP}|text\(\)))?|(@{_STEP}))")
_LITERAL = re.compile(r""""[^"]*"|'[^']*'""")
_CALL = re.compile(r"([\w.:-]+)\s*\(")
_TESTS = frozenset({"text", "node"})
_FUNCTIONS = frozenset({
    "last", "position", "count", "local-name", "name", "string", "concat", "starts-with", "contains", "substring-before",
    "substring-after", "substring", "string-length", "normalize-space", "translate", "boolean", "not", "true", "false",
    "number", "sum", "floor", "ceiling", "round",
})  # fmt: skip


class WrongExpression(ValueError):
    """An expression that cannot be used; the message (Indonesian) says why."""


@dataclass(frozen=True, slots=True)
class Expression:
    """
    One compiled expression.

    text: as it was written. one: the value for a listing's body, None where it finds nothing. value: the same to be read,
    with the text of an XML element in place of the element. column: the first name of a plain path; None where the
    expression is more than that. name: the member of a JSON object that it is and nothing more, where it is that.
    """

    text: str
    one: Getter
    value: Getter
    column: str | None = None
    name: str | None = None

    def all(self, body: Any) -> list[Any]:
        """All values that it finds, those that are null left out."""
        found = self.one(body)
        return [each for each in (found if isinstance(found, list) else [found]) if each is not None]


class Language(Protocol):
    """What a format's expressions are written in."""

    def compile(self, text: str) -> Expression:
        """The expression, over bodies of listings; raises WrongExpression."""


class JmesPath:
    """Expressions over JSON values."""

    def compile(self, text: str) -> Expression:
        """See `Language`."""
        _check_length(text)
        if _DOTTED.fullmatch(text):
            names = tuple(part.strip('"') for part in _PART.findall(text))
            follow = _follow(names)
            return Expression(text, follow, follow, names[0], names[0] if len(names) == 1 else None)
        try:
            compiled = jmespath.compile(text)
        except JMESPathError as error:
            raise WrongExpression(f"bukan JMESPath yang sah ({type(error).__name__})") from None
        except RecursionError:
            raise WrongExpression("bersarang terlalu dalam") from None

        def search(body: Any) -> Any:
            try:
                return compiled.search(body)
            except (JMESPathError, RecursionError, TypeError, ValueError, ArithmeticError) as error:
                raise _failed(text, error) from None

        return Expression(text, search, search)


def _follow(names: tuple[str, ...]) -> Getter:
    """The value under one name, or under names inside of one another."""
    if len(names) == 1:
        (name,) = names
        return lambda body: body.get(name) if isinstance(body, dict) else None

    def follow(body: Any) -> Any:
        for name in names:
            if not isinstance(body, dict):
                return None
            body = body.get(name)
        return body

    return follow


class XPath:
    """
    Expressions over values that were made of XML elements.

    An element is built again where a plain path is not enough: children of one name then stand together.
    """

    def __init__(self, namespaces: Mapping[str, str] | None = None) -> None:
        self._namespaces = dict(namespaces or {})
        self.values = Values({address: prefix for prefix, address in self._namespaces.items()} if namespaces is not None else None)
        self._last: tuple[Any, Any] = (None, None)

    def compile(self, text: str) -> Expression:
        """See `Language`."""
        plain = _PATH.fullmatch(text)
        if plain and len(text) <= LONGEST:
            self._check_prefixes(text)
            steps = tuple(plain[1].split("/")) if plain[1] else ()
            ends = plain[2] or plain[3]
            walk = _walk(steps, TEXT if ends == "text()" else ends)
            return Expression(text, walk, _texts(walk), (*steps, ends)[0])
        compiled = self._compiled(text)

        def search(body: Any) -> Any:
            return self._result(text, compiled, self._element(text, body))

        return Expression(text, search, _texts(search))

    def _compiled(self, text: str) -> Any:
        _check_length(text)
        bare = _LITERAL.sub("''", text)
        if "$" in bare:
            raise WrongExpression("variabel ($) tidak boleh dipakai")
        called = set(_CALL.findall(bare)) - _FUNCTIONS - _TESTS
        if called:
            raise WrongExpression(f"fungsi {min(called)}() tidak boleh dipakai; yang boleh: {', '.join(sorted(_FUNCTIONS))}")
        if bare.count("//") + len(re.findall(r"(?:descendant|ancestor|following|preceding)", bare)) > _DEEP_STEPS:
            raise WrongExpression(f"lebih dari {_DEEP_STEPS} langkah ke segala tingkat (//)")
        self._check_prefixes(bare)
        try:
            made = etree.XPath(text, namespaces=self._namespaces or None, regexp=False, smart_strings=False)
            made(etree.Element(RECORD))  # some faults are found only when it is worked out
            return made
        except (etree.XPathError, ValueError):
            raise WrongExpression("bukan XPath 1.0 yang sah") from None

    def _check_prefixes(self, text: str) -> None:
        unknown = set(re.findall(r"(?<![\w:.-])([A-Za-z_][\w.-]*):(?!:)", text)) - set(self._namespaces)
        if unknown:
            raise WrongExpression(f"awalan {min(unknown)}: belum dinyatakan di [namespaces]")

    def _element(self, text: str, body: Any) -> Any:
        """The element of a body; several expressions over one body in a row build it once."""
        last, element = self._last
        if last is body and body is not None:
            return element
        try:
            element = self.values.element(RECORD, body)
        except (ValueError, TypeError, RecursionError) as error:
            raise _failed(text, error) from None
        self._last = body, element
        return element

    def _result(self, text: str, compiled: Any, element: Any) -> Any:
        try:
            found = compiled(element)
        except etree.XPathError as error:
            raise _failed(text, error) from None
        if isinstance(found, list):
            nodes = [each if isinstance(each, str) else self.values.value(each) for each in found]
            return nodes if len(nodes) != 1 else nodes[0]
        return _number(found) if isinstance(found, float) else found


def _walk(steps: tuple[str, ...], end: str | None) -> Getter:
    """Follows child elements, and at the end an attribute or the text; a list where there are several."""

    def walk(body: Any) -> Any:
        found = [body]
        for step in steps:
            below = [each[step] for each in found if isinstance(each, dict) and step in each]
            found = [each for value in below for each in (value if isinstance(value, list) else [value])]
        if end == TEXT:
            found = [each.get(TEXT) if isinstance(each, dict) else each for each in found]
        elif end is not None:
            found = [each[end] for each in found if isinstance(each, dict) and end in each]
        return found[0] if len(found) == 1 else found or None

    def child(body: Any) -> Any:
        return body.get(name) if isinstance(body, dict) else None

    if len(steps) + (end is not None) == 1 and end != TEXT:
        name = (*steps, end)[0]
        return child
    return walk


def _texts(one: Getter) -> Getter:
    """The texts of the elements that are found."""

    def texts(body: Any) -> Any:
        found = one(body)
        if isinstance(found, dict):
            return string(found)
        return [string(each) if isinstance(each, dict) else each for each in found] if isinstance(found, list) else found

    return texts


def _number(value: float) -> Any:
    """A number as it would be written; None for what is none (NaN) or endless."""
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _check_length(text: str) -> None:
    if not text.strip():
        raise WrongExpression("kosong")
    if len(text) > LONGEST:
        raise WrongExpression(f"lebih dari {LONGEST} huruf")


def _failed(text: str, error: Exception) -> Refused:
    return Refused("expression_failed", f"Ungkapan {text[:80]!r} tidak dapat dihitung pada data ini ({type(error).__name__}).")
