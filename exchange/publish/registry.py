"""
Finds the formats: one in each file of the `formats` folder, and others by entry points of the group
`exchange.formats` in any installed distribution.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from exchange.publish import formats
from exchange.publish.base import Format, UnknownFormat, misnamed

GROUP = "exchange.formats"


@dataclass(frozen=True, slots=True)
class Found:
    """The usable formats by name, and what is wrong with the others: home and reason (Indonesian)."""

    formats: dict[str, type[Format]]
    problems: tuple[tuple[str, str], ...] = ()


def discover(folder: ModuleType = formats, others: Iterable[EntryPoint] | None = None) -> Found:
    """
    All formats at hand.

    A file or a stranger's entry point that raises at load is reported and stops nothing else. Of two with one name
    neither is used: which of them a reader meant cannot be known; both homes are named.
    """
    homes: dict[str, list[tuple[str, type[Format]]]] = {}
    problems: list[tuple[str, str]] = []
    for home, wanted, load in _homes(folder, entry_points(group=GROUP) if others is None else others):
        try:
            found = load()
        except Exception as error:  # a stranger's code may raise anything
            problems.append((home, f"gagal dimuat ({type(error).__name__})"))
            continue
        wrong = misnamed(found)
        if wrong is None and found.name != wanted:
            wrong = f"format bernama {found.name!r}, padahal tempatnya bernama {wanted!r}"
        if wrong:
            problems.append((home, wrong))
        else:
            homes.setdefault(found.name, []).append((home, found))
    for name, places in sorted(homes.items()):
        if len(places) > 1:
            both = " dan ".join(home for home, _ in places)
            problems.append((both, f"dua format bernama {name!r}; keduanya tidak dipakai sampai salah satu dilepas"))
    usable = {name: places[0][1] for name, places in sorted(homes.items()) if len(places) == 1}
    return Found(usable, tuple(problems))


@cache
def installed() -> Found:
    """The formats of this process: what is installed does not change while it runs."""
    return discover()


def format_named(name: str) -> Format:
    """
    The format of that name, ready to write.

    Raises:
        UnknownFormat: there is none; the advice names the nearest and all there are.
    """
    known = installed().formats
    if name in known:
        return known[name]()
    near = get_close_matches(name.lower()[:40], list(known), n=1)
    guess = f"Mungkin maksudnya {near[0]}. " if near else ""
    raise UnknownFormat(f"Format {name[:40]!r} tidak ada.", mend=f"{guess}Format yang ada: {', '.join(known)}.")


def _homes(folder: ModuleType, others: Iterable[EntryPoint]) -> Iterator[tuple[str, str, Callable[[], type[Format]]]]:
    """Each place that may hold a format: where it is, the name that it must have, and how it is loaded."""
    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        if not module.ispkg and not module.name.rpartition(".")[2].startswith("_"):
            yield module.name, module.name.rpartition(".")[2], _of_file(module.name)
    for point in others:
        distribution = f" ({point.dist.name})" if point.dist else ""
        yield f"{point.value}{distribution}", point.name, _of_stranger(point)


def _of_file(name: str) -> Callable[[], type[Format]]:
    def load() -> type[Format]:
        module = importlib.import_module(name)
        own = [
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, Format) and each.__module__ == module.__name__ and "name" in vars(each)
        ]
        if len(own) != 1:
            raise ImportError(f"{len(own)} formats in {name}")
        return own[0]

    return load


def _of_stranger(point: EntryPoint) -> Callable[[], type[Format]]:
    def load() -> type[Format]:
        loaded = point.load()
        if not (isinstance(loaded, type) and issubclass(loaded, Format)):
            raise TypeError("not a Format")
        return loaded

    return load
