"""
Ways through a UBL document that was made into values (kit/xml_values): elements are `cac:…` and `cbc:…`, attributes `@…`.

A path leads through every element of its names, in order; what is not there is not said.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from connectors.kit.numbers import exact
from connectors.kit.text import line, tidy
from connectors.kit.xml_values import TEXT, string

Node = Any


def each(node: Node, path: str) -> list[Node]:
    """All elements at a path such as `cac:Party/cac:PartyName`, from one element or several; one that is empty is left out."""
    found = node if isinstance(node, list) else [node]
    for name in _steps(path):
        below = [inner[name] for inner in found if isinstance(inner, dict) and name in inner]
        found = [inner for value in below for inner in (value if isinstance(value, list) else [value])]
    return [inner for inner in found if inner is not None]


def first(node: Node, path: str) -> Node:
    """The first element at a path; an empty object where there is none."""
    return next(iter(each(node, path)), {})


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def text(node: Node) -> str:
    """The element's own text as one line; empty where it has none."""
    value = node.get(TEXT) if isinstance(node, dict) else node
    return line(value) if isinstance(value, str) else ""


def said(node: Node, *paths: str) -> str:
    """The first text that stands at any of the paths, as one line."""
    return next((found for path in paths for inner in each(node, path) if (found := text(inner))), "")


def word(node: Node) -> str:
    """The name of a thing in one word, as it is: a firm's or an item's may look like a person's number; of several words as `text`."""
    said_there = string(node).strip()
    return said_there if said_there.isprintable() and " " not in said_there else text(node)


def called(node: Node, *paths: str) -> str:
    """The first name that stands at any of the paths, as `word` reads it."""
    return next((found for path in paths for inner in each(node, path) if (found := word(inner))), "")


def written(node: Node, path: str) -> str:
    """All texts at a path, with their lines, one under the other; repeats once."""
    texts = (tidy(string(inner)) for inner in each(node, path))
    return "\n".join(dict.fromkeys(filter(None, texts)))


def attribute(node: Node, name: str) -> str:
    """An attribute's text; empty where it is not there."""
    value = node.get(f"@{name}") if isinstance(node, dict) else None
    return line(value) if isinstance(value, str) else ""


def number(node: Node) -> Decimal | None:
    """An exact number above 0; None for anything else; raises Refused as `exact` does."""
    amount = exact(text(node)) if text(node) else None
    return amount if amount is not None and amount > 0 else None
