"""
Where an OCDS publisher's releases stand, in every way of giving them that was seen.

    a document          a package, a release, a record or an array of these; following ones by a link (`next_page`)
    a ZIP archive       of such documents, one a member
    an index            {"data": [{"uri": …}], "next_page_url": …}: links to one document each (BIRMS Bandung)
    a list of offices   …/master/lpse/?year=Y, {"results": [{"code": …}]} (or `data`): each office's archive stands at
                        …/tender/export-ocds-batch/?year=Y&lpse=code (opentender.net; codes come twice)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit, urlunsplit

from connectors.kit.answer import Answer
from connectors.kit.document import read_json
from connectors.kit.errors import ShapeChanged, SourceError
from connectors.kit.fetch import Fetch
from connectors.kit.origin import joined
from connectors.kit.pages import Trail, with_parameters
from connectors.kit.parts import Parts
from connectors.kit.process import member, text_of
from connectors.kit.releases import Release, releases
from connectors.kit.zipped import ArchiveTooMuch, Zipped, is_zip, shown_name

_ACCEPT = "application/json, application/zip;q=0.9"
_OFFICES, _EXPORT = "/master/lpse", "/tender/export-ocds-batch/"
_NEXT = (("links", "next"), ("next_page",), ("next_page_url",), ("next",))
_NOTHING: tuple[Any, ...] = (None, "", False, {}, [])


class Found(NamedTuple):
    """The releases of one document, and the answer that it stood in."""

    answer: Answer
    releases: list[Release]


class ReleasePages:
    """
    All documents of a publisher, one at a time.

    Raises (at the end, or where it ends early):
        PartsMissing: members, links or offices could not be read; it names them.
        SourceError: a page could not be had, or nothing could be read.
    """

    def __init__(self, fetch: Fetch, url: str) -> None:
        self._fetch, self._url = fetch, url
        self._parts = Parts()
        self._seen: set[str] = set()
        self._came = False
        self._said = self._named = 0

    def __iter__(self) -> Iterator[Found]:
        """Read page after page to the source's own end."""
        trail = Trail(self._fetch, self._ask)
        following: str | None = self._url
        while following:
            page = trail.step(following)
            for found in self._inside(page.answer, page.document, following):
                self._came = True
                yield found
            link = _next_page(page.document, page.answer)
            following = joined(following, link) if link else None
        trail.end()
        self._parts.fewer(self._said, self._named)
        self._parts.settle(anything_came=self._came)

    def _ask(self, url: str) -> tuple[Answer, Any]:
        """An answer and what it holds: a JSON value, or an archive."""
        answer = self._fetch.get(url, _ACCEPT)
        if is_zip(answer.body):
            return answer, Zipped(answer.body, self._fetch.limits, answer.digest)
        return answer, read_json(answer.body, self._fetch.limits, answer.digest)

    def _inside(self, answer: Answer, document: Any, url: str) -> Iterator[Found]:
        """The documents that a page is, holds or points at."""
        if isinstance(document, Zipped):
            yield from self._unpacked(answer, document)
        elif (links := _links(document)) is not None:
            self._said, self._named = max(self._said, _count(document)), self._named + len(links)
            yield from self._each(url, ((f"dokumen ke-{number}", link) for number, link in enumerate(links, 1)), answer)
        elif (codes := _offices(document, url)) is not None:
            export = _export(url, answer)
            yield from self._each(url, ((f"LPSE {code}", with_parameters(export, lpse=code)) for code in codes), answer)
        else:
            yield Found(answer, list(releases(document, answer.digest)))

    def _each(self, base: str, parts: Iterable[tuple[str, str]], index: Answer) -> Iterator[Found]:
        """The documents at several links (after what each is called), every one asked for once; what cannot be had is noted."""
        for name, link in parts:
            try:
                if not link:
                    raise ShapeChanged("tautannya kosong", answer=index.digest)
                url = joined(base, link)
                if url in self._seen:
                    continue
                self._seen.add(url)
                answer, document = self._ask(url)
                if isinstance(document, Zipped):
                    yield from self._unpacked(answer, document, f"{name}, ")
                else:
                    yield Found(answer, list(releases(document, answer.digest)))
            except SourceError as error:
                self._parts.missed(name, error)
            else:
                self._parts.came()

    def _unpacked(self, answer: Answer, archive: Zipped, before: str = "") -> Iterator[Found]:
        """The documents in an archive; a member that cannot be read is noted."""
        for each in archive.members(".json"):
            try:
                document = read_json(archive.read(each), self._fetch.limits, answer.digest)
                found = Found(answer, list(releases(document, answer.digest)))
            except ArchiveTooMuch:
                raise
            except SourceError as error:
                self._parts.missed(before + shown_name(each), error)
            else:
                yield found


def _next_page(document: Any, answer: Answer) -> str | None:
    """
    The following page's address, where a document (or one of an array of them) names one.

    Raises:
        ShapeChanged: something is named that is no address, or several are: that is not the end of the list.
    """
    named: dict[str, None] = {}
    for each in document if isinstance(document, list) else [document]:
        for path in _NEXT:
            link = member(each, *path)
            if isinstance(link, dict) and not link.keys().isdisjoint(("uri", "url")):
                link = link.get("uri") or link.get("url")
            if isinstance(link, str) and link.strip():
                named[link.strip()] = None
                break
            if link not in _NOTHING:
                raise ShapeChanged("Tautan halaman berikutnya tidak terbaca: bukan alamat.", answer=answer.digest)
    if len(named) > 1:
        raise ShapeChanged("Satu halaman menunjuk beberapa halaman berikutnya.", answer=answer.digest)
    return next(iter(named), None)


def _links(document: Any) -> list[str] | None:
    """The links of an index, empty ones as empty texts; None where the document is none."""
    rows = member(document, "data")
    if not isinstance(rows, list) or not all(isinstance(each, dict) and "uri" in each for each in rows):
        return None
    if not rows and "next_page_url" not in document:
        return None
    return [text_of(each["uri"]) for each in rows]


def _count(document: Any) -> int:
    """How many documents an index says that there are; 0 where it does not say."""
    total = member(document, "total")
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _offices(document: Any, url: str) -> list[str] | None:
    """The codes in a list of offices, each once; None where the document is none."""
    if not urlsplit(url).path.rstrip("/").endswith(_OFFICES):
        return None
    rows = member(document, "results") or member(document, "data")
    if not isinstance(rows, list):
        return None
    return list(dict.fromkeys(code for each in rows if (code := text_of(member(each, "code")))))


def _export(url: str, answer: Answer) -> str:
    """The address of the offices' archives, beside the list of offices, less the office."""
    parts = urlsplit(url)
    years = parse_qs(parts.query).get("year")
    if not years:
        advice = "Tambahkan ?year=2025 (tahun yang dimaksud) pada alamat sumber."
        raise ShapeChanged("Alamat daftar LPSE tidak menyebut tahun.", mend=advice, answer=answer.digest)
    path = parts.path.rstrip("/").removesuffix(_OFFICES) + _EXPORT
    return with_parameters(urlunsplit(parts._replace(path=path, query="")), year=years[0])
