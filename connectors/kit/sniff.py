"""What a body really is, whatever its headers say."""

from __future__ import annotations

import re
from enum import StrEnum

import orjson

from connectors.kit.errors import EmptyBody, HtmlPage, LoginPage, NotJson, RobotPage, SaidEmpty, SourceError, Truncated
from connectors.kit.limits import MIB

BOM = b"\xef\xbb\xbf"
_CLOSING = {b"[": b"]", b"{": b"}"}
_ROBOT = re.compile(rb"just a moment|challenge-(?:error|platform|form)|cf-chl|captcha|are you (?:a )?(?:human|robot)|/cdn-cgi/", re.I)
_LOGIN = re.compile(rb"""accounts\.google\.com/(?:servicelogin|v3/signin|signin|interactivelogin)|type=["']?password""", re.I)
_HEAD = 4096


class Kind(StrEnum):
    """What the first and last bytes of a body show."""

    EMPTY = "empty"
    JSON = "json"
    NDJSON = "ndjson"
    TRUNCATED = "truncated"
    HTML = "html"
    ROBOT = "robot"
    LOGIN = "login"
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
            page = text[: 16 * _HEAD]
            return Kind.ROBOT if _ROBOT.search(page) else Kind.LOGIN if _LOGIN.search(page) else Kind.HTML
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
    """Whether the first line is a whole object and another follows it; a line above 1 MiB is not read for this."""
    end = text.find(b"\n", 0, MIB)
    if end < 0 or not text[end + 1 : end + _HEAD].lstrip().startswith(b"{") or not text[:end].rstrip().endswith(b"}"):
        return False
    try:
        orjson.loads(text[:end])
    except orjson.JSONDecodeError:
        return False
    return True


def instead(kind: Kind, answer: str | None = None) -> SourceError:
    """The error that says what came instead of JSON."""
    errors: dict[Kind, SourceError] = {
        Kind.EMPTY: EmptyBody("Sumber mengirim jawaban kosong (0 bita isi), bukan data.", answer=answer),
        Kind.SAID_EMPTY: SaidEmpty('Sumber mengirim pesan XML "Data Kosong", bukan data.', answer=answer),
        Kind.ROBOT: RobotPage("Sumber mengirim halaman penguji robot (HTML), bukan data.", answer=answer),
        Kind.LOGIN: LoginPage("Sumber mengirim halaman masuk (HTML), bukan data.", answer=answer),
        Kind.HTML: HtmlPage("Sumber mengirim halaman web (HTML), bukan data.", answer=answer),
        Kind.TRUNCATED: Truncated("JSON dari sumber terpotong: berakhir sebelum selesai.", answer=answer),
        Kind.XML: NotJson("Sumber mengirim XML, bukan JSON.", answer=answer),
        Kind.ZIP: NotJson("Sumber mengirim arsip ZIP, bukan JSON.", answer=answer),
        Kind.GZIP: NotJson("Sumber mengirim berkas gzip tanpa menyebutkannya di kepala jawaban, bukan JSON.", answer=answer),
        Kind.NDJSON: NotJson("Sumber mengirim NDJSON (satu objek tiap baris), bukan satu JSON.", answer=answer),
    }
    return errors.get(kind) or NotJson("Jawaban sumber bukan JSON.", answer=answer)
