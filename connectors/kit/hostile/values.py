"""Values inside of values: what stands at a place, and copies with something else there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
_DEEPEST = 5


def at(value: Any, path: Path) -> Any:
    """The value at a place; None where there is none."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def placed(value: Any, path: Path, new: Any) -> Any:
    """A copy with `new` at a place; objects on the way are made."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(step, int):
        return [placed(each, rest, new) if place == step else each for place, each in enumerate(value)]
    held = value if isinstance(value, dict) else {}
    return {**held, step: placed(held.get(step), rest, new)}


def without(value: Any, path: Path) -> Any:
    """A copy without the member at a place."""
    *way, last = path
    holder = at(value, tuple(way))
    if not isinstance(holder, dict):
        return value
    return placed(value, tuple(way), {name: each for name, each in holder.items() if name != last})


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every text, number, truth and null in a value, with its place; a few levels deep."""
    if isinstance(value, dict | list) and len(path) <= _DEEPEST:
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(inner, (*path, step))
    elif not isinstance(value, dict | list):
        yield path, value


def inner(value: Any, path: Path = ()) -> Iterator[Path]:
    """The place of every member of a value, at any depth of a few."""
    if isinstance(value, dict | list) and len(path) <= _DEEPEST:
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, step)
            yield from inner(each, (*path, step))


def is_prose(value: Any) -> bool:
    """Whether a value is a text of some words, no day, number, code or address."""
    return isinstance(value, str) and len(value) >= 12 and " " in value.strip() and not value[:1].isdigit() and "://" not in value


def fresh_name(value: Any, number: int = 1) -> Any:
    """Another name of the same type and form as a row's own; `number` 1, 2, … give names that differ."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 7_000 + number
    text = str(value)
    digits = len(text) - len(text.rstrip("0123456789"))
    return text[: len(text) - digits] + str(10**digits - number) if digits else f"{text}{number}"
