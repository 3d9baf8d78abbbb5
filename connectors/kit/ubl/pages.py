"""
Where a source's UBL documents stand.

    a document          one of any kind
    a ZIP archive       of documents, one a member
    an Atom feed        whose entries hold documents or link to them; following feeds by `rel="next"`
    a list of links     JSON (addresses, or objects with href, url or uri), or plain text with one address a line
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from connectors.kit.answer import Answer
from connectors.kit.document import read_json
from connectors.kit.error_answers import says_error
from connectors.kit.errors import ShapeChanged, SourceError, WrongAnswer
from connectors.kit.fetch import Fetch
from connectors.kit.origin import joined
from connectors.kit.pages import CutShort, Page, Trail
from connectors.kit.parts import Parts
from connectors.kit.process import member
from connectors.kit.sniff import Kind, sniff
from connectors.kit.xml import read_xml
from connectors.kit.zipped import ArchiveTooMuch, Zipped, is_zip, shown_name

_ACCEPT = "application/xml, text/xml;q=0.9, application/zip;q=0.8, application/atom+xml;q=0.8, application/json;q=0.7, text/plain;q=0.5"
_ATOM = "{http://www.w3.org/2005/Atom}"
_UBL = re.compile(r"\{urn:oasis:names:specification:ubl:schema:xsd:([A-Za-z]+)-2\}([A-Za-z]+)")
_LISTS = ("documents", "links", "items", "data", "entries", "results")
_LINKS = ("href", "url", "uri", "link")
_NEXT = (("links", "next"), ("next",), ("next_page",), ("next_page_url",))
_LINE = re.compile(rb"(?:https?://|/)\S{1,2000}")


class Found(NamedTuple):
    """One document: its kind, its root, the answer that it stood in, and its place there."""

    kind: str
    root: Any
    answer: Answer
    position: int


class Links(NamedTuple):
    """Addresses of documents, and of the following list."""

    addresses: list[str]
    following: str | None = None


def kind_of(root: Any) -> str | None:
    """The kind of a UBL document, by its root and the namespace of that; None for every other document."""
    found = _UBL.fullmatch(str(root.tag))
    return found[2] if found and found[1] == found[2] else None


class UblPages:
    """
    All documents of a source, one at a time.

    Raises (at the end, or where it ends early):
        PartsMissing: members or linked documents could not be read; it names them.
        CutShort: a following list could not be had.
        SourceError: the first answer could not be had, or nothing could be read.
    """

    def __init__(self, fetch: Fetch, url: str) -> None:
        self._fetch, self._url = fetch, url
        self._parts = Parts()
        self._seen: set[str] = set()
        self._came = False

    def __iter__(self) -> Iterator[Found]:
        """Read list after list to the source's own end."""
        trail = Trail(self._fetch, self._ask)
        page = trail.step(self._url)
        yield from self._read(page, self._url)
        shape, url, link = type(page.document), self._url, _following(page.document)
        while link:
            try:
                url = joined(url, link)
                page = trail.step(url)
                if type(page.document) is not shape:
                    raise ShapeChanged("Halaman berikutnya berbentuk lain dari yang pertama.", answer=page.answer.digest)
            except SourceError as error:
                raise CutShort.by(error) from None
            yield from self._read(page, url)
            link = _following(page.document)
        trail.end()
        self._parts.settle(anything_came=self._came)

    def _read(self, page: Page, url: str) -> Iterator[Found]:
        for found in self._inside(page.answer, page.document, url):
            self._came = True
            yield found

    def _ask(self, url: str) -> tuple[Answer, Any]:
        """An answer and what it is: an archive, links, or the root of a document."""
        answer = self._fetch.get(url, _ACCEPT)
        if is_zip(answer.body):
            return answer, Zipped(answer.body, self._fetch.limits, answer.digest)
        kind = sniff(answer.body)
        if kind is Kind.JSON:
            return answer, _listed(read_json(answer.body, self._fetch.limits, answer.digest), answer)
        lines = answer.body.split() if kind is Kind.OTHER else []
        if lines and all(map(_LINE.fullmatch, lines)):
            return answer, Links([each.decode("utf-8", "replace") for each in lines])
        return answer, read_xml(answer.body, self._fetch.limits, answer.digest)

    def _inside(self, answer: Answer, document: Any, url: str) -> Iterator[Found]:
        """The documents that an answer is, holds or points at."""
        if isinstance(document, Zipped):
            yield from self._unpacked(answer, document)
        elif isinstance(document, Links):
            yield from self._each(url, document.addresses, answer)
        elif document.tag == f"{_ATOM}feed":
            for position, inline in enumerate(document.iterfind(f"{_ATOM}entry/{_ATOM}content/*")):
                yield _found(inline, answer, position)
            yield from self._each(url, _atom_links(document), answer)
        else:
            yield _found(document, answer, 0)

    def _each(self, base: str, addresses: Iterable[str], index: Answer) -> Iterator[Found]:
        """The documents at several addresses, each asked for once; what cannot be had is noted."""
        for number, address in enumerate(addresses, 1):
            try:
                if not address.strip():
                    raise ShapeChanged("tautannya kosong", answer=index.digest)
                url = joined(base, address.strip())
                if url in self._seen:
                    continue
                self._seen.add(url)
                answer, document = self._ask(url)
                if isinstance(document, Zipped):
                    yield from self._unpacked(answer, document, f"dokumen ke-{number}, ")
                else:
                    yield _found(None if isinstance(document, Links) else document, answer, 0)
            except SourceError as error:
                self._parts.missed(f"dokumen ke-{number}", error)
            else:
                self._parts.came()

    def _unpacked(self, answer: Answer, archive: Zipped, before: str = "") -> Iterator[Found]:
        """The documents in an archive; a member that cannot be read is noted."""
        for position, each in enumerate(archive.members(".xml")):
            try:
                found = _found(read_xml(archive.read(each), self._fetch.limits, answer.digest), answer, position)
            except ArchiveTooMuch:
                raise
            except SourceError as error:
                self._parts.missed(before + shown_name(each), error)
            else:
                self._parts.came()
                yield found


def _found(root: Any, answer: Answer, position: int) -> Found:
    kind = None if root is None else kind_of(root)
    if kind is None:
        raise ShapeChanged("Isinya bukan dokumen UBL 2, umpan Atom maupun daftar tautan.", answer=answer.digest)
    return Found(kind, root, answer, position)


def _listed(document: Any, answer: Answer) -> Links:
    """The links in a JSON list."""
    if says_error(document):
        raise WrongAnswer("Sumber menjawab dengan pesan galat, bukan dengan daftar tautan.", answer=answer.digest)
    listed = document
    if isinstance(document, dict):
        listed = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None)
    if not isinstance(listed, list):
        raise ShapeChanged("JSON dari sumber bukan daftar tautan ke dokumen UBL.", answer=answer.digest)
    addresses = []
    for each in listed:
        link = next((each[name] for name in _LINKS if name in each), "") if isinstance(each, dict) else each
        addresses.append(link if isinstance(link, str) else "")
    following = next((link for path in _NEXT if isinstance(link := member(document, *path), str) and link.strip()), None)
    return Links(addresses, following)


def _atom_links(feed: Any) -> Iterator[str]:
    """Of each entry without a document of its own the link to one: the one of XML, else an enclosure, else any that is no page."""
    for entry in feed.iterfind(f"{_ATOM}entry"):
        content = entry.find(f"{_ATOM}content")
        if content is not None and len(content):
            continue
        links = [each for each in entry.iterfind(f"{_ATOM}link") if each.get("rel", "alternate") in {"alternate", "enclosure", "related"}]
        links += [] if content is None or not content.get("src") else [content]
        ranked = sorted(
            links, key=lambda each: ("xml" not in each.get("type", "") or "atom" in each.get("type", ""), each.get("rel") != "enclosure")
        )
        address = ranked[0].get("href") or ranked[0].get("src") if ranked else ""
        yield address or ""


def _following(document: Any) -> str | None:
    if isinstance(document, Links):
        return document.following
    if isinstance(document, Zipped) or document.tag != f"{_ATOM}feed":
        return None
    return next((each.get("href") for each in document.iterfind(f"{_ATOM}link") if each.get("rel") == "next" and each.get("href")), None)
