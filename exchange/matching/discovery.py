"""Finds the criteria: each file of `criteria/`, and the entry points `exchange.criteria` of other distributions."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

from exchange.matching import criteria as folder
from exchange.matching.engine import Criterion

GROUP = "exchange.criteria"
# Shown first, because they say most; strangers and newcomers follow by name.
_ORDER = ("text", "kind", "certificates", "classes", "quantity", "price", "minimum_order", "distance")


def criteria(others: Iterable[EntryPoint] | None = None) -> tuple[Criterion, ...]:
    """
    One of each criterion, in the order in which they are shown.

    Raises:
        ValueError: a criterion's name, title or weight is missing or taken, or a file holds none; the message names its home.
    """
    found: dict[str, Criterion] = {}
    for home, kind in [*_own(), *((point.value, point.load()) for point in (entry_points(group=GROUP) if others is None else others))]:
        wrong = fault(kind)
        if wrong is None and kind.name in found:
            wrong = f"the name {kind.name!r} is taken"
        if wrong:
            raise ValueError(f"{home}: {wrong}")
        found[kind.name] = kind()
    rank = {name: at for at, name in enumerate(_ORDER)}
    return tuple(sorted(found.values(), key=lambda one: (rank.get(one.name, len(rank)), one.name)))


def fault(kind: object) -> str | None:
    """Why a class cannot be used as a criterion; None where it can."""
    if not (isinstance(kind, type) and issubclass(kind, Criterion)):
        return "not a Criterion"
    for member in ("name", "title"):
        if not getattr(kind, member, ""):
            return f"has no {member}"
    if kind.weight <= 0:
        return f"its weight {kind.weight} is not above 0"
    return None


def _own() -> list[tuple[str, type[Criterion]]]:
    found = []
    for module in iter_modules(folder.__path__, f"{folder.__name__}."):
        held = [
            one
            for one in vars(import_module(module.name)).values()
            if isinstance(one, type) and issubclass(one, Criterion) and one.__module__ == module.name
        ]
        if len(held) != 1 or held[0].name != module.name.rpartition(".")[2]:
            raise ValueError(f"{module.name}: wants one Criterion, named as its file")
        found.append((module.name, held[0]))
    return found
