"""The description for data portals: its shape, its names, and that a portal's harvester can live from it."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pyshacl
import pytest
import requests
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import XSD
from werkzeug.serving import make_server

from exchange.app import create_app
from exchange.publish.base import Format, Head
from exchange.publish.formats.dcat import Dcat
from exchange.publish.registry import installed
from exchange.publish.write import build
from schemas.plugins import Found

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
NODE = "https://node.contoh.id"
HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=1, base_url=NODE, terms="Sebutkan sumbernya.",
)  # fmt: skip
BODY = b'{"sku":"a"}'


def written(count=1, head=HEAD):
    out = io.BytesIO()
    assert Dcat().write([BODY] * count, out, head) == count
    return out.getvalue()


def titles(read, node):
    return {said.language for said in read.objects(node, DCTERMS.title) if str(said)}


def test_one_data_set_with_a_way_of_fetching_it_in_each_format_that_holds_products(graph):
    read = graph(written())
    (catalog,) = read.subjects(RDF.type, DCAT.Catalog)
    (dataset,) = read.subjects(RDF.type, DCAT.Dataset)
    assert read.value(catalog, DCAT.dataset) == dataset
    ways = set(read.objects(dataset, DCAT.distribution))
    wanted = {name: made for name, made in installed().usable.items() if name not in {"dcat", "ubl_peppol"}}  # the office has no address
    assert {str(way) for way in ways} == {f"{NODE}/api/v1/publications/{name}" for name in wanted}
    assert ways == set(read.subjects(RDF.type, DCAT.Distribution))
    for name, made in wanted.items():
        way = URIRef(f"{NODE}/api/v1/publications/{name}")
        assert read.value(way, DCAT.downloadURL) == read.value(way, DCAT.accessURL) == way
        assert str(read.value(way, DCAT.mediaType)) == f"https://www.iana.org/assignments/media-types/{made.media_type}"
        assert read.value(way, DCTERMS.license) == URIRef(HEAD.licence)
        assert str(read.value(way, DCTERMS.title)) == made.title
        assert read.value(way, DCTERMS.issued) == Literal("2026-03-01T00:00:00Z", datatype=XSD.dateTime)
        assert read.value(way, DCAT.byteSize) is None, "not known before it is built"
    assert str(read.value(URIRef(f"{NODE}/api/v1/publications/ubl"), DCTERMS.conformsTo)).endswith("os-UBL-2.1/")


def test_what_the_european_profile_asks_for_is_said(graph):
    """The mandatory properties of DCAT-AP 3.0.1, by hand: this runs where its shapes are not at hand."""
    read = graph(written())
    (catalog,), (dataset,) = read.subjects(RDF.type, DCAT.Catalog), read.subjects(RDF.type, DCAT.Dataset)
    (service,) = read.subjects(RDF.type, DCAT.DataService)
    for node in (catalog, dataset):
        assert titles(read, node) == {"id", "en"}
        assert {said.language for said in read.objects(node, DCTERMS.description)} == {"id", "en"}
        publisher = read.value(node, DCTERMS.publisher)
        assert (publisher, RDF.type, FOAF.Agent) in read
        assert str(read.value(publisher, FOAF.name)) == "Dinas"
        assert read.value(node, DCTERMS.modified) == Literal("2026-03-01T00:00:00Z", datatype=XSD.dateTime)
        assert str(read.value(read.value(node, DCTERMS.spatial), DCTERMS.identifier)) == "36.72"
        assert read.value(node, DCTERMS.license) == URIRef(HEAD.licence)
    assert read.value(dataset, DCTERMS.accrualPeriodicity)
    contact = read.value(dataset, DCAT.contactPoint)
    assert read.value(contact, VCARD.hasEmail) == URIRef("mailto:dinas@contoh.invalid")
    assert read.value(service, DCAT.endpointURL) == URIRef(f"{NODE}/api/v1/products")
    assert read.value(service, DCAT.servesDataset) == dataset
    assert all(read.value(way, DCAT.accessURL) for way in read.subjects(RDF.type, DCAT.Distribution))


def conforms(data, shapes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own business with itself
        read = Graph().parse(data=data, format="json-ld")
        good, _, said = pyshacl.validate(read, shacl_graph=Graph().parse(shapes))
    return good, said


@pytest.mark.parametrize("head", [HEAD, replace(HEAD, base_url="", contact="", terms=""), replace(HEAD, version=0)])
def test_it_passes_the_profiles_shapes(head, shared):
    good, said = conforms(written(head=head), shared / "standards/dcat/shapes.ttl")
    assert good, said


def test_the_shapes_are_no_rubber_stamp(shared):
    for without in (b'"dcat:accessURL"', b'"dct:title"', b'"dcat:endpointURL"'):
        assert not conforms(written().replace(without, b'"dct:source"'), shared / "standards/dcat/shapes.ttl")[0]


def test_the_data_set_stands_with_its_name_when_it_holds_nothing(graph):
    full, empty = graph(written(3)), graph(written(0, replace(HEAD, version=0)))
    assert set(full.subjects(RDF.type, DCAT.Dataset)) == set(empty.subjects(RDF.type, DCAT.Dataset)) != set()
    assert set(full.objects(None, DCAT.distribution)) == set(empty.objects(None, DCAT.distribution))
    (dataset,) = empty.subjects(RDF.type, DCAT.Dataset)
    said = " ".join(str(each) for each in empty.objects(dataset, DCTERMS.description))
    assert " 0" not in said
    assert any("3 produk" in str(each) for each in full.objects(dataset, DCTERMS.description))
    assert empty.value(dataset, DCTERMS.modified) is None, "nothing has ever changed"


@pytest.mark.parametrize("base_url", ["", NODE])
def test_a_name_depends_neither_on_the_catalogue_nor_on_what_the_office_is_called(base_url, graph):
    def names(head):
        read = graph(written(head=head))
        return {
            node for kind in (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService) for node in read.subjects(RDF.type, kind)
        }

    head = replace(HEAD, base_url=base_url)
    assert names(head) == names(replace(head, version=99, office="Dinas Baru", changed_at=datetime(2027, 1, 1, tzinfo=UTC)))
    assert len(names(head)) == len(set(installed().usable) - {"ubl_peppol"}) - 1 + 3


def test_without_the_nodes_address_what_is_fetched_is_taken_from_where_the_document_was_read():
    read = Graph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        read.parse(
            data=written(head=replace(HEAD, base_url="")), format="json-ld", publicID="http://10.0.0.7:8000/api/v1/publications/dcat"
        )
    assert URIRef("http://10.0.0.7:8000/api/v1/publications/csv") in set(read.objects(None, DCAT.downloadURL))
    (dataset,) = read.subjects(RDF.type, DCAT.Dataset)
    assert dataset == URIRef("urn:trade-exchange:36.72:dataset:products")


class Lines(Format):
    """Another distribution's format."""

    name, title, media_type, suffix = "lines", "Baris", "text/plain; charset=utf-8", ".txt"

    def write(self, products, out, head):
        return sum(out.write(body + b"\n") > 0 for body in products)


def test_a_format_that_another_distribution_brings_is_described_without_delay(catalogue, settings, monkeypatch, graph):
    before = build(catalogue, settings, "dcat")
    more = Found(installed().usable | {"lines": Lines})
    for module in ("registry", "picture", "formats.dcat"):
        monkeypatch.setattr(f"exchange.publish.{module}.installed", lambda: more)
    after = build(catalogue, settings, "dcat")
    assert after.built
    assert after.etag != before.etag
    read = graph(after.path.read_bytes())
    way = read.value(predicate=DCTERMS.title, object=Literal("Baris"))
    assert str(read.value(way, DCAT.mediaType)).endswith("/text/plain")


@pytest.fixture
def node(settings, store) -> Iterator[str]:
    """The service over this test's database on loopback, which knows its own address."""
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    app = create_app(replace(settings, base_url=address), store)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


def harvest(url, graph):
    """
    What ckanext-dcat 2.4 does with a source: HEAD first, then GET; the parser by the content type, UTF-8, no address to
    start from; its data sets by name with their titles and, by name, what they are fetched as.
    """
    with requests.Session() as session:
        session.trust_env = False
        first = session.head(url, allow_redirects=True, timeout=20)
        if first.status_code not in {400, 405}:
            first.raise_for_status()
            assert int(first.headers.get("Content-Length", 0)) < 50 * 1024 * 1024
        answer = session.get(url, timeout=20)
        answer.raise_for_status()
    assert answer.headers["Content-Type"].partition(";")[0] in {"application/ld+json", "text/turtle", "application/rdf+xml"}
    read = graph(answer.content.decode("utf-8").encode())
    found = {}
    for dataset in read.subjects(RDF.type, DCAT.Dataset):
        assert isinstance(dataset, URIRef)
        assert read.value(dataset, DCTERMS.title)
        ways = {str(way): str(read.value(way, DCAT.downloadURL)) for way in read.objects(dataset, DCAT.distribution)}
        found[str(dataset)] = ways
    assert not list(read.subjects(RDF.type, URIRef("http://www.w3.org/ns/hydra/core#PagedCollection")))
    return found


def test_a_portal_harvests_the_running_service_and_fetches_what_is_described(node, catalogue, graph):
    found = harvest(f"{node}/api/v1/publications/dcat", graph)
    ((dataset, ways),) = found.items()
    assert urlsplit(dataset).netloc == urlsplit(node).netloc
    assert len(ways) == len(installed().usable) - 1
    for name, address in ways.items():
        assert name == address
        answer = requests.get(address, timeout=20)
        assert answer.status_code == 200, address
        assert answer.content[:2] == b"PK" or b"A-1" in answer.content
    assert harvest(f"{node}/api/v1/publications/dcat", graph) == found, "the same names the next time"


def test_a_portal_keeps_the_data_set_of_a_node_whose_catalogue_is_empty(node, graph):
    ((_, ways),) = harvest(f"{node}/api/v1/publications/dcat", graph).items()
    assert ways


def test_a_node_that_cannot_answer_says_so_and_never_with_an_empty_document(node, catalogue, graph, monkeypatch):
    def broken(*_args):
        raise OSError("no room")

    monkeypatch.setattr(Dcat, "write", broken)
    for ask in (requests.head, requests.get):
        assert ask(f"{node}/api/v1/publications/dcat", timeout=20).status_code >= 500
    with pytest.raises(requests.HTTPError):
        harvest(f"{node}/api/v1/publications/dcat", graph)
