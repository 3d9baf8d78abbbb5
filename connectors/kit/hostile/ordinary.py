"""The ordinary exchange of a connector as it was just played, taken apart into pages and rows for the scenarios to damage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from connectors.kit.hostile.base import Check, NotApplicable, Play
from connectors.kit.hostile.csv_rows import CsvRows, csv_rows
from connectors.kit.hostile.json_rows import JsonRows, json_rows
from connectors.kit.hostile.line_rows import LineRows, line_rows
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.rules import secrets_of
from connectors.kit.hostile.server import Answerer, Asked, Reply, by_table
from connectors.kit.hostile.stage import Past, Stage
from connectors.kit.hostile.xml_rows import xml_rows
from connectors.kit.sniff import BOM

_BLANK = b" \t\r\n\x00"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the ordinary exchange, in the order of asking. rows: where listings stand in it, if they are recognised."""

    number: int
    target: str
    reply: Reply
    rows: Rows | None = field(repr=False, default=None)

    @property
    def body(self) -> bytes:
        """What it holds."""
        return self.reply.body

    def holding(self, body: bytes) -> Reply:
        """The answer with another body."""
        return replace(self.reply, body=body)

    def document(self) -> Any:
        """The JSON value in it; None where it holds none."""
        try:
            return orjson.loads(self.body.removeprefix(BOM))
        except orjson.JSONDecodeError:
            return None


Change = Callable[[Page], Reply]


class Ordinary:
    """What a connector does with its own sample, and the ways to play it otherwise."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.kind, self.sample = stage, stage.kind, stage.sample
        settings = self.sample.settings_at(stage.base)
        self.secrets = secrets_of(settings, {each.name for each in self.kind.settings if each.secret})
        self.references: frozenset[str] = frozenset()
        self.pages: list[Page] = []
        self._table = {target: [self._reply(each) for each in several] for target, several in self.sample.answers.items()}
        self.outcome = stage.run(Play(by_table(self._table)))
        self.references = frozenset(self.outcome.references)
        self.demands = self.outcome.demands()
        self.pages = list(self._pages())
        buyers = (told[1].get("buyer", {}).get("code") for told in self.outcome.told if told[0] == "demand" and isinstance(told[1], dict))
        self.past = Past(frozenset(str(each) for each in buyers if each), len(self.outcome.listings))

    def _reply(self, answer: Any) -> Reply:
        body = answer.body.replace(b"{base}", self.stage.base.encode())
        return Reply(body, headers={"Content-Type": answer.media_type})

    def _pages(self) -> Iterator[Page]:
        answer, seen = by_table(self._table), set()
        for asked in self.outcome.wire:
            if asked.target in seen:
                continue
            seen.add(asked.target)
            reply = answer(asked)
            yield Page(len(seen) - 1, asked.target, reply, find_rows(reply.body, set(self.references)))

    @property
    def is_paged(self) -> bool:
        """Whether more than one answer makes the list."""
        return len(self.pages) > 1

    def paged(self) -> list[Page]:
        """The pages, where there are several; raises NotApplicable where there is one."""
        if not self.is_paged:
            raise NotApplicable("Daftarnya datang dalam satu jawaban, tanpa halaman.")
        return self.pages

    def listed(self) -> list[tuple[Page, Rows]]:
        """The pages in which listings are recognised; raises NotApplicable where there are none."""
        found = [(page, page.rows) for page in self.pages if page.rows is not None]
        if not found:
            raise NotApplicable("Bentuk jawabannya bukan daftar baris yang dikenali.")
        return found

    def in_json(self) -> list[tuple[Page, JsonRows]]:
        """As `listed`, where the rows are members of a JSON array, objects or arrays themselves, and no lines."""
        found = [(page, rows) for page, rows in self.listed() if isinstance(rows, JsonRows) and not isinstance(rows, LineRows)]
        if not found:
            raise NotApplicable("Barisnya bukan anggota larik JSON.")
        return found

    def objects(self) -> list[tuple[Page, JsonRows]]:
        """As `listed`, where the rows are JSON objects."""
        found = [(page, rows) for page, rows in self.in_json() if isinstance(rows.rows[0], dict)]
        if not found:
            raise NotApplicable("Barisnya bukan objek JSON.")
        return found

    def tables(self) -> list[tuple[Page, CsvRows]]:
        """As `listed`, where the rows are lines of a table; raises NotApplicable where there are none."""
        found = [(page, page.rows) for page in self.pages if isinstance(page.rows, CsvRows)]
        if not found:
            raise NotApplicable("Jawabannya bukan tabel CSV.")
        return found

    def archives(self, member: str = "") -> list[Page]:
        """The pages that are ZIP archives with a member of that name; raises NotApplicable where there are none."""
        found = [page for page in self.pages if page.body.startswith(b"PK\x03\x04") and member.encode() in page.body]
        if not found:
            raise NotApplicable("Jawabannya bukan buku kerja XLSX." if member else "Jawabannya bukan arsip ZIP.")
        return found

    def json_pages(self) -> list[Page]:
        """The pages that hold JSON; raises NotApplicable where none does."""
        found = [page for page in self.pages if page.document() is not None]
        if not found:
            raise NotApplicable("Jawabannya bukan JSON.")
        return found

    def answering(self, changed: Mapping[int, Reply | list[Reply]]) -> Answerer:
        """The ordinary answers, with others for the pages of these numbers."""
        table: dict[str, list[Reply]] = dict(self._table)
        table |= {page.target: [page.reply] for page in self.pages}
        for number, reply in changed.items():
            table[self.pages[number].target] = reply if isinstance(reply, list) else [reply]
        return by_table(table)

    def each(self, change: Change, pages: Iterable[Page] | None = None) -> Answerer:
        """The ordinary answers, each (or each of some) of them changed."""
        return self.answering({page.number: change(page) for page in (self.pages if pages is None else pages)})

    def first(self, reply: Reply) -> Answerer:
        """Another first answer."""
        return self.answering({0: reply})

    def every(self, reply: Reply) -> Answerer:
        """One answer to everything."""
        return lambda _asked: reply

    def rows_changed(self, change: Callable[[Rows, list[Any]], list[Any]]) -> Answerer:
        """The ordinary answers with other rows on each page: `change` gets the page's rows and gives those to send."""
        return self.answering({page.number: page.holding(rows.body(change(rows, rows.rows))) for page, rows in self.listed()})

    def relisted(self, change: Callable[[Rows, list[Any]], list[Any]]) -> Answerer:
        """
        The ordinary answers with the list in them changed as one: `change` gets all rows, each once however pages overlap, and gives
        as many; each stands where the one it replaces stood.
        """
        every: dict[str, int] = {}
        rows: list[Any] = []
        places: dict[int, list[int]] = {}
        for page, found in self.listed():
            for row in found.rows:
                if every.setdefault(str(found.identity(row)), len(rows)) == len(rows):
                    rows.append(row)
            places[page.number] = [every[str(found.identity(row))] for row in found.rows]
        listed = self.listed()
        new = change(listed[0][1], rows)
        return self.answering(
            {page.number: page.holding(found.body([new[place] for place in places[page.number]])) for page, found in listed}
        )

    def at_base(self, base: str) -> Answerer:
        """The ordinary answers, speaking of another address than the server's own."""
        here, there = self.stage.base.encode(), base.encode()
        answer = self.answering({})

        def elsewhere(asked: Asked) -> Reply:
            reply = answer(asked)
            return replace(reply, body=reply.body.replace(here, there))

        return elsewhere

    def both(self, reply: Callable[[Page], Reply]) -> Iterator[tuple[Page, Answerer]]:
        """The exchange with its first answer changed, and with its last one where that is another."""
        for page in {0: self.pages[0], len(self.pages) - 1: self.pages[-1]}.values():
            yield page, self.answering({page.number: reply(page)})

    def play(self, answer: Answerer, *checks: Check, **more: Any) -> Play:
        """A play of this connector."""
        return Play(answer, checks, **more)

    def of_page(self, page: Page) -> frozenset[str]:
        """The references that rows of a page carry; empty where its rows are not recognised."""
        if page.rows is None:
            return frozenset()
        named = {str(page.rows.identity(row)).strip() for row in page.rows.rows}
        return frozenset(each for each in self.references if each in named or any(len(name) >= 4 and name in each for name in named))


def find_rows(body: bytes, references: set[str]) -> Rows | None:
    """The rows of an answer; None where none are recognised."""
    text = body.removeprefix(BOM).strip(_BLANK)
    if text[:1] in {b"[", b"{"}:
        try:
            return json_rows(orjson.loads(text), references)
        except orjson.JSONDecodeError:
            return line_rows(text, references)
    return xml_rows(body, references) if text[:1] == b"<" else csv_rows(text, references)
