"""The pages of a source as its mapping says: one answer, numbers, offsets, a cursor, or links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.kit.answer import Answer
from connectors.kit.errors import Refused, ShapeChanged, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.mapping.documents import BROKEN, Document, opened
from connectors.kit.mapping.expressions import Getter
from connectors.kit.mapping.model import Mapping
from connectors.kit.mapping.readers import plain
from connectors.kit.origin import joined
from connectors.kit.pages import Trail, with_parameters

_ACCEPT = {
    "json": "application/json", "ndjson": "application/x-ndjson, application/json", "csv": "text/csv", "xml": "application/xml, text/xml",
}  # fmt: skip
_LONGEST_COUNT = 18
_NO = frozenset({"", "false", "0", "tidak", "no"})


Look = Callable[["Page", Iterator[dict[str, Any]]], Iterator[dict[str, Any]]]
"""Looks at the rows of a page and gives them on; raises SourceError where they are no list of demands."""


@dataclass(slots=True)
class Page:
    """One answer read; `count` is how many of its rows were handed on, `unread` how many of these could not be read."""

    answer: Answer
    document: Document
    look: Look | None = None
    count: int = 0
    unread: int = 0

    def rows(self) -> Iterator[dict[str, Any]]:
        """The body of each row."""
        rows = self.document.rows()
        for body in self.look(self, rows) if self.look else rows:
            self.count += 1
            self.unread += BROKEN in body
            yield body


@dataclass(slots=True)
class Pages:
    """
    The pages of one run; each must be read through before the next is asked for.

    total: the source's own count as last said, None where it says none. seen: rows that were read so far; unread: those
    that could not be; endless: whether a page did not prove its end.
    """

    mapping: Mapping
    fetch: Fetch
    url: str
    look: Look | None = None
    total: int | None = None
    seen: int = 0
    unread: int = 0
    endless: bool = False
    _turned: int = field(default=0, repr=False)

    def __iter__(self) -> Iterator[Page]:
        """
        Each page in order.

        Raises:
            SourceError: a page cannot be had, is something else, or came before.
        """
        if self.mapping.paging.kind == "none":
            page = Page(*self._ask(self.url), self.look)
            yield page
            self._note(page)
            return
        trail = Trail(self.fetch, self._ask)
        url: str | None = self._first()
        while url is not None:
            step = trail.step(url)
            page = Page(step.answer, step.document, self.look)
            yield page
            self._note(page)
            if self.seen > self.fetch.limits.listings:
                raise TooMuch("too_many_listings", f"Sumber memuat lebih dari {self.fetch.limits.listings} data.")
            url = _FOLLOWING[self.mapping.paging.kind](self, page, url)
        trail.end()

    def _ask(self, url: str) -> tuple[Answer, Document]:
        accept = self.mapping.request.get("accept") or _ACCEPT[self.mapping.format]
        answer = self.fetch.get(url, accept)
        return answer, opened(self.mapping, answer, self.fetch.limits)

    def _first(self) -> str:
        paging = self.mapping.paging
        values: dict[str, object] = {}
        if paging.size_parameter and paging.size:
            values[paging.size_parameter] = paging.size
        if paging.kind in ("page", "offset"):
            values[paging.parameter] = paging.first
        return with_parameters(self.url, **values) if values else self.url

    def _note(self, page: Page) -> None:
        self.seen += page.count
        self.unread += page.unread + page.document.rest
        self.endless = self.endless or page.document.endless
        said = self.mapping.paging.total
        if said is not None and (total := _count(_found(page, said))) is not None:
            self.total = total

    def _ended(self, page: Page) -> bool:
        """Whether a page is the last one: by what the source says, else by its size, else when one has no rows."""
        paging = self.mapping.paging
        if not page.count:
            return True
        if paging.more is not None:
            return _said(page, paging.more).casefold() in _NO
        if self.total is not None:
            return self.seen >= self.total
        return paging.size is not None and page.count < paging.size

    def _next_number(self, page: Page, url: str) -> str | None:
        if self._ended(page):
            return None
        self._turned += 1
        return with_parameters(url, **{self.mapping.paging.parameter: self.mapping.paging.first + self._turned})

    def _next_offset(self, page: Page, url: str) -> str | None:
        if self._ended(page):
            return None
        return with_parameters(url, **{self.mapping.paging.parameter: self.mapping.paging.first + self.seen})

    def _next_cursor(self, page: Page, url: str) -> str | None:
        paging = self.mapping.paging
        cursor = _said(page, paging.cursor)
        if not cursor or (paging.more is not None and _said(page, paging.more).casefold() in _NO):
            return None
        return with_parameters(url, **{paging.parameter: cursor})

    def _next_link(self, page: Page, url: str) -> str | None:
        link = _said(page, self.mapping.paging.next)
        return joined(url, link) if link else None


_FOLLOWING: dict[str, Callable[[Pages, Page, str], str | None]] = {
    "page": Pages._next_number,
    "offset": Pages._next_offset,
    "cursor": Pages._next_cursor,
    "link": Pages._next_link,
}


def _found(page: Page, expression: Getter) -> Any:
    try:
        return page.document.find(expression)
    except Refused as refused:
        fault = refused.message
    raise ShapeChanged(fault, answer=page.answer.digest)


def _said(page: Page, expression: Getter | None) -> str:
    """What a page says of the following one; raises ShapeChanged where that is neither text nor number."""
    value = None if expression is None else _found(page, expression)
    if isinstance(value, dict | list):
        raise ShapeChanged("Tanda halaman berikutnya bukan teks.", answer=page.answer.digest)
    return "" if value is False else plain(value)


def _count(value: Any) -> int | None:
    said = plain(value) if not isinstance(value, bool | dict | list) else ""
    return int(said[:_LONGEST_COUNT]) if said.isascii() and said.isdigit() else None
