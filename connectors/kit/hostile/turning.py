"""How one page of the ordinary exchange leads to the next, found by looking: a link, a cursor, the source's own total."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import etree

from connectors.kit.errors import SourceError
from connectors.kit.hostile.base import NotApplicable
from connectors.kit.hostile.json_rows import JsonRows
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.values import Path, at, placed, scalars
from connectors.kit.limits import Limits
from connectors.kit.xml import read_xml

_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HINTS = ("next", "cursor", "after", "berikut")


class Turn(NamedTuple):
    """
    Where a page says what follows: the place in its document, the value there, and whether it is an address. In XML the place is an
    element and, where the link is one of its attributes, that one's name.
    """

    page: Page
    path: Path
    value: Any
    is_link: bool
    element: Any = None


def turns(ordinary: Ordinary) -> list[Turn]:
    """The turns between pages; raises NotApplicable where no page names the next one."""
    pages = ordinary.paged()
    found = [turn for page, following in pairwise(pages) if (turn := _turn(ordinary, page, following)) is not None]
    if not found:
        raise NotApplicable("Halamannya tidak menunjuk halaman berikutnya.")
    return found


def growing(ordinary: Ordinary) -> list[tuple[Page, Rows]]:
    """
    The pages with rows, where rows may be added and taken away without the next page being asked for elsewhere; raises NotApplicable
    where a page is asked for by the number of rows before it.
    """
    listed = ordinary.listed()
    if len(listed) > 1:
        try:
            turns(ordinary)
        except NotApplicable:
            raise NotApplicable("Halamannya diminta menurut banyaknya baris.") from None
    return listed


def turned(turn: Turn, value: Any) -> bytes:
    """The page with another value where it names the next one."""
    if turn.element is not None:
        root = deepcopy(turn.element.getroottree().getroot())
        _set(root.getroottree().xpath(turn.element.getroottree().getpath(turn.element))[0], turn.path, value)
        return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    return as_body(placed(turn.page.document(), turn.path, value))


def leading_again(turn: Turn, page: Page) -> bytes:
    """A page that leads where `turn` leads: the value, and what stands beside it, such as `has_more`."""
    if turn.element is not None:
        root = etree.fromstring(page.body)
        root.insert(0, deepcopy(turn.element))
        return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    document = page.document()
    around = at(turn.page.document(), turn.path[:-1])
    for name, value in around.items() if isinstance(around, dict) else ():
        if not isinstance(value, dict | list):
            document = placed(document, (*turn.path[:-1], name), value)
    return as_body(placed(document, turn.path, turn.value))


def totals(ordinary: Ordinary) -> list[tuple[Page, list[Path]]]:
    """Where the pages say the source's own total; raises NotApplicable where none does."""
    total = ordinary.outcome.facts.total
    if total is None:
        raise NotApplicable("Sumber ini tidak menyebut jumlah seluruhnya.")
    found = []
    for page in ordinary.json_pages():
        rows = page.rows.path if isinstance(page.rows, JsonRows) else ("*",)
        paths = [path for path, value in scalars(page.document()) if _is(value, total) and path[: len(rows)] != rows]
        if paths:
            found.append((page, paths))
    if not found:
        raise NotApplicable("Tempat jumlah seluruhnya di dalam jawaban tidak dikenali.")
    return found


def with_total(page: Page, paths: list[Path], value: Any) -> bytes:
    """A page that says another total."""
    document = page.document()
    for path in paths:
        document = placed(document, path, value)
    return as_body(document)


def as_body(document: Any) -> bytes:
    """A JSON value as bytes, NaN and huge numbers included."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _is(value: Any, total: int) -> bool:
    return not isinstance(value, bool) and (value == total or value == str(total))


def _set(element: Any, path: Path, value: Any) -> None:
    text = _UNHELD.sub("", str(value))
    if path:
        element.set(path[0], text)
    else:
        element.text = text


def _xml_turn(ordinary: Ordinary, page: Page, following: Page) -> Turn | None:
    """A text or an attribute of an XML page that is the next one's address."""
    try:
        root = read_xml(page.body, Limits())
    except SourceError:
        return None
    for element in root.iter():
        told: list[tuple[Path, Any]] = [((str(name),), value) for name, value in element.attrib.items()]
        for path, value in [*told, ((), (element.text or "").strip())]:
            if _leads(ordinary, page, str(value), following):
                return Turn(page, path, value, is_link=True, element=element)
    return None


def _turn(ordinary: Ordinary, page: Page, following: Page) -> Turn | None:
    if page.document() is None:
        return _xml_turn(ordinary, page, following)
    rows = page.rows.path if isinstance(page.rows, JsonRows) else ("*",)
    outside = [(path, value) for path, value in scalars(page.document()) if path[: len(rows)] != rows or not path]
    for path, value in outside:
        if isinstance(value, str) and _leads(ordinary, page, value, following):
            return Turn(page, path, value, is_link=True)
    new = set(_words(following.target)) - set(_words(page.target))
    for path, value in outside:
        named = bool(path) and any(hint in str(path[-1]).lower() for hint in _HINTS)
        if str(value) in new and not isinstance(value, bool) and (named or (isinstance(value, str) and len(value) >= 3)):
            return Turn(page, path, value, is_link=False)
    return None


def _leads(ordinary: Ordinary, page: Page, link: str, following: Page) -> bool:
    if not link.startswith(("http", "/", "?")) and "." not in link:
        return False
    parts = urlsplit(urljoin(ordinary.stage.base + page.target, link))
    return parts.path + (f"?{parts.query}" if parts.query else "") == following.target


def _words(target: str) -> Iterator[str]:
    yield from (value for _, value in parse_qsl(urlsplit(target).query))
