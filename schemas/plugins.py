"""
Plug-ins: one class a file of a folder, and others by entry points of any installed distribution.

Connectors, publication formats and match criteria are all found here, by the same rules: name, place and class agree;
one that is broken is reported and stops no other; of two with one name neither is used.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Generic, TypeVar

P = TypeVar("P")

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Problem:
    """A plug-in that could not be used: where it lives and why (Indonesian)."""

    home: str
    message: str


@dataclass(frozen=True, slots=True)
class Found(Generic[P]):
    """The usable plug-ins by name, and the problems of the others."""

    usable: dict[str, type[P]]
    problems: tuple[Problem, ...] = ()


def discover(
    base: type[P],
    folder: ModuleType,
    group: str,
    fault: Callable[[type[P]], str | None] | None = None,
    others: Iterable[EntryPoint] | None = None,
) -> Found[P]:
    """
    All plug-ins at hand.

    Args:
        base: what each is a subclass of.
        folder: the package whose modules hold one each; sub-packages and names with `_` before them are left out.
        group: the entry-point group of other distributions.
        fault: what is wrong with one beyond its name, Indonesian; None where nothing is.
        others: entry points to use instead of the installed ones.
    """
    homes: dict[str, list[tuple[str, type[P]]]] = {}
    problems: list[Problem] = []
    for home, wanted, load in _places(base, folder, entry_points(group=group) if others is None else others):
        try:
            found = load()
        except Exception as error:  # a stranger's code may raise anything
            problems.append(Problem(home, f"gagal dimuat ({type(error).__name__})"))
            continue
        wrong = misnamed(found, wanted) or (fault(found) if fault else None)
        if wrong:
            problems.append(Problem(home, wrong))
        elif all(found is not known for _, known in homes.get(wanted, [])):
            homes.setdefault(wanted, []).append((home, found))
    for name, places in sorted(homes.items()):
        if len(places) > 1:
            both = " dan ".join(home for home, _ in places)
            problems.append(Problem(both, f"dua pengaya bernama {name!r}; keduanya tidak dipakai sampai salah satu dilepas"))
    return Found({name: places[0][1] for name, places in sorted(homes.items()) if len(places) == 1}, tuple(problems))


def misnamed(found: type, wanted: str) -> str | None:
    """What is wrong with a plug-in's name, Indonesian: name, place (`wanted`) and class must agree; None where they do."""
    name = getattr(found, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"{found.__name__}: name harus huruf kecil, angka dan garis bawah, bukan {name!r}"
    if _HUMP.sub("_", found.__name__).lower().replace("_", "") != name.replace("_", ""):
        return f"{found.__name__}: nama kelas tidak sama dengan name = {name!r}"
    if name != wanted:
        return f"{found.__name__}: bernama {name!r}, padahal tempatnya bernama {wanted!r}"
    return None


def _places(base: type[P], folder: ModuleType, others: Iterable[EntryPoint]) -> Iterator[tuple[str, str, Callable[[], type[P]]]]:
    """Each place that may hold a plug-in: where it is, the name that it must have, and how it is loaded."""
    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        stem = module.name.rpartition(".")[2]
        if not module.ispkg and not stem.startswith("_"):
            yield module.name, stem, _of_file(base, module.name)
    for point in others:
        distribution = f" ({point.dist.name})" if point.dist else ""
        yield f"{point.value}{distribution}", point.name, _of_stranger(base, point)


def _of_file(base: type[P], name: str) -> Callable[[], type[P]]:
    """Loads a module's own plug-in: the one class that names itself; helpers and imported classes do not count."""

    def load() -> type[P]:
        module = importlib.import_module(name)
        own = [
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, base) and each.__module__ == module.__name__ and "name" in vars(each)
        ]
        if len(own) != 1:
            raise ImportError(f"{len(own)} plug-ins in {name}")
        return own[0]

    return load


def _of_stranger(base: type[P], point: EntryPoint) -> Callable[[], type[P]]:
    def load() -> type[P]:
        loaded = point.load()
        if not (isinstance(loaded, type) and issubclass(loaded, base)):
            raise TypeError(f"not a {base.__name__}")
        return loaded

    return load
