"""The columns of kept answers as a form offers them, and the expression of a mapping's language that finds each."""

from __future__ import annotations

import re
from typing import Any

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"@?[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?")
_IN_LIST = "[]."
SELF = {"xml": "."}
OWN = "[@]"


def own(form: str) -> str:
    """The expression by which a listing is the one thing that it asks for."""
    return SELF.get(form, OWN)


def expression_of(path: str, form: str) -> str | None:
    """What finds a column (a path such as `instansi.nama`) in a listing of this format; None where no plain expression does."""
    if path.endswith("…") or not path:
        return None
    parts = [path] if form == "csv" else path.split(".")
    if form == "xml":
        steps = ["text()" if part == "#text" else part for part in parts]
        return "/".join(steps) if all(step == "text()" or _STEP.fullmatch(step) for step in steps) else None
    if any('"' in part or "\\" in part for part in parts):
        return None
    return ".".join(part if _BARE.fullmatch(part) else f'"{part}"' for part in parts)


def base_of(path: str) -> tuple[str, str]:
    """Of `barang[].nama` the list and the member; of another path nothing and the path."""
    base, inside, member = path.partition(_IN_LIST)
    return (base, member) if inside else ("", path)


def offered(members: dict[str, list[Any]], *, in_lists: bool) -> dict[str, str]:
    """The columns that a field may name, each with its example; members of lists only where asked for."""
    found = {}
    for path, told in members.items():
        if (_IN_LIST in path and not in_lists) or path.startswith(":") or set(told[1]) == {"object"}:
            continue
        found[path] = told[2] or ""
    return found
