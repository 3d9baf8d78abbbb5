"""
The reading of XML with bounds: no document type, no entity, no network, no XInclude.

Entities can only be declared in a document type, and no feed needs one, so a DOCTYPE is refused before the parser sees
it. A document is looked through once for being well-formed before anything of it is handed on: one that is cut short is
not read in part. Records of a long list are handed on one at a time and cleared after use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from lxml import etree

from connectors.kit.encodings import UTF8, as_utf8
from connectors.kit.errors import HasDoctype, NotXml, SourceError, TooMuch, Truncated
from connectors.kit.limits import Limits
from connectors.kit.sniff import Kind, instead, sniff

Element = etree._Element
_BLANK = b" \t\r\n\x00"
_PROLOG = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.S)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']""")
_CUT = frozenset({4, 73, 74, 77})  # libxml2: empty, > required, end of tag, tag not finished
_TOO_DEEP = "Excessive depth"
_STEP = 64 * 1024
_SIZE = etree.XPath("count(descendant-or-self::*) + count(descendant-or-self::*/@*)")


def prepared(body: bytes, answer: str | None = None) -> bytes:
    """
    A document as the parser may have it: UTF-8, whatever was declared, and without a document type.

    Raises:
        SourceError: `empty_body`, `said_empty`, `html_page`, `robot_page`, `not_xml` or `doctype_refused`.
    """
    kind = sniff(body)
    if kind in {Kind.EMPTY, Kind.SAID_EMPTY}:
        raise instead(kind, answer)
    said = _DECLARED.match(body.lstrip(_BLANK)[:400])
    text = as_utf8(body, said[1].decode() if said else None).strip(_BLANK)
    start = _PROLOG.match(text)
    at = start.end() if start else 0
    head = text[at : at + 40].lower()
    if head.startswith(b"<!doctype"):
        raise (
            _page(kind, answer)
            if head[9:].lstrip().startswith(b"html")
            else HasDoctype("XML dari sumber memuat DOCTYPE; dokumen yang menyatakan entitas tidak dibaca.", answer=answer)
        )
    root = _ROOT.match(text, at)
    if root is None:
        raise _no_xml(kind, answer)
    if root[1].lower() == b"html":
        raise _page(kind, answer)
    return text


def _page(kind: Kind, answer: str | None) -> SourceError:
    return instead(kind if kind in {Kind.ROBOT, Kind.LOGIN} else Kind.HTML, answer)


def _no_xml(kind: Kind, answer: str | None) -> NotXml:
    words = {
        Kind.JSON: "JSON", Kind.NDJSON: "NDJSON", Kind.TRUNCATED: "JSON yang terpotong", Kind.ZIP: "arsip ZIP",
        Kind.GZIP: "berkas gzip tanpa menyebutkannya di kepala jawaban",
    }  # fmt: skip
    return NotXml(f"Sumber mengirim {words.get(kind, 'sesuatu yang lain')}, bukan XML.", answer=answer)


def _options() -> dict[str, Any]:
    return {
        "encoding": UTF8, "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False,
        "attribute_defaults": False, "huge_tree": False, "recover": False, "collect_ids": False, "remove_comments": True,
        "remove_pis": True,
    }  # fmt: skip


class _Nothing:
    """A target that wants nothing of the document: the parser then only proves it well-formed, and builds no tree."""

    def close(self) -> None:
        """Nothing was kept."""


def check(text: bytes, limits: Limits, answer: str | None = None) -> None:
    """Prove a prepared document well-formed and within what a tree may hold at once; raises as `read_xml` does."""
    nothing: Any = _Nothing()
    parser = etree.XMLParser(target=nothing, **_options())
    with _in_words(limits, answer):
        for start in range(0, len(text), _STEP):
            parser.feed(text[start : start + _STEP])
        parser.close()


def read_xml(body: bytes, limits: Limits, answer: str | None = None) -> Element:
    """
    The root of a whole document.

    Raises:
        SourceError: as `prepared` does; `not_xml`, `truncated`, `too_deep` or `too_large`.
    """
    text = prepared(body, answer)
    if _nodes(text) > limits.containers:
        raise _too_large(answer)
    with _in_words(limits, answer):
        root = etree.fromstring(text, etree.XMLParser(**_options()))
    if _deeper(limits.depth)(root):
        raise _too_deep(limits, answer)
    return root


class Records:
    """
    The records of one document, one at a time.

    path: qualified names from the root to the record, as lxml writes them (`{*}name`: of any namespace); `*` in place of
    all but the last stands for any depth. After the last record `envelope` is the root with what stands around the records.
    """

    def __init__(self, body: bytes, path: tuple[str, ...], limits: Limits, answer: str | None = None) -> None:
        self._text = prepared(body, answer)
        self._path, self._limits, self._answer = path, limits, answer
        self.envelope: Element | None = None
        check(self._text, limits, answer)

    def __iter__(self) -> Iterator[Element]:
        """
        Each record, to be used before the next is asked for.

        Raises:
            TooMuch: `too_large`, what stands around the records or in one of them is more than a tree may hold.
        """
        parser = etree.XMLPullParser(events=("end",), tag=self._path[-1], **_options())
        done: Any = None
        element: Any
        held = 0
        for start in range(0, len(self._text), _STEP):
            chunk = self._text[start : start + _STEP]
            held += _nodes(chunk)
            with _in_words(self._limits, self._answer):
                parser.feed(chunk)
            for _, element in parser.read_events():
                if not self._is_record(element):
                    continue
                yield element
                held -= _size(element)
                # the parser may still touch the newest record and what follows it, never the one before
                element.clear(keep_tail=True)
                if done is not None and done.getparent() is not None:
                    done.getparent().remove(done)
                done = element
            if held > self._limits.containers:
                raise _too_large(self._answer)
        self.envelope = parser.close()

    def _is_record(self, element: Element) -> bool:
        """Whether an element stands where records stand; one inside of another is part of it."""
        parents, names = element.iterancestors(), self._path[-2::-1]
        if names == ("*",):
            return not any(_named(each, self._path[-1]) for each in parents)
        return all(_named(next(parents, None), name) for name in names) and next(parents, None) is None


def _named(element: Element | None, name: str) -> bool:
    """Whether an element has a qualified name; `{*}name` is one of any namespace."""
    if element is None:
        return False
    tag = str(element.tag)
    return tag.rpartition("}")[2] == name[3:] if name.startswith("{*}") else tag == name


def _nodes(text: bytes) -> int:
    """Elements and attributes at most; signs inside of texts count as well, which only makes the bound stricter."""
    return text.count(b"<") - text.count(b"</") + text.count(b'="') + text.count(b"='")


def _size(element: Element) -> int:
    size: Any = _SIZE(element)
    return int(size)


@cache
def _deeper(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@contextmanager
def _in_words(limits: Limits, answer: str | None) -> Iterator[None]:
    """Gives the parser's error as one of ours; its own text may quote the source."""
    try:
        yield
    except etree.XMLSyntaxError as error:
        failure = _failure(error, limits, answer)
    else:
        return
    raise failure


def _failure(error: Any, limits: Limits, answer: str | None) -> SourceError:
    if _TOO_DEEP in str(error):
        return _too_deep(limits, answer)
    line = error.lineno or 0
    if error.code in _CUT:
        return Truncated(f"XML dari sumber terpotong: berakhir di baris {line} sebelum selesai.", answer=answer)
    return NotXml(f"XML dari sumber rusak di baris {line}.", answer=answer)


def _too_deep(limits: Limits, answer: str | None) -> TooMuch:
    return TooMuch("too_deep", f"XML dari sumber bersarang lebih dari {limits.depth} tingkat.", answer=answer)


def _too_large(answer: str | None) -> TooMuch:
    return TooMuch("too_large", "XML dari sumber berisi terlalu banyak elemen dan atribut.", answer=answer)
