"""Listings that are lines of JSON, one object each."""

from __future__ import annotations

import json
from typing import Any

import orjson

from connectors.kit.hostile.json_rows import JsonRows, json_rows


class LineRows(JsonRows):
    """Rows that are lines; nothing stands around them, and nothing says where they end."""

    def body(self, rows: list[Any]) -> bytes:
        """A line for each of these rows."""
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "surrogatepass")


def line_rows(body: bytes, references: set[str]) -> LineRows | None:
    """The lines of a body that are objects with a reference in most; None where they are anything else, or there is one alone."""
    lines = body.splitlines()
    try:
        rows = [orjson.loads(line) for line in lines if line.strip()]
    except orjson.JSONDecodeError:
        return None
    if len(rows) < 2 or not all(isinstance(row, dict) for row in rows):
        return None
    found = json_rows(rows, references)
    return None if found is None or found.path else LineRows(rows, (), found.name)


def ends_with_a_line(body: bytes) -> bool:
    """Whether a body that was cut off ends with a whole line, so that nothing tells it from one that has no more."""
    last = body[body.rfind(b"\n") + 1 :].strip()
    try:
        return not last or isinstance(orjson.loads(last), dict)
    except orjson.JSONDecodeError:
        return False
