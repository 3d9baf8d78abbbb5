"""What a body really is, whatever its headers say, and the reading of JSON with bounds."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import orjson

from connectors.kit.errors import EmptyBody, HtmlPage, NotJson, RobotPage, SaidEmpty, SourceError, TooMuch, Truncated
from connectors.kit.limits import Limits

BOM = b"\xef\xbb\xbf"
_CLOSING = {b"[": b"]", b"{": b"}"}
_ROBOT = re.compile(rb"just a moment|challenge-(?:error|platform|form)|cf-chl|captcha|are you (?:a )?(?:human|robot)|/cdn-cgi/", re.I)
_HEAD = 4096


class Kind(StrEnum):
    """What the first and last bytes of a body show."""

    EMPTY = "empty"
    JSON = "json"
    NDJSON = "ndjson"
    TRUNCATED = "truncated"
    HTML = "html"
    ROBOT = "robot"
    SAID_EMPTY = "said_empty"
    XML = "xml"
    ZIP = "zip"
    GZIP = "gzip"
    OTHER = "other"


def sniff(body: bytes) -> Kind:
    """The kind of a body by its bytes; JSON means that it begins and ends as JSON, not that it was read."""
    text = body.removeprefix(BOM).strip(b" \t\r\n\x00")
    if not text:
        return Kind.EMPTY
    head = text[:_HEAD].lower()
    if head.startswith(b"<"):
        if b"<invalid_response" in head:
            return Kind.SAID_EMPTY
        if b"<html" in head or b"<!doctype html" in head or b"<body" in head:
            return Kind.ROBOT if _ROBOT.search(text[: 16 * _HEAD]) else Kind.HTML
        return Kind.XML
    if text.startswith(b"PK\x03\x04"):
        return Kind.ZIP
    if text.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    closing = _CLOSING.get(text[:1])
    if closing is None:
        return Kind.OTHER
    if _has_lines_of_json(text):
        return Kind.NDJSON
    return Kind.JSON if text.endswith(closing) else Kind.TRUNCATED


def _has_lines_of_json(text: bytes) -> bool:
    """Whether the first line is a whole object and another follows it."""
    first, newline, rest = text.partition(b"\n")
    if not newline or not rest.lstrip().startswith(b"{") or not first.rstrip().endswith(b"}"):
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return True


def instead(kind: Kind, answer: str | None = None) -> SourceError:
    """The error that says what came instead of JSON."""
    errors: dict[Kind, SourceError] = {
        Kind.EMPTY: EmptyBody("Sumber mengirim jawaban kosong (0 bita isi), bukan data.", answer=answer),
        Kind.SAID_EMPTY: SaidEmpty('Sumber mengirim pesan XML "Data Kosong", bukan data.', answer=answer),
        Kind.ROBOT: RobotPage("Sumber mengirim halaman penguji robot (HTML), bukan data.", answer=answer),
        Kind.HTML: HtmlPage("Sumber mengirim halaman web (HTML), bukan data.", answer=answer),
        Kind.TRUNCATED: Truncated("JSON dari sumber terpotong: berakhir sebelum selesai.", answer=answer),
        Kind.XML: NotJson("Sumber mengirim XML, bukan JSON.", answer=answer),
        Kind.ZIP: NotJson("Sumber mengirim arsip ZIP, bukan JSON.", answer=answer),
        Kind.GZIP: NotJson("Sumber mengirim berkas gzip tanpa menyebutkannya di kepala jawaban, bukan JSON.", answer=answer),
        Kind.NDJSON: NotJson("Sumber mengirim NDJSON (satu objek tiap baris), bukan satu JSON.", answer=answer),
    }
    return errors.get(kind) or NotJson("Jawaban sumber bukan JSON.", answer=answer)


def read_json(body: bytes, limits: Limits, answer: str | None = None) -> Any:
    """
    The value that a body holds; a byte order mark is passed over.

    Raises:
        SourceError: with the rule of what came instead (`instead`), `too_deep` or `too_large`.
    """
    kind = sniff(body)
    if kind is not Kind.JSON:
        raise instead(kind, answer)
    text = body.removeprefix(BOM).strip(b" \t\r\n\x00")
    if text.count(b"[") + text.count(b"{") > limits.containers:
        raise TooMuch("too_large", "JSON dari sumber berisi terlalu banyak objek dan larik.", answer=answer)
    value, fault = _parse(text)
    if fault is not None:
        if "recursion" in fault or "depth" in fault or "nested" in fault:
            raise _too_deep(limits, answer)
        raise instead(Kind.TRUNCATED if "unexpected end" in fault else Kind.OTHER, answer)
    if _deeper_than(value, limits.depth):
        raise _too_deep(limits, answer)
    return value


def _parse(text: bytes) -> tuple[Any, str | None]:
    """The value, or what the parser said; its words may quote the source and stay here."""
    try:
        return orjson.loads(text), None
    except orjson.JSONDecodeError as error:
        return None, str(error).lower()


def _too_deep(limits: Limits, answer: str | None) -> TooMuch:
    return TooMuch("too_deep", f"JSON dari sumber bersarang lebih dari {limits.depth} tingkat.", answer=answer)


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether containers stand more than `depth` inside one another; level by level, without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        inner = []
        for container in level:
            members = container.values() if isinstance(container, dict) else container
            inner += [member for member in members if isinstance(member, dict | list)]
        if not inner:
            return False
        level = inner
    return bool(level)
