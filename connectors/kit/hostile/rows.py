"""
Where the listings stand in an answer, found by their references, so that a scenario can double, drop, move and change them.

A format that is neither JSON nor CSV nor XML has no rows here, and the scenarios that need them do not apply.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

Edit = Callable[[str], str]


class Rows(ABC):
    """The listings of one answer. `rows` are to be read, never changed in place; `alone`: the whole answer is one of them."""

    rows: list[Any]
    alone: bool = False

    @abstractmethod
    def body(self, rows: list[Any]) -> bytes:
        """The answer with these rows instead of its own."""

    @abstractmethod
    def identity(self, row: Any) -> Any:
        """What names a row in it; None where it has none."""

    @abstractmethod
    def renamed(self, row: Any, value: Any) -> Any:
        """A copy of a row with another name."""

    @abstractmethod
    def nameless(self, row: Any) -> Any:
        """A copy of a row without its name."""

    @abstractmethod
    def edited(self, row: Any, edit: Edit) -> Any:
        """A copy of a row with `edit` done to its prose: texts of some words, neither names nor days nor codes."""

    @abstractmethod
    def places(self, row: Any) -> list[Any]:
        """Where values stand in a row, but for its name: members at any depth, cells, elements."""

    @abstractmethod
    def put(self, row: Any, place: Any, value: Any) -> Any:
        """A copy of a row with a value at one of its places; as text where the format knows nothing else."""

    @abstractmethod
    def dropped(self, row: Any, place: Any) -> Any:
        """A copy of a row without what stands at one of its places; empty where a place cannot go."""

    @abstractmethod
    def extended(self, row: Any) -> Any:
        """A copy of a row with members that nobody knows; the row itself where that cannot be."""


def spells(value: Any, references: set[str]) -> bool:
    """Whether a value is a reference, blanks around it left out."""
    return value is not None and not isinstance(value, bool) and str(value).strip() in references


def part_of(value: Any, references: set[str]) -> bool:
    """Whether a value of some length stands inside of a reference."""
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    return len(text) >= 4 and any(text in reference for reference in references)
