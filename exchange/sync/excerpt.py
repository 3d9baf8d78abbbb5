"""
One listing out of a large answer without reading the answer: what stands around its reference, put into an answer of its own.

Whether it is the listing that is meant is not guessed: its connector reads the small answer, and the content must be the one kept. Where
nothing fits - the reference is composed, rows were put together, the document has another build - the answer is read from its beginning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

_HEAD = 64 * 1024  # the list begins within so many bytes, or the answer is not cut
_LONGEST = 256 * 1024
_MOST_PLACES, _MOST_OBJECTS = 20, 12
_HEADING_LINES = 15
_MEASURED = 100  # rows
_LIST = re.compile(rb"\[\s*(?=\{)")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_DECODER = json.JSONDecoder()


def excerpts(body: bytes, reference: str, head: bytes | None = None) -> Iterator[bytes]:
    """
    Small answers in the format of the large one, each with one row in which the reference stands; at most a few dozen.

    body: the large one, or a part of it; head: of a part, how the large one begins.
    """
    head = body if head is None else head
    begin = _first_sign(head)
    if begin == b"<" or not reference:
        return
    frame = _frame(head) if begin in {b"{", b"["} else None
    for place in _places(body, reference):
        line = body[body.rfind(b"\n", 0, place) + 1 : _end_of_line(body, place)]
        if frame is not None:
            yield from (frame[0] + each + frame[1] for each in _objects(body, place))
        if begin == b"{":
            yield line
        elif begin != b"[":
            yield _heading(head) + line + b"\n"


def likely_place(head: bytes, position: int) -> int | None:
    """
    About where the row of a number stands, in bytes, were all rows as long as the first ones; None where no row can be told from another.

    head: how the answer begins, some hundred kB of it; position: from 0.
    """
    begin = _first_sign(head)
    found = _LIST.search(head, 0, _HEAD) if begin in {b"{", b"["} else None
    if begin == b"<":
        return None
    if found is None:
        lines = head.count(b"\n")
        return position * len(head) // lines if lines else None
    text = head[found.end() : found.end() + _LONGEST].decode("utf-8", "ignore")
    end = rows = 0
    while rows < _MEASURED and (start := text.find("{", end)) >= 0:
        try:
            end = _DECODER.raw_decode(text, start)[1]
        except (ValueError, RecursionError):
            break
        rows += 1
    return found.end() + position * len(text[:end].encode()) // rows if rows else None


def _first_sign(head: bytes) -> bytes:
    return head[:_HEAD].lstrip(b" \t\r\n\xef\xbb\xbf")[:1]


def _frame(body: bytes) -> tuple[bytes, bytes] | None:
    """What stands before the rows of a JSON document and what closes it behind them; None where it has no list of objects near."""
    found = _LIST.search(body, 0, _HEAD)
    if found is None:
        return None
    head, open_ones = body[: found.end()], bytearray()
    for token in _TOKEN.findall(head):
        if token in {b"[", b"{"}:
            open_ones += b"]" if token == b"[" else b"}"
        elif token in {b"]", b"}"} and open_ones:
            open_ones.pop()
    return head, bytes(reversed(open_ones))


def _places(body: bytes, reference: str) -> Iterator[int]:
    """Where the reference stands as a value: in quotation marks, as a number, or as a cell."""
    said = reference.encode("utf-8", "replace")
    spelled = {orjson.dumps(reference) if reference.isprintable() else said, json.dumps(reference).encode()}
    count = 0
    for needle in (*sorted(spelled), said):
        place = body.find(needle)
        while place >= 0 and count < _MOST_PLACES:
            around = body[place - 1 : place] + body[place + len(needle) : place + len(needle) + 1]
            if needle != said or not any(chr(sign).isalnum() for sign in around):
                count += 1
                yield place
            place = body.find(needle, place + 1)


def _objects(body: bytes, place: int) -> Iterator[bytes]:
    """The objects around a place, the innermost first."""
    start = place
    for _ in range(_MOST_OBJECTS):
        start = body.rfind(b"{", max(0, place - _LONGEST), start)
        if start < 0:
            return
        text = body[start : place + _LONGEST].decode("utf-8", "ignore")
        try:
            _value, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            continue
        found = text[:end].encode()
        if start + len(found) > place:
            yield found


def _heading(body: bytes) -> bytes:
    """The first lines of a table, as many as may hold its heading."""
    end = 0
    for _ in range(_HEADING_LINES):
        following = body.find(b"\n", end, _HEAD)
        if following < 0:
            break
        end = following + 1
    return body[:end]


def _end_of_line(body: bytes, place: int) -> int:
    end = body.find(b"\n", place)
    return len(body) if end < 0 else end
