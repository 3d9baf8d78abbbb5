"""Each reference once: of several rows with one the row that holds, in memory that hardly grows with the list."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from connectors.kit.answer import Answer, KnownAnswer
from connectors.kit.base import stable_reference
from connectors.kit.errors import Refused, SourceError, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.limits import MIB
from connectors.kit.mapping.documents import EndUnproved, RowsUnreadable, opened
from connectors.kit.mapping.model import Mapping
from connectors.kit.mapping.paging import Page
from connectors.kit.pages import CutShort

_WIDTH = 32
"""How much of a row's order is kept to compare it: ISO 8601 to the last digit, or a number with 30."""


class Row(NamedTuple):
    """One row of a source, the first or only one of its reference, which is one that can be kept (`stable_reference`)."""

    reference: str
    body: dict[str, Any]
    answer: Answer
    position: int


Named = Callable[[dict[str, Any]], str]


class Several(Protocol):
    """Pages, and what was seen of them (see `paging.Pages`)."""

    total: int | None
    seen: int
    unread: int
    endless: bool

    def __iter__(self) -> Iterator[Page]:
        """Each page, to be read through before the next is asked for."""


def once(mapping: Mapping, fetch: Fetch, pages: Several, named: Named) -> Iterator[Row]:
    """
    The rows of all pages, each reference once; those left out are counted as superseded.

    Where the mapping names an `order`, the row that is greatest by it holds (of equal ones the last; with `prefer_kept`
    none that is skipped before one that is not), which wants all pages read before the first row is handed on; else the
    first row that comes.

    Raises:
        SourceError: the first page cannot be had. CutShort: a later one; RowsUnreadable, EndUnproved: after all rows
            that came. TooMuch: `too_many_listings`.
    """
    rows = _first(mapping, fetch, pages, named) if mapping.order is None else _greatest(mapping, fetch, pages, named)
    cut = yield from rows
    fetch.facts.total = _total(pages, fetch.facts.superseded)
    fault = cut or _fault(pages)
    if fault is not None:
        raise fault


def _fault(pages: Several) -> SourceError | None:
    """Why the rows that came are no proof of what the source has; None where they may be."""
    if pages.unread:
        return RowsUnreadable(f"{pages.unread} baris dari sumber tidak terbaca, sehingga tidak diketahui data mana yang hilang.")
    if pages.endless and pages.total is None:
        return EndUnproved(
            "Jawaban tidak menyebut panjangnya dan daftarnya tidak mempunyai tanda akhir; tidak terbukti bahwa daftar itu utuh."
        )
    return None


def _total(pages: Several, superseded: int) -> int | None:
    """The source's count of listings: some count doubled rows once, some as often as they come, and both are whole."""
    if pages.total is None:
        return None
    listed = pages.seen - superseded
    return listed if listed <= pages.total <= pages.seen else pages.total


def _first(mapping: Mapping, fetch: Fetch, pages: Several, named: Named) -> Generator[Row, None, CutShort | None]:
    seen: set[str] = set()
    most, volatile = fetch.limits.listings, mapping.volatile
    for page in _until_cut(pages):
        if isinstance(page, CutShort):
            return page
        known = page.known
        if known is not None and seen.isdisjoint(known.references) and fetch.take_known(page.answer.digest, known.rows):
            page.take()
            seen.update(known.references)
            continue
        count = page.document.count()
        if known is None and count is not None and fetch.take_known(page.answer.digest, count):
            seen.update(stable_reference(named(body)) for body in page.rows())
            continue
        answer, before = page.answer, fetch.facts.superseded
        for position, body in enumerate(page.rows()):
            reference = stable_reference(named(body))
            for name in volatile:
                page.volatile += name in body
            if reference in seen:
                fetch.facts.superseded += 1
                continue
            seen.add(reference)
            if len(seen) + fetch.facts.superseded > most:
                raise _too_many(fetch)
            if not reference.isprintable():  # it is kept in another form
                page.plain = False
            yield Row(reference, body, answer, position)
        if fetch.facts.superseded != before:  # by whichever page came first in this run
            page.plain = False
    return None


def _greatest(mapping: Mapping, fetch: Fetch, pages: Several, named: Named) -> Generator[Row, None, CutShort | None]:
    """Reads all once for references and order, then again for the rows that hold; answers wait packed where they are many."""
    assert mapping.order is not None
    order, ranks = mapping.order, _Ranks()
    waiting: list[Answer] = []
    single: Page | None = None
    cut: CutShort | None = None
    is_one = mapping.paging.kind == "none"
    for page in _until_cut(pages):
        if isinstance(page, CutShort):
            cut = page
            break
        if is_one and (known := page.known) is not None and fetch.take_known(page.answer.digest, known.rows):
            page.take()
            fetch.facts.superseded += known.superseded
            continue
        for body in page.rows():
            preferred = b"1" if mapping.prefer_kept and _is_kept(mapping, body) else b"0"
            ranks.add(_digest(named(body)), preferred + _rank(order, body))
            if len(ranks) > fetch.limits.listings:
                raise _too_many(fetch)
        single = page if not waiting and single is None else None
        waiting.append(replace(page.answer, body=zlib.compress(page.answer.body, 1)) if not is_one else page.answer)
        if sum(len(each.body) for each in waiting) > fetch.limits.expanded:
            raise TooMuch("too_large", f"Semua halaman bersama lebih besar dari {fetch.limits.expanded // MIB} MiB.")
    holds = ranks.holding()
    superseded = len(ranks) - int(holds.sum())
    fetch.facts.superseded += superseded
    number, is_plain = 0, single is not None and is_one and not (single.unread or single.document.rest)
    for answer in waiting:
        whole = answer if is_one else replace(answer, body=zlib.decompress(answer.body))
        document = single.document if single is not None else opened(mapping, whole, fetch.limits)
        for position, body in enumerate(document.rows()):
            if holds[number]:
                reference = stable_reference(named(body))
                is_plain = is_plain and reference.isprintable()
                yield Row(reference, body, whole, position)
            number += 1
    if is_plain and single is not None:
        held = KnownAnswer(len(ranks) - superseded, superseded, {"endless": single.document.endless})
        fetch.remember(single.answer.digest, held, b"")
    return cut


class _Ranks:
    """References and orders of many rows, 48 bytes each."""

    def __init__(self) -> None:
        self._digests, self._orders = bytearray(), bytearray()

    def __len__(self) -> int:
        return len(self._digests) // 16

    def add(self, digest: bytes, order: bytes) -> None:
        self._digests += digest
        self._orders += order[:_WIDTH].ljust(_WIDTH, b"\x00")

    def holding(self) -> NDArray[np.bool_]:
        """For each row whether it holds: whether no other of its reference is greater, or equal and later."""
        holds = np.ones(len(self), dtype=np.bool_)
        if not len(self):
            return holds
        digests = np.frombuffer(self._digests, dtype=np.uint64).reshape(-1, 2)
        order = np.lexsort((digests[:, 1], digests[:, 0]))  # stable: rows of one reference stay in their order
        same = (digests[order][1:] == digests[order][:-1]).all(axis=1)
        best = -1
        for place in np.flatnonzero(same):
            before, row = int(order[place]), int(order[place + 1])
            if place == 0 or not same[place - 1]:
                best = before
            if self._order(row) >= self._order(best):
                best, row = row, best
            holds[row] = False
        return holds

    def _order(self, row: int) -> bytes:
        return bytes(self._orders[row * _WIDTH : (row + 1) * _WIDTH])


def _rank(order: Callable[[Any], Any], body: dict[str, Any]) -> bytes:
    """A value to compare rows by: texts as they are, numbers by their size."""
    try:
        value = order(body)
    except Refused:
        return b""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:0{_WIDTH}.6f}".encode() if value >= 0 else b""
    return value.encode("utf-8", "replace") if isinstance(value, str) else b""


def _is_kept(mapping: Mapping, body: dict[str, Any]) -> bool:
    """Whether no rule skips a row; of one that cannot be judged, that it may be a demand."""
    try:
        return mapping.skipped(body) is None
    except Refused:
        return True


def _digest(reference: str) -> bytes:
    return blake2b(reference.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _too_many(fetch: Fetch) -> TooMuch:
    return TooMuch("too_many_listings", f"Sumber memuat lebih dari {fetch.limits.listings} data.")


def _until_cut(pages: Several) -> Iterator[Page | CutShort]:
    """The pages; where one after the first cannot be had, what ended them comes last."""
    came = False
    try:
        for page in pages:
            came = True
            yield page
    except SourceError as error:
        if not came:
            raise
        yield CutShort.by(error)
