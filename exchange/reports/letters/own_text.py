"""
A case's own wording of an article: lines as they were typed, read as numbered paragraphs with lettered parts under them.

A line is a paragraph, whatever number it begins with; one that begins with a letter (`a.`, `b)`) or a dash is a part of the paragraph
above it. The project's own wording is offered in the same spelling, so that it comes back as it was where nobody changed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exchange.reports.blocks import Item, Run, Runs
from exchange.reports.filling import Filling, Lettered
from exchange.reports.texts import clean

Part = Runs | Lettered
_NUMBER = re.compile(r"^\(?\d{1,2}[).]\s+")
_LETTER = re.compile(r"^(?:[a-z][.)]|[-•])\s+")
_TAIL = re.compile(r"(?:;\s*(?:dan|atau|dan/atau))?[\s.;]*$")
_SIDES = re.compile(r"(PARA PIHAK|PIHAK KESATU|PIHAK KEDUA)")


def parts_of(fill: Filling, lines: Sequence[str], name: str) -> list[Part]:
    """The parts of a text; empty where it says nothing. name: of the fact, for what of it cannot be printed."""
    made: list[tuple[str, list[str]]] = []
    for line in lines:
        text = clean(line)
        if not text:
            continue
        letter = _LETTER.match(text)
        if letter and made:
            made[-1][1].append(_TAIL.sub("", text[letter.end() :]))
        else:
            made.append((_NUMBER.sub("", _LETTER.sub("", text) if not made else text), []))
    return [
        (_runs(fill, head, name), tuple(_bold(item) for item in fill.letters(under, name))) if under else _runs(fill, _ended(head), name)
        for head, under in made
    ]


def lines_of(parts: Iterable[Part]) -> str:
    """Parts as somebody would type them."""
    lines = []
    for part in parts:
        if part and isinstance(part[0], tuple):
            head, under = part
            lines.append(_text(head))
            lines += [f"{item.label} {_text(item.runs)}" for item in under]
        else:
            lines.append(_text(part))
    return "\n".join(lines)


def _text(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def _ended(text: str) -> str:
    return text if text.endswith((".", ":", ";")) else f"{text}."


def _runs(fill: Filling, text: str, name: str) -> Runs:
    return _emphasised(fill.value(text, name))


def _emphasised(run: Run) -> Runs:
    """The parties stand in bold, as in the rest of a deed."""
    if run.blank:
        return (run,)
    return tuple(Run(part, bold=bool(_SIDES.fullmatch(part))) for part in _SIDES.split(run.text) if part)


def _bold(item: Item) -> Item:
    return Item(item.label, tuple(part for run in item.runs for part in _emphasised(run)))
