"""Rows of a source that is read page by page: each once, however its pages overlap, and an end that is said honestly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.kit.answer import Answer
from connectors.kit.counts import CountsDrifted
from connectors.kit.errors import PagingLoop, SourceError, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.pages import CutShort

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows:
    """One answer and rows of it, as they came; `first` is the place of the first one in the answer, from 0."""

    answer: Answer
    rows: list[Any]
    first: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its reference, and its place in the answer that it came in (from 0)."""

    reference: str
    row: Any
    answer: Answer
    position: int


def distinct(fetch: Fetch, pages: Iterable[Rows], reference: Callable[[Any], str]) -> Iterator[Row]:
    """
    The rows of all pages, each reference at its first place; the others are counted in `fetch.facts.superseded`.

    A row that comes again tells that rows moved between two pages, and what moved one way for one can have moved past us
    for another. Where the source says a total, too few distinct rows show it; where it says none, nothing else does.

    Raises:
        PagingLoop: a page brings nothing that did not come before.
        CountsDrifted: rows came again from a source that says no total.
        TooMuch: more rows than the bound allows.
    """
    seen: set[str] = set()
    again = 0
    for page in pages:
        fresh = 0
        for position, row in enumerate(page.rows, page.first):
            name = reference(row)
            if name in seen:
                again += 1
                continue
            if len(seen) >= fetch.limits.listings:
                raise TooMuch("too_many_listings", f"Sumber memuat lebih dari {fetch.limits.listings} baris.", answer=page.answer.digest)
            seen.add(name)
            fresh += 1
            yield Row(name, row, page.answer, position)
        fetch.facts.superseded += len(page.rows) - fresh
        if page.rows and not fresh:
            raise PagingLoop("Satu halaman penuh hanya mengulang baris yang sudah dibaca.", answer=page.answer.digest)
    if again and fetch.facts.total is None:
        raise CountsDrifted(f"{again} baris datang lebih dari sekali di halaman yang berbeda, dan sumber tidak menyebut jumlahnya.")


def until_cut(things: Iterable[T]) -> Iterator[T]:
    """What comes; an error after the first thing came makes the run partial (`CutShort`) and not failed, for what came is good."""
    came = False
    try:
        for each in things:
            came = True
            yield each
    except SourceError as error:
        if not came or error.state != "failed":
            raise
        raise CutShort.by(error) from error


def advised(things: Iterable[T], advice: Callable[[SourceError], str | None]) -> Iterator[T]:
    """What comes; an error for which there is better advice than the usual says that instead."""
    try:
        yield from things
    except SourceError as error:
        error.mend = advice(error) or error.mend
        raise
