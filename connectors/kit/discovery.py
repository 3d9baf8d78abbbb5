"""
Finds the connectors: one in each file of the `connectors` folder, and others by entry points of the group
`exchange.connectors` in any installed distribution.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import connectors
from connectors.kit.base import Connector, misnamed

GROUP = "exchange.connectors"


@dataclass(frozen=True, slots=True)
class Problem:
    """A connector that could not be used: where it lives and why (Indonesian)."""

    home: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """The usable connectors by name, and the problems of the others."""

    connectors: dict[str, type[Connector]]
    problems: tuple[Problem, ...] = ()


def discover(folder: ModuleType = connectors, others: Iterable[EntryPoint] | None = None) -> Found:
    """
    All connectors at hand.

    A file or a stranger's entry point that raises at load is reported and stops nothing else. Of two with one name
    neither is used: which of them a source meant cannot be known; both homes are named.
    """
    homes: dict[str, list[tuple[str, type[Connector]]]] = {}
    problems: list[Problem] = []
    for home, load in _homes(folder, entry_points(group=GROUP) if others is None else others):
        try:
            found = load()
        except Exception as error:  # a stranger's code may raise anything
            problems.append(Problem(home, f"gagal dimuat ({type(error).__name__})"))
            continue
        for connector in found:
            wrong = misnamed(connector)
            if wrong:
                problems.append(Problem(home, wrong))
            elif all(connector is not known for _, known in homes.get(connector.name, [])):
                homes.setdefault(connector.name, []).append((home, connector))
    usable = {name: places[0][1] for name, places in sorted(homes.items()) if len(places) == 1}
    for name, places in sorted(homes.items()):
        if len(places) > 1:
            both = " dan ".join(home for home, _ in places)
            problems.append(Problem(both, f"dua konektor bernama {name!r}; keduanya tidak dipakai sampai salah satu dilepas"))
    return Found(usable, tuple(problems))


class _File:
    """A module of the folder, loaded on call; it holds exactly one connector of its own."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __call__(self) -> list[type[Connector]]:
        module = importlib.import_module(self._module)
        own = [
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, Connector) and each.__module__ == module.__name__ and "name" in vars(each)
        ]
        if len(own) != 1:
            raise ImportError(f"{len(own)} connectors in {self._module}")
        return own


class _Stranger:
    """An entry point, loaded on call."""

    def __init__(self, point: EntryPoint) -> None:
        self._point = point

    def __call__(self) -> list[type[Connector]]:
        loaded = self._point.load()
        if not (isinstance(loaded, type) and issubclass(loaded, Connector)):
            raise TypeError("not a Connector")
        return [loaded]


def _homes(folder: ModuleType, others: Iterable[EntryPoint]) -> Iterable[tuple[str, _File | _Stranger]]:
    for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
        if not module.ispkg and not module.name.rpartition(".")[2].startswith("_"):
            yield module.name, _File(module.name)
    for point in others:
        distribution = f" ({point.dist.name})" if point.dist else ""
        yield f"{point.value}{distribution}", _Stranger(point)
