"""Listings that are members of a JSON array."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from connectors.kit.hostile.rows import Edit, Rows, part_of, spells
from connectors.kit.hostile.values import Path, at, inner, is_prose, placed, scalars, without

_DEEPEST = 5


class JsonRows(Rows):
    """Rows that are members of a JSON array."""

    def __init__(self, document: Any, path: Path, name: Path) -> None:
        self.document, self.path, self.name = document, path, name
        self.rows = at(document, path)

    def body(self, rows: list[Any]) -> bytes:
        """The document with these rows; texts and numbers as any JSON writer has them, half characters and NaN included."""
        document = self.document_with(rows)
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def document_with(self, rows: list[Any]) -> Any:
        """The value with these rows in it."""
        return placed(self.document, self.path, rows)

    def identity(self, row: Any) -> Any:
        """The value where the reference stands."""
        return at(row, self.name)

    def renamed(self, row: Any, value: Any) -> Any:
        """With another value where the reference stands."""
        return placed(row, self.name, value)

    def nameless(self, row: Any) -> Any:
        """Without that member; null where rows are positional."""
        return placed(row, self.name, None) if isinstance(self.name[-1], int) else without(row, self.name)

    def edited(self, row: Any, edit: Edit) -> Any:
        """Prose at any depth."""
        return _edited(row, edit, self.identity(row))

    def places(self, row: Any) -> list[Any]:
        """Every member, objects and arrays on the way included."""
        return [path for path in inner(row) if path != self.name and self.name[: len(path)] != path]

    def put(self, row: Any, place: Any, value: Any) -> Any:
        """Any JSON value."""
        return placed(row, place, value)

    def dropped(self, row: Any, place: Any) -> Any:
        """Without the member; null in an array."""
        return placed(row, place, None) if isinstance(place[-1], int) else without(row, place)

    def extended(self, row: Any) -> Any:
        """Members of every type, at the end; positional rows get no more places."""
        if not isinstance(row, dict):
            return row
        return row | {"kolom_karangan": "baru", "kolom_karangan_2": [1, {"a": None}], "kolom_karangan_3": 1.5, "kolom_karangan_4": {}}


def json_rows(document: Any, references: set[str]) -> JsonRows | None:
    """The array of a document that carries most references; None where none does."""
    best: tuple[int, JsonRows] | None = None
    for path, rows in _arrays(document):
        for name in _named(rows[0], references):
            hits = sum(spells(at(row, name), references) for row in rows)
            if best is None or hits > best[0]:
                best = hits, JsonRows(document, path, name)
    return best[1] if best else None


def _arrays(value: Any, path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """Arrays of objects or arrays, the outer ones first."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, list):
        if value and all(isinstance(each, dict | list) for each in value):
            yield path, value
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _arrays(inner, (*path, name))


def _named(row: Any, references: set[str]) -> list[Path]:
    """Places in a row where a reference stands, the whole of one before a part of one."""
    whole = [path for path, value in scalars(row) if spells(value, references)]
    return whole or [path for path, value in scalars(row) if part_of(value, references)]


def _edited(value: Any, edit: Edit, name: Any) -> Any:
    if isinstance(value, dict):
        return {key: _edited(inner, edit, name) for key, inner in value.items()}
    if isinstance(value, list):
        return [_edited(inner, edit, name) for inner in value]
    return edit(value) if is_prose(value) and value != name else value
