"""The members of listings, as the source sends them: which there are, how often they say anything, and of what type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from connectors.kit import RawListing
from connectors.kit.sheet.columns import is_about_persons
from connectors.kit.text import WITHHELD, cut, line

MOST_SAMPLED = 200
_MOST_MEMBERS = 500
_LONGEST_NAME, _LONGEST_EXAMPLE, _FIRST_OF_LIST = 60, 40, 20
_TYPES = {bool: "boolean", int: "number", float: "number", str: "text", dict: "object", list: "list"}
_NAMES = frozenset({"nama", "name"})
_THINGS = frozenset({"paket", "barang", "satker", "klpd", "produk", "kegiatan", "program", "unit", "pekerjaan", "instansi"})


class Sample:
    """
    At most 200 listings of a run, evenly spread over all that were added.

    Each n-th is kept, and whenever they become too many every other one goes and n is doubled: no work for a listing that is not kept.
    seen: how many were added.
    """

    def __init__(self) -> None:
        self.listings: list[RawListing] = []
        self.seen, self._every = 0, 1

    def add(self, listings: Sequence[RawListing]) -> None:
        """The next listings of the run."""
        self.listings.extend(listings[-self.seen % self._every :: self._every])
        self.seen += len(listings)
        while len(self.listings) > MOST_SAMPLED:
            self.listings = self.listings[::2]
            self._every *= 2


@dataclass(slots=True)
class Member:
    """
    One member over several listings: share of them that have a value there, and the share of each type among these values.

    An absent member, null and an empty text are alike: nothing is said. example: the first value, as it came.
    """

    share: float
    types: dict[str, float]
    example: Any = field(default=None, compare=False)

    def kept(self) -> list[Any]:
        """Share and types as they are kept."""
        return [round(self.share, 4), {name: round(share, 4) for name, share in self.types.items()}]

    @classmethod
    def of(cls, kept: Sequence[Any]) -> Member:
        """From what was kept."""
        return cls(float(kept[0]), dict(kept[1]))


def members_of(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Member]:
    """
    The members of N listings by path: `buyer`, one level further `buyer.name`, in a list of objects `items[].unit`.

    Of more than 500 those that most listings have.
    """
    counts: dict[str, dict[str, int]] = {}
    examples: dict[str, Any] = {}
    for body in bodies:
        for path, value in dict(_inside(body)).items():
            types = counts.setdefault(path, {})
            kind = _TYPES.get(type(value), "text")
            types[kind] = types.get(kind, 0) + 1
            examples.setdefault(path, value)
    found = {}
    for path, types in sorted(counts.items(), key=lambda each: (-sum(each[1].values()), each[0]))[:_MOST_MEMBERS]:
        having = sum(types.values())
        found[path] = Member(having / len(bodies), {kind: count / having for kind, count in types.items()}, examples[path])
    return found


def _inside(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Path and value of what a listing says, two levels deep."""
    for name, value in body.items():
        if value is None or value == "":
            continue
        path = _label(str(name))
        yield path, value
        if isinstance(value, dict):
            yield from ((f"{path}.{_label(str(inner))}", each) for inner, each in value.items() if each is not None and each != "")
        elif isinstance(value, list):
            for thing in value[:_FIRST_OF_LIST]:
                if isinstance(thing, dict):
                    yield from (
                        (f"{path}[].{_label(str(inner))}", each) for inner, each in thing.items() if each is not None and each != ""
                    )


@lru_cache(4096)
def _label(name: str) -> str:
    """A member's name as it may be shown: a hostile source, or one that uses persons' numbers for names, gets none of that through."""
    return cut(line(name), _LONGEST_NAME) or "?"


def example_of(path: str, value: Any, is_personal: Callable[[str], bool]) -> str | None:
    """A value of at most 40 letters to show; None where it is about a person or may be, or is no single value."""
    name = path.rpartition(".")[2]
    if isinstance(value, dict | list) or WITHHELD in path or is_personal(name) or is_about_persons(name) or _is_bare_name(name):
        return None
    said = line(str(value).lower() if isinstance(value, bool) else str(value))
    return None if WITHHELD in said else cut(said, _LONGEST_EXAMPLE) or None


def _is_bare_name(name: str) -> bool:
    """Whether a member is a name without saying of what: it may be somebody's."""
    first, *others = re.findall(r"[^\W_]+", name.casefold()) or [""]
    return first in _NAMES and _THINGS.isdisjoint(others)
