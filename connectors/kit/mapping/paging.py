"""The pages of a source as its mapping says: one answer, numbers, offsets, a cursor, or links."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from connectors.kit.answer import Answer, KnownAnswer
from connectors.kit.calm import Calm, calm
from connectors.kit.errors import Refused, ShapeChanged, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.mapping.documents import BROKEN, Document, Unopened, opened
from connectors.kit.mapping.expressions import Getter
from connectors.kit.mapping.model import Mapping
from connectors.kit.mapping.readers import plain
from connectors.kit.origin import joined
from connectors.kit.pages import Trail, with_parameters

_ACCEPT = {
    "json": "application/json", "ndjson": "application/x-ndjson, application/json", "csv": "text/csv", "xml": "application/xml, text/xml",
}  # fmt: skip
_LONGEST_COUNT = 18
GZIP = b"\x1f\x8b"
_NO = frozenset({"", "false", "0", "tidak", "no"})


Look = Callable[["Page", Iterator[dict[str, Any]]], Iterator[dict[str, Any]]]
"""Looks at the rows of a page and gives them on; raises SourceError where they are no list of demands."""


@dataclass(slots=True)
class Page:
    """
    One answer; `count` is how many of its rows were handed on, `unread` how many of these could not be read.

    known: what it held where it came before, byte for byte, and need not be opened. around: what was read beside its rows, by the
    names of `Paging`. plain: whether what it held can be told by its listings' references alone. volatile: how many volatile fields its
    rows had.
    """

    answer: Answer
    document: Document
    look: Look | None = None
    known: KnownAnswer | None = None
    count: int = 0
    unread: int = 0
    around: dict[str, Any] = field(default_factory=dict)
    plain: bool = True
    volatile: int = 0

    def take(self) -> None:
        """Count the rows of an answer that is known without opening it."""
        assert self.known is not None
        self.count, self.around = self.known.rows + self.known.superseded, dict(self.known.around)
        self.document.endless = bool(self.around.get("endless"))

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
    _calm: Calm | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[Page]:
        """
        Each page in order.

        Raises:
            SourceError: a page cannot be had, is something else, or came before.
        """
        if self.mapping.paging.kind == "none":
            page = self._page(*self._ask(self.url))
            yield page
            self._note(page)
            self._remember(page)
            return
        trail = Trail(self.fetch, self._ask)
        url: str | None = self._first()
        while url is not None:
            step = trail.step(url)
            page = self._page(step.answer, step.document)
            yield page
            self._note(page)
            if self.seen > self.fetch.limits.listings:
                raise TooMuch("too_many_listings", f"Sumber memuat lebih dari {self.fetch.limits.listings} data.")
            url = _FOLLOWING[self.mapping.paging.kind](self, page, url)
            self._remember(page)
        trail.end()

    def _ask(self, url: str) -> tuple[Answer, Document]:
        accept = self.mapping.request.get("accept") or _ACCEPT[self.mapping.format]
        answer = self.fetch.get(url, accept)
        self._calm = None
        known = self.fetch.known(answer.digest, partial(self._calm_digest, answer))
        if known is not None:
            return answer, Unopened(self.mapping, answer, self.fetch.limits, known)
        return answer, opened(self.mapping, answer, self.fetch.limits)

    def _calm_digest(self, answer: Answer) -> bytes:
        """What the answer is but for volatile fields; empty where that cannot be told by its bytes."""
        volatile = self.mapping.volatile
        if volatile and self.mapping.format != "csv" and not answer.body.startswith(GZIP):
            self._calm = calm(answer.body, volatile, xml=self.mapping.format == "xml")
        return self._calm.digest if self._calm else b""

    def _page(self, answer: Answer, document: Document) -> Page:
        return Page(answer, document, self.look, document.known if isinstance(document, Unopened) else None)

    def _remember(self, page: Page) -> None:
        """Keep what a page held, where that is told by the references of its listings; rows in an order of the mapping's are not."""
        is_plain = page.plain and not page.unread and not page.document.rest and all(map(_is_plain, page.around.values()))
        if is_plain and self.mapping.order is None:
            # cut out were the rows' own fields, or else nobody knows what else changed
            found = self._calm.digest if self._calm and self._calm.cut == page.volatile else b""
            held = KnownAnswer(page.count, 0, page.around | {"endless": page.document.endless})
            self.fetch.remember(page.answer.digest, held, found)

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
        if self.mapping.paging.total is not None and (total := _count(_found(page, "total", self.mapping.paging.total))) is not None:
            self.total = total

    def _ended(self, page: Page) -> bool:
        """Whether a page is the last one: by what the source says, else by its size, else when one has no rows."""
        paging = self.mapping.paging
        if not page.count:
            return True
        if paging.more is not None:
            return _said(page, "more", paging.more).casefold() in _NO
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
        cursor = _said(page, "cursor", paging.cursor)
        if not cursor or (paging.more is not None and _said(page, "more", paging.more).casefold() in _NO):
            return None
        return with_parameters(url, **{paging.parameter: cursor})

    def _next_link(self, page: Page, url: str) -> str | None:
        link = _said(page, "next", self.mapping.paging.next)
        return joined(url, link) if link else None


_FOLLOWING: dict[str, Callable[[Pages, Page, str], str | None]] = {
    "page": Pages._next_number,
    "offset": Pages._next_offset,
    "cursor": Pages._next_cursor,
    "link": Pages._next_link,
}


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _found(page: Page, name: str, expression: Getter) -> Any:
    """What an answer says beside its rows; kept, so that the same answer need not be opened for it."""
    if name in page.around:
        return page.around[name]
    try:
        page.around[name] = value = page.document.find(expression)
        return value
    except Refused as refused:
        fault = refused.message
    raise ShapeChanged(fault, answer=page.answer.digest)


def _said(page: Page, name: str, expression: Getter | None) -> str:
    """What a page says of the following one; raises ShapeChanged where that is neither text nor number."""
    value = None if expression is None else _found(page, name, expression)
    if isinstance(value, dict | list):
        raise ShapeChanged("Tanda halaman berikutnya bukan teks.", answer=page.answer.digest)
    return "" if value is False else plain(value)


def _count(value: Any) -> int | None:
    said = plain(value) if not isinstance(value, bool | dict | list) else ""
    return int(said[:_LONGEST_COUNT]) if said.isascii() and said.isdigit() else None
