"""
Tables that a web page fills by the DataTables protocol: `start`, `length` and `draw` in, rows and counts out.

Source
  https://datatables.net/manual/server-side
Caveats
  The rows are cut out of a list that goes on changing. Each page is asked for from the last row of the one before: where
  that row does not come again at its place, rows have moved past us, and the run proves nothing. Where it always does, a
  row that stood in the list all the time, in an order that does not change, was read. Servers that know whole pages only
  cannot be asked so; then the counts alone are watched (kit/counts.py).
  An end is believed only where it shows: a page with nothing new, or one that is not full when as many rows came as the
  source counts. A server may give fewer rows than it was asked for, and one that counts not at all says 2147483647.
  `recordsFiltered` is the count of what was searched for, `recordsTotal` of all that there is; the first one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from connectors.kit.answer import Answer
from connectors.kit.counts import Counts, count_of
from connectors.kit.document import read_json
from connectors.kit.errors import EmptyBody, PagingLoop, ShapeChanged, TooMuch, WrongAnswer
from connectors.kit.fetch import Fetch
from connectors.kit.pages import with_parameters
from connectors.kit.rows import Rows
from connectors.kit.sniff import BOM

LENGTH, LONGEST = 100, 1000
_NOTHING = frozenset({b'""', b"''", b"null"})


def page_length(url: str) -> int:
    """How many rows to ask for at once: what the address says, at most 1000; 100 where it says nothing usable."""
    said = count_of(dict(parse_qsl(urlsplit(url).query)).get("length"))
    return min(said, LONGEST) if said else LENGTH


def steadily(url: str, column: str) -> str:
    """
    The address with the rows asked for by a column that no two rows share, where it says at which place that column stands.

    Ordered by a yes or no, equal rows come in any order and pages overlap.
    """
    for name, value in parse_qsl(urlsplit(url).query):
        if value == column and name.startswith("columns[") and name.endswith("][data]"):
            return with_parameters(url, **{"order[0][column]": name[len("columns[") : -len("][data]")], "order[0][dir]": "asc"})
    return url


def table_pages(fetch: Fetch, url: str, reference: Callable[[Any], str], *, length: int = LENGTH) -> Iterator[Rows]:
    """
    The pages of a table from its first row to its end.

    reference: what a row is known by. Sets `fetch.facts.last_page` and `fetch.facts.total`.

    Raises:
        SourceError: what came is no such table; EmptyBody for the empty text that some servers give to programs.
        PagingLoop: a page came before.
        CountsDrifted: rows moved or the counts changed between two pages; raised when all rows have come.
    """
    fetch.facts.last_page = False
    place = _Place(1 if length > 1 else 0)
    for draw in range(1, fetch.limits.pages + 1):
        start = place.passed - place.back
        answer = fetch.get(with_parameters(url, draw=draw, start=start, length=length))
        rows, total = _read(answer, fetch)
        fresh = place.step(rows, total, reference, answer)
        if fresh:
            yield Rows(answer, fresh, len(rows) - len(fresh))
        if place.is_end or (place.is_whole and len(rows) < length):
            fetch.facts.last_page = True
            place.counts.settle(fetch.facts)
            return
    raise TooMuch("too_many_pages", f"Sumber terdiri atas lebih dari {fetch.limits.pages} halaman.")


class _Place:
    """How far a table was read, and whether what was read still stands where it stood."""

    def __init__(self, overlap: int) -> None:
        self.counts = Counts()
        self.passed = 0
        self.is_end = False
        self._overlap = overlap
        self._last: str | None = None
        self._seen: set[bytes] = set()

    @property
    def back(self) -> int:
        """How many rows of the page before are asked for again."""
        return self._overlap if self._last is not None else 0

    @property
    def is_whole(self) -> bool:
        """Whether as many rows came as the source counts."""
        return self.counts.last is not None and self.passed >= self.counts.last

    def step(self, rows: list[Any], total: int | None, reference: Callable[[Any], str], answer: Answer) -> list[Any]:
        """The rows of a page that follow what was read; none at the end, and where a page has to be asked for in another way."""
        self.counts.say(total)
        back, content = self.back, blake2b(orjson.dumps(rows), digest_size=16).digest()
        if rows and content in self._seen:
            if not self.is_whole and not back:
                raise PagingLoop("Satu halaman sama persis dengan halaman sebelumnya.", answer=answer.digest)
            self.is_end = self.is_whole  # else the server knows whole pages only, and this was the one before
            self._overlap = 0
            return []
        self._seen.add(content)
        stands = bool(back and rows and reference(rows[0]) == self._last)
        if back and not stands:
            self.counts.moved = True
        fresh = rows[1:] if stands else rows
        if not fresh:
            self.is_end = self.is_whole or self.counts.last is None or not stands
            self._overlap = 0  # a server that gives one row at a time
            return []
        self.passed += len(rows) - back
        self._last = reference(fresh[-1])
        return fresh


def _read(answer: Answer, fetch: Fetch) -> tuple[list[Any], int | None]:
    """The rows of one answer, and the count it says."""
    if answer.body.removeprefix(BOM).strip() in _NOTHING:
        raise EmptyBody("Sumber mengirim teks kosong, bukan tabel.", answer=answer.digest)
    document = read_json(answer.body, fetch.limits, answer.digest)
    if isinstance(document, dict) and document.get("error"):
        raise WrongAnswer("Sumber melaporkan galat di dalam jawabannya, bukan tabel.", answer=answer.digest)
    rows = document.get("data", document.get("aaData")) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise ShapeChanged("Jawaban sumber bukan tabel DataTables: larik `data` tidak ada.", answer=answer.digest)
    said = (count_of(document.get(name)) for name in ("recordsFiltered", "recordsTotal", "iTotalDisplayRecords", "iTotalRecords"))
    return rows, next((each for each in said if each is not None), None)
