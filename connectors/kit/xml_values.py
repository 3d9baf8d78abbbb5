"""
XML elements as values that JSON can hold, and back.

    <paket kode="7"><nama>Map</nama><unit>A</unit><unit>B</unit></paket>
    {"@kode": "7", "nama": "Map", "unit": ["A", "B"]}

Attributes are `@name`, the text of an element that has more than text is `#text`; children of one name are a list once
there are two, at the place of the first. An element with nothing in it is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from connectors.kit.errors import TooMuch
from connectors.kit.limits import Limits

TEXT = "#text"
_MOST_NAMES = 10_000


class Values:
    """
    Turns elements into values and back.

    prefixes: how namespaces are written, by their addresses, such as {"urn:…:CommonBasicComponents-2": "cbc"}; a name of
    one that is not among them stays `{address}name`. None: namespaces are left out, names are local names.
    """

    def __init__(self, prefixes: Mapping[str, str] | None = None, limits: Limits | None = None) -> None:
        self._prefixes = prefixes
        self._depth = (limits or Limits()).depth
        self._names: dict[str, str] = {}
        self._addresses = {prefix: address for address, prefix in (prefixes or {}).items()}

    def of(self, element: Any) -> dict[str, Any]:
        """
        A record as an object, even where it holds nothing but text.

        Raises:
            TooMuch: `too_deep`.
        """
        value = self.value(element)
        if isinstance(value, dict):
            return value
        return {} if value is None else {TEXT: value}

    def value(self, element: Any) -> Any:
        """An element as an object, as its text where it has nothing else, as None where it has nothing; raises as `of` does."""
        return self._value(element, self._depth)

    def _value(self, element: Any, depth: int) -> Any:
        text, names = element.text, self._names
        if not len(element):
            if not element.attrib:
                return text
            found: dict[str, Any] = {f"@{names.get(name) or self._name(name)}": said for name, said in element.items()}
            if text and not text.isspace():
                found[TEXT] = text
            return found
        if depth <= 0:
            raise TooMuch("too_deep", "XML dari sumber bersarang terlalu dalam.")
        found = {f"@{names.get(name) or self._name(name)}": said for name, said in element.items()} if element.attrib else {}
        texts = [text] if text and not text.isspace() else []
        for child in element:
            name = names.get(child.tag) or self._name(child.tag)
            value = self._value(child, depth - 1)
            if name not in found:
                found[name] = value
            elif isinstance(found[name], list):
                found[name].append(value)
            else:
                found[name] = [found[name], value]
            tail = child.tail
            if tail and not tail.isspace():
                texts.append(tail)
        if texts:
            found[TEXT] = " ".join(texts) if len(texts) > 1 else texts[0]
        return found

    def _name(self, tag: str) -> str:
        """A name as it is shown; kept, up to a bound that a hostile source cannot pass."""
        address, sign, local = tag[1:].partition("}") if tag[:1] == "{" else ("", "", tag)
        if self._prefixes is None or not sign:
            shown = local
        else:
            prefix = self._prefixes.get(address)
            shown = tag if prefix is None else f"{prefix}:{local}" if prefix else local
        if len(self._names) < _MOST_NAMES:
            self._names[tag] = shown
        return shown

    def element(self, name: str, value: Any) -> Any:
        """
        The element that a value was made of, with the children of one name together; what is no such value is left out.

        Raises:
            ValueError: a name that no element can have.
        """
        made = etree.Element(self._tag(name))
        self._fill(made, value)
        return made

    def _fill(self, made: Any, value: Any) -> None:
        if not isinstance(value, dict):
            made.text = written(value)
            return
        for name, inner in value.items():
            if name == TEXT:
                made.text = written(inner)
            elif name[:1] == "@":
                made.set(self._tag(name[1:]), written(inner) or "")
            else:
                for each in inner if isinstance(inner, list) else [inner]:
                    self._fill(etree.SubElement(made, self._tag(name)), each)

    def _tag(self, name: str) -> str:
        prefix, sign, local = name.partition(":")
        if not sign or name[:1] == "{":
            return name
        address = self._addresses.get(prefix)
        if address is None:
            raise ValueError("unknown prefix")
        return f"{{{address}}}{local}"


def written(value: Any) -> str | None:
    """A single value as XML writes it; None for what is no single value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def string(value: Any) -> str:
    """The text of an element and of all in it, as XPath's `string()` gives it for values that `Values` made."""
    if isinstance(value, dict):
        own = [string(value[TEXT])] if TEXT in value else []
        return "".join(own + [string(inner) for name, inner in value.items() if name != TEXT and name[:1] != "@"])
    if isinstance(value, list):
        return "".join(map(string, value))
    return written(value) or ""
