"""The items of a mapping: an array in the listing, or a list that is written in one text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.kit.lists import MOST_ITEMS, aligned, left_out, split_list
from connectors.kit.lists import items as of_pairs
from connectors.kit.mapping.compiling import Compiler, no_constant, nothing, rec20
from connectors.kit.mapping.demand import scaled
from connectors.kit.mapping.expressions import Getter
from connectors.kit.mapping.fields import Source
from connectors.kit.mapping.readers import plain, remembering, said_quantity, text, unit
from connectors.kit.quantities import read_quantity, told_in, wire
from connectors.kit.text import cut, tidy

Items = Callable[[Any], tuple[list[dict[str, Any]], str | None]]
"""The items of a body, and the words that found no place in them."""


def items(compiler: Compiler, table: dict[str, Any]) -> Items:
    """The function that reads the items as the mapping says."""
    place = "demand.items"
    return _in_text(compiler, f"{place}.list", table["list"]) if table["list"] else _in_array(compiler, place, table)


def _in_text(compiler: Compiler, place: str, table: dict[str, Any]) -> Items:
    said, specification, volume = (
        compiler.raw(f"{place}.{name}", table[name]) if table[name] else nothing for name in ("text", "specification", "volume")
    )

    def read(body: Any) -> tuple[list[dict[str, Any]], str | None]:
        pairs, rest = aligned(split_list(said(body)), split_list(specification(body)))
        volumes = [read_quantity(each) for each in plain(volume(body)).split(";")]
        if len(volumes) != len(pairs):
            volumes = [None] * len(pairs)
        told = [each or told_in(f"{name} {more or ''}") for each, (name, more) in zip(volumes, pairs, strict=True)]
        return of_pairs(pairs, [wire(each) for each in told]), "\n".join(filter(None, (tidy(rest), left_out(len(pairs))))) or None

    return read


def _in_array(compiler: Compiler, place: str, table: dict[str, Any]) -> Items:
    each_of = compiler.expression(f"{place}.each", table["each"]).all
    inner = Compiler(compiler.language, compiler.codes)  # what stands inside of an item is no column of the listing
    name = inner.value(f"{place}.text", table["text"], text(8000))
    specification = inner.value(f"{place}.specification", table["specification"], text(4000))
    quantity = _quantity(inner, f"{place}.quantity", table["quantity"]) if table["quantity"] else nothing
    said = inner.value(f"{place}.said", table["said"], said_quantity)
    classes = [_class(inner, f"{place}.classifications.{n}", each) for n, each in enumerate(table["classifications"], 1)]
    compiler.wrong += inner.wrong

    def read(body: Any) -> tuple[list[dict[str, Any]], str | None]:
        several = each_of(body)
        found = []
        for position, item in enumerate(several[:MOST_ITEMS], 1):
            if words := name(item):
                found.append({
                    "position": position, "text": words, "specification": specification(item), "quantity": quantity(item) or said(item),
                    "classifications": [made for read_class in classes if (made := read_class(item))],
                })  # fmt: skip
        return found, left_out(len(several))

    return read


def _quantity(compiler: Compiler, place: str, table: dict[str, Any]) -> Getter:
    number = compiler.value(f"{place}.amount", table["amount"], scaled(table["amount"], "quantity"), no_constant)
    source: Source | None = table["unit"]
    word = compiler.raw(f"{place}.unit", source) if source else nothing
    code = compiler.value(f"{place}.unit", source, unit(table["unit_list"]), rec20)
    spelled = remembering(plain)

    def read(item: Any) -> dict[str, Any] | None:
        amount = number(item)
        return amount and {"amount": amount, "unit": code(item), "said": cut(f"{amount} {spelled(word(item))}".strip(), 400)}

    return read


def _class(compiler: Compiler, place: str, table: dict[str, Any]) -> Getter:
    code = compiler.value(f"{place}.code", table["code"], text(80))
    title = compiler.value(f"{place}.title", table["title"], text())
    fixed = {"scheme": table["scheme"], "edition": table["edition"]}

    def read(item: Any) -> dict[str, Any] | None:
        said = code(item)
        return {**fixed, "code": said, "title": title(item)} if said else None

    return read
