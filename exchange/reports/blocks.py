"""
What a paper is made of, before it is set: one structure for both renderers, so that DOCX and PDF cannot say different things.

Every text is plain; `Run.blank` marks the place of a fact that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Align = Literal["left", "center", "right", "justify"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one manner; lines by `\\n`. blank: it names a fact that is missing."""

    text: str
    bold: bool = False
    italic: bool = False
    blank: bool = False


Runs = tuple[Run, ...]


def plain(text: str, *, bold: bool = False, italic: bool = False) -> Runs:
    """One run of the project's own words."""
    return (Run(text, bold=bold, italic=italic),)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """
    The head of an office's paper: the government, the office in bold (or the head of region alone), small lines, a rule below.

    emblem: the coat of arms at the left of the lines, PNG.
    """

    large: tuple[Runs, ...]
    small: tuple[Runs, ...] = ()
    emblem: bytes | None = None


@dataclass(frozen=True, slots=True)
class Title:
    """Centred bold lines; `extra` stands under them in the text's weight (numbers of the paper)."""

    lines: tuple[Runs, ...]
    extra: tuple[Runs, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that stays with what follows. centred: as articles have it, `lines` under each other."""

    lines: tuple[Runs, ...]
    level: int = 1
    centred: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. stays: on the page of what follows. apart: with more room around it. note: a remark that only drafts carry."""

    runs: Runs
    align: Align = "justify"
    stays: bool = False
    note: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered or lettered part; its label is text, so that a reference to it cannot shift. `under` are its own parts."""

    label: str
    runs: Runs
    under: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """Parts below each other, labels hanging."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Name, colon, value. width: centimetres of the names. right: lines set at the right beside them (place and day of a letter)."""

    rows: tuple[tuple[str, Runs], ...]
    width: float = 3.0
    right: tuple[Runs, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column. width: its share of the line."""

    title: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose head comes again on every page. totals: rows in bold at the end."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Runs, ...], ...]
    totals: tuple[tuple[Runs, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: lines above the room for the signature, the name, lines below it."""

    above: tuple[Runs, ...]
    name: Runs
    below: tuple[Runs, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatures:
    """One signature stands at the right; two stand beside each other. They are never split over pages."""

    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a page of its own."""


Block = Letterhead | Title | Heading | Para | Items | Pairs | Table | Signatures | PageBreak


@dataclass(frozen=True, slots=True)
class Paper:
    """
    A whole paper.

    title: for the file's properties. made_at: its day of making there, with a zone. draft: with the watermark, remarks and `made_from`,
    the small print at the end that says what it was made from.
    """

    title: str
    author: str
    blocks: tuple[Block, ...]
    made_at: datetime
    draft: bool = True
    made_from: str = ""
