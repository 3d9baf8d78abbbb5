"""The parts of a UBL document as plain tuples, and how they are streamed; what would be empty is never made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas.ubl import cac, cbc, safe

# qualified name, attributes, text or child nodes
Node = tuple[str, dict[str, str], Any]

NO_ATTRIBUTES: dict[str, str] = {}
_NOTHING: list[Node] = []


def put(xml: Any, node: Node) -> None:
    """Write one node of (qualified name, attributes, text or child nodes)."""
    tag, attributes, content = node
    with xml.element(tag, attributes):
        if isinstance(content, str):
            xml.write(content)
        else:
            for child in content:
                put(xml, child)


def text(name: str, value: Any, **attributes: str | None) -> list[Node]:
    """A basic component; nothing where there is nothing to say, since the standard knows no empty element."""
    said = "" if value is None else safe(value if isinstance(value, str) else str(value))
    if not said:
        return _NOTHING
    if not attributes:
        return [(cbc(name), NO_ATTRIBUTES, said)]
    told = {key: safe(each) for key, each in attributes.items() if each}
    return [(cbc(name), {key: each for key, each in told.items() if each}, said)]


def group(name: str, *parts: Iterable[Node]) -> list[Node]:
    """An aggregate; nothing where it would be empty."""
    children = [node for part in parts for node in part]
    return [(cac(name), NO_ATTRIBUTES, children)] if children else _NOTHING
