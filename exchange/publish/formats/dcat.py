"""
What a data portal harvests: a DCAT catalogue with one data set, the products, and how it is fetched in each format.

Decisions
  The data set stands whether or not it holds a product: a portal deletes what a catalogue does not name any more.
  Formats that hold no product, this one among them, are no way of fetching them. Their sizes are not known here, since
  each is built when it is first asked for, and are left out. A file is issued when its newest change was made; when the data
  set first was, nobody has kept.
  With EXCHANGE_BASE_URL set every name is the record's address; without it names are `urn:` and addresses relative, which
  suffices to try it. A portal wants the setting: a changed name is another data set to it.

Source
  W3C DCAT 3; DCAT-AP 3.0.1, whose shapes it passes; ckanext-dcat 2.4, which takes `uri` of a data set as its name and
  matches resources by theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, BinaryIO
from urllib.parse import quote

import orjson

from exchange.publish import names
from exchange.publish.base import Format, Head
from exchange.publish.registry import installed

Record = dict[str, Any]

CONTEXT: Record = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_MEDIA = "https://www.iana.org/assignments/media-types/"
_OFTEN = "http://publications.europa.eu/resource/authority/frequency/CONT"
_INDONESIAN = "http://publications.europa.eu/resource/authority/language/IND"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"


class Dcat(Format):
    """The description of the data set; no product of it."""

    name = "dcat"
    title = "DCAT (JSON-LD)"
    media_type = "application/ld+json"
    suffix = ".jsonld"
    conforms_to = "https://www.w3.org/TR/vocab-dcat-3/"
    lists_products = False

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Write the description, whole for an empty catalogue too; the products are counted, not read."""
        count = sum(1 for _ in products)
        out.write(orjson.dumps({"@context": CONTEXT, "@graph": list(_graph(head, count))}, option=orjson.OPT_INDENT_2) + b"\n")
        return count


def _id(iri: str) -> Record:
    return {"@id": iri}


def _both(indonesian: str, english: str) -> list[Record]:
    return [{"@value": indonesian, "@language": "id"}, {"@value": english, "@language": "en"}]


def _mailbox(head: Head, said_as: str) -> Record:
    return {said_as: _id("mailto:" + quote(head.contact, safe="@+"))} if head.contact else {}


def _when(head: Head, *said_as: str) -> Record:
    """When the newest change was made, under these names; nothing where none ever was."""
    if not head.version:
        return {}
    told = head.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {name: {"@value": told, "@type": "xsd:dateTime"} for name in said_as}


def _graph(head: Head, count: int) -> Iterator[Record]:
    office, place = names.office(head), names.region(head)
    licence = names.iri(head.licence)
    common = {"dct:publisher": _id(office), "dct:language": _id(_INDONESIAN), "dct:spatial": _id(place)}
    common |= {"dct:license": _id(licence)} if licence else {}
    ways = [
        (made.name, made)
        for made in sorted(installed().usable.values(), key=lambda made: made.name)
        if made.lists_products and not made().lacking(head)
    ]
    yield {
        "@id": names.catalog(head), "@type": "dcat:Catalog", **common, **_when(head, "dct:modified"),
        "dct:title": _both(f"Katalog data IKM {head.region_name}", f"Data of small industries of {head.region_name}"),
        "dct:description": _both(f"Data terbuka {head.office}.", f"Open data of {head.office}."),
        "dcat:dataset": _id(names.dataset(head)), "dcat:service": _id(names.service(head)),
    }  # fmt: skip
    yield {"@id": office, "@type": "foaf:Agent", "foaf:name": head.office} | _mailbox(head, "foaf:mbox")
    yield {
        "@id": place, "@type": "dct:Location", "dct:identifier": head.region,
        "skos:prefLabel": {"@value": head.region_name, "@language": "id"},
    }  # fmt: skip
    yield {
        "@id": names.dataset(head), "@type": "dcat:Dataset", **common, **_when(head, "dct:modified"),
        "dct:identifier": f"produk-ikm-{head.region}",
        "dct:title": _both(f"Katalog produk IKM {head.region_name}", f"Catalogue of products of small industries, {head.region_name}"),
        "dct:description": _both(
            f"Produk industri kecil dan menengah {head.region_name}: produsen, kelas, harga indikatif, pesanan minimum, "
            f"sertifikat.{f' Saat ini {count} produk.' if count else ''} {head.terms}".strip(),
            f"What small and medium industries of {head.region_name} make: makers, classes, indicative prices, minimum orders, "
            f"certificates.{f' Products now: {count}.' if count else ''}",
        ),
        "dct:accrualPeriodicity": _id(_OFTEN),
        "dct:accessRights": {"@id": _ACCESS + ("PUBLIC" if head.tier == "public" else "RESTRICTED"), "@type": "dct:RightsStatement"},
        "dcat:version": head.state,
        "dcat:keyword": [{"@value": word, "@language": "id"} for word in ("ikm", "produk", "industri kecil", "perdagangan")],
        "dcat:contactPoint": {"@type": "vcard:Kind", "vcard:fn": head.office} | _mailbox(head, "vcard:hasEmail"),
        "dcat:distribution": [_id(names.distribution(head, name)) for name, _ in ways],
    }  # fmt: skip
    for name, made in ways:
        where = _id(names.address(head, f"/api/v1/publications/{name}"))
        yield {
            "@id": names.distribution(head, name), "@type": "dcat:Distribution", **_when(head, "dct:issued", "dct:modified"),
            "dct:title": made.title,
            "dcat:accessURL": where, "dcat:downloadURL": where,
            "dcat:mediaType": {"@id": _MEDIA + made.media_type.partition(";")[0].strip(), "@type": "dct:MediaType"},
            **({"dct:license": _id(licence)} if licence else {}),
            **({"dct:conformsTo": {"@id": made.conforms_to, "@type": "dct:Standard"}} if made.conforms_to else {}),
        }  # fmt: skip
    yield {
        "@id": names.service(head), "@type": "dcat:DataService", "dct:title": _both(f"API katalog {head.region_name}", "Catalogue API"),
        "dcat:endpointURL": _id(names.address(head, "/api/v1/products")),
        "dcat:endpointDescription": _id(names.address(head, "/openapi.json")),
        "dcat:servesDataset": _id(names.dataset(head)),
    }  # fmt: skip
    if licence:
        yield {"@id": licence, "@type": "dct:LicenseDocument"}
