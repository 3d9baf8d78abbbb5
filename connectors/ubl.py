"""
UBL 2 documents in which somebody asks for something: RequestForQuotation, CallForTenders, CatalogueRequest; and catalogues, which offer.

Source
  https://docs.oasis-open.org/ubl/UBL-2.1.html (ISO/IEC 19845:2015); documents of later 2.x as far as 2.1 knows their elements.
  One document, a ZIP archive of documents, an Atom feed, or a list of links to documents (kit/ubl/pages.py).
Caveats
  A catalogue is supply and not demand: its lines are kept apart as that region's supply. Every other kind is skipped, saying so.
  Of several documents of one contract folder (CallForTenders) or one number (the others) the last issued holds.
  A catalogue whose ActionCode is Add, Update or Delete, or which names a previous version, tells what changed: alone it withdraws what it
  deletes and nothing else; after the whole one that it follows its lines take the place of that one's. Replace: earlier lines are gone.
  A request for quotation has no title: its first items make one. A time without an offset is read as Western Indonesian.
  Contacts, persons, signatures, extensions and embedded files are left out before anything is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, Skip, SourceError, Window
from connectors.kit.errors import TooMuch
from connectors.kit.ubl.catalogue import ACTION, LINE, PROVIDER, SELLER, is_increment, is_taken_back, offer, replaces, sku_of
from connectors.kit.ubl.kinds import READERS, demand
from connectors.kit.ubl.nodes import called, first, said
from connectors.kit.ubl.pages import Found, UblPages
from connectors.kit.ubl.valid import invalid, missing
from connectors.kit.xml_values import Values
from schemas.ubl import CAC, CBC, cbc

_KIND, _INVALID = "document", "invalid"
_SUPPLY = frozenset({"Catalogue", "CatalogueDeletion", "CatalogueItemSpecificationUpdate", "CataloguePricingUpdate"})

# issue date, issue time, version
Age = tuple[str, str, str]


class Ubl(Connector):
    """A publisher of UBL documents."""

    name = "ubl"
    title = "Dokumen UBL 2: permintaan penawaran, undangan tender, permintaan katalog; katalog sebagai pasokan"
    homepage = "https://docs.oasis-open.org/ubl/UBL-2.1.html"
    licence = "Menurut penerbit masing-masing"
    version = "4"
    settings = (
        Setting("url", secret=True, says="alamat dokumen UBL, arsip ZIP, umpan Atom atau daftar tautan; alamat dapat memuat kunci"),
    )
    personal = frozenset({"cac:*contact", "cac:*person", "cac:signature", "*ublextensions"})

    def approved(self) -> tuple[str, ...]:
        """The host of the first answer; a link to another is refused."""
        return (self.option("url"),)

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """One listing for each document and each line of a catalogue, of several with one reference the last issued."""
        newest: dict[str, tuple[Age, RawListing, str]] = {}
        issues = Issues()
        count, ended = 0, None
        try:
            for found in UblPages(fetch, self.option("url")):
                for age, raw, of in self._read(found, issues):
                    count += 1
                    if count > fetch.limits.listings:
                        raise TooMuch("too_many_listings", f"Sumber memuat lebih dari {fetch.limits.listings} dokumen dan baris katalog.")
                    if raw.reference not in newest or age >= newest[raw.reference][0]:
                        newest[raw.reference] = age, raw, of
        except SourceError as error:
            ended = error
        kept = [raw for age, raw, of in newest.values() if not issues.replaced(of, age)]
        fetch.facts.superseded += count - len(kept)
        fetch.facts.changes_only = issues.changes_only
        yield from kept
        if ended is not None:
            raise ended

    def _read(self, found: Found, issues: Issues) -> Iterator[tuple[Age, RawListing, str]]:
        """
        A document's listings, each with the document's age and the number of the catalogue that it is of, empty where of none.

        They are its own one, or one for each line of a catalogue that has any.
        """
        lines = found.root.findall(f"{{{CAC}}}{LINE}") if found.kind == "Catalogue" else []
        if not lines:
            raw = self._listing(found)
            issues.other()
            yield _age(raw.body), raw, ""
            return
        values = Values({CAC: "cac", CBC: "cbc"})
        head = values.of(_without(found.root, lines))
        number, age = said(head, "cbc:ID", "cbc:UUID") or "-", _age(head)
        issues.note(number, age, head)
        shared = {PROVIDER: first(head, "cac:ProviderParty"), SELLER: first(head, "cac:SellerSupplierParty"), _KIND: LINE}
        for place, line in enumerate(lines):
            body = values.of(line) | shared
            name = called(body, "cbc:ID") or sku_of(body)
            reference = f"Catalogue:{number}:{name}" if name else self.nameless(f"Catalogue:{number}:tanpa-nomor", body)
            gone = is_taken_back(body)
            body.pop(ACTION, None)  # what happened to a line is no part of what it offers
            position = min(found.position * 100_000 + place, 2**31 - 1)
            if gone:
                yield age, self.tombstone(reference, found.answer.address, position, found.answer.digest, supply=True), number
            else:
                yield age, self.listing(reference, found.answer.address, body, position, found.answer.digest, supply=True), number

    def _listing(self, found: Found) -> RawListing:
        """A document as a listing: judged as it came, then without what nobody needs."""
        fault = invalid(found.kind, found.root) if found.kind in READERS else None
        for file in list(found.root.iter(cbc("EmbeddedDocumentBinaryObject"))):
            file.text = None
        if found.kind not in READERS:
            for inner in list(found.root.iterchildren(f"{{{CAC}}}*")):
                found.root.remove(inner)  # of what is no demand its number and date are enough
        values = Values({CAC: "cac", CBC: "cbc"}).of(found.root)
        body = {name: value for name, value in values.items() if not name.startswith("@")} | {_KIND: found.kind}
        if fault is not None:
            body[_INVALID] = fault
        reference = _reference(found.kind, body) or self.nameless("tanpa-nomor", body)
        return self.listing(reference, found.answer.address, body, found.position, found.answer.digest)

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One document as a demand."""
        body = raw.body
        kind = str(body.get(_KIND))
        if kind not in READERS:
            kind = "Catalogue" if kind == LINE or raw.supply else kind
            what = "Katalog adalah penawaran, bukan permintaan" if kind in _SUPPLY else "Jenis dokumen UBL ini bukan permintaan"
            raise Skip(f"{what} ({kind[:40]}).")
        path = missing(kind, body)
        if path is not None:
            raise Refused("ubl_incomplete", f"Dokumen {kind} tidak memuat {path}, yang diwajibkan oleh UBL 2.1.")
        if not _reference(kind, body):
            raise Refused("reference_missing", f"Dokumen {kind} tanpa nomor (cbc:ID kosong) tidak dapat dikenali lagi.")
        if body.get(_INVALID):
            raise Refused("ubl_invalid", f"Dokumen {str(body[_INVALID])[:200]}.")
        return demand(kind, raw.reference, body)

    def supply(self, raw: RawListing) -> dict[str, Any]:
        """One line of a catalogue as what its region offers."""
        return offer(raw.body)


class Issues:
    """The catalogues of one reading: whether all of them tell of changes alone, and which lines a whole one took the place of."""

    def __init__(self) -> None:
        self._whole: dict[str, Age] = {}
        self._increments = self._others = 0

    @property
    def changes_only(self) -> bool:
        """Increments came and nothing else: what they do not name is as it was."""
        return self._increments > 0 and self._others == 0

    def other(self) -> None:
        """A document came that is no increment."""
        self._others += 1

    def note(self, number: str, age: Age, head: dict[str, Any]) -> None:
        """A catalogue of that number came."""
        if is_increment(head):
            self._increments += 1
            return
        self.other()
        if replaces(head):
            self._whole[number] = max(age, self._whole.get(number, age))

    def replaced(self, number: str, age: Age) -> bool:
        """Whether a line is older than a catalogue of its number that came in the place of all before."""
        return age < self._whole.get(number, age)


def _without(root: Any, lines: list[Any]) -> Any:
    """A document without its lines, which are read one by one."""
    for line in lines:
        root.remove(line)
    return root


def _reference(kind: str, body: dict[str, Any]) -> str:
    """The number under which a need is known at its source; numbers of two kinds are never one."""
    names = ("cbc:ContractFolderID", "cbc:ID", "cbc:UUID") if kind == "CallForTenders" else ("cbc:ID", "cbc:UUID")
    ident = said(body, *names)
    return f"{kind}:{ident}" if ident else ""


def _age(body: dict[str, Any]) -> Age:
    """How late a document was issued; a version that is no number has no order, and of two that are equal the later in the source holds."""
    version = said(body, "cbc:VersionID")
    return (said(body, "cbc:IssueDate")[:10], said(body, "cbc:IssueTime")[:8], version.rjust(12, "0") if version.isdecimal() else "")
