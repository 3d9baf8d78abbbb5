"""
An answer of each format as rows, one at a time, and what stands around them.

JSON stands in memory whole, within the bounds of kit/document. XML, CSV and NDJSON are read in steps; before the first
row is handed on they are read through once, so that one which is cut short is not read in part.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, Protocol

from connectors.kit.answer import Answer, KnownAnswer
from connectors.kit.document import read_json, read_line
from connectors.kit.error_answers import says_error
from connectors.kit.errors import NotJson, Refused, ShapeChanged, SourceError, Truncated, WrongAnswer
from connectors.kit.limits import MIB, Limits
from connectors.kit.mapping.expressions import Getter, XPath
from connectors.kit.mapping.model import Mapping
from connectors.kit.sniff import Kind, instead, sniff
from connectors.kit.steps import WINDOW, Steps, proved, unpacked
from connectors.kit.xml import Records

BROKEN = "#rusak"
"""In the body of a row that cannot be read: what is wrong with it. Its bytes are in the archive, at its position."""
_LONGEST_LINE = 16 * MIB
_MOST_WAITING = 1_000
_AROUND = b" \t\r\n\x00\xef\xbb\xbf"
_NO_TABLE = {Kind.JSON: "JSON", Kind.NDJSON: "NDJSON", Kind.TRUNCATED: "JSON", Kind.XML: "XML", Kind.ZIP: "arsip ZIP", Kind.GZIP: "gzip"}


class RowsUnreadable(SourceError):
    """Rows that no reference can be read from; whatever they stand for must not be taken for gone."""

    rule = "rows_unreadable"
    state = "partial"
    advice = "Minta pengelola sumber memperbaiki baris itu; baris lain sudah dibaca, dan tidak ada permintaan yang dicabut."


class EndUnproved(SourceError):
    """A list without a sign of its end, in an answer that does not say its length."""

    rule = "end_unproved"
    state = "unproven"
    advice = "Minta pengelola sumber menyebut panjang jawaban (Content-Length) atau mengemas berkasnya dengan gzip."


class Document(Protocol):
    """
    One answer, read.

    rest: rows at the end that could not be read and were not handed on, known after the others were. endless: whether
    nothing proves that the list came to its end.
    """

    rest: int
    endless: bool

    def count(self) -> int | None:
        """How many rows it has; None where only reading them would tell."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """The body of each row; of one that cannot be read only `BROKEN`."""

    def find(self, expression: Getter) -> Any:
        """A value from around the rows; after they were read."""


def opened(mapping: Mapping, answer: Answer, limits: Limits) -> Document:
    """
    An answer as its rows.

    Raises:
        SourceError: with the rule of what came instead.
    """
    return _FORMATS[mapping.format](mapping, answer, limits)


class Unopened:
    """An answer that is known already: it is opened only where somebody asks for its rows after all."""

    def __init__(self, mapping: Mapping, answer: Answer, limits: Limits, known: KnownAnswer) -> None:
        self.known, self.rest, self.endless = known, 0, False
        self._given = mapping, answer, limits
        self._document: Document | None = None

    def _opened(self) -> Document:
        if self._document is None:
            self._document = opened(*self._given)
        return self._document

    def count(self) -> int | None:
        """See `Document`."""
        return self._opened().count()

    def rows(self) -> Iterator[dict[str, Any]]:
        """See `Document`."""
        document = self._opened()
        yield from document.rows()
        self.rest, self.endless = document.rest, document.endless

    def find(self, expression: Getter) -> Any:
        """See `Document`."""
        return self._opened().find(expression)


class _Json:
    rest = 0
    endless = False

    def __init__(self, mapping: Mapping, answer: Answer, limits: Limits) -> None:
        self._document = read_json(unpacked(answer.body, limits, answer.digest), limits, answer.digest)
        if says_error(self._document):
            raise WrongAnswer("Sumber menjawab dengan pesan galat, bukan dengan daftar.", answer=answer.digest)
        try:
            found = mapping.rows(self._document)
        except Refused:  # an expression that cannot be worked out over another shape
            found = None
        self._rows = [found] if isinstance(found, dict) else found
        if not isinstance(self._rows, list):
            raise ShapeChanged("Daftar tidak ada di tempat yang disebut pemetaan (list).", answer=answer.digest)

    def count(self) -> int | None:
        return len(self._rows)

    def rows(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            yield row if isinstance(row, dict) else broken("bukan objek", repr(row).encode("utf-8", "replace"))

    def find(self, expression: Getter) -> Any:
        return expression(self._document)


class _Xml:
    rest = 0
    endless = False

    def __init__(self, mapping: Mapping, answer: Answer, limits: Limits) -> None:
        assert isinstance(mapping.language, XPath)
        self._values = mapping.language.values
        self._records = Records(unpacked(answer.body, limits, answer.digest), mapping.path, limits, answer.digest)

    def count(self) -> int | None:
        return None

    def rows(self) -> Iterator[dict[str, Any]]:
        return map(self._values.of, self._records)

    def find(self, expression: Getter) -> Any:
        root = self._records.envelope
        return None if root is None else expression(self._values.of(root))


class _Lines:
    rest = 0

    def __init__(self, mapping: Mapping, answer: Answer, limits: Limits) -> None:
        self._answer, self._limits = answer, limits
        self.endless = is_endless(answer)
        _, first, last = proved(answer.body, limits, answer.digest)
        kind = sniff(first)
        if kind not in {Kind.JSON, Kind.NDJSON, Kind.TRUNCATED}:
            raise instead(kind, answer.digest)
        if first.lstrip(_AROUND)[:1] != b"{":
            raise NotJson("Sumber mengirim satu larik JSON, bukan NDJSON (satu objek tiap baris).", answer=answer.digest)
        end = last.rstrip(_AROUND)
        tail = end[end.rfind(b"\n") + 1 :].lstrip(_AROUND)
        if len(last) < WINDOW or b"\n" in end:  # else the last line begins before what is at hand
            try:
                read_line(tail, limits)
            except ValueError:
                raise Truncated("NDJSON dari sumber terpotong: baris terakhirnya tidak selesai.", answer=answer.digest) from None

    def count(self) -> int | None:
        return sum(1 for _ in self._lines())

    def _lines(self) -> Iterator[bytes]:
        lines = io.BufferedReader(Steps(self._answer.body, self._limits, self._answer.digest), MIB)
        number = 0
        while line := lines.readline(_LONGEST_LINE + 1):
            number += 1
            if len(line) > _LONGEST_LINE:
                raise ShapeChanged(f"Baris {number} lebih panjang dari {_LONGEST_LINE // MIB} MiB.", answer=self._answer.digest)
            if text := line.strip(_AROUND):
                yield text

    def rows(self) -> Iterator[dict[str, Any]]:
        return _holding_back(self, map(self._row, self._lines()))

    def _row(self, text: bytes) -> dict[str, Any]:
        try:
            value = read_line(text, self._limits)
        except ValueError:
            return broken("bukan JSON yang utuh", text)
        return value if isinstance(value, dict) else broken("bukan objek", text)

    def find(self, expression: Getter) -> Any:
        return None


class _Csv:
    rest = 0

    def __init__(self, mapping: Mapping, answer: Answer, limits: Limits) -> None:
        self._answer, self._limits, self._delimiter = answer, limits, mapping.delimiter
        self.endless = is_endless(answer)
        self._encoding, first, _ = proved(answer.body, limits, answer.digest)
        kind = sniff(first)
        if kind in _NO_TABLE:
            raise WrongAnswer(f"Sumber mengirim {_NO_TABLE[kind]}, bukan CSV.", answer=answer.digest)
        if kind is not Kind.OTHER:
            raise instead(kind, answer.digest)
        self._header = self._names(next(self._records(), []))
        gone = [f"{name} ({place})" for name, place in mapping.columns.items() if name not in self._header]
        if gone:
            raise ShapeChanged(f"Kolom CSV yang disebut pemetaan tidak ada: {', '.join(gone[:8])}.", answer=answer.digest)

    def _records(self) -> Iterator[list[str]]:
        raw = io.BufferedReader(Steps(self._answer.body, self._limits, self._answer.digest), MIB)
        reader = csv.reader(io.TextIOWrapper(raw, self._encoding, "replace", newline=""), delimiter=self._delimiter)
        try:
            yield from reader
        except csv.Error:
            fault = ShapeChanged(f"CSV rusak di baris {reader.line_num}: tanda kutip yang tidak ditutup.", answer=self._answer.digest)
        else:
            return
        raise fault

    @staticmethod
    def _names(cells: list[str]) -> list[str]:
        """Column names without blanks around; one that comes again gets its number, one that is empty its place."""
        seen: Counter[str] = Counter()
        names = []
        for place, cell in enumerate(cells, 1):
            name = cell.strip().lstrip("\ufeff") or f"kolom {place}"
            seen[name] += 1
            names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
        return names

    def count(self) -> int | None:
        return None

    def rows(self) -> Iterator[dict[str, Any]]:
        return _holding_back(self, self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        records, header, width = self._records(), self._header, len(self._header)
        next(records, None)
        for cells in records:
            if not any(cells):  # office programs save lines that were emptied
                continue
            if len(cells) == width:
                yield dict(zip(header, cells, strict=True))
            else:
                yield broken(f"berisi {len(cells)} kolom, kepalanya {width}", repr(cells).encode("utf-8", "replace"))

    def find(self, expression: Getter) -> Any:
        return None


def _holding_back(document: Document, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows without unreadable ones at the end, which are what a cut or a server's own words leave."""
    waiting: list[dict[str, Any]] = []
    for row in rows:
        if BROKEN in row and len(waiting) < _MOST_WAITING:
            waiting.append(row)
            continue
        yield from waiting
        waiting.clear()
        yield row
    document.rest = len(waiting)


def is_endless(answer: Answer) -> bool:
    """Whether neither a length nor a packing nor chunks prove that the whole came."""
    headers = answer.meta.headers
    packed = answer.body.startswith(b"\x1f\x8b") or "gzip" in headers.get("content-encoding", "").lower()
    return answer.length_agrees is None and not packed and "chunked" not in headers.get("transfer-encoding", "").lower()


def broken(what: str, text: bytes) -> dict[str, Any]:
    """The body of a row that cannot be read: no words of it, which may be a person's, but a digest that tells it from others."""
    return {BROKEN: what, "sidik": blake2b(text, digest_size=16).hexdigest()}


_FORMATS: dict[str, Callable[[Mapping, Answer, Limits], Document]] = {"json": _Json, "xml": _Xml, "ndjson": _Lines, "csv": _Csv}
