"""Photos in every publication: where they are read, with their hash where the format has a place, in a document that stays valid."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from lxml import etree
from openpyxl import load_workbook

from exchange.access.segments import canonical
from exchange.publish.base import Head
from exchange.publish.formats.csv import Csv
from exchange.publish.formats.json import Json
from exchange.publish.formats.jsonld import CONTEXT, Jsonld
from exchange.publish.formats.ubl import Ubl
from exchange.publish.formats.ubl_peppol import UblPeppol
from exchange.publish.formats.xlsx import Xlsx
from schemas import ubl

from .test_ubl_as_supply import by_documents
from .test_ubl_peppol import T19

NODE = "https://simpul.example"
FIRST, SECOND = "ab" * 32, "0123456789012345" * 4
HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=2, terms="Sebutkan sumbernya.", base_url=NODE,
    state="keadaan", endpoint="0088:1234567890128",
)  # fmt: skip
CAPTIONS = ('Pagar <dari> depan & "samping"', "=Tampak atas")
PHOTOS = [
    {"href": f"/api/v1/photos/{digest}", "sha256": digest, "media_type": "image/jpeg", "width": 1600, "height": 900, "size": 180_000,
     "caption": caption}
    for digest, caption in zip((FIRST, SECOND), CAPTIONS, strict=True)
]  # fmt: skip
ADDRESSES = [f"{NODE}{photo['href']}" for photo in PHOTOS]
PRODUCTS: list[dict[str, Any]] = [
    {"sku": "A", "name": "Pagar", "producer": {"ident": "ikm-1", "name": "CV"}, "photo": "https://foto.example.id/a.jpg", "photos": PHOTOS},
    {"sku": "B", "name": "Teralis", "producer": {"ident": "ikm-1", "name": "CV"}, "photo": None, "photos": []},
]


def written(kind: Any, head: Head = HEAD) -> bytes:
    out = io.BytesIO()
    kind().write((canonical(product) for product in PRODUCTS), out, head)
    return out.getvalue()


@pytest.fixture(scope="module")
def t19(shared) -> T19:
    """The compiled rules of the Peppol profile; skipped where they are not at hand."""
    found = sorted((shared / "standards" / "peppol").glob("PEPPOLBIS-T19-*.xslt"))
    if not found:
        pytest.skip("the compiled rules T19 are not at hand")
    return T19(found[-1])


def links(data: bytes) -> list[list[dict[str, str]]]:
    """Of each line, what is said of each of its links."""
    lines = etree.fromstring(data).iter(ubl.cac("CatalogueLine"))
    found = [line.xpath("cac:Item/cac:ItemSpecificationDocumentReference", namespaces=ubl.PREFIXES) for line in lines]
    return [[{etree.QName(leaf).localname: leaf.text for leaf in one.iter() if not len(leaf)} for one in line] for line in found]


def test_ubl_names_each_photo_with_its_hash_before_other_links_and_is_valid(xsd):
    data = written(Ubl)
    tree = etree.fromstring(data)
    xsd.assertValid(tree)
    first, second = links(data)
    assert first[:2] == [
        {"ID": digest, "DocumentTypeCode": "PRODUCT_IMAGE", "DocumentDescription": caption, "URI": address, "DocumentHash": digest,
         "HashAlgorithmMethod": "http://www.w3.org/2001/04/xmlenc#sha256", "MimeCode": "image/jpeg"}
        for digest, caption, address in zip((FIRST, SECOND), CAPTIONS, ADDRESSES, strict=True)
    ]  # fmt: skip
    assert [one["ID"] for one in first[2:]] == ["photo", "record"] and [one["ID"] for one in second] == ["record"]
    lines = list(tree.iter(ubl.cac("CatalogueLine")))
    read = [[node.text for node in line.xpath(ubl.PATHS["photos"], namespaces=ubl.PREFIXES)] for line in lines]
    assert read == [ADDRESSES, []]


def test_the_peppol_profile_links_each_photo_and_breaks_none_of_its_rules(t19, xsd):
    data = written(UblPeppol)
    xsd.assertValid(etree.fromstring(data))
    assert t19.failures(data) == []
    assert [[one["URI"] for one in line] for line in links(data)] == [[*ADDRESSES, "https://foto.example.id/a.jpg"], []]


def test_json_ld_tells_each_photo_as_an_image_and_a_link_alone_where_there_is_none():
    first, second = (each["item"] for each in orjson.loads(written(Jsonld))["dataFeedElement"])
    assert first["image"][0] == {
        "@type": "ImageObject", "contentUrl": ADDRESSES[0], "encodingFormat": "image/jpeg", "sha256": FIRST, "contentSize": "180000",
        "caption": CAPTIONS[0], "width": {"@type": "QuantitativeValue", "value": 1600, "unitCode": "E37"},
        "height": {"@type": "QuantitativeValue", "value": 900, "unitCode": "E37"},
    }  # fmt: skip
    assert [one["contentUrl"] for one in first["image"]] == ADDRESSES and "image" not in second
    assert CONTEXT["contentUrl"] == {"@type": "@id"}


def test_tables_have_the_address_of_the_first_photo_and_the_other_one_apart():
    rows = list(csv.DictReader(io.StringIO(written(Csv).decode("utf-8-sig"), newline="")))
    assert [(row["photos"], row["photo"]) for row in rows] == [(ADDRESSES[0], "https://foto.example.id/a.jpg"), ("", "")]
    headings, first, second = load_workbook(io.BytesIO(written(Xlsx)))["Produk"].iter_rows(max_row=3, values_only=True)
    at = headings.index("Foto")
    assert (first[at], second[at], headings[at + 1]) == (ADDRESSES[0], None, "Foto di tempat lain")


def test_without_the_nodes_address_links_are_from_where_the_document_was_read_and_ubl_has_none(xsd):
    bare = replace(HEAD, base_url="")
    assert orjson.loads(written(Json, bare))["products"][0]["photos"] == PHOTOS
    assert orjson.loads(written(Jsonld, bare))["dataFeedElement"][0]["item"]["image"][0]["contentUrl"] == PHOTOS[0]["href"]
    assert PHOTOS[0]["href"].encode() in written(Csv, bare)
    for kind in (Ubl, UblPeppol):
        data = written(kind, bare)
        xsd.assertValid(etree.fromstring(data))
        assert b"photos" not in data and b"foto.example.id/a.jpg" in data


def test_who_reads_the_ubl_document_back_has_the_photos_as_links(tmp_path):
    for kind in (Ubl, UblPeppol):
        path = tmp_path / f"{kind.name}.xml"
        path.write_bytes(written(kind))
        offers = by_documents(path)
        assert [(one["href"], one["sha256"]) for one in offers["A"]["photos"]] == list(zip(ADDRESSES, (FIRST, SECOND), strict=True)), kind
        assert offers["A"]["photos"][0]["caption"] == 'Pagar depan & "samping"', "without what looks like markup, as all texts"
        assert offers["B"]["photos"] == []
        assert (offers["A"]["photo"], offers["B"]["photo"]) == ("https://foto.example.id/a.jpg", None)
