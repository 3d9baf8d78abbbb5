"""
Ways to page through a source: one generator each, with the guard against loops and floods in one place.

Each yields `Page`s and, having come to the source's own end, sets `fetch.facts.last_page`; a run that stops before
has it False. A source that repeats a page would otherwise be read for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors.kit.answer import Answer
from connectors.kit.errors import PagingLoop, SourceError, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.masking import mask
from connectors.kit.origin import joined


@dataclass(frozen=True, slots=True)
class Page:
    """One answer and the JSON value in it."""

    answer: Answer
    document: Any


class Trail:
    """The pages of one run so far. ask: how an address is asked for and its answer read; as JSON where it is not given."""

    def __init__(self, fetch: Fetch, ask: Callable[[str], tuple[Answer, Any]] | None = None) -> None:
        self._fetch = fetch
        self._ask = ask or fetch.json
        self._addresses: set[str] = set()
        self._contents: set[str] = set()
        fetch.facts.last_page = False

    def step(self, url: str) -> Page:
        """The next page; raises PagingLoop where its address or its very bytes came before."""
        if url in self._addresses:
            raise PagingLoop(f"Halaman {mask(url)} ditunjuk lagi setelah dibaca.")
        if len(self._addresses) >= self._fetch.limits.pages:
            raise TooMuch("too_many_pages", f"Sumber terdiri atas lebih dari {self._fetch.limits.pages} halaman.")
        self._addresses.add(url)
        answer, document = self._ask(url)
        if answer.digest in self._contents:
            raise PagingLoop(f"Halaman {mask(url)} sama persis dengan halaman sebelumnya.", answer=answer.digest)
        self._contents.add(answer.digest)
        return Page(answer, document)

    def end(self) -> None:
        """Note that the source's own end was reached."""
        self._fetch.facts.last_page = True


def with_parameters(url: str, **values: object) -> str:
    """The address with these query parameters set, the others kept in order."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in values]
    query = urlencode(kept + [(name, str(value)) for name, value in values.items()])
    return urlunsplit(parts._replace(query=query))


class CutShort(SourceError):
    """A later page that could not be had: what came before it is kept, and the run is partial."""

    rule = "cut_short"
    state = "partial"

    @classmethod
    def by(cls, error: SourceError) -> CutShort:
        """The error that ended the paging, as the end of a partial run."""
        return cls(f"Halaman berikutnya tidak dapat diambil: {error.message}", mend=error.mend, answer=error.answer)


def next_links(fetch: Fetch, url: str, find: Callable[[Any], str | None]) -> Iterator[Page]:
    """Follow the link that `find` reads out of each document, absolute or relative, until there is none."""
    trail = Trail(fetch)
    following: str | None = url
    while following:
        page = trail.step(following)
        yield page
        link = find(page.document)
        following = joined(following, link) if link else None
    trail.end()


def numbered(
    fetch: Fetch, url: str, rows: Callable[[Any], list[Any]], *, parameter: str = "page", first: int = 1, size: int | None = None
) -> Iterator[Page]:
    """Pages by number until one has no rows, or fewer than `size` where that is known."""
    trail, number = Trail(fetch), first
    while True:
        page = trail.step(with_parameters(url, **{parameter: number}))
        count = len(rows(page.document))
        if count:
            yield page
        if not count or (size is not None and count < size):
            trail.end()
            return
        number += 1


def offsets(
    fetch: Fetch, url: str, rows: Callable[[Any], list[Any]], *, parameter: str = "start", limit: str = "rows", size: int = 100
) -> Iterator[Page]:
    """Pages by the number of rows to pass over, until one has fewer rows than asked for."""
    trail, passed = Trail(fetch), 0
    while True:
        page = trail.step(with_parameters(url, **{parameter: passed, limit: size}))
        count = len(rows(page.document))
        if count:
            yield page
        if count < size:
            trail.end()
            return
        passed += count


def cursors(fetch: Fetch, url: str, find: Callable[[Any], str | None], *, parameter: str = "cursor") -> Iterator[Page]:
    """Pages by an opaque cursor that `find` reads out of each document, until it finds none."""
    trail, cursor = Trail(fetch), None
    while True:
        page = trail.step(url if cursor is None else with_parameters(url, **{parameter: cursor}))
        yield page
        cursor = find(page.document)
        if not cursor:
            trail.end()
            return
