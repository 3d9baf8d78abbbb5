"""Facts put into words: what is missing becomes a visible blank and is remembered, so that a draft shows it and a final is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeGuard, cast

from exchange.reports import words
from exchange.reports.blocks import Item, Items, Run, Runs
from exchange.reports.texts import clean, unprintable

_PARTS = re.compile(r"(\{\}|\*)")
_LABELS = "abcdefghijklmnopqrstuvwxyz"


class Filling:
    """
    Fills one paper. `missing` lists what it lacks, each once, in the order in which the paper needs it.

    Names of facts and templates are the project's own words; values are strangers'.
    """

    def __init__(self) -> None:
        self.missing: list[str] = []

    def lack(self, name: str) -> None:
        """Remember that a fact is missing or cannot stand as it is."""
        if name not in self.missing:
            self.missing.append(name)

    def need(self, holds: bool, why: str) -> None:
        """What must hold before the paper may be final."""
        if not holds:
            self.lack(why)

    def value(self, value: str | None, name: str, *, bold: bool = False) -> Run:
        """A text, or a blank with the fact's name."""
        text = clean(value or "")
        if not text:
            self.lack(name)
            return Run(f"[{name}]", bold=bold, blank=True)
        if strange := unprintable(text):
            told = ", ".join(f"U+{ord(char):04X}" for char in strange[:5])
            self.lack(f"{name} dalam huruf yang dapat dicetak (bukan {told})")
        return Run(text, bold=bold)

    def optional(self, value: str | None, name: str) -> Run | None:
        """A text where there is one."""
        return self.value(value, name) if value and clean(value) else None

    def day(self, value: date | None, name: str, *, in_words: bool = False) -> Run:
        """A day, “27 November 2026” or as deeds begin."""
        said = None if value is None else words.day_in_words(value) if in_words else words.day(value)
        return self.value(said, name)

    def amount(self, value: Decimal | int | None, name: str, places: int = 0) -> Run:
        """A number in figures."""
        return self._number(value, name, lambda number: words.figures(number, places))

    def money(self, value: Decimal | None, name: str, *, in_words: bool = False) -> Run:
        """A sum, “Rp1.250,50”; with words behind it in brackets."""
        return self._number(value, name, lambda sum_: words.money(sum_) + (f" ({words.rupiah(sum_)})" if in_words else ""))

    def counted(self, value: int | None, unit: str, name: str) -> Run:
        """“3 (tiga) tahun”."""
        return self._number(value, name, lambda number: words.counted(int(number), unit))

    def text(self, template: str, *runs: Run) -> Runs:
        """Own words with facts for each `{}`; what stands between `*` is bold."""
        made: list[Run] = []
        waiting, bold = iter(runs), False
        for part in _PARTS.split(template):
            if part == "*":
                bold = not bold
            elif part == "{}":
                run = next(waiting)
                made.append(Run(run.text, run.bold or bold, run.italic, run.blank))
            elif part:
                made.append(Run(part, bold))
        return tuple(made)

    def letters(self, values: Sequence[str], name: str, *, ends: bool = True) -> tuple[Item, ...]:
        """Lettered parts: each ends with `;`, the last but one with `; dan`, the last with a full stop."""
        given = [value for value in values if clean(value)]
        if not given:
            return (Item("a.", (self.value(None, name),)),)
        last = len(given) - 1
        items = []
        for n, value in enumerate(given):
            run = self.value(value, name)
            tail = "" if not ends else "." if n == last else "; dan" if n == last - 1 else ";"
            items.append(
                Item(lettered(n), (Run(run.text.rstrip(" .;") if tail else run.text, blank=run.blank), *((Run(tail),) if tail else ())))
            )
        return tuple(items)

    def _number(self, value: Decimal | int | None, name: str, say: Callable[[Decimal], str]) -> Run:
        if value is None:
            return self.value(None, name)
        try:
            return Run(say(Decimal(value)))
        except (ValueError, ArithmeticError):
            self.lack(f"{name} yang dapat ditulis (bukan {value})")
            return Run(f"[{name}: {value}]", blank=True)


def lettered(place: int) -> str:
    """The label of a lettered part from 0: a. to z., then aa."""
    more, at = divmod(place, len(_LABELS))
    return (_LABELS[more - 1] if more else "") + _LABELS[at] + "."


Lettered = tuple[Runs, tuple[Item, ...]]


def numbered(*parts: Runs | Lettered) -> Items:
    """Parts labelled (1), (2); a pair is a part with lettered ones under it."""
    return Items(tuple(
        Item(f"({n})", *part) if _is_pair(part) else Item(f"({n})", cast(Runs, part)) for n, part in enumerate(parts, start=1)
    ))  # fmt: skip


def _is_pair(part: Runs | Lettered) -> TypeGuard[Lettered]:
    return len(part) == 2 and isinstance(part[0], tuple)
