"""A TOML document changed at one place: everything else of its text, comments too, stays as it was written."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_NAME = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
_PIECE = re.compile(rf"(?P<text>{_STRING})|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<remark>#[^\n]*)|(?P<line>\n)|[^\"'\[\]{{}}#\n]+", re.S)
_REST = re.compile(r"[^\n]*\n?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class CannotChange(ValueError):
    """The place stands in the text in a way that only a person can change."""


@dataclass
class _Statement:
    """`key = value`. path: of what it sets; start, end: of its lines; value: where the value stands."""

    path: Path
    start: int
    end: int
    value: tuple[int, int]


@dataclass
class _Section:
    """What stands below one heading; the first has none. listed: it is a member of a list of tables, or stands in one."""

    path: Path
    start: int
    end: int
    listed: bool
    statements: list[_Statement] = field(default_factory=list)

    @property
    def behind(self) -> int:
        """Where a further statement goes."""
        return self.statements[-1].end if self.statements else self.end


def found(document: Any, path: Path) -> Any:
    """The value at a path of tables; None where nothing is."""
    for name in path:
        if not isinstance(document, dict) or name not in document:
            return None
        document = document[name]
    return document


def changed(text: str, path: Path, value: Any) -> str:
    """
    The document with `value` at a path of tables, or without anything there (None); tables that this leaves empty go too.

    Raises:
        CannotChange: it is no TOML, or the place cannot be changed without writing other parts anew.
    """
    try:
        before = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CannotChange(str(error)) from None
    wanted = _with(before, path, value)
    if wanted == before:
        return text
    made = _rewritten(text, path, value, wanted)
    try:
        if tomllib.loads(made) == wanted:
            return made
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    raise CannotChange(".".join(path))


def written(value: Any) -> str:
    """A value as TOML has it on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if '"' in value and "'" not in value and value.isprintable():
            return f"'{value}'"
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key((name,))} = {written(each)}" for name, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def _with(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    made = deepcopy(document)
    tables = [made]
    for name in path[:-1]:
        inner = tables[-1].get(name)
        if inner is None and value is None:
            return made
        if inner is None:
            inner = tables[-1][name] = {}
        if not isinstance(inner, dict):
            raise CannotChange(".".join(path))
        tables.append(inner)
    if value is not None:
        tables[-1][path[-1]] = value
        return made
    if path[-1] not in tables[-1]:
        return made
    del tables[-1][path[-1]]
    for depth in range(len(tables) - 1, 0, -1):
        if tables[depth]:
            break
        del tables[depth - 1][path[depth - 1]]
    return made


def _rewritten(text: str, path: Path, value: Any, wanted: dict[str, Any]) -> str:
    sections = list(_sections(text))
    open_ones = [section for section in sections if not section.listed]
    for section in open_ones:
        for each in section.statements:
            if path[: len(each.path)] == each.path:
                kept = found(wanted, each.path)
                if kept is not None:
                    return text[: each.value[0]] + written(kept) + text[each.value[1] :]
                return _without(text, section, each, wanted)
    if value is None:  # a table of its own goes statement by statement
        raise CannotChange(".".join(path))
    place, name = _home(open_ones, path)
    if place is None:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return f"{text}{gap}[{_key(path[:-1])}]\n{_key(path[-1:])} = {written(value)}\n"
    head = text[:place]
    return f"{head}{'' if not head or head.endswith(chr(10)) else chr(10)}{_key(name)} = {written(value)}\n{text[place:]}"


def _home(sections: list[_Section], path: Path) -> tuple[int | None, Path]:
    """Where a new statement goes and its key there; None where its table has no heading yet."""
    parent = path[:-1]
    for section in sections:
        depth = len(section.path)
        if depth < len(parent) and section.path == parent[:depth]:
            siblings = [each for each in section.statements if len(each.path) > len(parent) and each.path[: len(parent)] == parent]
            if siblings:  # written with dots, which no heading may go on
                return siblings[-1].end, path[depth:]
    for section in sections:
        if section.path == parent:
            return section.behind, path[-1:]
    return None, path[-1:]


def _without(text: str, section: _Section, statement: _Statement, wanted: dict[str, Any]) -> str:
    """Without a statement, and without the heading of a table that it leaves empty."""
    made = text[: statement.start] + text[statement.end :]
    if section.path and len(section.statements) == 1 and found(wanted, section.path) is None:
        made = made[: section.start] + made[section.end :]
    return made


def _sections(text: str) -> Iterator[_Section]:
    """The headings of a document that is TOML, each with its statements."""
    now, listed = _Section((), 0, 0, False), set[Path]()
    at = _past(_BLANK, text, 0)
    while at < len(text):
        start = text.rfind("\n", 0, at) + 1
        if text[at] == "[":
            yield now
            many = text.startswith("[[", at)
            path, at = _path(text, at + (2 if many else 1))
            if many:
                listed.add(path)
            end = _past(_REST, text, at)
            now = _Section(path, start, end, any(path[:depth] in listed for depth in range(1, len(path) + 1)))
        else:
            path, at = _path(text, at)
            begin = _past(_SPACE, text, at + 1)  # behind the sign =
            stop = _value_end(text, begin)
            end = _past(_REST, text, stop)
            now.statements.append(_Statement(now.path + path, start, end, (begin, stop)))
        at = _past(_BLANK, text, end)
    yield now


def _path(text: str, at: int) -> tuple[Path, int]:
    """A dotted key, and where it ends."""
    names = []
    while match := _NAME.match(text, _past(_SPACE, text, at)):
        said = match[0]
        names.append(said if said[0] not in "\"'" else tomllib.loads(f"k = {said}")["k"])
        at = _past(_SPACE, text, match.end())
        if text[at : at + 1] != ".":
            break
        at += 1
    return tuple(names), at


def _value_end(text: str, at: int) -> int:
    depth = end = 0
    end = at
    for match in _PIECE.finditer(text, at):
        kind = match.lastgroup
        if depth == 0 and kind in {"remark", "line"}:
            break
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        at = match.end()
        end = at if match[0].strip() else end
    return len(text[:end].rstrip(" \t\r"))


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _key(path: Path) -> str:
    return ".".join(name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f") for name in path)
